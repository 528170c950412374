//! Requests that are answered with what is wrong with them.

use std::ffi::CStr;
use std::mem;

use nginx_sys::{
    ngx_http_complex_value_t, ngx_http_request_t, ngx_http_send_response, ngx_int_t, ngx_str_t,
    NGX_DECLINED, NGX_HTTP_BAD_REQUEST,
};
use ngx::ngx_string;

use super::location::NoAddress;
use super::request::location_conf;
use crate::nginx::guard::guard;

/// In the rewrite phases, before `return` speaks: refuses a request for the record of something
/// that is no address.
pub unsafe extern "C" fn no_address(r: *mut ngx_http_request_t) -> ngx_int_t {
    guard(NGX_DECLINED as ngx_int_t, || {
        // SAFETY: nginx runs its phases for a request at a location.
        unsafe {
            match location_conf(r).address(r) {
                Ok(_) => NGX_DECLINED as ngx_int_t,
                Err(NoAddress) => send_error(r, c"{\"error\":\"not an IP address\"}"),
            }
        }
    })
}

/// Answers 400 with an object that says why.
///
/// # Safety
///
/// `r` is a request to which nothing was answered yet.
pub unsafe fn send_error(r: *mut ngx_http_request_t, object: &'static CStr) -> ngx_int_t {
    let object = object.to_bytes();
    // SAFETY: by the caller. A complex value without code is its text, which nginx only reads.
    unsafe {
        let mut body: ngx_http_complex_value_t = mem::zeroed();
        body.value = ngx_str_t { len: object.len(), data: object.as_ptr().cast_mut() };
        let mut content_type = ngx_string!("application/json");
        ngx_http_send_response(
            r,
            NGX_HTTP_BAD_REQUEST as usize,
            &raw mut content_type,
            &raw mut body,
        )
    }
}
