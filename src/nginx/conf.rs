//! What our configurations hold. Each lives in the pool of the configuration that it belongs to,
//! and goes with it.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::ffi::{c_char, c_void};
use std::net::SocketAddr;
use std::ptr;

#[cfg(feature = "stream")]
use nginx_sys::ngx_stream_handler_pt;
use nginx_sys::{ngx_conf_t, ngx_connection_t, ngx_listening_t, NGX_LOG_EMERG};
use ngx::core::NGX_CONF_ERROR;

use super::guard::{self, guard};
use super::log;
use super::pool;
use super::shared::Shared;
use super::zone::Zone;
use crate::connection::SynStatus;
use crate::database::{Database, BUILTIN_NAME};
use crate::forwarded::Peers;
use crate::metrics::Counters;
use crate::proxy::Limits;
use crate::signature::p0f::Rules;
use crate::watched::Watched;

/// What to capture of a connection: the argument of the directive `tcpfp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub syn: bool,
    pub info: bool,
    /// The header of the frame, with the SYN.
    pub ethernet: bool,
}

impl Wanted {
    /// Without the directive.
    pub const DEFAULT: Self = Self { syn: true, info: true, ethernet: false };

    pub fn parse(argument: &[u8]) -> Option<Self> {
        match argument {
            b"on" => Some(Self::DEFAULT),
            b"syn" => Some(Self { info: false, ..Self::DEFAULT }),
            b"info" => Some(Self { syn: false, ..Self::DEFAULT }),
            b"off" => Some(Self::default()),
            _ => None,
        }
    }

    /// What one or the other asks for.
    pub fn or(self, other: Self) -> Self {
        Self {
            syn: self.syn || other.syn,
            info: self.info || other.info,
            ethernet: self.ethernet || other.ethernet,
        }
    }
}

/// A value with variables, as its subsystem has compiled it.
#[derive(Clone, Copy, Debug)]
pub struct Template(pub *mut c_void);

/// A listening socket whose connections are captured.
pub struct Listener {
    /// Itself, in the cycle's array.
    pub listening: *const ngx_listening_t,
    /// What becomes of its connections' SYNs; `Saved` if there is one to read.
    pub syn: SynStatus,
    /// Whether the header of the frame is saved with the SYN.
    pub ethernet: bool,
    /// Whether TCP_INFO is wanted.
    pub info: bool,
    /// The handler that was there: nginx's own, or of a module that came before.
    pub next: unsafe extern "C" fn(*mut ngx_connection_t),
}

/// The main configuration of either module. Lives in the configuration's pool and goes with it.
#[derive(Default)]
pub struct MainConf {
    /// What the servers of each address ask for, of TCP addresses only.
    pub addresses: Vec<(SocketAddr, Wanted)>,
    /// The signatures, read when the configuration is.
    pub database: Option<Database>,
    /// Where a record of each client is kept.
    pub zone: Option<Zone>,
    /// All peers whose word some server takes for a client's SYN.
    pub trusted: Peers,
    /// Which of these SYNs were taken into the zone.
    pub recent: Option<Shared>,
    /// How near clients were of late, if there is a zone.
    pub gaps: Option<Shared>,
    /// What is watched on every connection.
    pub watched: Watched,
    /// What counts connections, if a location shows that.
    pub metrics: Option<&'static Counters>,
    /// What reads ahead in stream, by the numbers of its phases' handlers, where we stand before it.
    #[cfg(feature = "stream")]
    pub preread: Vec<ngx_stream_handler_pt>,
    /// For each of the cycle's listening sockets, if it is captured.
    pub listeners: Vec<Option<Listener>>,
}

/// What `tcpfp_p0f_api` asks for.
#[cfg(feature = "stream")]
#[derive(Clone, Copy)]
pub struct P0fApi {
    pub zone: Zone,
    /// Milliseconds for which a client may say nothing.
    pub timeout: usize,
}

/// The configuration of a server.
#[derive(Default)]
pub struct ServerConf {
    /// The argument of `tcpfp`, here or further out.
    pub wanted: Option<Wanted>,
    /// The argument of `tcpfp_source`, of `tcpfp_source_rtt` and of `tcpfp_source_from`, here or
    /// further out.
    pub source: Option<Template>,
    pub source_rtt: Option<Template>,
    pub source_from: Option<&'static Peers>,
    /// The argument of `tcpfp_proxy_limits`, here or further out.
    pub proxy_limits: Option<Limits>,
    /// The argument of `tcpfp_proxy_protocol`, here or further out.
    #[cfg(feature = "stream")]
    pub proxy_protocol: Option<bool>,
    /// The argument of `tcpfp_p0f_api`.
    #[cfg(feature = "stream")]
    pub p0f_api: Option<P0fApi>,
}

impl ServerConf {
    /// Whether it asks for anything of a proxy.
    pub fn takes_forwarded(&self) -> bool {
        self.source.is_some() || self.source_rtt.is_some()
    }

    /// What the server asks for, after the merge.
    pub fn wanted(&self) -> Wanted {
        self.wanted.unwrap_or(Wanted::DEFAULT)
    }
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
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: conf is of create_main_conf, and nginx has read the block's directives.
        let (conf, log) = unsafe { (&mut *conf.cast::<MainConf>(), (*cf).log) };
        if conf.database.is_none() {
            match Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected) {
                Ok(database) => conf.database = Some(database),
                Err(problem) => {
                    // SAFETY: nginx has a log while it reads.
                    unsafe { log::write(NGX_LOG_EMERG, log, format_args!("tcpfp: {problem}")) };
                    return NGX_CONF_ERROR.cast();
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
    // SAFETY: the caller promises a configuration, which has a pool.
    unsafe { pool::keep((*cf).pool, T::default()).cast() }
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
    conf.source = conf.source.or(parent.source);
    conf.source_rtt = conf.source_rtt.or(parent.source_rtt);
    conf.source_from = conf.source_from.or(parent.source_from);
    conf.proxy_limits = conf.proxy_limits.or(parent.proxy_limits);
    #[cfg(feature = "stream")]
    {
        conf.proxy_protocol = conf.proxy_protocol.or(parent.proxy_protocol);
    }
    ptr::null_mut()
}
