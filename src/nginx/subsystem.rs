//! What http and stream differ in.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::ffi::{c_void, CStr};
use std::net::{IpAddr, SocketAddr};

use nginx_sys::{
    ngx_array_t, ngx_conf_t, ngx_connection_t, ngx_cycle_t, ngx_int_t, ngx_module_t, ngx_pool_t,
    ngx_str_t, ngx_variable_value_t, off_t, sockaddr,
};

use super::address::socket_address;
use super::array::array;
use super::conf::{MainConf, ServerConf, Template, Wanted};
use crate::claim::Claim;
use crate::metrics;

/// Arrays of pointers to modules' configurations: the common beginning of `ngx_http_conf_ctx_t`
/// and `ngx_stream_conf_ctx_t`.
#[derive(Clone, Copy)]
pub struct Contexts {
    pub main: *mut *mut c_void,
    pub server: *mut *mut c_void,
}

/// Bytes that were transferred.
#[derive(Clone, Copy, PartialEq)]
pub struct Transferred {
    pub sent: off_t,
    pub received: off_t,
}

/// One of nginx's two subsystems.
pub trait Subsystem: Sized + 'static {
    /// What variables are evaluated for: a request or a session.
    type Subject;
    /// nginx's variable.
    type Variable: 'static;
    /// nginx's configuration of a server.
    type Server: 'static;

    /// What its connections are counted as.
    const KIND: metrics::Subsystem;
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
    fn block_module() -> *const ngx_module_t;

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

    /// Our place among the contexts of a request or session, which nginx clears for each new one.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`].
    unsafe fn context_of(subject: *mut Self::Subject) -> *mut *mut c_void;

    /// The bytes that have come and gone with a request or session so far.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`].
    unsafe fn transferred(subject: *mut Self::Subject) -> Transferred;

    /// Whether it is a request of a client's or a session, and not a subrequest.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`].
    unsafe fn is_main(subject: *mut Self::Subject) -> bool;

    /// Where nginx looks up what to call when a request or session is over.
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem.
    unsafe fn log_handlers(ctx: *mut c_void) -> *mut ngx_array_t;

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

    /// Our configuration of the server that a request or session has come to.
    ///
    /// # Safety
    ///
    /// As for [`Self::connection`], and `'s` ends before it is gone.
    unsafe fn server<'s>(subject: *mut Self::Subject) -> &'s ServerConf;

    /// Compiles a value with variables; `None` if nginx has logged why not.
    ///
    /// # Safety
    ///
    /// nginx is reading this subsystem's configuration, and keeps the text as long as that.
    unsafe fn compile(cf: *mut ngx_conf_t, text: &mut ngx_str_t) -> Option<Template>;

    /// Evaluates a value; `None` without memory.
    ///
    /// # Safety
    ///
    /// As for [`Self::server`]. The value is of [`Self::compile`], in the configuration of the
    /// request or session.
    unsafe fn evaluate<'v>(subject: *mut Self::Subject, value: Template) -> Option<&'v [u8]>;

    /// Registers a variable; null without memory.
    ///
    /// # Safety
    ///
    /// nginx is about to read this subsystem's configuration.
    unsafe fn add_variable(
        cf: *mut ngx_conf_t,
        name: *mut ngx_str_t,
        flags: usize,
    ) -> *mut Self::Variable;

    /// How nginx asks for a variable, and what it gives with each question.
    fn answer_by(variable: &mut Self::Variable, handler: Handler<Self>, data: usize);

    /// What a variable is called.
    fn name(variable: &Self::Variable) -> ngx_str_t;

    /// The variables that the configuration uses, of type [`Self::Variable`].
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem.
    unsafe fn used_variables(ctx: *mut c_void) -> *const ngx_array_t;

    /// The keys of those that modules registered, of type `ngx_hash_key_t`.
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem, of a configuration that nginx is finishing.
    unsafe fn variable_keys(ctx: *mut c_void) -> *const ngx_array_t;

    /// The servers, pointers to [`Self::Server`].
    ///
    /// # Safety
    ///
    /// `ctx` is a context of this subsystem, of a configuration that is complete.
    unsafe fn servers(ctx: *mut c_void) -> *const ngx_array_t;

    /// The context of a server.
    fn context(server: &Self::Server) -> *mut c_void;

    /// The SSL_CTX in a configuration of [`Self::TLS_MODULE`], null for none; `None` if we are built
    /// without its type.
    ///
    /// # Safety
    ///
    /// `conf` is one of that module's, for a server.
    unsafe fn tls_context(conf: *mut c_void) -> Option<*mut c_void>;

    /// What the servers of each TCP address ask for.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    ///
    /// # Safety
    ///
    /// nginx is finishing this subsystem's configuration.
    unsafe fn addresses(cf: *mut ngx_conf_t) -> Result<Vec<(SocketAddr, Wanted)>, TryReserveError>;
}

/// What http and stream have alike, but for the names of nginx's types and functions.
macro_rules! alike {
    (
        $variable:ty, $server:ty, $value:ty, $compiling:ty,
        $add_variable:path, $compile:path, $evaluate:path $(,)?
    ) => {
        type Variable = $variable;
        type Server = $server;

        unsafe fn server<'s>(subject: *mut Self::Subject) -> &'s $crate::nginx::conf::ServerConf {
            // SAFETY: the caller promises a request or session; conf::create_server_conf put it there
            // before nginx read the server.
            unsafe { &*(*(*subject).srv_conf.add((*Self::module()).ctx_index)).cast() }
        }

        unsafe fn compile(
            cf: *mut ngx_conf_t,
            text: &mut ngx_str_t,
        ) -> Option<$crate::nginx::conf::Template> {
            // SAFETY: the caller promises that nginx is reading. Both structures begin as zeros, as
            // nginx's own modules have them.
            unsafe {
                let value = $crate::nginx::pool::write((*cf).pool, std::mem::zeroed::<$value>());
                let mut compiling: $compiling = std::mem::zeroed();
                (compiling.cf, compiling.value, compiling.complex_value) =
                    (cf, &raw mut *text, value);
                let is_compiled = !value.is_null()
                    && $compile(&raw mut compiling) == nginx_sys::NGX_OK as nginx_sys::ngx_int_t;
                is_compiled.then_some($crate::nginx::conf::Template(value.cast()))
            }
        }

        unsafe fn evaluate<'v>(
            subject: *mut Self::Subject,
            value: $crate::nginx::conf::Template,
        ) -> Option<&'v [u8]> {
            let mut text = ngx_str_t::empty();
            // SAFETY: the caller promises a value of compile. Its text lives with the request or
            // session, or with the configuration.
            unsafe {
                let evaluated = $evaluate(subject, value.0.cast(), &raw mut text);
                (evaluated == nginx_sys::NGX_OK as nginx_sys::ngx_int_t)
                    .then(|| $crate::nginx::array::string(text))
            }
        }

        unsafe fn add_variable(
            cf: *mut ngx_conf_t,
            name: *mut ngx_str_t,
            flags: usize,
        ) -> *mut $variable {
            // SAFETY: the caller promises that nginx takes variables now.
            unsafe { $add_variable(cf, name, flags) }
        }

        fn answer_by(variable: &mut $variable, handler: Handler<Self>, data: usize) {
            variable.get_handler = Some(handler);
            variable.data = data;
        }

        fn name(variable: &$variable) -> ngx_str_t {
            variable.name
        }

        unsafe fn used_variables(ctx: *mut c_void) -> *const ngx_array_t {
            // SAFETY: the caller promises a context of this subsystem.
            unsafe { &raw const (*core_conf(ctx)).variables }
        }

        unsafe fn variable_keys(ctx: *mut c_void) -> *const ngx_array_t {
            // SAFETY: the caller promises a context that nginx is finishing: the keys are still
            // there.
            unsafe { &raw const (*(*core_conf(ctx)).variables_keys).keys }
        }

        unsafe fn servers(ctx: *mut c_void) -> *const ngx_array_t {
            // SAFETY: the caller promises a context of this subsystem.
            unsafe { &raw const (*core_conf(ctx)).servers }
        }

        fn context(server: &$server) -> *mut c_void {
            server.ctx.cast()
        }
    };
}
pub(super) use alike;

/// nginx calls it for the value of a variable, with its `data`.
pub type Handler<S> = unsafe extern "C" fn(
    *mut <S as Subsystem>::Subject,
    *mut ngx_variable_value_t,
    usize,
) -> ngx_int_t;

/// What the servers of an address ask for; `None` if it is none of IP.
///
/// # Safety
///
/// The contexts are of servers of `S`, in a configuration that nginx is finishing, and `address`
/// points to what its family says.
pub unsafe fn asked<S: Subsystem>(
    address: *const sockaddr,
    contexts: impl Iterator<Item = *mut c_void>,
) -> Option<(SocketAddr, Wanted)> {
    // SAFETY: the caller promises both.
    unsafe {
        let wanted = contexts.map(|context| server_conf::<S>(context).wanted());
        Some((socket_address(address)?, wanted.fold(Wanted::default(), Wanted::or)))
    }
}

/// The contexts of servers.
///
/// # Safety
///
/// The array holds pointers to servers of `S`, which live as long as `'a`.
pub unsafe fn contexts<'a, S: Subsystem>(
    servers: *const ngx_array_t,
) -> impl Iterator<Item = *mut c_void> + 'a {
    // SAFETY: the caller promises the array and its servers.
    unsafe { array::<'a, *mut S::Server>(servers).iter().map(|server| S::context(&**server)) }
}

/// Our main configuration in a context. create_main_conf put it there before nginx read the first
/// directive of the block, and it lives as long as the cycle.
///
/// # Safety
///
/// `ctx` is a context of `S`.
pub unsafe fn main_conf<S: Subsystem>(ctx: *mut c_void) -> *mut MainConf {
    // SAFETY: the array has a place for every module of the subsystem.
    unsafe { (*S::contexts(ctx).main.add((*S::module()).ctx_index)).cast() }
}

/// Our configuration of a server in a context.
///
/// # Safety
///
/// `ctx` is a context of `S`.
pub unsafe fn server_conf<'a, S: Subsystem>(ctx: *mut c_void) -> &'a ServerConf {
    // SAFETY: create_server_conf put a ServerConf there before nginx read the server.
    unsafe { &*(*S::contexts(ctx).server.add((*S::module()).ctx_index)).cast() }
}

/// The context of `S` in a cycle; `None` if that has no block of this subsystem.
///
/// # Safety
///
/// The cycle's configuration is complete.
pub unsafe fn cycle_context<S: Subsystem>(cycle: *mut ngx_cycle_t) -> Option<*mut c_void> {
    // SAFETY: conf_ctx has a place for every module; the subsystem's is its context or null.
    let ctx: *mut c_void = unsafe { (*(*cycle).conf_ctx.add((*S::block_module()).index)).cast() };
    (!ctx.is_null()).then_some(ctx)
}

/// Our main configuration in a cycle; `None` if it has no block of this subsystem.
///
/// # Safety
///
/// The cycle's configuration is complete.
pub unsafe fn cycle_conf<S: Subsystem>(cycle: *mut ngx_cycle_t) -> Option<*mut MainConf> {
    // SAFETY: the caller promises a complete configuration, so what cycle_context gives is a context.
    unsafe { cycle_context::<S>(cycle).map(|ctx| main_conf::<S>(ctx)) }
}
