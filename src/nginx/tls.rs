//! The TLS handshake's messages, by OpenSSL's message callback.
//!
//! nginx leaves that callback of its SSL_CTXs unset and keeps the info callback for itself. What is
//! needed of OpenSSL is looked up at run time: an nginx without TLS, or with another library, still
//! loads the module and lacks one variable.

use std::ffi::{c_int, c_void, CStr};
use std::mem;
use std::slice;

use nginx_sys::{ngx_connection_t, ngx_log_t, ngx_module_t, ngx_ssl_t, NGX_LOG_INFO};
use ngx::ngx_log_error;
use once_cell::sync::OnceCell;

use super::capture;
use super::guard::guard;

/// A message callback (openssl/ssl.h, `SSL_CTX_set_msg_callback`).
type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut c_void, *mut c_void);

type SetMessageCallback = unsafe extern "C" fn(*mut c_void, Option<MessageCallback>);
type GetExData = unsafe extern "C" fn(*const c_void, c_int) -> *mut c_void;

/// Content type of handshake messages (RFC 8446, 5.1).
const HANDSHAKE: c_int = 22;

/// What this process has of TLS.
struct Tls {
    set_message_callback: SetMessageCallback,
    get_ex_data: GetExData,
    /// nginx's index of the connection among an SSL's ex_data.
    connection_index: *const c_int,
}

// SAFETY: functions, and a number that nginx writes once, before it reads a configuration.
unsafe impl Send for Tls {}
// SAFETY: as above.
unsafe impl Sync for Tls {}

impl Tls {
    /// What this process has, looked up once; `None` if anything is missing.
    fn here() -> Option<&'static Self> {
        static HERE: OnceCell<Tls> = OnceCell::new();
        let look_up = || {
            // SAFETY: the types are those of OpenSSL's and nginx's headers.
            unsafe {
                let set_message_callback = symbol(c"SSL_CTX_set_msg_callback").ok_or(())?;
                let get_ex_data = symbol(c"SSL_get_ex_data").ok_or(())?;
                Ok::<_, ()>(Self {
                    set_message_callback: mem::transmute::<*mut c_void, SetMessageCallback>(
                        set_message_callback,
                    ),
                    get_ex_data: mem::transmute::<*mut c_void, GetExData>(get_ex_data),
                    connection_index: symbol(c"ngx_ssl_connection_index").ok_or(())?.cast(),
                })
            }
        };
        HERE.get_or_try_init(look_up).ok()
    }
}

/// A module of nginx's that may not be there.
pub fn module(name: &CStr) -> Option<*const ngx_module_t> {
    symbol(name).map(|module| module.cast_const().cast())
}

/// The address of what the process calls so.
fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a look-up by a name that ends with a zero.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

/// Listens to the handshakes of these configurations.
///
/// # Safety
///
/// nginx is finishing a configuration that these are of.
pub unsafe fn listen<'a>(settings: impl Iterator<Item = &'a ngx_ssl_t>, log: *mut ngx_log_t) {
    let mut contexts = settings.map(|ssl| ssl.ctx.cast::<c_void>()).filter(|ctx| !ctx.is_null());
    let Some(first) = contexts.next() else { return };
    let Some(tls) = Tls::here() else {
        ngx_log_error!(
            NGX_LOG_INFO,
            log,
            "tcpfp: $tcpfp_tls_rtt needs OpenSSL's SSL_CTX_set_msg_callback, which this nginx lacks"
        );
        return;
    };
    for ctx in std::iter::once(first).chain(contexts) {
        // SAFETY: an SSL_CTX of nginx's, which nobody uses yet.
        unsafe { (tls.set_message_callback)(ctx, Some(message)) };
    }
}

/// OpenSSL calls it with every message of a handshake, sent or read.
unsafe extern "C" fn message(
    is_sent: c_int,
    _version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut c_void,
    _argument: *mut c_void,
) {
    guard((), || {
        let Some(tls) = Tls::here().filter(|_| content_type == HANDSHAKE && len > 0) else {
            return;
        };
        // SAFETY: nginx keeps the connection of an SSL at this index while a handshake goes on,
        // and the message is as long as OpenSSL says.
        let (c, message_type) = unsafe {
            let c: *const ngx_connection_t =
                (tls.get_ex_data)(ssl, *tls.connection_index).cast_const().cast();
            (c.as_ref(), slice::from_raw_parts(bytes.cast::<u8>(), len)[0])
        };
        let Some(c) = c else { return };
        // SAFETY: the connection is in its handshake, so open.
        unsafe {
            capture::note(c, |timing, since_accept| {
                if is_sent != 0 {
                    timing.tls_sent(since_accept);
                } else {
                    timing.tls_received(message_type, since_accept);
                }
            });
        }
    });
}
