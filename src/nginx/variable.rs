//! `$tcpfp_*`: registration and evaluation.

use std::ffi::c_void;
use std::net::IpAddr;
use std::ptr;

use nginx_sys::{
    __BindgenBitfieldUnit, ngx_conf_t, ngx_cycle, ngx_hash_key_t, ngx_int_t, ngx_str_t,
    ngx_variable_value_t, NGX_OK,
};

use super::address;
use super::array::{array, string};
use super::capture::Captured;
use super::context;
use super::guard::guard;
use super::http2;
use super::pool;
use super::subsystem::{cycle_conf, Subsystem};
use super::zone;
use crate::field::{self, Facts, Field};
use crate::host::Host;
use crate::text::{Out, Room, Text};
use crate::value::Value;
use crate::watched::Watched;

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

/// The names that the configuration uses.
///
/// # Safety
///
/// `ctx` is a context of `S`, and `'a` ends before its configuration goes.
unsafe fn used<'a, S: Subsystem>(ctx: *mut c_void) -> impl Iterator<Item = &'a [u8]> {
    // SAFETY: the caller promises the configuration, with which names live.
    unsafe {
        let used = array::<'a, S::Variable>(S::used_variables(ctx));
        used.iter().map(|variable| string(S::name(variable)))
    }
}

/// A name that the configuration uses and that only the prefix would answer: nobody's.
///
/// # Safety
///
/// nginx is finishing the configuration of `S`.
pub unsafe fn first_unknown<'a, S: Subsystem>(cf: *mut ngx_conf_t) -> Option<&'a [u8]> {
    // SAFETY: the caller promises the configuration, with which names live.
    unsafe {
        let keys = array::<ngx_hash_key_t>(S::variable_keys((*cf).ctx));
        let is_registered = |name| keys.iter().any(|key| string(key.key) == name);
        used::<S>((*cf).ctx)
            .find(|name| name.starts_with(PREFIX.as_bytes()) && !is_registered(*name))
    }
}

/// What has to be watched for the names that the configuration uses.
///
/// # Safety
///
/// `ctx` is a context of `S`, of a configuration that is complete.
pub unsafe fn watched<S: Subsystem>(ctx: *mut c_void) -> Watched {
    // SAFETY: the caller promises the context.
    let names = unsafe { used::<S>(ctx) };
    let fields = names.filter_map(|name| field::find(name.strip_prefix(PREFIX.as_bytes())?));
    fields.fold(Watched::empty(), |watched, field| watched | field.watched())
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
    // SAFETY: nginx evaluates for a request or session that is open or in its log phase, and the
    // text lives as long as the value.
    let text = guard(None, || unsafe { text::<S>(subject, field?) });
    // SAFETY: the caller promises a value that nginx evaluates: nobody else has it now.
    let value = unsafe { &mut *value };
    value._bitfield_1 = bits(text.map(<[u8]>::len));
    if let Some(text) = text {
        value.data = text.as_ptr().cast_mut();
    }
    debug_assert_eq!(
        (value.len() as usize, value.valid(), value.not_found(), value.no_cacheable()),
        text.map_or((0, 0, 1, 0), |text| (text.len(), 1, 0, 0))
    );
}

/// The bit-fields of a value: `len`, `valid`, `no_cacheable`, `not_found`, `escape`. bindgen's own
/// way to set a field takes ten instructions for each of its bits.
fn bits(len: Option<usize>) -> __BindgenBitfieldUnit<[u8; 4]> {
    const LEN: u32 = 28;
    let bits = match len {
        Some(len) => (len as u32 & ((1 << LEN) - 1), 1),
        None => (0, 4),
    };
    // The first field is in the bits that come first in memory.
    __BindgenBitfieldUnit::new(if cfg!(target_endian = "little") {
        (bits.0 | bits.1 << LEN).to_le_bytes()
    } else {
        (bits.0 << 4 | u32::reverse_bits(bits.1) >> 28).to_be_bytes()
    })
}

/// The text of a field: in memory that has it, else in the pool of its request or session.
///
/// # Safety
///
/// The request or session is one of nginx's, and open or in its log phase; `'p` ends before its
/// pool goes.
unsafe fn text<'p, S: Subsystem>(
    subject: *mut S::Subject,
    field: &'static Field,
) -> Option<&'p [u8]> {
    /// Numbers of one digit, which most flags are.
    const DIGITS: &[u8; 10] = b"0123456789";
    /// Bytes that nearly every object takes at most.
    const OBJECT: usize = 6144;

    // SAFETY: the caller promises the request or session: with it its connection, the headers of a
    // request and its pool are there. What the context points to lives as long as that, and so does
    // the database of the cycle that accepted the connection.
    unsafe {
        let context = context::of::<S>(subject).as_mut()?;
        let captured: &'p Captured<'p> = &*context.captured;
        let connection = &captured.connection;
        let claim = if field.needs_claim() { S::claim(subject) } else { None };
        // What was not wanted at accept is not read later.
        let is_wanted = connection.info.is_some() && field.needs_now(connection);
        let now = if is_wanted { context.now::<S>(subject) } else { None };
        let proxy = if field.needs_proxy() { context.proxy::<S>(subject) } else { None };
        let http2 = if field.needs_http2() { http2::session(S::connection(subject)) } else { None };
        let facts: Facts<'p> = Facts { connection, claim, host: None, now, proxy, http2 };
        let pool = S::pool(subject);
        if field.needs_host() {
            let named = S::host(subject);
            let write = |expected| {
                let host = host::<S>(subject, captured, named);
                let facts = Facts { host: host.as_ref(), ..facts };
                pool::text(pool, expected, |out| field.write(&facts, out))
            };
            return match (field.is_object(), named) {
                (true, None) => context.object::<S>(subject, field, || write(OBJECT)),
                (true, Some(_)) => write(OBJECT),
                (false, _) => write(0),
            };
        }
        match field.read(&facts)? {
            Value::Text(text) => Some(text.as_bytes()),
            Value::Number(digit @ 0..=9) => DIGITS.get(digit as usize..=digit as usize),
            value => pool::text(pool, 0, |out| {
                value.write_to(out);
                Some(())
            }),
        }
    }
}

/// The record of the address that `tcpfp_host` names, else of the client, as it was when its
/// connection was taken into it.
///
/// # Safety
///
/// `captured` is what was kept of the connection of the request or session.
unsafe fn host<'d, S: Subsystem>(
    subject: *mut S::Subject,
    captured: &Captured<'_>,
    named: Option<IpAddr>,
) -> Option<Host<'d>> {
    // SAFETY: ngx_cycle is the worker's cycle, which outlives its connections, as what belongs to
    // it does.
    let conf = unsafe { &*cycle_conf::<S>(ngx_cycle)? };
    let (zone, database) = (conf.zone?, conf.database.as_ref());
    let forwarded = captured.connection.forwarded_from();
    match (named, captured.snapshot.get()) {
        (Some(address), _) => zone.find(address, database),
        (None, Some(snapshot)) => Some(zone.host(*snapshot, zone::now(), database)),
        (None, None) => {
            // SAFETY: the caller promises the request or session. nginx keeps its client's address
            // with its connection.
            let client = || unsafe {
                address::socket_address((*S::connection(subject)).sockaddr).map(|it| it.ip())
            };
            zone.find(forwarded.or_else(client)?, database)
        }
    }
}
