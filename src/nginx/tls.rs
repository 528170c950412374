//! The TLS handshake's messages, by OpenSSL's message callback.
//!
//! nginx leaves that callback of its SSL_CTXs unset and keeps the info callback for itself. What is
//! needed of OpenSSL is looked up at run time: an nginx without TLS, or with another library, still
//! loads the module and lacks one variable.

use std::ffi::{c_int, c_uint, c_void, CStr};
use std::mem;
use std::ptr;
use std::slice;
use std::time::Instant;

use nginx_sys::{ngx_connection_t, ngx_cycle, ngx_log_t, ngx_module_t};
use once_cell::sync::OnceCell;

use super::address::is_datagram;
use super::capture::{self, Captured};
use super::guard::guard;
use super::http2;
use super::log;
use super::subsystem::{contexts, cycle_conf, Subsystem};
use crate::client_hello::CLIENT_HELLO;
use crate::timing::Timing;
use crate::watched::Watched;

/// A message callback (openssl/ssl.h, `SSL_CTX_set_msg_callback`).
type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut c_void, *mut c_void);

/// Of an SSL_CTX, for all its SSLs, or of one SSL.
type SetMessageCallback = unsafe extern "C" fn(*mut c_void, Option<MessageCallback>);
/// What was agreed on by ALPN (`SSL_get0_alpn_selected`).
type GetAlpn = unsafe extern "C" fn(*const c_void, *mut *const u8, *mut c_uint);
type GetExData = unsafe extern "C" fn(*const c_void, c_int) -> *mut c_void;

/// Content type of handshake messages (RFC 8446, 5.1).
const HANDSHAKE: c_int = 22;

/// What this process has of TLS.
struct Tls {
    set_message_callback_of_all: SetMessageCallback,
    set_message_callback_of_one: SetMessageCallback,
    get_alpn: GetAlpn,
    get_ex_data: GetExData,
    /// nginx's index of the connection among an SSL's ex_data.
    connection_index: *const c_int,
}

// SAFETY: functions, and a number that nginx writes once, before it reads a configuration.
unsafe impl Send for Tls {}
// SAFETY: they never change once they are there, so threads may share them.
unsafe impl Sync for Tls {}

impl Tls {
    /// What this process has, looked up once; `None` if anything is missing.
    fn here() -> Option<&'static Self> {
        static HERE: OnceCell<Tls> = OnceCell::new();
        let look_up = || {
            // SAFETY: the types are those of OpenSSL's and nginx's headers.
            unsafe {
                let of_all = symbol(c"SSL_CTX_set_msg_callback").ok_or(())?;
                let of_one = symbol(c"SSL_set_msg_callback").ok_or(())?;
                let get_alpn = symbol(c"SSL_get0_alpn_selected").ok_or(())?;
                let get_ex_data = symbol(c"SSL_get_ex_data").ok_or(())?;
                Ok::<_, ()>(Self {
                    set_message_callback_of_all: mem::transmute::<*mut c_void, SetMessageCallback>(
                        of_all,
                    ),
                    set_message_callback_of_one: mem::transmute::<*mut c_void, SetMessageCallback>(
                        of_one,
                    ),
                    get_alpn: mem::transmute::<*mut c_void, GetAlpn>(get_alpn),
                    get_ex_data: mem::transmute::<*mut c_void, GetExData>(get_ex_data),
                    connection_index: symbol(c"ngx_ssl_connection_index").ok_or(())?.cast(),
                })
            }
        };
        HERE.get_or_try_init(look_up).ok()
    }

    /// nginx's connection of an SSL; null if there is none.
    ///
    /// # Safety
    ///
    /// `ssl` is an SSL.
    unsafe fn connection_of(&self, ssl: *const c_void) -> *mut ngx_connection_t {
        // SAFETY: the caller promises the SSL. nginx has its own index there, if it uses TLS.
        unsafe { (self.get_ex_data)(ssl, *self.connection_index).cast() }
    }

    /// Whether HTTP/2 is what was agreed on (RFC 9113, 3.2).
    ///
    /// # Safety
    ///
    /// `ssl` is an SSL in its handshake.
    unsafe fn speaks_http2(&self, ssl: *const c_void) -> bool {
        let (mut protocol, mut len) = (ptr::null(), 0);
        // SAFETY: the caller promises the SSL, which keeps the protocol, of so many bytes.
        unsafe {
            (self.get_alpn)(ssl, &raw mut protocol, &raw mut len);
            !protocol.is_null() && slice::from_raw_parts(protocol, len as usize) == b"h2"
        }
    }
}

/// What is known of the connection that carries a stream of QUIC, if anything was kept. To nginx, the
/// stream is a connection too, with a pool of its own and the other one's SSL.
///
/// # Safety
///
/// As for [`capture::find`].
pub unsafe fn find_by_quic(c: &ngx_connection_t) -> Option<&Captured<'_>> {
    // SAFETY: the caller promises the connection. nginx closes a connection of QUIC after all of its
    // streams, so what carries one is there as long.
    unsafe { capture::find(carrier(c)?) }
}

/// The connection of QUIC that carries a stream.
///
/// # Safety
///
/// `c` is one of nginx's connections.
#[cfg(ngx_feature = "http_ssl")]
unsafe fn carrier(c: &ngx_connection_t) -> Option<&ngx_connection_t> {
    // SAFETY: the caller promises the connection, with its SSL if it has one.
    unsafe {
        let ssl = c.ssl.as_ref().filter(|_| is_datagram(c))?.connection;
        Tls::here()?.connection_of(ssl.cast_const().cast()).as_ref()
    }
}

/// nginx without TLS has no QUIC.
#[cfg(not(ngx_feature = "http_ssl"))]
unsafe fn carrier(_c: &ngx_connection_t) -> Option<&ngx_connection_t> {
    None
}

/// The address of what the process calls so.
pub fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a look-up by a name that ends with a zero.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

/// Listens to the handshakes of every server of `S`, or says once why it cannot.
///
/// # Safety
///
/// `ctx` is the context of `S` in a configuration that is complete and not in use, and `log` one of
/// nginx's logs.
pub unsafe fn listen<S: Subsystem>(ctx: *mut c_void, log: *mut ngx_log_t) {
    static LACKING: log::Once = log::Once::new();
    // SAFETY: the caller promises the context of a complete configuration.
    if let Err(reason) = unsafe { listen_to_servers::<S>(ctx) } {
        let module = S::TLS_MODULE.to_string_lossy();
        // SAFETY: the caller promises one of nginx's logs.
        unsafe { LACKING.info(log, format_args!("no $tcpfp_tls_rtt: {module} {reason}")) };
    }
}

/// # Safety
///
/// As for [`listen`].
unsafe fn listen_to_servers<S: Subsystem>(ctx: *mut c_void) -> Result<(), &'static str> {
    let module = symbol(S::TLS_MODULE).ok_or("is not in this nginx")?.cast::<ngx_module_t>();
    // SAFETY: the caller promises the context of a complete configuration, in which every server
    // has a context and nginx has numbered its modules. No connection uses an SSL_CTX of it yet.
    unsafe {
        let index = (*module).ctx_index;
        for server in contexts::<S>(S::servers(ctx)) {
            let conf = *S::contexts(server).server.add(index);
            if conf.is_null() {
                continue;
            }
            let context =
                S::tls_context(conf).ok_or("was not in the nginx that tcpfp is built for")?;
            if !context.is_null() {
                let tls =
                    Tls::here().ok_or("has a TLS library whose functions tcpfp does not find")?;
                (tls.set_message_callback_of_all)(context, Some(message::<S>));
            }
        }
    }
    Ok(())
}

/// OpenSSL calls it with every message of a handshake, sent or read, until nothing more is to be
/// learned from these.
unsafe extern "C" fn message<S: Subsystem>(
    is_sent: c_int,
    _version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut c_void,
    _argument: *mut c_void,
) {
    // Most calls are of records' headers and contents.
    if content_type != HANDSHAKE || len == 0 {
        return;
    }
    guard((), || {
        let Some(tls) = Tls::here() else { return };
        // SAFETY: nginx keeps the connection of an SSL at this index while a handshake goes on,
        // and the message has as many bytes, one at least.
        let (c, message) = unsafe {
            let c = tls.connection_of(ssl);
            (c, slice::from_raw_parts(bytes.cast::<u8>(), len))
        };
        if c.is_null() {
            return;
        }
        let message_type = message[0];
        let mut bytes = message.iter().copied();
        // SAFETY: the connection is in its handshake, so open, and a worker's, whose cycle outlives it.
        unsafe {
            if is_datagram(&*c) {
                if let Some(conf) = cycle_conf::<S>(ngx_cycle).and_then(|conf| conf.as_ref()) {
                    capture::hear_quic(c, conf, &mut bytes);
                }
                return (tls.set_message_callback_of_one)(ssl, None);
            }
        }
        let note = |timing: &mut Timing, accepted: Instant| {
            let now = || accepted.elapsed();
            if is_sent != 0 {
                timing.tls_sent(message_type, now);
            } else {
                timing.tls_received(message_type, now);
            }
            timing.is_tls_over().then(|| timing.before_early_data().map(|asked| accepted + asked))
        };
        // SAFETY: the connection is in its handshake, so open. OpenSSL looks for the callback before
        // each call of it, so this one may take it off.
        unsafe {
            if is_sent == 0 && message_type == CLIENT_HELLO {
                capture::hear(&*c, &mut bytes);
            }
            if let Some(flight) = capture::note(&*c, note).unwrap_or(Some(None)) {
                (tls.set_message_callback_of_one)(ssl, None);
                let watched = capture::watched(&*c);
                if watched.intersects(Watched::ANY_HTTP2) && tls.speaks_http2(ssl) {
                    match flight {
                        None => http2::begin_after_handshake(c, watched),
                        Some(flight) => http2::begin_after_early_data(c, watched, flight),
                    }
                }
            }
        }
    });
}
