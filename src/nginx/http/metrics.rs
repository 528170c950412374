//! `tcpfp_metrics`: the page of all counters.

use std::mem;

use nginx_sys::{
    ngx_conf_t, ngx_cycle, ngx_http_complex_value_t, ngx_http_request_t, ngx_http_send_response,
    ngx_int_t, ngx_str_t, NGX_HTTP_GET, NGX_HTTP_HEAD, NGX_HTTP_INTERNAL_SERVER_ERROR,
    NGX_HTTP_NOT_ALLOWED, NGX_HTTP_OK,
};
use ngx::http::Request;
use ngx::ngx_string;

use super::location::LocationConf;
use super::request::{answer_by, main_conf};
use crate::metrics::Format;
use crate::nginx::command::{Directive, Refusal};
use crate::nginx::guard::guard;
use crate::nginx::metrics;
use crate::nginx::pool;
use crate::nginx::zone::{self, Zone};

/// Bytes that a page takes at most, but for many labels.
const PAGE: usize = 16 * 1024;

/// `tcpfp_metrics;`
pub struct TcpfpMetrics;

impl Directive for TcpfpMetrics {
    type Conf = LocationConf;
    type Value = ();

    const NAME: ngx_str_t = ngx_string!("tcpfp_metrics");

    fn place(conf: &mut LocationConf) -> &mut Option<()> {
        &mut conf.metrics
    }

    unsafe fn read(cf: *mut ngx_conf_t, _: &mut [ngx_str_t]) -> Result<(), Refusal> {
        // SAFETY: the caller promises that nginx is reading a location.
        unsafe {
            metrics::declare(cf)?;
            answer_by(cf, answer);
        }
        Ok(())
    }
}

/// The handler of a location with `tcpfp_metrics`.
unsafe extern "C" fn answer(r: *mut ngx_http_request_t) -> ngx_int_t {
    guard(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t, || {
        // SAFETY: nginx has found the location, and nothing was answered yet.
        unsafe { send(r) }.unwrap_or(NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t)
    })
}

/// Sends the page; `None` without memory, or if there are no counters.
///
/// # Safety
///
/// `r` is a request to which nothing was answered yet.
unsafe fn send(r: *mut ngx_http_request_t) -> Option<ngx_int_t> {
    // SAFETY: the caller promises the request. ngx_cycle is the worker's cycle, with which its zones
    // live. A complex value without code is its text, which nginx only reads.
    unsafe {
        if (*r).method & (NGX_HTTP_GET | NGX_HTTP_HEAD) as usize == 0 {
            return Some(NGX_HTTP_NOT_ALLOWED as ngx_int_t);
        }
        let counters = main_conf(r).metrics?;
        let headers = Request::from_ngx_http_request(r).headers_in_iterator();
        let accept = headers.filter(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"Accept"));
        let format = Format::accepted(accept.map(|(_, value)| value.as_bytes()));
        // There is one for http, and one for stream.
        let mut all = zone::declared(ngx_cycle);
        let zones = [all.next(), all.next()];
        let zones = zones.each_ref().map(|zone| zone.as_ref().and_then(Zone::counts));
        let page = pool::text((*r).pool, PAGE, |out| {
            counters.write(&zones, format, out);
            Some(())
        })?;
        let mut body: ngx_http_complex_value_t = mem::zeroed();
        body.value = ngx_str_t { len: page.len(), data: page.as_ptr().cast_mut() };
        let name = format.content_type();
        let mut content_type = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
        let (content_type, body) = (&raw mut content_type, &raw mut body);
        Some(ngx_http_send_response(r, NGX_HTTP_OK as usize, content_type, body))
    }
}
