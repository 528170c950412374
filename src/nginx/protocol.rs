//! What http and stream differ in, and the configuration that they share.

use std::ffi::{c_char, c_void, CStr};
use std::net::{IpAddr, SocketAddr};
use std::ptr;

use nginx_sys::{
    ngx_array_t, ngx_conf_t, ngx_connection_t, ngx_cycle_t, ngx_int_t, ngx_module_t, ngx_pool_t,
    ngx_str_t, NGX_ERROR, NGX_LOG_ALERT, NGX_LOG_EMERG, NGX_OK,
};
use ngx::core::{NgxStr, Pool};
use ngx::ngx_log_error;

use super::directive::Wanted;
use super::guard::{self, guard};
use super::listen::{self, Listener};
use super::tls;
use super::variable;
use super::zone::Zone;
use crate::claim::Claim;
use crate::database::{Database, BUILTIN_NAME};
use crate::signature::p0f::Rules;

/// The main configuration of either module. Lives in the configuration's pool and goes with it.
#[derive(Default)]
pub struct MainConf {
    /// What the servers of each address ask for, of TCP addresses only.
    pub addresses: Vec<(SocketAddr, Wanted)>,
    /// The signatures, read when the configuration is.
    pub database: Option<Database>,
    /// Where a record of each client is kept.
    pub zone: Option<Zone>,
    /// For each of the cycle's listening sockets, if it is captured.
    pub listeners: Vec<Option<Listener>>,
}

/// The configuration of a server.
#[derive(Default)]
pub struct ServerConf {
    /// The argument of `tcpfp`, here or further out.
    pub wanted: Option<Wanted>,
    /// The argument of `tcpfp_p0f_api`.
    #[cfg(feature = "stream")]
    pub p0f_api: Option<Zone>,
}

impl ServerConf {
    /// What the server asks for, after the merge.
    pub fn wanted(&self) -> Wanted {
        self.wanted.unwrap_or(Wanted::DEFAULT)
    }
}

/// Arrays of pointers to modules' configurations: the common beginning of `ngx_http_conf_ctx_t`
/// and `ngx_stream_conf_ctx_t`.
#[derive(Clone, Copy)]
pub struct Contexts {
    pub main: *mut *mut c_void,
    pub server: *mut *mut c_void,
}

/// One of nginx's two subsystems.
pub trait Protocol: 'static {
    /// What variables are evaluated for: a request or a session.
    type Subject;

    /// nginx's handler of its new connections.
    const INIT_CONNECTION: unsafe extern "C" fn(*mut ngx_connection_t);
    /// Whether connections carry requests, with headers.
    const HAS_REQUESTS: bool;
    /// Flag of a variable that is evaluated each time.
    const NOCACHEABLE: u32;
    /// Flag of a variable that is kept out of the hash of names.
    const NOHASH: u32;
    /// Flag of a variable that stands for every name with its beginning.
    const PREFIX: u32;
    /// nginx's module for TLS, which may not be there.
    const TLS_MODULE: &'static CStr;

    /// Our module.
    fn module() -> *const ngx_module_t;

    /// The subsystem's `ngx_http_module` or `ngx_stream_module`.
    fn subsystem() -> *const ngx_module_t;

    /// The arrays behind a context.
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem.
    unsafe fn contexts(ctx: *mut c_void) -> Contexts;

    /// The connection that a request or session came over.
    ///
    /// # Safety
    ///
    /// It is one of nginx's, and open or in its log phase.
    unsafe fn connection(subject: *mut Self::Subject) -> *mut ngx_connection_t;

    /// The pool that goes with a request or session.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`].
    unsafe fn pool(subject: *mut Self::Subject) -> *mut ngx_pool_t;

    /// What a request claims; `None` of a session.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`], and `'r` ends before the request does.
    unsafe fn claim<'r>(subject: *mut Self::Subject) -> Option<Claim<'r>>;

    /// The address whose record `tcpfp_host` asks for; `None` for the client's.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`].
    unsafe fn host(subject: *mut Self::Subject) -> Option<IpAddr>;

    /// Registers a variable, answered by field `data` or, if that is 0, by its name.
    ///
    /// # Safety
    ///
    /// nginx is reading this subsystem's configuration.
    unsafe fn add_variable(cf: *mut ngx_conf_t, name: ngx_str_t, flags: u32, data: usize) -> bool;

    /// The names of variables that the configuration uses, and of those that modules registered.
    ///
    /// # Safety
    ///
    /// nginx is finishing this subsystem's configuration.
    unsafe fn variable_names<'a>(cf: *mut ngx_conf_t) -> (Vec<&'a [u8]>, Vec<&'a [u8]>);

    /// The SSL_CTX of every server that has one; `None` if we are built without their types.
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem, of a configuration that is complete, and `index` the
    /// place of [`Self::TLS_MODULE`] in it.
    unsafe fn tls_contexts(ctx: *mut c_void, index: usize) -> Option<Vec<*mut c_void>>;

    /// What the servers of each TCP address ask for.
    ///
    /// # Safety
    ///
    /// nginx is finishing this subsystem's configuration.
    unsafe fn addresses(cf: *mut ngx_conf_t) -> Vec<(SocketAddr, Wanted)>;
}

/// Our main configuration in a context. create_main_conf put it there before nginx read the first
/// directive of the block, and it lives as long as the cycle.
///
/// # Safety
///
/// `ctx` is a context of `P`.
unsafe fn main_conf<P: Protocol>(ctx: *mut c_void) -> *mut MainConf {
    // SAFETY: the array has a place for every module of the subsystem.
    unsafe { (*P::contexts(ctx).main.add((*P::module()).ctx_index)).cast() }
}

/// Our configuration of a server in a context.
///
/// # Safety
///
/// `ctx` is a context of `P`.
pub unsafe fn server_conf<'a, P: Protocol>(ctx: *mut c_void) -> &'a ServerConf {
    // SAFETY: create_server_conf put a ServerConf there before nginx read the server.
    unsafe { &*(*P::contexts(ctx).server.add((*P::module()).ctx_index)).cast() }
}

/// The context of `P` in a cycle; `None` if that has no block of this subsystem.
///
/// # Safety
///
/// The cycle's configuration is complete.
unsafe fn cycle_context<P: Protocol>(cycle: *mut ngx_cycle_t) -> Option<*mut c_void> {
    // SAFETY: conf_ctx has a place for every module; the subsystem's is its context or null.
    let ctx: *mut c_void = unsafe { (*(*cycle).conf_ctx.add((*P::subsystem()).index)).cast() };
    (!ctx.is_null()).then_some(ctx)
}

/// Our main configuration in a cycle; `None` if it has no block of this subsystem.
///
/// # Safety
///
/// The cycle's configuration is complete.
pub unsafe fn cycle_conf<P: Protocol>(cycle: *mut ngx_cycle_t) -> Option<*mut MainConf> {
    // SAFETY: by the caller.
    unsafe { cycle_context::<P>(cycle).map(|ctx| main_conf::<P>(ctx)) }
}

pub unsafe extern "C" fn create_main_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    guard::install();
    // SAFETY: nginx gives the configuration that it is about to read.
    guard(ptr::null_mut(), || unsafe { allocate::<MainConf>(cf) })
}

pub unsafe extern "C" fn create_server_conf(cf: *mut ngx_conf_t) -> *mut c_void {
    // SAFETY: nginx gives the configuration that it is reading.
    guard(ptr::null_mut(), || unsafe { allocate::<ServerConf>(cf) })
}

pub unsafe extern "C" fn init_main_conf(cf: *mut ngx_conf_t, conf: *mut c_void) -> *mut c_char {
    guard(ptr::null_mut(), || {
        // SAFETY: conf is of create_main_conf, and nginx has read the block's directives.
        let (conf, log) = unsafe { (&mut *conf.cast::<MainConf>(), (*cf).log) };
        if conf.database.is_none() {
            match Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected) {
                Ok(database) => conf.database = Some(database),
                Err(problems) => {
                    ngx_log_error!(NGX_LOG_ALERT, log, "tcpfp: {}", problems[0]);
                }
            }
        }
        ptr::null_mut()
    })
}

/// A configuration of ours, in the pool of nginx's that it goes with.
///
/// # Safety
///
/// nginx is reading the configuration.
pub unsafe fn allocate<T: Default>(cf: *mut ngx_conf_t) -> *mut c_void {
    // SAFETY: by the caller; the pool drops the value when the configuration goes.
    let pool = unsafe { Pool::from_ngx_pool((*cf).pool) };
    pool.allocate(T::default()).cast()
}

pub unsafe extern "C" fn merge_server_conf(
    _cf: *mut ngx_conf_t,
    parent: *mut c_void,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: both are of create_server_conf, and they differ.
    let (parent, conf) =
        unsafe { (&*parent.cast::<ServerConf>(), &mut *conf.cast::<ServerConf>()) };
    conf.wanted = conf.wanted.or(parent.wanted);
    ptr::null_mut()
}

pub unsafe extern "C" fn preconfiguration<P: Protocol>(cf: *mut ngx_conf_t) -> ngx_int_t {
    // SAFETY: nginx gives the configuration that it is about to read.
    status(guard(false, || unsafe { variable::register::<P>(cf) }))
}

pub unsafe extern "C" fn postconfiguration<P: Protocol>(cf: *mut ngx_conf_t) -> ngx_int_t {
    status(guard(false, || {
        // SAFETY: nginx gives the configuration that it is finishing; cf.ctx is its context.
        unsafe {
            (*main_conf::<P>((*cf).ctx)).addresses = P::addresses(cf);
            match variable::first_unknown::<P>(cf) {
                None => true,
                Some(name) => {
                    let name = NgxStr::from_bytes(name);
                    ngx_log_error!(NGX_LOG_EMERG, (*cf).log, "unknown \"{name}\" variable");
                    false
                }
            }
        }
    }))
}

pub unsafe extern "C" fn init_module<P: Protocol>(cycle: *mut ngx_cycle_t) -> ngx_int_t {
    // SAFETY: nginx gives the cycle that it is about to make the current one. Its log has the level
    // that the configuration asks for only now.
    guard((), || unsafe {
        let Some(ctx) = cycle_context::<P>(cycle) else { return };
        listen::init::<P>(cycle);
        tls::listen::<P>(ctx, (*cycle).log);
    });
    NGX_OK as ngx_int_t
}

fn status(ok: bool) -> ngx_int_t {
    if ok {
        NGX_OK as ngx_int_t
    } else {
        NGX_ERROR as ngx_int_t
    }
}

/// The elements of an array of nginx's; none where there is no array.
///
/// # Safety
///
/// The array, if there is one, holds elements of this type and lives as long as `'a`.
pub unsafe fn array<'a, T>(array: *const ngx_array_t) -> &'a [T] {
    // SAFETY: by the caller.
    unsafe { array.as_ref().map_or(&[], |array| array.as_slice()) }
}

/// The bytes of a string of nginx's.
///
/// # Safety
///
/// The string lives as long as `'a`.
pub unsafe fn string<'a>(string: ngx_str_t) -> &'a [u8] {
    // SAFETY: by the caller.
    unsafe { NgxStr::from_ngx_str(string).as_bytes() }
}
