//! nginx's arrays and strings as slices.

use nginx_sys::{ngx_array_t, ngx_str_t};
use ngx::core::NgxStr;

/// The elements of an array; none where there is no array, or where nginx has not made it yet.
///
/// # Safety
///
/// The array, if there is one, holds elements of this type and lives as long as `'a`.
pub unsafe fn array<'a, T>(array: *const ngx_array_t) -> &'a [T] {
    // SAFETY: the caller promises the elements' type and that they live as long as the slice.
    unsafe { array.as_ref().filter(|made| made.nelts > 0).map_or(&[], |made| made.as_slice()) }
}

/// The bytes of a string.
///
/// # Safety
///
/// The string lives as long as `'a`.
pub unsafe fn string<'a>(string: ngx_str_t) -> &'a [u8] {
    // SAFETY: a string of nginx's has as many bytes as it says, and the caller promises how long.
    unsafe { NgxStr::from_ngx_str(string).as_bytes() }
}
