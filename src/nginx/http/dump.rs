//! `tcpfp_dump`: every record of a zone, a few slots at each turn of nginx's loop.

use std::net::IpAddr;
use std::str::from_utf8;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{mem, ptr, slice};

use nginx_sys::{
    ngx_add_timer, ngx_buf_t, ngx_chain_t, ngx_conf_t, ngx_connection_t, ngx_del_timer,
    ngx_event_t, ngx_handle_write_event, ngx_http_arg, ngx_http_discard_request_body,
    ngx_http_finalize_request, ngx_http_output_filter, ngx_http_request_t, ngx_http_send_header,
    ngx_http_send_special, ngx_http_test_reading, ngx_int_t, ngx_post_event,
    ngx_posted_next_events, ngx_str_t, NGX_AGAIN, NGX_DONE, NGX_ERROR, NGX_HTTP_BAD_REQUEST,
    NGX_HTTP_GET, NGX_HTTP_HEAD, NGX_HTTP_INTERNAL_SERVER_ERROR, NGX_HTTP_LAST,
    NGX_HTTP_NOT_ALLOWED, NGX_HTTP_OK, NGX_HTTP_REQUEST_TIME_OUT, NGX_HTTP_SERVICE_UNAVAILABLE,
    NGX_OK,
};
use ngx::ngx_string;

use super::location::LocationConf;
use super::refuse::{add_header, send_error};
use super::request::{answer_by, location_conf, location_core, main_conf, Http};
use crate::database::Database;
use crate::family::Family;
use crate::field;
use crate::host::{Host, Record, Snapshot, Torn};
use crate::json::Object;
use crate::key;
use crate::metrics;
use crate::nginx::command::{Directive, Refusal};
use crate::nginx::context;
use crate::nginx::guard::guard;
use crate::nginx::pool;
use crate::nginx::zone::{self, Unavailable, Zone};
use crate::text::{Out, Room};
use crate::value::Value;

/// Dumps that a worker sends at a time: each holds memory, and a part of what all may do at once.
const DUMPS: usize = 16;
/// Slots that all dumps of a worker together look at in one turn of nginx's loop: a fraction of a
/// millisecond's work, so that no other connection waits for longer.
const SLOTS: usize = 64;
/// Bytes of lines that are sent at once, as nginx's `output_buffers`.
const LINES: usize = 32 * 1024;
/// Milliseconds until a zone is asked again that is held by another process.
const PAUSE: usize = 10;

/// One of the dumps that this worker sends.
struct Place;

/// How many there are.
static OPEN: AtomicUsize = AtomicUsize::new(0);

impl Place {
    /// `None` if there are enough.
    fn take() -> Option<Self> {
        if OPEN.load(Ordering::Relaxed) == DUMPS {
            return None;
        }
        OPEN.fetch_add(1, Ordering::Relaxed);
        Some(Self)
    }

    /// How many slots are this one's in each turn.
    fn share(&self) -> usize {
        (SLOTS / OPEN.load(Ordering::Relaxed).max(1)).max(1)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request for all records of a zone. Lives in the request's pool, and with it.
struct Dump {
    place: Place,
    zone: Zone,
    database: Option<&'static Database>,
    filter: Filter,
    /// The slot to go on with; `None` when all is said.
    next: Option<usize>,
    /// Where lines are written, [`LINES`] bytes of the request's pool.
    lines: &'static mut [u8],
    /// Bytes of lines that are there.
    written: usize,
    /// nginx's view of them, while they are sent.
    buffer: ngx_buf_t,
    /// The timer is the one of [`PAUSE`].
    pauses: bool,
}

/// What a turn of a dump came to.
enum Turn {
    /// The lines are to be sent.
    Send,
    /// There is room for more lines.
    Yield,
    /// The zone is held by another process.
    Pause,
}

/// Which records are wanted.
#[derive(Clone, Copy, Default)]
struct Filter {
    family: Option<Family>,
    /// Seen in this second or later.
    since: u32,
}

impl Filter {
    /// What a request's arguments ask for, or what is wrong with them.
    ///
    /// # Safety
    ///
    /// `r` is a request.
    unsafe fn of(r: *mut ngx_http_request_t) -> Result<Self, &'static str> {
        let mut filter = Self::default();
        // SAFETY: the caller promises the request; arguments live in its pool.
        let (family, since) = unsafe { (argument(r, "family"), argument(r, "since")) };
        if let Some(name) = family {
            filter.family = Some(Family::of_name(name).ok_or("unknown family")?);
        }
        if let Some(since) = since {
            filter.since = from_utf8(since)
                .ok()
                .and_then(|since| since.parse().ok())
                .ok_or("since is no Unix time")?;
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
    // SAFETY: the caller promises the request; nginx reads the name and points value into the
    // request's line.
    unsafe {
        let found = ngx_http_arg(r, name.as_ptr().cast_mut(), name.len(), &raw mut value);
        (found == NGX_OK as ngx_int_t).then(|| slice::from_raw_parts(value.data, value.len))
    }
}

/// `tcpfp_dump zone;`
pub struct TcpfpDump;

impl Directive for TcpfpDump {
    type Conf = LocationConf;
    type Value = Zone;

    const NAME: ngx_str_t = ngx_string!("tcpfp_dump");

    fn place(conf: &mut LocationConf) -> &mut Option<Zone> {
        &mut conf.dump
    }

    unsafe fn read(cf: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<Zone, Refusal> {
        // SAFETY: the caller promises that nginx is reading a location. It keeps the name with the rest.
        unsafe {
            let zone = Zone::named(cf, arguments[0])?;
            answer_by(cf, answer);
            Ok(zone)
        }
    }
}

/// The handler of a location with `tcpfp_dump`.
unsafe extern "C" fn answer(r: *mut ngx_http_request_t) -> ngx_int_t {
    guard(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t, || {
        // SAFETY: nginx has found the location, and nothing was answered yet.
        unsafe { begin(r) }.unwrap_or_else(|result| result)
    })
}

/// Begins to answer; the result of all where that is already clear.
///
/// # Safety
///
/// `r` is a request at a location with `tcpfp_dump`, and nothing was answered yet.
unsafe fn begin(r: *mut ngx_http_request_t) -> Result<ngx_int_t, ngx_int_t> {
    const NO_MEMORY: ngx_int_t = NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t;

    // SAFETY: the caller promises the request. What is allocated goes with its pool, after the last
    // use of it; main_conf and the zone live as long as the cycle, which the request keeps alive.
    unsafe {
        // Parts of another answer would have to be kept until it is their turn: all of the zone.
        if (*r).method & (NGX_HTTP_GET | NGX_HTTP_HEAD) as usize == 0 || !ptr::eq(r, (*r).main) {
            return Err(NGX_HTTP_NOT_ALLOWED as ngx_int_t);
        }
        // As nginx waits for slow readers: it notices when they go. A body that is still to come has
        // a handler of its own.
        //
        // Neither this nor the method below is asked of the request's bit-fields (discard_body,
        // header_only): in nginx 1.30 they begin where bindgen does not expect it, and most are
        // two bits off.
        (*r).read_event_handler = Some(ngx_http_test_reading);
        let discarded = ngx_http_discard_request_body(r);
        if discarded != NGX_OK as ngx_int_t {
            return Err(discarded);
        }
        let filter =
            Filter::of(r).map_err(|wrong| send_error(r, NGX_HTTP_BAD_REQUEST as usize, wrong))?;
        let Some(place) = Place::take() else {
            count(r, metrics::Dump::Refused);
            add_header(r, "Retry-After", 1).ok_or(NO_MEMORY)?;
            return Err(send_error(r, NGX_HTTP_SERVICE_UNAVAILABLE as usize, "too many dumps"));
        };
        let zone = location_conf(r).dump.ok_or(NO_MEMORY)?;
        add_counts(r, zone)?;
        count(r, metrics::Dump::Sent);
        let dump = pool::keep(
            (*r).pool,
            Dump {
                place,
                zone,
                database: main_conf(r).database.as_ref(),
                filter,
                next: Some(0),
                lines: pool::bytes((*r).pool, LINES).ok_or(NO_MEMORY)?,
                written: 0,
                buffer: mem::zeroed(),
                pauses: false,
            },
        );
        let context = context::of::<Http>(r);
        if dump.is_null() || context.is_null() {
            return Err(NO_MEMORY);
        }
        (*r).headers_out.status = NGX_HTTP_OK as usize;
        (*r).headers_out.content_type = ngx_string!("application/x-ndjson");
        (*r).headers_out.content_type_len = (*r).headers_out.content_type.len;
        let sent = ngx_http_send_header(r);
        // As nginx's own modules have it: a header that has to wait (NGX_AGAIN) is no end.
        let is_head = (*r).method == NGX_HTTP_HEAD as usize;
        if sent == NGX_ERROR as ngx_int_t || sent > NGX_OK as ngx_int_t || is_head {
            return Err(sent);
        }
        (*context).answer = dump.cast();
        (*(*r).main).set_count((*(*r).main).count() + 1);
        (*r).write_event_handler = Some(go_on);
        go_on(r);
        Ok(NGX_DONE as ngx_int_t)
    }
}

/// Counts a dump, if a location shows that.
///
/// # Safety
///
/// `r` is a request.
unsafe fn count(r: *mut ngx_http_request_t, dump: metrics::Dump) {
    // SAFETY: the caller promises the request.
    if let Some(counters) = unsafe { main_conf(r) }.metrics {
        counters.count_dump(dump);
    }
}

/// Adds the headers that tell how full the zone is, or says that it is not to be had.
///
/// # Safety
///
/// `r` is a request to which nothing was answered yet.
unsafe fn add_counts(r: *mut ngx_http_request_t, zone: Zone) -> Result<(), ngx_int_t> {
    let counts = zone.with(|table| {
        [
            ("X-Tcpfp-Clients", table.clients() as u64),
            ("X-Tcpfp-Capacity", table.capacity() as u64),
            ("X-Tcpfp-Evicted", table.evicted()),
            ("X-Tcpfp-Refused", table.refused()),
            ("X-Tcpfp-Repaired", table.repaired().into()),
        ]
    });
    // SAFETY: the caller promises the request.
    unsafe {
        match counts {
            Ok(counts) => counts
                .into_iter()
                .chain([("X-Tcpfp-Missed", zone.missed())])
                .try_for_each(|(name, count)| add_header(r, name, count))
                .ok_or(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t),
            Err(Unavailable::Busy) => {
                count(r, metrics::Dump::Refused);
                add_header(r, "Retry-After", 1)
                    .ok_or(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t)?;
                Err(send_error(r, NGX_HTTP_SERVICE_UNAVAILABLE as usize, "the zone is busy"))
            }
            Err(Unavailable::Unusable) => Err(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t),
        }
    }
}

/// Sends what is there, and then the next lines, until the client has to be waited for.
unsafe extern "C" fn go_on(r: *mut ngx_http_request_t) {
    let result = guard(Some(NGX_ERROR as ngx_int_t), || {
        // SAFETY: nginx calls it for a request that begin has taken on: its context is a Dump.
        unsafe {
            let dump = (*context::of::<Http>(r)).answer.cast::<Dump>();
            (*dump).go_on(r, (*r).connection)
        }
    });
    if let Some(result) = result {
        // SAFETY: the request is the one that nginx called with; nothing of it is touched after this.
        unsafe { ngx_http_finalize_request(r, result) };
    }
}

impl Dump {
    /// One turn; the result of all, when it is done.
    ///
    /// # Safety
    ///
    /// `r` is the request of this dump, and open, and `c` its connection.
    unsafe fn go_on(
        &mut self,
        r: *mut ngx_http_request_t,
        c: *mut ngx_connection_t,
    ) -> Option<ngx_int_t> {
        // SAFETY: an open connection has its event, which only nginx's one thread uses.
        let wake = unsafe { &mut *(*c).write };
        if wake.timedout() != 0 {
            if !mem::take(&mut self.pauses) {
                // SAFETY: the connection is open.
                unsafe { (*c).set_timedout(1) };
                return Some(NGX_HTTP_REQUEST_TIME_OUT as ngx_int_t);
            }
            wake.set_timedout(0);
        }
        let is_sent = self.buffer.pos == self.buffer.last;
        if is_sent && self.next.is_some() {
            match self.read_on() {
                Turn::Send => {}
                Turn::Yield => {
                    yield_turn(wake);
                    return None;
                }
                Turn::Pause => {
                    self.pauses = true;
                    // SAFETY: the event is of an open connection.
                    unsafe { ngx_add_timer(wake, PAUSE) };
                    return None;
                }
            }
        }
        // SAFETY: the caller promises the request.
        let sent = unsafe { self.send(r) };
        if sent == NGX_ERROR as ngx_int_t {
            return Some(sent);
        }
        // The timer of limit_rate is another one.
        let is_delayed = wake.delayed() != 0;
        if sent == NGX_AGAIN as ngx_int_t || self.buffer.pos != self.buffer.last {
            // SAFETY: the request is at a location, which has a configuration of nginx's, too.
            unsafe {
                let core = location_core((*r).loc_conf);
                if !is_delayed {
                    ngx_add_timer(wake, (*core).send_timeout);
                }
                let waits = ngx_handle_write_event(wake, (*core).send_lowat);
                return (waits != NGX_OK as ngx_int_t).then_some(NGX_ERROR as ngx_int_t);
            }
        }
        if !is_delayed && wake.timer_set() != 0 {
            // SAFETY: the event is of an open connection, and its timer runs.
            unsafe { ngx_del_timer(wake) };
        }
        if self.next.is_none() {
            // SAFETY: the caller promises the request.
            return Some(unsafe { ngx_http_send_special(r, NGX_HTTP_LAST as usize) });
        }
        if !is_delayed {
            yield_turn(wake);
        }
        None
    }

    /// Gives nginx the lines that are there, or lets it go on with what it has of them.
    ///
    /// # Safety
    ///
    /// `r` is the request of this dump, and open.
    unsafe fn send(&mut self, r: *mut ngx_http_request_t) -> ngx_int_t {
        let written = mem::take(&mut self.written);
        if written == 0 {
            // SAFETY: the caller promises the request.
            return unsafe { ngx_http_output_filter(r, ptr::null_mut()) };
        }
        let lines = self.lines[..written].as_mut_ptr_range();
        (self.buffer.pos, self.buffer.last) = (lines.start, lines.end);
        self.buffer.set_memory(1);
        self.buffer.set_flush(1);
        let mut chain = ngx_chain_t { buf: &raw mut self.buffer, next: ptr::null_mut() };
        // SAFETY: the caller promises the request. nginx reads the lines between pos and last only
        // until they meet, and they are not touched before.
        unsafe { ngx_http_output_filter(r, &raw mut chain) }
    }

    /// Reads the records of the next slots, and writes their lines.
    fn read_on(&mut self) -> Turn {
        let Some(from) = self.next else { return Turn::Send };
        let mut records = [const { None }; SLOTS];
        let share = self.place.share();
        let read = self.zone.with(|table| {
            let found = table.records(from..from + share)?;
            records.iter_mut().zip(found).for_each(|(place, record)| *place = Some(record));
            Some(())
        });
        self.next = match read {
            Err(Unavailable::Busy) => return Turn::Pause,
            Ok(Some(())) => Some(from + share),
            Ok(None) | Err(Unavailable::Unusable) => None,
        };
        let now = zone::now();
        for (slot, address, record) in records.into_iter().flatten() {
            if self.write_line(address, record, now).is_none() {
                // It comes first when these are sent.
                self.next = Some(slot);
                return Turn::Send;
            }
        }
        if self.next.is_none() || self.written > LINES / 2 {
            Turn::Send
        } else {
            Turn::Yield
        }
    }

    /// Writes the line of a record, if it is wanted; `None` if there is no room for it behind the
    /// lines that are there.
    fn write_line(
        &mut self,
        address: IpAddr,
        record: Result<Record, Torn>,
        now: u32,
    ) -> Option<()> {
        let mut room = Room::new(&mut self.lines[self.written..]);
        let wrong = match record {
            Ok(record) => {
                let snapshot = Snapshot { address, record, before: Some(record.last_seen()) };
                let host = self.zone.host(snapshot, now, self.database);
                if !self.filter.wants(&host) {
                    return Some(());
                }
                field::write_host(&host, Object::new(&mut room));
                // A database may name a system as it likes.
                (self.written == 0 && room.needed() >= LINES).then_some("too long")
            }
            Err(Torn) => Some("torn"),
        };
        if let Some(wrong) = wrong {
            room = Room::new(&mut self.lines[self.written..]);
            let mut object = Object::new(&mut room);
            object.member(key!("address"), &Value::Address(address));
            object.member(key!("error"), &Value::Text(wrong));
            object.end();
        }
        room.push('\n');
        self.written += room.text()?.len();
        Some(())
    }
}

/// Lets other connections have their turn first.
fn yield_turn(wake: &mut ngx_event_t) {
    // SAFETY: the event is of an open connection, and nginx takes it from its queues when that is
    // closed.
    unsafe { ngx_post_event(wake, &raw mut ngx_posted_next_events) };
}
