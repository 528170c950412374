//! `$tcpfp_*`: registration and evaluation.

use std::mem::MaybeUninit;
use std::ptr;

use nginx_sys::{
    ngx_conf_t, ngx_connection_t, ngx_cycle, ngx_hash_key_t, ngx_int_t, ngx_pool_t, ngx_str_t,
    ngx_variable_value_t, NGX_OK,
};

use super::address;
use super::array::{array, string};
use super::capture::{self, Captured};
use super::guard::guard;
use super::listen;
use super::pool;
use super::socket;
use super::source;
use super::subsystem::{cycle_conf, Subsystem};
use super::zone;
use crate::connection::Connection;
use crate::field::{self, Facts, Field};
use crate::host::Host;
use crate::tcp_info::TcpInfo;
use crate::text::{Out, Room};

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
    let add = |name: &str, flags: u32, handler, data| {
        let mut memory = [0; 64];
        let mut variable = Room::new(&mut memory);
        variable.push_str(PREFIX);
        variable.push_str(name);
        let Some(variable) = variable.text() else { return false };
        let mut name = ngx_str_t { len: variable.len(), data: variable.as_ptr().cast_mut() };
        // SAFETY: the caller promises that nginx takes variables now. It copies the name and does
        // not write to it, and keeps the variable with the configuration.
        match unsafe { S::add_variable(cf, &raw mut name, flags as usize).as_mut() } {
            Some(variable) => {
                S::answer_by(variable, handler, data);
                true
            }
            None => false,
        }
    };
    let mut fields = field::all().filter(|field| S::HAS_REQUESTS || !field.is_of_request());
    let all = fields.all(|field| {
        let flags = S::NOHASH | if field.may_change() { S::NOCACHEABLE } else { 0 };
        add(field.name, flags, by_field::<S>, ptr::from_ref(field) as usize)
    });
    all && add("", S::PREFIX | S::NOCACHEABLE, by_name::<S>, 0)
}

/// A name that the configuration uses and that only the prefix would answer: nobody's.
///
/// # Safety
///
/// nginx is finishing the configuration of `S`.
pub unsafe fn first_unknown<'a, S: Subsystem>(cf: *mut ngx_conf_t) -> Option<&'a [u8]> {
    // SAFETY: the caller promises the configuration, with which names live.
    unsafe {
        let (used, keys) = S::variables((*cf).ctx);
        let is_registered =
            |name| array::<ngx_hash_key_t>(keys).iter().any(|key| string(key.key) == name);
        array::<S::Variable>(used)
            .iter()
            .map(|variable| string(S::name(variable)))
            .find(|name| name.starts_with(PREFIX.as_bytes()) && !is_registered(*name))
    }
}

/// Evaluates a registered variable.
///
/// # Safety
///
/// nginx calls it, with what [`register`] gave for a field as `data`.
unsafe extern "C" fn by_field<S: Subsystem>(
    subject: *mut S::Subject,
    value: *mut ngx_variable_value_t,
    data: usize,
) -> ngx_int_t {
    // SAFETY: nginx gives what register gave it: the address of a field, which is static.
    unsafe { evaluate::<S>(subject, value, (data as *const Field).as_ref()) };
    NGX_OK as ngx_int_t
}

/// Evaluates a name that is looked up at run time.
///
/// # Safety
///
/// nginx calls it, with the address of the name, an `ngx_str_t`, as `data`.
unsafe extern "C" fn by_name<S: Subsystem>(
    subject: *mut S::Subject,
    value: *mut ngx_variable_value_t,
    data: usize,
) -> ngx_int_t {
    // SAFETY: nginx gives the address of the name that it looks up, as for every prefix.
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
    // SAFETY: the caller promises a value that nginx evaluates: nobody else has it now.
    let value = unsafe { &mut *value };
    value.set_valid(0);
    value.set_no_cacheable(0);
    value.set_not_found(1);
    // SAFETY: nginx evaluates for a request or session that is open or in its log phase, and the
    // text lives in its pool as long as the value.
    let Some(text) = guard(None, || unsafe { text::<S>(subject, field?) }) else { return };
    value.data = text.as_ptr().cast_mut();
    value.set_len(text.len() as u32);
    value.set_valid(1);
    value.set_not_found(0);
}

/// The text of a field, in the pool of its request or session.
///
/// # Safety
///
/// The request or session is one of nginx's, and open or in its log phase; `'p` ends before its
/// pool goes.
unsafe fn text<'p, S: Subsystem>(
    subject: *mut S::Subject,
    field: &'static Field,
) -> Option<&'p [u8]> {
    let unknown;
    let mut room = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
    // SAFETY: the caller promises the request or session: with it its connection, the headers of a
    // request and its pool are there.
    unsafe {
        let c = &*S::connection(subject);
        let captured = source::find::<S>(subject, capture::find(c));
        let connection = match captured {
            Some(captured) => &captured.connection,
            None => {
                unknown = Connection::unknown(listen::status_without_capture::<S>(c));
                &unknown
            }
        };
        let claim = if field.needs_claim() { S::claim(subject) } else { None };
        let host = if field.needs_host() { host::<S>(subject, c, captured) } else { None };
        // What was not wanted at accept is not read later.
        let now = (connection.info.is_some() && field.needs_now(connection))
            .then(|| socket::tcp_info(c.fd, &mut room).ok().map(TcpInfo::new))
            .flatten();
        let facts = Facts { connection, claim, host: host.as_ref(), now };
        if field.is_object() {
            write::<OBJECT>(S::pool(subject), field, &facts)
        } else {
            write::<PLAIN>(S::pool(subject), field, &facts)
        }
    }
}

/// Bytes that nearly every object takes at most.
const OBJECT: usize = 4096;
/// The same of all other fields.
const PLAIN: usize = 256;

/// Writes a field into a pool; twice if it takes more than `ROOM`.
///
/// # Safety
///
/// `pool` is one of nginx's, and `'p` ends before it goes.
unsafe fn write<'p, const ROOM: usize>(
    pool: *mut ngx_pool_t,
    field: &Field,
    facts: &Facts<'_>,
) -> Option<&'p [u8]> {
    let mut memory = [0; ROOM];
    let mut room = Room::new(&mut memory);
    field.write(facts, &mut room)?;
    // SAFETY: the caller promises the pool.
    unsafe {
        if let Some(text) = room.text() {
            return pool::copy(pool, text);
        }
        let text = pool::bytes(pool, room.needed())?;
        field.write(facts, &mut Room::new(text))?;
        Some(text)
    }
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
    let forwarded = captured.and_then(|captured| captured.connection.forwarded_from());
    // SAFETY: the caller promises the connection, with which nginx keeps its client's address.
    let (named, client) = unsafe {
        let client = || address::socket_address(c.sockaddr).map(|client| client.ip());
        (S::host(subject), forwarded.or_else(client))
    };
    match (named, captured.and_then(|captured| captured.snapshot.get())) {
        (Some(address), _) => zone.find(address, database),
        (None, Some(snapshot)) => Some(zone.host(*snapshot, zone::now(), database)),
        (None, None) => zone.find(client?, database),
    }
}
