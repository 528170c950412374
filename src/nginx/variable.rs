//! `$tcpfp_*`: registration and evaluation.

use std::mem::MaybeUninit;
use std::ptr;

use nginx_sys::{
    ngx_conf_t, ngx_connection_t, ngx_cycle, ngx_int_t, ngx_pnalloc, ngx_pool_t, ngx_str_t,
    ngx_variable_value_t, NGX_OK,
};

use super::address;
use super::array::string;
use super::capture::{self, Captured};
use super::guard::guard;
use super::listen;
use super::socket;
use super::subsystem::{cycle_conf, Subsystem};
use super::zone;
use crate::connection::{Connection, SynStatus};
use crate::field::{self, Facts, Field};
use crate::host::Host;
use crate::tcp_info::TcpInfo;

/// What every variable's name begins with.
const PREFIX: &str = "tcpfp_";

/// Registers a variable for every field, and the prefix of them all.
///
/// They stay out of nginx's hash of names, which would overflow its default size with them and
/// warn at every start. Whoever looks a name up at run time (SSI, Lua, Perl) finds it by the
/// prefix instead.
///
/// # Safety
///
/// nginx is about to read the configuration of `S`.
pub unsafe fn register<S: Subsystem>(cf: *mut ngx_conf_t) -> bool {
    let add = |name: &str, flags, data| {
        let name = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
        // SAFETY: nginx copies the name and does not write to it.
        unsafe { S::add_variable(cf, name, flags, data) }
    };
    let mut fields = field::all().filter(|field| S::HAS_REQUESTS || !field.is_of_request());
    let all = fields.all(|field| {
        // A request can come to locations that ask for the records of different addresses.
        let varies = field.is_live() || field.needs_host();
        let flags = S::NOHASH | if varies { S::NOCACHEABLE } else { 0 };
        add(&format!("{PREFIX}{}", field.name), flags, ptr::from_ref(field) as usize)
    });
    all && add(PREFIX, S::PREFIX | S::NOCACHEABLE, 0)
}

/// A name that the configuration uses and that only the prefix would answer: nobody's.
///
/// # Safety
///
/// nginx is finishing the configuration of `S`.
pub unsafe fn first_unknown<'a, S: Subsystem>(cf: *mut ngx_conf_t) -> Option<&'a [u8]> {
    // SAFETY: by the caller.
    let (used, registered) = unsafe { S::variable_names(cf) };
    let mut ours = used.into_iter().filter(|name| name.starts_with(PREFIX.as_bytes()));
    ours.find(|name| !registered.contains(name))
}

/// Evaluates a registered variable.
///
/// # Safety
///
/// nginx calls it, with what [`register`] gave for a field as `data`.
pub unsafe extern "C" fn by_field<S: Subsystem>(
    subject: *mut S::Subject,
    value: *mut ngx_variable_value_t,
    data: usize,
) -> ngx_int_t {
    // SAFETY: by the caller; fields are static.
    unsafe { evaluate::<S>(subject, value, (data as *const Field).as_ref()) };
    NGX_OK as ngx_int_t
}

/// Evaluates a name that is looked up at run time.
///
/// # Safety
///
/// nginx calls it, with the address of the name, an `ngx_str_t`, as `data`.
pub unsafe extern "C" fn by_name<S: Subsystem>(
    subject: *mut S::Subject,
    value: *mut ngx_variable_value_t,
    data: usize,
) -> ngx_int_t {
    // SAFETY: by the caller.
    unsafe {
        let name = string(*(data as *const ngx_str_t)).strip_prefix(PREFIX.as_bytes());
        evaluate::<S>(subject, value, name.and_then(field::find));
    }
    NGX_OK as ngx_int_t
}

/// Writes a field as a variable: absent unless it is there, whatever happens.
///
/// # Safety
///
/// nginx evaluates `value` for the request or session.
unsafe fn evaluate<S: Subsystem>(
    subject: *mut S::Subject,
    value: *mut ngx_variable_value_t,
    field: Option<&'static Field>,
) {
    // SAFETY: by the caller.
    let value = unsafe { &mut *value };
    value.set_valid(0);
    value.set_no_cacheable(0);
    value.set_not_found(1);
    // SAFETY: by the caller.
    let text = guard(None, || unsafe { text::<S>(subject, field?) });
    // SAFETY: by the caller; the pool's memory lives as long as the value.
    let copied = text.and_then(|text| unsafe { copy(S::pool(subject), text.as_bytes()) });
    let Some((data, len)) = copied else { return };
    value.data = data;
    value.set_len(len);
    value.set_valid(1);
    value.set_not_found(0);
}

/// # Safety
///
/// The request or session is one of nginx's, and open or in its log phase.
unsafe fn text<S: Subsystem>(subject: *mut S::Subject, field: &'static Field) -> Option<String> {
    // SAFETY: by the caller.
    let c = unsafe { &*S::connection(subject) };
    // SAFETY: by the caller.
    let captured = unsafe { capture::find(c) };
    let unknown;
    let connection = match captured {
        Some(captured) => &captured.connection,
        None => {
            // SAFETY: by the caller.
            unknown = Connection::unknown(unsafe { status_without_capture::<S>(c) });
            &unknown
        }
    };
    // SAFETY: by the caller; headers live as long as their request.
    let claim = field.needs_claim().then(|| unsafe { S::claim(subject) }).flatten();
    // SAFETY: by the caller.
    let host = field.needs_host().then(|| unsafe { host::<S>(subject, c, captured) }).flatten();
    let mut room = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
    // What was not wanted at accept is not read later.
    let now = (connection.info.is_some() && field.needs_now(connection))
        .then(|| socket::tcp_info(c.fd, &mut room).ok().map(TcpInfo::new))
        .flatten();
    let mut text = String::new();
    field.write(&Facts { connection, claim, host: host.as_ref(), now }, &mut text)?;
    Some(text)
}

/// The record of the address that `tcpfp_host` names, else of the client, as it was when its
/// connection was taken into it.
///
/// # Safety
///
/// `c` is the connection of the request or session, and `captured` what was kept of it.
unsafe fn host<'d, S: Subsystem>(
    subject: *mut S::Subject,
    c: &ngx_connection_t,
    captured: Option<&Captured<'_>>,
) -> Option<Host<'d>> {
    // SAFETY: ngx_cycle is the worker's cycle, which outlives its connections, as what belongs to
    // it does.
    let conf = unsafe { &*cycle_conf::<S>(ngx_cycle)? };
    let (zone, database) = (conf.zone?, conf.database.as_ref());
    // SAFETY: by the caller.
    let (named, client) = unsafe { (S::host(subject), address::socket_address(c.sockaddr)) };
    match (named, captured.and_then(|captured| captured.snapshot.get())) {
        (Some(address), _) => zone.find(address, database),
        (None, Some(snapshot)) => Some(zone.host(*snapshot, zone::now(), database)),
        (None, None) => zone.find(client?.ip(), database),
    }
}

/// Why nothing was kept of a connection.
///
/// # Safety
///
/// `c` is one of nginx's connections.
unsafe fn status_without_capture<S: Subsystem>(c: &ngx_connection_t) -> SynStatus {
    // SAFETY: by the caller.
    unsafe {
        if !address::is_tcp(c) {
            SynStatus::Unsupported
        } else if listen::of::<S>(c).is_some() {
            SynStatus::Error
        } else {
            SynStatus::Off
        }
    }
}

/// # Safety
///
/// `pool` is a valid pool.
unsafe fn copy(pool: *mut ngx_pool_t, text: &[u8]) -> Option<(*mut u8, u32)> {
    // SAFETY: nginx gives as many bytes as asked, or null.
    unsafe {
        let data: *mut u8 = ngx_pnalloc(pool, text.len()).cast();
        if data.is_null() {
            return None;
        }
        data.copy_from_nonoverlapping(text.as_ptr(), text.len());
        Some((data, text.len() as u32))
    }
}
