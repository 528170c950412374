//! `tcpfp_proxy_protocol`: in place of the header that `proxy_protocol on` writes to an upstream, one
//! of version 2 with the client's SYN.
//!
//! nginx's proxy puts its header in front of everything else that it sends, and sends it at once. It
//! goes through the filters of stream like all the rest, where it is exchanged. Over TLS nginx writes
//! it past the filters: that stays as it is.

use std::slice;

use nginx_sys::{
    ngx_buf_t, ngx_chain_t, ngx_conf_t, ngx_connection_t, ngx_int_t, ngx_str_t,
    ngx_stream_filter_pt, ngx_stream_session_t, ngx_stream_top_filter, ngx_uint_t, NGX_ERROR,
};
use ngx::core::NgxStr;
use ngx::ngx_string;

use super::session::Stream;
use crate::connection::SynStatus;
use crate::forwarded::{self, ProxyHeader};
use crate::nginx::address::socket_address;
use crate::nginx::capture;
use crate::nginx::command::{Directive, Refusal};
use crate::nginx::conf::ServerConf;
use crate::nginx::guard::guard;
use crate::nginx::log;
use crate::nginx::pool;
use crate::nginx::source;
use crate::nginx::subsystem::{contexts, main_conf, server_conf, Subsystem};
use crate::watched::Watched;

/// `tcpfp_proxy_protocol on | off;`
pub struct TcpfpProxyProtocol;

impl Directive for TcpfpProxyProtocol {
    type Conf = ServerConf;
    type Value = bool;

    const NAME: ngx_str_t = ngx_string!("tcpfp_proxy_protocol");

    fn place(conf: &mut ServerConf) -> &mut Option<bool> {
        &mut conf.proxy_protocol
    }

    unsafe fn read(_: *mut ngx_conf_t, arguments: &mut [ngx_str_t]) -> Result<bool, Refusal> {
        match arguments[0].as_bytes() {
            b"on" => Ok(true),
            b"off" => Ok(false),
            _ => {
                // SAFETY: the caller promises that nginx keeps the arguments.
                let argument = unsafe { NgxStr::from_ngx_str(arguments[0]) };
                Err(Refusal::because(format_args!(
                    "invalid value \"{argument}\" in \"tcpfp_proxy_protocol\" directive, it must be \"on\" or \"off\""
                )))
            }
        }
    }
}

/// The filter behind ours. nginx sets the first one anew for each configuration.
static mut NEXT: ngx_stream_filter_pt = None;

/// Puts our filter in front of the others, if a server wants it.
///
/// # Safety
///
/// nginx is finishing the configuration of stream.
pub unsafe fn install(cf: *mut ngx_conf_t) {
    // SAFETY: the caller promises the configuration. Only this thread runs, and no session.
    unsafe {
        let mut servers = contexts::<Stream>(Stream::servers((*cf).ctx));
        if servers.any(|context| server_conf::<Stream>(context).proxy_protocol == Some(true)) {
            (*main_conf::<Stream>((*cf).ctx)).watched |= Watched::INFO;
            NEXT = ngx_stream_top_filter;
            ngx_stream_top_filter = Some(filter);
        }
    }
}

/// nginx calls it with what is to be sent, to either side.
unsafe extern "C" fn filter(
    s: *mut ngx_stream_session_t,
    chain: *mut ngx_chain_t,
    from_upstream: ngx_uint_t,
) -> ngx_int_t {
    // SAFETY: nginx gives an open session, and a chain that is its own until the next filter has it.
    unsafe {
        if from_upstream == 0 && !chain.is_null() {
            guard((), || exchange(s, (*chain).buf));
        }
        match NEXT {
            Some(next) => next(s, chain, from_upstream),
            None => NGX_ERROR as ngx_int_t,
        }
    }
}

/// Exchanges the first that is sent to an upstream, if it is the header of the PROXY protocol and the
/// server wants another one.
///
/// # Safety
///
/// `s` is an open session, and nginx is about to send the buffer to its upstream.
unsafe fn exchange(s: *mut ngx_stream_session_t, buffer: *mut ngx_buf_t) {
    // SAFETY: the caller promises the session, which has an upstream with a connection. The buffer's
    // memory is between its pointers.
    unsafe {
        if Stream::server(s).proxy_protocol != Some(true) {
            return;
        }
        let Some(upstream) = (*s).upstream.as_ref().and_then(|it| it.peer.connection.as_ref())
        else {
            return;
        };
        if upstream.sent != 0 || upstream.type_ != libc::SOCK_STREAM {
            return;
        }
        let (pos, last) = ((*buffer).pos, (*buffer).last);
        // Angie gives its header no end where the client has no IP address, and then sends nothing.
        let Some(len) = (last as usize).checked_sub(pos as usize) else { return };
        if !forwarded::is_version_1(slice::from_raw_parts(pos, len)) {
            return lacking(upstream);
        }
        // Without memory, the header of nginx is better than none.
        let Some(header) = version_2(s, &*(*s).connection) else { return };
        let header = header.as_mut_ptr_range();
        ((*buffer).start, (*buffer).pos) = (header.start, header.start);
        ((*buffer).last, (*buffer).end) = (header.end, header.end);
    }
}

/// Says once why an upstream gets no header of ours.
///
/// # Safety
///
/// The connection is open: it has a log.
unsafe fn lacking(upstream: &ngx_connection_t) {
    static LACKING: log::Once = log::Once::new();

    // SAFETY: the caller promises the log.
    unsafe {
        LACKING.info(
            upstream.log,
            format_args!(
                "no header for an upstream: tcpfp_proxy_protocol wants \"proxy_protocol on\" beside it"
            ),
        );
    }
}

/// The header in its place; `None` without memory.
///
/// # Safety
///
/// `s` is an open session and `c` its connection; `'p` ends before that is gone.
unsafe fn version_2<'p>(
    s: *mut ngx_stream_session_t,
    c: &ngx_connection_t,
) -> Option<&'p mut [u8]> {
    // SAFETY: the caller promises the connection. nginx has just looked its own address up.
    unsafe {
        let addresses = socket_address(c.sockaddr).zip(socket_address(c.local_sockaddr));
        let captured = source::find::<Stream>(s, capture::find(c));
        let connection = captured.map(|captured| &captured.connection);
        let syn = connection.and_then(|connection| connection.syn.as_ref());
        // What was handed on is of the client of another hop. Else the SYN must be that of whom nginx
        // takes for the client: with realip it is the proxy's that was in front.
        let is_forwarded = connection.is_some_and(|it| it.syn_status == SynStatus::Forwarded);
        let addresses = match syn.filter(|_| is_forwarded) {
            Some(syn) => forwarded::ends(syn),
            None => addresses,
        };
        let syn =
            syn.filter(|syn| addresses.is_some_and(|(client, _)| forwarded::is_from(syn, client)));
        let rtt = connection.filter(|_| syn.is_some()).and_then(|it| it.handshake_rtt());
        let header = ProxyHeader {
            addresses,
            syn: syn.map_or(&[], |syn| syn.bytes()),
            rtt: rtt.and_then(|rtt| rtt.micros),
        };
        let room = pool::bytes(c.pool, header.room())?;
        let len = header.write(room)?.len();
        Some(&mut room[..len])
    }
}
