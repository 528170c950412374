//! The directives, the same in http and stream.

use std::ffi::{c_char, c_void, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nginx_sys::{
    ngx_command_t, ngx_conf_full_name, ngx_conf_t, ngx_int_t, ngx_pagesize, ngx_parse_size,
    ngx_parse_time, ngx_str_t, NGX_OK,
};
use ngx::core::NgxStr;

use super::array::string;
use super::conf::{MainConf, ServerConf, Wanted};
use super::refusal::{set, Refusal, DUPLICATE};
use super::zone::{Settings, Zone};
use crate::database::{Database, BUILTIN_NAME};
use crate::signature::p0f::Rules;

/// `tcpfp on | syn | info | off;`
pub unsafe extern "C" fn cmd_tcpfp(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls it as the command says: with a server's configuration.
    unsafe {
        set(
            cf,
            conf,
            |conf: &mut ServerConf| &mut conf.wanted,
            DUPLICATE,
            |arguments| {
                let argument = NgxStr::from_ngx_str(arguments[0]);
                Wanted::parse(argument.as_bytes()).ok_or_else(|| {
                    Refusal::Because(format!(
                        "invalid value \"{argument}\" in \"tcpfp\" directive, it must be \"on\", \"syn\", \"info\" or \"off\""
                    ))
                })
            },
        )
    }
}

/// `tcpfp_database builtin | file ...;`
pub unsafe extern "C" fn cmd_tcpfp_database(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls it as the command says: with the main configuration.
    unsafe {
        set(
            cf,
            conf,
            |conf: &mut MainConf| &mut conf.database,
            DUPLICATE,
            |names| read_databases(cf, names).map_err(Refusal::Because),
        )
    }
}

/// The database that these files make, or what is wrong with the first that is.
///
/// # Safety
///
/// nginx is reading the directive whose arguments these are.
unsafe fn read_databases(cf: *mut ngx_conf_t, names: &[ngx_str_t]) -> Result<Database, String> {
    let mut files = Vec::new();
    for name in names {
        if name.as_bytes() == BUILTIN_NAME.as_bytes() {
            files.push((BUILTIN_NAME.to_owned(), Database::builtin().to_vec()));
            continue;
        }
        let mut full = *name;
        // SAFETY: nginx replaces a relative name by one in its configuration's folder, from the
        // pool of the cycle.
        let path = unsafe {
            if ngx_conf_full_name((*cf).cycle, &raw mut full, 1) != NGX_OK as ngx_int_t {
                return Err("no memory for the name of a file".to_owned());
            }
            string(full)
        };
        let path = Path::new(OsStr::from_bytes(path));
        let content = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((path.display().to_string(), content));
    }
    let files = files.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
    Database::read(files, Rules::Corrected).map_err(|problems| problems[0].to_string())
}

/// `tcpfp_zone name:size [inactive=time] [ipv6_prefix=bits];`
pub unsafe extern "C" fn cmd_tcpfp_zone(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx calls it as the command says: with the main configuration.
    unsafe {
        set(
            cf,
            conf,
            |conf: &mut MainConf| &mut conf.zone,
            c"is duplicate: there is one zone for http and one for stream",
            |arguments| {
                let (name, size, settings) = zone(arguments).map_err(Refusal::Because)?;
                Zone::declare(cf, name, size, settings)
            },
        )
    }
}

/// Name, size and settings of the zone that these arguments declare, or what is wrong with them.
fn zone(arguments: &[ngx_str_t]) -> Result<(ngx_str_t, usize, Settings), String> {
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
        .ok_or_else(|| format!("invalid zone \"{text}\", it must be name:size"))?;
    // SAFETY: nginx reads the text.
    let bytes = unsafe { ngx_parse_size(&raw mut size) };
    let bytes = usize::try_from(bytes).map_err(|_| format!("invalid zone size \"{text}\""))?;
    // SAFETY: nginx sets it before it reads a configuration.
    if bytes < MIN_PAGES * unsafe { ngx_pagesize } {
        return Err(format!("zone \"{text}\" is too small"));
    }
    let mut settings = Settings::DEFAULT;
    for argument in &arguments[1..] {
        // SAFETY: nginx keeps the arguments as long as the configuration.
        let text = unsafe { NgxStr::from_ngx_str(*argument) };
        let invalid = || format!("invalid parameter \"{text}\"");
        if let Some(mut time) = argument.strip_prefix("inactive=") {
            // SAFETY: nginx reads the text.
            let seconds = unsafe { ngx_parse_time(&raw mut time, 1) };
            settings.inactive =
                u32::try_from(seconds).ok().filter(|&seconds| seconds > 0).ok_or_else(invalid)?;
        } else if let Some(bits) = argument.strip_prefix("ipv6_prefix=") {
            settings.ipv6_prefix = str::from_utf8(bits.as_bytes())
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
