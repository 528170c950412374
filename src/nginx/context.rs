//! What is kept of a request or session while it lasts, in our module's place among its contexts:
//! what its variables are read from, looked up once.
//!
//! A request's is the main one's, which its subrequests share. nginx clears the place with each
//! internal redirect, and then it is looked up again.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::{ptr, slice};

use nginx_sys::{ngx_current_msec, ngx_cycle, ngx_msec_t};

use super::capture::{self, Captured};
use super::conf::Wanted;
use super::http2;
use super::listen;
use super::pool;
use super::socket;
use super::source;
use super::subsystem::{cycle_conf, Subsystem, Transferred};
use super::tls;
use super::zone;
use crate::connection::Connection;
use crate::field::Field;
use crate::host::Gaps;
use crate::http2::rtt;
use crate::proxy::{self, Proxy};
use crate::tcp_info::TcpInfo;

/// What is kept of a request or session, in its pool.
pub struct Context {
    /// Its connection; one of which nothing is known where nothing was kept.
    pub captured: *const Captured<'static>,
    /// struct tcp_info as it was last read; null before.
    reading: *mut Reading,
    /// The object that was last written.
    object: Option<Object>,
    /// What answers it, if that is of ours.
    pub answer: *mut c_void,
}

/// struct tcp_info at a moment.
struct Reading {
    moment: Moment,
    /// Bytes of it that the kernel wrote; 0 if it failed.
    len: usize,
    bytes: [MaybeUninit<u8>; socket::TCP_INFO_ROOM],
}

/// The text of an object at a moment.
struct Object {
    field: *const Field,
    moment: Moment,
    text: *const [u8],
}

/// As long as nginx's clock stands, and nothing was sent or received, it is the same moment: a
/// header block or a line of a log is written within one. nginx looks at the clock each time that it
/// has waited for something to happen.
#[derive(Clone, Copy, PartialEq)]
struct Moment {
    clock: ngx_msec_t,
    transferred: Transferred,
}

/// What is kept of a request or session; null without memory for it.
///
/// # Safety
///
/// It is one of nginx's, and open or in its log phase. What is given lives in its pool.
pub unsafe fn of<S: Subsystem>(subject: *mut S::Subject) -> *mut Context {
    // SAFETY: the caller promises the request or session, whose contexts have a place for each
    // module. Ours is null or what was written here. What is kept of its connection lives longer.
    unsafe {
        let place = S::context_of(subject);
        if (*place).is_null() {
            *place = make::<S>(subject).cast();
        }
        (*place).cast()
    }
}

/// # Safety
///
/// As for [`of`].
#[cold]
unsafe fn make<S: Subsystem>(subject: *mut S::Subject) -> *mut Context {
    // SAFETY: the caller promises the request or session, and with it its connection and pools.
    unsafe {
        let (c, pool) = (&*S::connection(subject), S::pool(subject));
        // No listener of ours has seen whether the server of a stream of QUIC wants anything.
        let wants = || S::server(subject).wanted() != Wanted::default();
        let own = capture::find(c).or_else(|| tls::find_by_quic(c).filter(|_| wants()));
        let captured = match source::find::<S>(subject, own) {
            Some(captured) => ptr::from_ref(captured).cast(),
            None => {
                let connection = Connection::unknown(listen::status_without_capture::<S>(c));
                pool::write(pool, Captured::new(connection)).cast_const()
            }
        };
        if captured.is_null() {
            return ptr::null_mut();
        }
        let (reading, answer) = (ptr::null_mut(), ptr::null_mut());
        pool::write(pool, Context { captured, reading, object: None, answer })
    }
}

impl Moment {
    /// # Safety
    ///
    /// As for [`of`].
    unsafe fn of<S: Subsystem>(subject: *mut S::Subject) -> Self {
        // SAFETY: nginx writes the clock between events. The caller promises the request or session.
        unsafe { Self { clock: ngx_current_msec, transferred: S::transferred(subject) } }
    }
}

impl Context {
    /// The text of an object, which is written once a moment: a script of nginx's asks for its
    /// length first, and then for its bytes.
    ///
    /// # Safety
    ///
    /// This is the context of the request or session, and the text lives in its pool.
    pub unsafe fn object<'p, S: Subsystem>(
        &mut self,
        subject: *mut S::Subject,
        field: &'static Field,
        write: impl FnOnce() -> Option<&'p [u8]>,
    ) -> Option<&'p [u8]> {
        // SAFETY: the caller promises the request or session, and a text that lives as long.
        unsafe {
            let moment = Moment::of::<S>(subject);
            let last = self.object.as_ref();
            if let Some(object) =
                last.filter(|object| ptr::eq(object.field, field) && object.moment == moment)
            {
                return Some(&*object.text);
            }
            let text = write()?;
            self.object = Some(Object { field, moment, text });
            Some(text)
        }
    }

    /// Whether a proxy hides the client, by what is known at this moment. What was not wanted at accept
    /// is not read later.
    ///
    /// # Safety
    ///
    /// This is the context of the request or session.
    pub unsafe fn proxy<S: Subsystem>(&mut self, subject: *mut S::Subject) -> Option<Proxy> {
        // SAFETY: the caller promises the request or session; what is kept of its connection lives as
        // long, and the reading is not used any more when this ends.
        unsafe {
            let Captured { connection, snapshot, nearest, acknowledged } = &*self.captured;
            let http2 = http2::session(S::connection(subject)).and_then(rtt);
            let mut round_trips = connection.round_trips(http2)?;
            let at_accept = connection.info?;
            round_trips.inside()?;
            let now = self.now::<S>(subject)?;
            round_trips.acknowledged =
                *acknowledged.get_or_init(|| proxy::acknowledged(&at_accept, &now));
            let see_gap = |gap| {
                let conf = cycle_conf::<S>(ngx_cycle)?.as_ref()?;
                let client = conf.zone?.number(snapshot.get()?.address)?;
                Some(Gaps::new(conf.gaps?.numbers()).see(client, gap, zone::now()))
            };
            let limits = S::server(subject).proxy_limits.unwrap_or_default();
            let gap = round_trips.gap(&now, limits);
            round_trips.nearest = gap.and_then(|gap| *nearest.get_or_init(|| see_gap(gap)));
            round_trips.verdict(&now, limits)
        }
    }

    /// struct tcp_info at this moment: read once, whoever asks. `None` if that fails.
    ///
    /// # Safety
    ///
    /// This is the context of the request or session, and what is given is not used any more when
    /// the next one asks.
    pub unsafe fn now<'n, S: Subsystem>(
        &mut self,
        subject: *mut S::Subject,
    ) -> Option<TcpInfo<'n>> {
        // SAFETY: the caller promises the request or session with its connection; a reading lives in
        // its pool, and the kernel wrote as much of the bytes as it said.
        unsafe {
            let moment = Moment::of::<S>(subject);
            if self.reading.is_null() {
                let bytes = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
                self.reading = pool::write(S::pool(subject), Reading { moment, len: 0, bytes });
            }
            let reading = self.reading.as_mut()?;
            if reading.len == 0 || reading.moment != moment {
                let info = socket::tcp_info((*S::connection(subject)).fd, &mut reading.bytes);
                reading.len = info.map_or(0, <[u8]>::len);
                reading.moment = moment;
            }
            let bytes = slice::from_raw_parts(reading.bytes.as_ptr().cast(), reading.len);
            (!bytes.is_empty()).then(|| TcpInfo::new(bytes))
        }
    }
}
