//! The directives, the same in http and stream.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Read};
use std::marker::PhantomData;
use std::os::unix::fs::OpenOptionsExt;
use std::str::from_utf8;

use nginx_sys::{
    ngx_conf_full_name, ngx_conf_t, ngx_int_t, ngx_pagesize, ngx_parse_size, ngx_parse_time,
    ngx_str_t, NGX_OK,
};
use ngx::core::NgxStr;
use ngx::ngx_string;

use super::array::string;
use super::command::{Directive, Refusal};
use super::conf::{MainConf, ServerConf, Template, Wanted};
use super::pool;
use super::subsystem::Subsystem;
use super::tls::symbol;
use super::zone::{Settings, Zone};
use crate::database::{Database, BUILTIN_NAME};
use crate::fallible::{try_collect, TryPush};
use crate::forwarded::Peers;
use crate::proxy::Limits;
use crate::signature::p0f::Rules;

/// `tcpfp on | syn | info | off [ethernet];`
pub struct Tcpfp;

impl Directive for Tcpfp {
    type Conf = ServerConf;
    type Value = Wanted;

    const NAME: ngx_str_t = ngx_string!("tcpfp");

    fn place(conf: &mut ServerConf) -> &mut Option<Wanted> {
        &mut conf.wanted
    }

    unsafe fn read(_: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<Wanted, Refusal> {
        // SAFETY: the caller promises that nginx keeps the arguments.
        let argument = unsafe { NgxStr::from_ngx_str(arguments[0]) };
        let mut wanted = Wanted::parse(argument.as_bytes()).ok_or_else(|| {
            Refusal::because(format_args!(
                "invalid value \"{argument}\" in \"tcpfp\" directive, it must be \"on\", \"syn\", \"info\" or \"off\""
            ))
        })?;
        if let Some(&parameter) = arguments.get(1) {
            // SAFETY: as above.
            let parameter = unsafe { NgxStr::from_ngx_str(parameter) };
            if parameter.as_bytes() != b"ethernet" {
                return Err(Refusal::because(format_args!("invalid parameter \"{parameter}\"")));
            }
            if !wanted.syn {
                return Err(Refusal::because(format_args!(
                    "\"tcpfp {argument}\" saves no SYN that \"ethernet\" could be of"
                )));
            }
            wanted.ethernet = true;
        }
        Ok(wanted)
    }
}

/// `tcpfp_source value;`
pub struct TcpfpSource<S>(PhantomData<S>);

impl<S: Subsystem> Directive for TcpfpSource<S> {
    type Conf = ServerConf;
    type Value = Template;

    const NAME: ngx_str_t = ngx_string!("tcpfp_source");

    fn place(conf: &mut ServerConf) -> &mut Option<Template> {
        &mut conf.source
    }

    unsafe fn read(cf: *mut ngx_conf_t, values: &mut [ngx_str_t]) -> Result<Template, Refusal> {
        // SAFETY: the caller promises that nginx is reading the directive.
        unsafe { read_value::<S>(cf, &mut values[0]) }
    }
}

/// `tcpfp_source_rtt value;`
pub struct TcpfpSourceRtt<S>(PhantomData<S>);

impl<S: Subsystem> Directive for TcpfpSourceRtt<S> {
    type Conf = ServerConf;
    type Value = Template;

    const NAME: ngx_str_t = ngx_string!("tcpfp_source_rtt");

    fn place(conf: &mut ServerConf) -> &mut Option<Template> {
        &mut conf.source_rtt
    }

    unsafe fn read(cf: *mut ngx_conf_t, values: &mut [ngx_str_t]) -> Result<Template, Refusal> {
        // SAFETY: the caller promises that nginx is reading the directive.
        unsafe { read_value::<S>(cf, &mut values[0]) }
    }
}

/// A value that a proxy has set. nginx would say no more than that it knows no such variable.
///
/// # Safety
///
/// nginx is reading the directive whose argument this is.
unsafe fn read_value<S: Subsystem>(
    cf: *mut ngx_conf_t,
    value: &mut ngx_str_t,
) -> Result<Template, Refusal> {
    const TLV: &[u8] = b"proxy_protocol_tlv_";

    let names_tlv = value.as_bytes().windows(TLV.len()).any(|part| part == TLV);
    if names_tlv && symbol(c"ngx_proxy_protocol_get_tlv").is_none() {
        return Err(Refusal::because(format_args!(
            "this nginx keeps no TLVs of the PROXY protocol, as nginx does since 1.23.2: \
             let the proxy send a header"
        )));
    }
    // SAFETY: the caller promises that nginx is reading.
    unsafe { S::compile(cf, value) }.ok_or(Refusal::Logged)
}

/// `tcpfp_source_from address | CIDR | unix: ...;`
pub struct TcpfpSourceFrom;

impl Directive for TcpfpSourceFrom {
    type Conf = ServerConf;
    type Value = &'static Peers;

    const NAME: ngx_str_t = ngx_string!("tcpfp_source_from");

    fn place(conf: &mut ServerConf) -> &mut Option<&'static Peers> {
        &mut conf.source_from
    }

    unsafe fn read(
        cf: *mut ngx_conf_t,
        arguments: &mut [ngx_str_t],
    ) -> Result<&'static Peers, Refusal> {
        let mut peers = Peers::default();
        for argument in arguments {
            let is_known = match from_utf8(argument.as_bytes()) {
                Ok(text) => peers.add(text).map_err(no_memory)?,
                Err(_) => false,
            };
            if !is_known {
                // SAFETY: the caller promises that nginx keeps the arguments.
                let argument = unsafe { NgxStr::from_ngx_str(*argument) };
                return Err(Refusal::because(format_args!(
                    "invalid address \"{argument}\" in \"tcpfp_source_from\""
                )));
            }
        }
        // SAFETY: the caller promises that nginx is reading; the pool goes with the configuration,
        // and with it all that uses the peers.
        unsafe { pool::keep((*cf).pool, peers).as_ref() }.ok_or(Refusal::Logged)
    }
}

/// `tcpfp_proxy_limits direct proxied;`
pub struct TcpfpProxyLimits;

impl Directive for TcpfpProxyLimits {
    type Conf = ServerConf;
    type Value = Limits;

    const NAME: ngx_str_t = ngx_string!("tcpfp_proxy_limits");

    fn place(conf: &mut ServerConf) -> &mut Option<Limits> {
        &mut conf.proxy_limits
    }

    unsafe fn read(_: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<Limits, Refusal> {
        let micros = |time: &mut ngx_str_t| {
            // SAFETY: nginx reads the text, and keeps it as long as the configuration.
            let (millis, text) = unsafe { (ngx_parse_time(time, 0), NgxStr::from_ngx_str(*time)) };
            u64::try_from(millis)
                .ok()
                .filter(|&millis| millis > 0)
                .map(|millis| millis * 1000)
                .ok_or_else(|| {
                    Refusal::because(format_args!(
                        "invalid time \"{text}\" in \"tcpfp_proxy_limits\""
                    ))
                })
        };
        let limits =
            Limits { direct: micros(&mut arguments[0])?, proxied: micros(&mut arguments[1])? };
        if limits.direct > limits.proxied {
            return Err(Refusal::because(format_args!(
                "the first limit of \"tcpfp_proxy_limits\" is more than the second"
            )));
        }
        Ok(limits)
    }
}

/// `tcpfp_database builtin | file ...;`
pub struct TcpfpDatabase;

impl Directive for TcpfpDatabase {
    type Conf = MainConf;
    type Value = Database;

    const NAME: ngx_str_t = ngx_string!("tcpfp_database");

    fn place(conf: &mut MainConf) -> &mut Option<Database> {
        &mut conf.database
    }

    unsafe fn read(cf: *mut ngx_conf_t, names: &mut [ngx_str_t]) -> Result<Database, Refusal> {
        // SAFETY: the caller promises that nginx is reading the directive.
        unsafe { read_databases(cf, names) }
    }
}

/// The database that these files make, or what is wrong with the first that is.
///
/// # Safety
///
/// nginx is reading the directive whose arguments these are.
unsafe fn read_databases(cf: *mut ngx_conf_t, names: &[ngx_str_t]) -> Result<Database, Refusal> {
    let mut contents = try_collect(names.iter().map(|_| Vec::new())).map_err(no_memory)?;
    let mut files = Vec::new();
    for (name, content) in names.iter().zip(&mut contents) {
        let file = if name.as_bytes() == BUILTIN_NAME.as_bytes() {
            (BUILTIN_NAME, Database::builtin())
        } else {
            let mut full = *name;
            // SAFETY: nginx replaces a relative name by one in its configuration's folder, from the
            // pool of the cycle.
            let path = unsafe {
                if ngx_conf_full_name((*cf).cycle, &raw mut full, 1) != NGX_OK as ngx_int_t {
                    return Err(Refusal::Logged);
                }
                string(full)
            };
            let path = from_utf8(path).map_err(|_| {
                Refusal::because(format_args!("the name of a database is not UTF-8"))
            })?;
            read_file(path, content)?;
            (path, &content[..])
        };
        files.try_push(file).map_err(no_memory)?;
    }
    Database::read(files, Rules::Corrected)
        .map_err(|problem| Refusal::because(format_args!("{problem}")))
}

fn no_memory(error: TryReserveError) -> Refusal {
    Refusal::because(format_args!("{error}"))
}

/// Reads a file that may be a database. The master would wait for ever for the other end of a FIFO,
/// and fill its memory from a device.
fn read_file(path: &str, content: &mut Vec<u8>) -> Result<(), Refusal> {
    /// Bytes; p0f's own database has 30,000.
    const MOST: u64 = 64 << 20;

    let failed = |error: io::Error| Refusal::because(format_args!("{path}: {error}"));
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    let file = file.map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if !about.is_file() {
        return Err(Refusal::because(format_args!("{path}: this is no regular file")));
    }
    if about.len() > MOST {
        return Err(Refusal::because(format_args!("{path}: more than {MOST} bytes")));
    }
    content.try_reserve_exact(about.len() as usize + 1).map_err(no_memory)?;
    file.take(MOST).read_to_end(content).map_err(failed)?;
    Ok(())
}

/// `tcpfp_zone name:size [inactive=time] [ipv6_prefix=bits];`
pub struct TcpfpZone;

impl Directive for TcpfpZone {
    type Conf = MainConf;
    type Value = Zone;

    const NAME: ngx_str_t = ngx_string!("tcpfp_zone");
    const DUPLICATE: &'static CStr = c"is duplicate: there is one zone for http and one for stream";

    fn place(conf: &mut MainConf) -> &mut Option<Zone> {
        &mut conf.zone
    }

    unsafe fn read(cf: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<Zone, Refusal> {
        let (name, size, settings) = zone(arguments)?;
        // SAFETY: the caller promises that nginx is reading, and keeps the name with the rest.
        unsafe { Zone::declare(cf, name, size, settings) }
    }
}

/// Name, size and settings of the zone that these arguments declare, or what is wrong with them.
fn zone(arguments: &[ngx_str_t]) -> Result<(ngx_str_t, usize, Settings), Refusal> {
    /// As nginx's own zones: a slab pool needs some for itself.
    const MIN_PAGES: usize = 8;

    // SAFETY: nginx keeps the arguments as long as the configuration.
    let text = unsafe { NgxStr::from_ngx_str(arguments[0]) };
    let (name, mut size) = arguments[0]
        .as_bytes()
        .iter()
        .position(|&byte| byte == b':')
        .filter(|&colon| colon > 0)
        .and_then(|colon| arguments[0].split_at(colon))
        .and_then(|(name, size)| Some((name, size.strip_prefix(":")?)))
        .ok_or_else(|| {
            Refusal::because(format_args!("invalid zone \"{text}\", it must be name:size"))
        })?;
    // SAFETY: nginx reads the text.
    let bytes = unsafe { ngx_parse_size(&raw mut size) };
    let bytes = usize::try_from(bytes)
        .map_err(|_| Refusal::because(format_args!("invalid zone size \"{text}\"")))?;
    // SAFETY: nginx sets it before it reads a configuration.
    if bytes < MIN_PAGES * unsafe { ngx_pagesize } {
        return Err(Refusal::because(format_args!("zone \"{text}\" is too small")));
    }
    let mut settings = Settings::DEFAULT;
    for argument in &arguments[1..] {
        // SAFETY: nginx keeps the arguments as long as the configuration.
        let text = unsafe { NgxStr::from_ngx_str(*argument) };
        let invalid = || Refusal::because(format_args!("invalid parameter \"{text}\""));
        if let Some(mut time) = argument.strip_prefix("inactive=") {
            // SAFETY: nginx reads the text.
            let seconds = unsafe { ngx_parse_time(&raw mut time, 1) };
            settings.inactive =
                u32::try_from(seconds).ok().filter(|&seconds| seconds > 0).ok_or_else(invalid)?;
        } else if let Some(bits) = argument.strip_prefix("ipv6_prefix=") {
            settings.ipv6_prefix = from_utf8(bits.as_bytes())
                .ok()
                .and_then(|bits| bits.parse().ok())
                .filter(|bits| (1..=128).contains(bits))
                .ok_or_else(invalid)?;
        } else {
            return Err(invalid());
        }
    }
    Ok((name, bytes, settings))
}
