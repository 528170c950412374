//! What a location of http says: `tcpfp_host`, whose record the `$tcpfp_host_*` variables speak of,
//! and which zone `tcpfp_dump` shows.

use std::ffi::{c_char, c_void};
use std::mem;
use std::net::IpAddr;
use std::ptr;
use std::str::from_utf8;

use nginx_sys::{
    ngx_conf_t, ngx_http_compile_complex_value, ngx_http_compile_complex_value_t,
    ngx_http_complex_value, ngx_http_complex_value_t, ngx_http_request_t, ngx_int_t, ngx_str_t,
    NGX_OK,
};
use ngx::core::NgxStr;
use ngx::ngx_string;

use crate::nginx::array::string;
use crate::nginx::command::{Directive, Refusal};
use crate::nginx::conf::allocate;
use crate::nginx::guard::guard;
use crate::nginx::zone::Zone;

/// The configuration of a location.
#[derive(Clone, Copy, Default)]
pub struct LocationConf {
    /// The argument of `tcpfp_host`, here or further out.
    host: Option<Address>,
    /// The argument of `tcpfp_dump`.
    pub dump: Option<Zone>,
    /// Whether there is `tcpfp_metrics`.
    pub metrics: Option<()>,
}

/// An address, or how to evaluate one.
#[derive(Clone, Copy)]
pub enum Address {
    Literal(IpAddr),
    Value(ngx_http_complex_value_t),
}

/// What is no IP address.
pub struct NoAddress;

pub unsafe extern "C" fn create(cf: *mut ngx_conf_t) -> *mut c_void {
    // SAFETY: nginx gives the configuration that it is reading.
    guard(ptr::null_mut(), || unsafe { allocate::<LocationConf>(cf) })
}

pub unsafe extern "C" fn merge(
    _cf: *mut ngx_conf_t,
    outer: *mut c_void,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: both are of create, and they differ.
    let (outer, conf) =
        unsafe { (&*outer.cast::<LocationConf>(), &mut *conf.cast::<LocationConf>()) };
    conf.host = conf.host.or(outer.host);
    ptr::null_mut()
}

impl LocationConf {
    /// The address to speak of; `None` for the client's own, which is also that of an empty value.
    ///
    /// # Safety
    ///
    /// `r` is a request at this location.
    pub unsafe fn address(&self, r: *mut ngx_http_request_t) -> Result<Option<IpAddr>, NoAddress> {
        let mut value = match self.host {
            None => return Ok(None),
            Some(Address::Literal(address)) => return Ok(Some(address)),
            Some(Address::Value(value)) => value,
        };
        let mut text = ngx_str_t::empty();
        // SAFETY: nginx compiled the value for this configuration.
        let text = unsafe {
            if ngx_http_complex_value(r, &raw mut value, &raw mut text) != NGX_OK as ngx_int_t {
                return Ok(None);
            }
            string(text)
        };
        if text.is_empty() {
            return Ok(None);
        }
        parse(text).map(Some).ok_or(NoAddress)
    }

    /// # Safety
    ///
    /// As for [`Self::address`].
    pub unsafe fn host(&self, r: *mut ngx_http_request_t) -> Option<IpAddr> {
        // SAFETY: the caller promises what address asks for.
        unsafe { self.address(r) }.ok().flatten()
    }
}

/// An address as nginx writes them, an IPv6 one also in brackets.
fn parse(text: &[u8]) -> Option<IpAddr> {
    let bare = text.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    from_utf8(bare.unwrap_or(text)).ok()?.parse().ok()
}

/// `tcpfp_host address;`
pub struct TcpfpHost;

impl Directive for TcpfpHost {
    type Conf = LocationConf;
    type Value = Address;

    const NAME: ngx_str_t = ngx_string!("tcpfp_host");

    fn place(conf: &mut LocationConf) -> &mut Option<Address> {
        &mut conf.host
    }

    unsafe fn read(cf: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<Address, Refusal> {
        // SAFETY: the caller promises that nginx is reading the directive.
        unsafe { read_address(cf, &mut arguments[0]) }
    }
}

/// # Safety
///
/// nginx is reading the directive whose argument this is.
unsafe fn read_address(cf: *mut ngx_conf_t, argument: &mut ngx_str_t) -> Result<Address, Refusal> {
    // SAFETY: the caller promises that nginx is reading; it keeps what it compiles with its
    // configuration. Both structures begin as zeros, as nginx's own modules have them.
    let value = unsafe {
        let mut value: ngx_http_complex_value_t = mem::zeroed();
        let mut compile: ngx_http_compile_complex_value_t = mem::zeroed();
        (compile.cf, compile.value, compile.complex_value) =
            (cf, &raw mut *argument, &raw mut value);
        if ngx_http_compile_complex_value(&raw mut compile) != NGX_OK as ngx_int_t {
            return Err(Refusal::Logged);
        }
        value
    };
    if !value.lengths.is_null() {
        return Ok(Address::Value(value));
    }
    // SAFETY: nginx keeps the argument while it reads the directive.
    let text = unsafe { NgxStr::from_ngx_str(*argument) };
    parse(text.as_bytes()).map(Address::Literal).ok_or_else(|| {
        Refusal::because(format_args!("invalid address \"{text}\" in \"tcpfp_host\""))
    })
}
