//! Requests that are answered with what is wrong with them.

use std::mem;

use nginx_sys::{
    ngx_http_complex_value_t, ngx_http_request_t, ngx_http_send_response, ngx_int_t, ngx_list_push,
    ngx_str_t, ngx_table_elt_t, NGX_DECLINED, NGX_HTTP_BAD_REQUEST, NGX_HTTP_INTERNAL_SERVER_ERROR,
};
use ngx::ngx_string;

use super::location::NoAddress;
use super::request::location_conf;
use crate::json::Object;
use crate::key;
use crate::nginx::guard::guard;
use crate::nginx::pool::{self, Growing};
use crate::text::Text;
use crate::value::Value;

/// In the rewrite phases, before `return` speaks: refuses a request for the record of something
/// that is no address.
pub unsafe extern "C" fn no_address(r: *mut ngx_http_request_t) -> ngx_int_t {
    guard(NGX_DECLINED as ngx_int_t, || {
        // SAFETY: nginx runs its phases for a request at a location.
        unsafe {
            match location_conf(r).address(r) {
                Ok(_) => NGX_DECLINED as ngx_int_t,
                Err(NoAddress) => send_error(r, NGX_HTTP_BAD_REQUEST as usize, "not an IP address"),
            }
        }
    })
}

/// Answers with an object that says what is wrong. Gives what a handler gives nginx.
///
/// # Safety
///
/// `r` is a request to which nothing was answered yet.
pub unsafe fn send_error(r: *mut ngx_http_request_t, status: usize, wrong: &str) -> ngx_int_t {
    let write = |out: &mut Growing| {
        let mut object = Object::new(out);
        object.member(key!("error"), &Value::Text(wrong));
        object.end();
        Some(())
    };
    // SAFETY: the caller promises the request. A complex value without code is its text, which
    // nginx only reads.
    unsafe {
        let Some(text) = pool::text((*r).pool, 0, write) else {
            return NGX_HTTP_INTERNAL_SERVER_ERROR as ngx_int_t;
        };
        let mut body: ngx_http_complex_value_t = mem::zeroed();
        body.value = ngx_str_t { len: text.len(), data: text.as_ptr().cast_mut() };
        let mut content_type = ngx_string!("application/json");
        ngx_http_send_response(r, status, &raw mut content_type, &raw mut body)
    }
}

/// Adds a header with a number to the answer; `None` without memory.
///
/// # Safety
///
/// `r` is a request to which nothing was answered yet.
pub unsafe fn add_header(
    r: *mut ngx_http_request_t,
    name: &'static str,
    number: u64,
) -> Option<()> {
    // SAFETY: the caller promises the request. nginx reads all headers of its list, so the value
    // comes first: no header is left unfinished.
    unsafe {
        let value = pool::text((*r).pool, 0, |out| {
            number.write_to(out);
            Some(())
        })?;
        let header: *mut ngx_table_elt_t = ngx_list_push(&raw mut (*r).headers_out.headers).cast();
        let header = header.as_mut()?;
        *header = mem::zeroed();
        header.hash = 1;
        header.key = ngx_str_t { len: name.len(), data: name.as_ptr().cast_mut() };
        header.value = ngx_str_t { len: value.len(), data: value.as_ptr().cast_mut() };
    }
    Some(())
}
