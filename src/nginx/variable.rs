//! `$tcpfp_*`: registration and evaluation.

use std::mem::MaybeUninit;
use std::ptr;

use nginx_sys::{
    ngx_conf_t, ngx_connection_t, ngx_pnalloc, ngx_pool_t, ngx_str_t, ngx_variable_value_t,
};

use super::capture;
use super::guard::guard;
use super::listen;
use super::protocol::{string, Protocol};
use super::socket;
use crate::claim::Claim;
use crate::connection::{Connection, SynStatus};
use crate::field::{self, Field};
use crate::tcp_info::TcpInfo;
use crate::text::Text;

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
/// nginx is about to read the configuration of `P`.
pub unsafe fn register<P: Protocol>(cf: *mut ngx_conf_t) -> bool {
    let add = |name: &str, flags, data| {
        let name = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
        // SAFETY: nginx copies the name and does not write to it.
        unsafe { P::add_variable(cf, name, flags, data) }
    };
    let mut fields = field::all().filter(|field| P::HAS_REQUESTS || !field.is_of_request());
    let all = fields.all(|field| {
        let live = if field.is_live() { P::NOCACHEABLE } else { 0 };
        add(&format!("{PREFIX}{}", field.name), P::NOHASH | live, ptr::from_ref(field) as usize)
    });
    all && add(PREFIX, P::PREFIX | P::NOCACHEABLE, 0)
}

/// A name that the configuration uses and that only the prefix would answer: nobody's.
///
/// # Safety
///
/// nginx is finishing the configuration of `P`.
pub unsafe fn first_unknown<'a, P: Protocol>(cf: *mut ngx_conf_t) -> Option<&'a [u8]> {
    // SAFETY: by the caller.
    let (used, registered) = unsafe { P::variable_names(cf) };
    let mut ours = used.into_iter().filter(|name| name.starts_with(PREFIX.as_bytes()));
    ours.find(|name| !registered.contains(name))
}

/// The field of a registered variable.
///
/// # Safety
///
/// `data` is what [`register`] gave for a field.
pub unsafe fn registered(data: usize) -> Option<&'static Field> {
    // SAFETY: by the caller; fields are static.
    unsafe { (data as *const Field).as_ref() }
}

/// The field of a name that is looked up at run time.
///
/// # Safety
///
/// `data` is the address of the name, an `ngx_str_t`.
pub unsafe fn named(data: usize) -> Option<&'static Field> {
    // SAFETY: by the caller.
    let name = unsafe { string(*(data as *const ngx_str_t)) };
    field::find(name.strip_prefix(PREFIX.as_bytes())?)
}

/// Writes a field of a connection, or of the claim of a request on it, as a variable: absent unless
/// it is there, whatever happens.
///
/// # Safety
///
/// `c` is the connection of the request or session that nginx evaluates `value` for, and `pool`
/// that request's or session's.
pub unsafe fn evaluate<'r, P: Protocol>(
    c: *mut ngx_connection_t,
    pool: *mut ngx_pool_t,
    value: *mut ngx_variable_value_t,
    field: Option<&'static Field>,
    claim: Option<&dyn Fn() -> Claim<'r>>,
) {
    // SAFETY: by the caller.
    let (c, value) = unsafe { (&*c, &mut *value) };
    value.set_valid(0);
    value.set_no_cacheable(0);
    value.set_not_found(1);
    // SAFETY: by the caller.
    let text = guard(None, || unsafe { text::<P>(c, field?, claim) });
    // SAFETY: by the caller; the pool's memory lives as long as the value.
    let Some((data, len)) = text.and_then(|text| unsafe { copy(pool, text.as_bytes()) }) else {
        return;
    };
    value.data = data;
    value.set_len(len);
    value.set_valid(1);
    value.set_not_found(0);
}

/// # Safety
///
/// `c` is one of nginx's connections, with its pool.
unsafe fn text<'r, P: Protocol>(
    c: &ngx_connection_t,
    field: &'static Field,
    claim: Option<&dyn Fn() -> Claim<'r>>,
) -> Option<String> {
    let unknown;
    // SAFETY: by the caller.
    let connection = if let Some(found) = unsafe { capture::find(c) } {
        found
    } else {
        // SAFETY: by the caller.
        unknown = Connection::unknown(unsafe { status_without_capture::<P>(c) });
        &unknown
    };
    let live = |read: &dyn Fn(TcpInfo<'_>) -> Option<u64>| {
        // What was not wanted at accept is not read later.
        connection.info?;
        let mut room = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
        read(TcpInfo::new(socket::tcp_info(c.fd, &mut room).ok()?))
    };
    let mut text = String::new();
    field.read(connection, || Some(claim?()), live)?.write_to(&mut text);
    Some(text)
}

/// Why nothing was kept of a connection.
///
/// # Safety
///
/// `c` is one of nginx's connections.
unsafe fn status_without_capture<P: Protocol>(c: &ngx_connection_t) -> SynStatus {
    // SAFETY: by the caller.
    unsafe {
        if !listen::is_tcp(c) {
            SynStatus::Unsupported
        } else if listen::of::<P>(c).is_some() {
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
