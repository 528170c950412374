//! `tcpfp_dump`: every record of a zone, a few slots at each turn of nginx's loop.

use std::ffi::{c_char, c_void, CStr};
use std::mem;
use std::ptr;
use std::slice;

use nginx_sys::{
    ngx_add_timer, ngx_buf_t, ngx_chain_t, ngx_command_t, ngx_conf_t, ngx_del_timer,
    ngx_handle_write_event, ngx_http_arg, ngx_http_conf_ctx_t, ngx_http_core_loc_conf_t,
    ngx_http_core_module, ngx_http_discard_request_body, ngx_http_discarded_request_body_handler,
    ngx_http_finalize_request, ngx_http_output_filter, ngx_http_request_t, ngx_http_send_special,
    ngx_http_test_reading, ngx_int_t, ngx_post_event, ngx_posted_next_events, ngx_str_t, NGX_AGAIN,
    NGX_DONE, NGX_ERROR, NGX_HTTP_GET, NGX_HTTP_HEAD, NGX_HTTP_INTERNAL_SERVER_ERROR,
    NGX_HTTP_LAST, NGX_HTTP_NOT_ALLOWED, NGX_HTTP_OK, NGX_HTTP_REQUEST_TIME_OUT, NGX_OK,
};
use ngx::core::{Pool, Status};
use ngx::http::{HTTPStatus, Request};
use ngx::ngx_string;

use super::location::LocationConf;
use super::refuse::send_error;
use super::request::{location_conf, main_conf, Http};
use crate::database::Database;
use crate::family::Family;
use crate::field;
use crate::host::{Host, Snapshot};
use crate::json::Object;
use crate::key;
use crate::nginx::guard::guard;
use crate::nginx::refusal::set;
use crate::nginx::subsystem::Subsystem;
use crate::nginx::zone::{self, Zone};
use crate::value::Value;

/// Slots that are looked at while the zone is locked. What they hold is a few dozen kilobytes of
/// JSON, and a fraction of a millisecond's work.
const SLOTS: usize = 64;

/// A request for all records of a zone. Lives in the request's pool, and with it.
struct Dump {
    zone: Zone,
    database: Option<&'static Database>,
    filter: Filter,
    /// The slot to go on with; `None` when all is said.
    next: Option<usize>,
    /// The lines that are being sent.
    lines: String,
    /// nginx's view of them.
    buffer: ngx_buf_t,
}

/// Which records are wanted.
#[derive(Clone, Copy, Default)]
struct Filter {
    family: Option<Family>,
    /// Seen in this second or later.
    since: u32,
}

impl Filter {
    /// # Safety
    ///
    /// `r` is a request.
    unsafe fn of(r: *mut ngx_http_request_t) -> Result<Self, &'static CStr> {
        let mut filter = Self::default();
        // SAFETY: by the caller; arguments live in the request's pool.
        let (family, since) = unsafe { (argument(r, "family"), argument(r, "since")) };
        if let Some(name) = family {
            filter.family = Some(Family::of_name(name).ok_or(c"{\"error\":\"unknown family\"}")?);
        }
        if let Some(since) = since {
            filter.since = str::from_utf8(since)
                .ok()
                .and_then(|since| since.parse().ok())
                .ok_or(c"{\"error\":\"since is no Unix time\"}")?;
        }
        Ok(filter)
    }

    fn wants(&self, host: &Host<'_>) -> bool {
        !host.is_forgotten()
            && host.record.last_seen() >= self.since
            && self
                .family
                .is_none_or(|family| host.verdict().is_some_and(|verdict| verdict.family == family))
    }
}

/// # Safety
///
/// `r` is a request.
unsafe fn argument<'a>(r: *mut ngx_http_request_t, name: &str) -> Option<&'a [u8]> {
    let mut value = ngx_str_t::empty();
    // SAFETY: by the caller; nginx reads the name and points value into the request's line.
    unsafe {
        let found = ngx_http_arg(r, name.as_ptr().cast_mut(), name.len(), &raw mut value);
        (found == NGX_OK as ngx_int_t).then(|| slice::from_raw_parts(value.data, value.len))
    }
}

/// `tcpfp_dump zone;`
pub unsafe extern "C" fn cmd_tcpfp_dump(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls it as the command says: with a location's configuration. The core module
    // has one of every location, too.
    unsafe {
        set(
            cf,
            conf,
            |conf: &mut LocationConf| &mut conf.dump,
            |arguments| {
                let zone = Zone::named(cf, arguments[0])?;
                let locations = (*(*cf).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf;
                let core: *mut ngx_http_core_loc_conf_t =
                    (*locations.add(ngx_http_core_module.ctx_index)).cast();
                (*core).handler = Some(answer);
                Ok(zone)
            },
        )
    }
}

/// The handler of a location with `tcpfp_dump`.
unsafe extern "C" fn answer(r: *mut ngx_http_request_t) -> ngx_int_t {
    guard(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t, || {
        // SAFETY: nginx has found the location, and nothing was answered yet.
        unsafe { begin(r) }
    })
}

/// # Safety
///
/// `r` is a request at a location with `tcpfp_dump`, and nothing was answered yet.
unsafe fn begin(r: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: by the caller. What is allocated goes with the request's pool, after the last use of
    // it; main_conf and the zone live as long as the cycle, which the request keeps alive.
    unsafe {
        // Parts of another answer would have to be kept until it is their turn: all of the zone.
        if (*r).method & (NGX_HTTP_GET | NGX_HTTP_HEAD) as usize == 0 || !ptr::eq(r, (*r).main) {
            return NGX_HTTP_NOT_ALLOWED as ngx_int_t;
        }
        let discarded = ngx_http_discard_request_body(r);
        if discarded != NGX_OK as ngx_int_t {
            return discarded;
        }
        let Some(zone) = location_conf(r).dump else {
            return NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t;
        };
        let filter = match Filter::of(r) {
            Ok(filter) => filter,
            Err(object) => return send_error(r, object),
        };
        let Some(counts) = zone.with(|table| {
            [
                ("X-Tcpfp-Clients", table.clients() as u64),
                ("X-Tcpfp-Capacity", table.capacity() as u64),
                ("X-Tcpfp-Evicted", table.evicted()),
                ("X-Tcpfp-Repaired", table.repaired().into()),
            ]
        }) else {
            return NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t;
        };
        let request = Request::from_ngx_http_request(r);
        for (name, count) in counts {
            request.add_header_out(name, &count.to_string());
        }
        request.set_status(HTTPStatus(NGX_HTTP_OK as usize));
        (*r).headers_out.content_type = ngx_string!("application/x-ndjson");
        (*r).headers_out.content_type_len = (*r).headers_out.content_type.len;
        let sent = request.send_header();
        if sent != Status::NGX_OK || request.header_only() {
            return sent.into();
        }
        let dump = Pool::from_ngx_pool((*r).pool).allocate(Dump {
            zone,
            database: main_conf(r).database.as_ref(),
            filter,
            next: Some(0),
            lines: String::new(),
            buffer: mem::zeroed(),
        });
        if dump.is_null() {
            return NGX_ERROR as ngx_int_t;
        }
        (*(*r).ctx.add((*Http::module()).ctx_index)) = dump.cast();
        (*(*r).main).set_count((*(*r).main).count() + 1);
        (*r).write_event_handler = Some(go_on);
        // As nginx waits for slow readers: it notices when they go.
        (*r).read_event_handler = Some(if (*r).discard_body() == 0 {
            ngx_http_test_reading
        } else {
            ngx_http_discarded_request_body_handler
        });
        go_on(r);
        NGX_DONE as ngx_int_t
    }
}

/// Sends what is there, and then the next lines, until the client has to be waited for.
unsafe extern "C" fn go_on(r: *mut ngx_http_request_t) {
    let result = guard(Some(NGX_ERROR as ngx_int_t), || {
        // SAFETY: nginx calls it for a request that begin has taken on.
        unsafe { turn(r) }
    });
    if let Some(result) = result {
        // SAFETY: as above; nothing of the request is touched after it.
        unsafe { ngx_http_finalize_request(r, result) };
    }
}

/// One turn; the result of all, when it is done.
///
/// # Safety
///
/// `r` is a request that [`begin`] has taken on.
unsafe fn turn(r: *mut ngx_http_request_t) -> Option<ngx_int_t> {
    // SAFETY: by the caller. nginx reads the lines between the buffer's pos and last only until
    // they meet, and they are not touched before.
    unsafe {
        let dump = &mut *(*(*r).ctx.add((*Http::module()).ctx_index)).cast::<Dump>();
        let c = (*r).connection;
        let wake = (*c).write;
        if (*wake).timedout() != 0 {
            (*c).set_timedout(1);
            return Some(NGX_HTTP_REQUEST_TIME_OUT as ngx_int_t);
        }
        let is_sent = dump.buffer.pos == dump.buffer.last;
        let sent = if is_sent && dump.next.is_some() {
            dump.read_on();
            if dump.lines.is_empty() {
                NGX_OK as ngx_int_t
            } else {
                dump.buffer.pos = dump.lines.as_mut_ptr();
                dump.buffer.last = dump.buffer.pos.add(dump.lines.len());
                dump.buffer.set_memory(1);
                dump.buffer.set_flush(1);
                let mut chain = ngx_chain_t { buf: &raw mut dump.buffer, next: ptr::null_mut() };
                ngx_http_output_filter(r, &raw mut chain)
            }
        } else {
            ngx_http_output_filter(r, ptr::null_mut())
        };
        if sent == NGX_ERROR as ngx_int_t {
            return Some(sent);
        }
        if sent == NGX_AGAIN as ngx_int_t || dump.buffer.pos != dump.buffer.last {
            let locations = (*r).loc_conf;
            let core: *mut ngx_http_core_loc_conf_t =
                (*locations.add(ngx_http_core_module.ctx_index)).cast();
            // The timer of limit_rate is another one.
            if (*wake).delayed() == 0 {
                ngx_add_timer(wake, (*core).send_timeout);
            }
            let waits = ngx_handle_write_event(wake, (*core).send_lowat);
            return (waits != NGX_OK as ngx_int_t).then_some(NGX_ERROR as ngx_int_t);
        }
        let is_delayed = (*wake).delayed() != 0;
        if !is_delayed && (*wake).timer_set() != 0 {
            ngx_del_timer(wake);
        }
        if dump.next.is_none() {
            return Some(ngx_http_send_special(r, NGX_HTTP_LAST as usize));
        }
        if !is_delayed {
            // Other connections have their turn first.
            ngx_post_event(wake, &raw mut ngx_posted_next_events);
        }
        None
    }
}

impl Dump {
    /// Reads the records of the next slots, and writes their lines.
    fn read_on(&mut self) {
        self.lines.clear();
        let Some(from) = self.next else { return };
        let records: Option<Vec<_>> =
            self.zone.with(|table| Some(table.records(from..from + SLOTS)?.collect())).flatten();
        let Some(records) = records else {
            self.next = None;
            return;
        };
        self.next = Some(from + SLOTS);
        let now = zone::now();
        for (address, record) in records {
            let Ok(record) = record else {
                let mut object = Object::new(&mut self.lines);
                object.member(key!("address"), &Value::Address(address));
                object.member(key!("error"), &Value::Text("torn"));
                object.end();
                self.lines.push('\n');
                continue;
            };
            let snapshot = Snapshot { address, record, before: Some(record.last_seen()) };
            let host = self.zone.host(snapshot, now, self.database);
            if self.filter.wants(&host) {
                field::write_host(&host, Object::new(&mut self.lines));
                self.lines.push('\n');
            }
        }
    }
}
