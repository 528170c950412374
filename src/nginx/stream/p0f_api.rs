//! `tcpfp_p0f_api`: a stream server that answers p0f's queries.

use nginx_sys::{
    ngx_add_timer, ngx_conf_t, ngx_connection_t, ngx_event_t, ngx_exiting, ngx_handle_read_event,
    ngx_handle_write_event, ngx_int_t, ngx_parse_time, ngx_post_event, ngx_posted_next_events,
    ngx_str_t, ngx_stream_conf_ctx_t, ngx_stream_core_module, ngx_stream_core_srv_conf_t,
    ngx_stream_finalize_session, ngx_stream_session_t, NGX_AGAIN, NGX_OK,
    NGX_STREAM_INTERNAL_SERVER_ERROR, NGX_STREAM_OK,
};

use ngx::core::NgxStr;
use ngx::ngx_string;

use super::session::{confs, Stream};
use crate::database::Database;
use crate::host::{answer, ANSWER, QUERY};
use crate::nginx::command::{Directive, Refusal};
use crate::nginx::conf::{P0fApi, ServerConf};
use crate::nginx::context;
use crate::nginx::guard::guard;
use crate::nginx::pool;
use crate::nginx::zone::Zone;

/// Milliseconds for which a client may say nothing, as nginx's own proxy_timeout by default.
const TIMEOUT: usize = 10 * 60 * 1000;
/// Queries that are answered before other connections have their turn.
const AT_ONCE: usize = 64;

/// A conversation, in the pool of its connection.
struct Conversation {
    zone: Zone,
    /// Milliseconds for which the client may say nothing.
    timeout: usize,
    database: Option<&'static Database>,
    query: [u8; QUERY],
    /// Bytes of it that are there.
    received: usize,
    answer: [u8; ANSWER],
    /// Bytes of it that went out; all of them when nothing waits.
    sent: usize,
}

/// Why nothing can be done now.
enum Stop {
    /// Nothing to read, or no room to write.
    Wait,
    /// Others have their turn.
    Yield,
    /// The client is gone.
    Gone,
}

/// `tcpfp_p0f_api zone [timeout=time];`
pub struct TcpfpP0fApi;

impl Directive for TcpfpP0fApi {
    type Conf = ServerConf;
    type Value = P0fApi;

    const NAME: ngx_str_t = ngx_string!("tcpfp_p0f_api");

    fn place(conf: &mut ServerConf) -> &mut Option<P0fApi> {
        &mut conf.p0f_api
    }

    unsafe fn read(cf: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<P0fApi, Refusal> {
        // SAFETY: the caller promises that nginx is reading a server, of which the core module has
        // a configuration, too. nginx keeps the name with the rest.
        unsafe {
            let zone = Zone::named(cf, arguments[0])?;
            let timeout = arguments.get(1).map_or(Ok(TIMEOUT), |argument| timeout(*argument))?;
            let servers = (*(*cf).ctx.cast::<ngx_stream_conf_ctx_t>()).srv_conf;
            let core: *mut ngx_stream_core_srv_conf_t =
                (*servers.add(ngx_stream_core_module.ctx_index)).cast();
            (*core).handler = Some(begin);
            Ok(P0fApi { zone, timeout })
        }
    }
}

/// The milliseconds that a parameter `timeout=` asks for.
fn timeout(argument: ngx_str_t) -> Result<usize, Refusal> {
    // SAFETY: nginx keeps the arguments while it reads the directive, and reads the text.
    unsafe {
        let millis =
            argument.strip_prefix("timeout=").map(|mut time| ngx_parse_time(&raw mut time, 0));
        millis
            .and_then(|millis| usize::try_from(millis).ok())
            .filter(|&millis| millis > 0)
            .ok_or_else(|| {
                Refusal::because(format_args!(
                    "invalid parameter \"{}\"",
                    NgxStr::from_ngx_str(argument)
                ))
            })
    }
}

/// The handler of a server with `tcpfp_p0f_api`.
unsafe extern "C" fn begin(s: *mut ngx_stream_session_t) {
    // SAFETY: nginx gives a session of such a server, whose connection has a pool. What belongs to
    // the cycle outlives it.
    let is_begun = guard(false, || unsafe {
        let (c, (server, conf)) = ((*s).connection, confs(s));
        let Some(P0fApi { zone, timeout }) = server.p0f_api else { return false };
        let conversation = Conversation {
            zone,
            timeout,
            database: conf.database.as_ref(),
            query: [0; QUERY],
            received: 0,
            answer: [0; ANSWER],
            sent: ANSWER,
        };
        let conversation = pool::write((*c).pool, conversation);
        let context = context::of::<Stream>(s);
        if conversation.is_null() || context.is_null() {
            return false;
        }
        (*context).answer = conversation.cast();
        (*(*c).read).handler = Some(on_event);
        (*(*c).write).handler = Some(on_event);
        ngx_add_timer((*c).read, timeout);
        true
    });
    // SAFETY: nginx gave an open session; it may be gone after either.
    unsafe {
        if is_begun {
            on_event((*(*s).connection).read);
        } else {
            ngx_stream_finalize_session(s, NGX_STREAM_INTERNAL_SERVER_ERROR as usize);
        }
    }
}

/// nginx calls it when the client has sent something, can take something, or was too slow.
unsafe extern "C" fn on_event(event: *mut ngx_event_t) {
    // SAFETY: the event is of a connection whose session begin has taken on.
    unsafe {
        let c: *mut ngx_connection_t = (*event).data.cast();
        let s: *mut ngx_stream_session_t = (*c).data.cast();
        let goes_on = guard(false, || {
            if (*event).timedout() != 0 || (*c).close() != 0 {
                return false;
            }
            let conversation = &mut *(*context::of::<Stream>(s)).answer.cast::<Conversation>();
            let stop = conversation.go_on(c);
            // A worker that shuts down waits for nobody who says nothing: nginx closes who is idle
            // when it begins to, and it is left to us later.
            let is_idle = conversation.is_idle();
            (*c).set_idle(is_idle.into());
            match stop {
                Stop::Gone => false,
                Stop::Wait if is_idle && ngx_exiting != 0 => false,
                Stop::Yield => {
                    ngx_post_event((*c).read, &raw mut ngx_posted_next_events);
                    true
                }
                Stop::Wait => {
                    ngx_handle_read_event((*c).read, 0) == NGX_OK as ngx_int_t
                        && ngx_handle_write_event((*c).write, 0) == NGX_OK as ngx_int_t
                }
            }
        });
        if !goes_on {
            ngx_stream_finalize_session(s, NGX_STREAM_OK as usize);
        }
    }
}

impl Conversation {
    fn is_idle(&self) -> bool {
        self.received == 0 && self.sent == ANSWER
    }

    /// Answers queries, one after the other.
    ///
    /// # Safety
    ///
    /// `c` is the open connection of the conversation.
    unsafe fn go_on(&mut self, c: *mut ngx_connection_t) -> Stop {
        // SAFETY: the caller promises the connection. nginx reads and writes no more than the rests
        // that it is given, and its timers take the event of an open connection.
        unsafe {
            let (Some(receive), Some(send)) = ((*c).recv, (*c).send) else { return Stop::Gone };
            for _ in 0..AT_ONCE {
                while self.sent < ANSWER {
                    let rest = &mut self.answer[self.sent..];
                    match done(send(c, rest.as_mut_ptr(), rest.len())) {
                        Ok(sent) => self.sent += sent,
                        Err(stop) => return stop,
                    }
                }
                while self.received < QUERY {
                    let rest = &mut self.query[self.received..];
                    match done(receive(c, rest.as_mut_ptr(), rest.len())) {
                        Ok(received) => self.received += received,
                        Err(stop) => return stop,
                    }
                }
                self.answer = answer(&self.query, |address| self.zone.find(address, self.database));
                (self.received, self.sent) = (0, 0);
                ngx_add_timer((*c).read, self.timeout);
            }
        }
        Stop::Yield
    }
}

/// How many bytes nginx has received or sent.
fn done(bytes: isize) -> Result<usize, Stop> {
    match usize::try_from(bytes) {
        Ok(0) => Err(Stop::Gone),
        Ok(bytes) => Ok(bytes),
        Err(_) if bytes == NGX_AGAIN as isize => Err(Stop::Wait),
        Err(_) => Err(Stop::Gone),
    }
}
