//! The directives, the same in http and stream.

use std::ffi::{c_char, c_void, CStr, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use nginx_sys::{
    ngx_command_t, ngx_conf_full_name, ngx_conf_t, ngx_int_t, ngx_pagesize, ngx_parse_size,
    ngx_parse_time, ngx_str_t, NGX_LOG_EMERG, NGX_OK,
};
use ngx::core::{NgxStr, NGX_CONF_ERROR};
use ngx::ngx_conf_log_error;

use super::array::string;
use super::conf::{MainConf, ServerConf, Wanted};
use super::guard::guard;
use super::zone::{Settings, Zone};
use crate::database::{Database, BUILTIN_NAME};
use crate::signature::p0f::Rules;

/// What nginx says of a directive that stands twice.
pub const DUPLICATE: &CStr = c"is duplicate";

/// `tcpfp on | syn | info | off;`
pub unsafe extern "C" fn cmd_tcpfp(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the command's offset makes conf the block's ServerConf, and its type gives it
        // exactly one argument after its name.
        let (conf, arguments) =
            unsafe { (&mut *conf.cast::<ServerConf>(), (*(*cf).args).as_slice::<ngx_str_t>()) };
        if conf.wanted.is_some() {
            return DUPLICATE.as_ptr().cast_mut();
        }
        // SAFETY: nginx's parser terminates and keeps the argument.
        let argument = unsafe { NgxStr::from_ngx_str(arguments[1]) };
        conf.wanted = Wanted::parse(argument.as_bytes());
        if conf.wanted.is_none() {
            ngx_conf_log_error!(
                NGX_LOG_EMERG,
                cf,
                "invalid value \"{argument}\" in \"tcpfp\" directive, it must be \"on\", \"syn\", \"info\" or \"off\""
            );
            return NGX_CONF_ERROR.cast();
        }
        ptr::null_mut()
    })
}

/// `tcpfp_database builtin | file ...;`
pub unsafe extern "C" fn cmd_tcpfp_database(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the command's offset makes conf the block's MainConf.
        let conf = unsafe { &mut *conf.cast::<MainConf>() };
        if conf.database.is_some() {
            return DUPLICATE.as_ptr().cast_mut();
        }
        // SAFETY: nginx is reading the directive.
        match unsafe { read_databases(cf) } {
            Ok(database) => conf.database = Some(database),
            Err(problem) => {
                ngx_conf_log_error!(NGX_LOG_EMERG, cf, "{problem}");
                return NGX_CONF_ERROR.cast();
            }
        }
        ptr::null_mut()
    })
}

/// The database that the directive's arguments name, or what is wrong with the first that is.
///
/// # Safety
///
/// nginx is reading a directive with arguments.
unsafe fn read_databases(cf: *mut ngx_conf_t) -> Result<Database, String> {
    let mut files = Vec::new();
    // SAFETY: by the caller; nginx keeps the arguments while it reads the directive.
    for argument in unsafe { &(*(*cf).args).as_slice::<ngx_str_t>()[1..] } {
        // SAFETY: as above.
        let name = unsafe { string(*argument) };
        if name == BUILTIN_NAME.as_bytes() {
            files.push((BUILTIN_NAME.to_owned(), Database::builtin().to_vec()));
            continue;
        }
        let mut full = *argument;
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
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the command's offset makes conf the block's MainConf.
        let conf = unsafe { &mut *conf.cast::<MainConf>() };
        if conf.zone.is_some() {
            return DUPLICATE.as_ptr().cast_mut();
        }
        // SAFETY: nginx is reading the directive.
        match unsafe { declare_zone(cf) } {
            Ok(zone) => conf.zone = Some(zone),
            Err(problem) => {
                if let Some(problem) = problem {
                    ngx_conf_log_error!(NGX_LOG_EMERG, cf, "{problem}");
                }
                return NGX_CONF_ERROR.cast();
            }
        }
        ptr::null_mut()
    })
}

/// The zone that the directive's arguments declare, or what is wrong, unless nginx has said that.
///
/// # Safety
///
/// nginx is reading a directive with arguments.
unsafe fn declare_zone(cf: *mut ngx_conf_t) -> Result<Zone, Option<String>> {
    /// As nginx's own zones: a slab pool needs some for itself.
    const MIN_PAGES: usize = 8;

    // SAFETY: by the caller; nginx keeps the arguments as long as the configuration.
    let arguments = unsafe { &(*(*cf).args).as_slice::<ngx_str_t>()[1..] };
    // SAFETY: as above.
    let text = unsafe { NgxStr::from_ngx_str(arguments[0]) };
    let (name, mut size) = arguments[0]
        .as_bytes()
        .iter()
        .position(|&byte| byte == b':')
        .filter(|&colon| colon > 0)
        .and_then(|colon| arguments[0].split_at(colon))
        .and_then(|(name, size)| Some((name, size.strip_prefix(":")?)))
        .ok_or_else(|| Some(format!("invalid zone \"{text}\", it must be name:size")))?;
    // SAFETY: nginx reads the text.
    let bytes = unsafe { ngx_parse_size(&raw mut size) };
    let bytes =
        usize::try_from(bytes).map_err(|_| Some(format!("invalid zone size \"{text}\"")))?;
    // SAFETY: nginx sets it before it reads a configuration.
    if bytes < MIN_PAGES * unsafe { ngx_pagesize } {
        return Err(Some(format!("zone \"{text}\" is too small")));
    }
    let mut settings = Settings::DEFAULT;
    for argument in &arguments[1..] {
        // SAFETY: as above.
        let text = unsafe { NgxStr::from_ngx_str(*argument) };
        let invalid = || Some(format!("invalid parameter \"{text}\""));
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
    // SAFETY: by the caller.
    unsafe { Zone::declare(cf, name, bytes, settings) }
}
