//! Memory of nginx's pools, which may not be there.

use std::ffi::c_void;
use std::{ptr, slice};

use nginx_sys::{ngx_palloc, ngx_pnalloc, ngx_pool_cleanup_add, ngx_pool_t};

use crate::text::Out;

/// What nginx aligns to: `NGX_ALIGNMENT`, the size of a long.
const ALIGNMENT: usize = size_of::<libc::c_ulong>();

/// Moves a value into a pool, which drops it when it goes; null without memory.
///
/// # Safety
///
/// `pool` is one of nginx's.
pub unsafe fn keep<T>(pool: *mut ngx_pool_t, value: T) -> *mut T {
    const { assert!(align_of::<T>() <= ALIGNMENT) };
    // SAFETY: the caller promises the pool. It gives memory of the size asked for, aligned, and
    // calls the handler once, with that memory, when it goes.
    unsafe {
        let Some(cleanup) = ngx_pool_cleanup_add(pool, size_of::<T>()).as_mut() else {
            return ptr::null_mut();
        };
        cleanup.handler = Some(drop_in_place::<T>);
        let place: *mut T = cleanup.data.cast();
        place.write(value);
        place
    }
}

unsafe extern "C" fn drop_in_place<T>(value: *mut c_void) {
    // SAFETY: keep wrote a T there, and nginx calls this once.
    unsafe { value.cast::<T>().drop_in_place() };
}

/// Writes a value that need not be dropped into a pool; null without memory.
///
/// # Safety
///
/// `pool` is one of nginx's.
pub unsafe fn write<T>(pool: *mut ngx_pool_t, value: T) -> *mut T {
    const { assert!(align_of::<T>() <= ALIGNMENT && !std::mem::needs_drop::<T>()) };
    // SAFETY: the caller promises the pool, which gives memory of the size asked for, aligned.
    unsafe {
        let place: *mut T = ngx_palloc(pool, size_of::<T>()).cast();
        if !place.is_null() {
            place.write(value);
        }
        place
    }
}

/// What stands at a cleanup of a pool that has this handler and begins with this address.
///
/// Function pointers need not be unique; an address of a static is.
///
/// # Safety
///
/// `pool` is one of nginx's, and whoever adds such a cleanup writes an address first.
pub unsafe fn find(
    pool: *mut ngx_pool_t,
    handler: Cleanup,
    magic: *const u8,
) -> Option<*mut c_void> {
    // SAFETY: the list ends with null, and all of it lives in the pool.
    unsafe {
        let mut cleanup = pool.as_ref()?.cleanup;
        while let Some(entry) = cleanup.as_ref() {
            if entry.handler.is_some_and(|it| ptr::fn_addr_eq(it, handler))
                && ptr::eq(*entry.data.cast::<*const u8>(), magic)
            {
                return Some(entry.data);
            }
            cleanup = entry.next;
        }
        None
    }
}

/// What nginx calls when a pool goes.
pub type Cleanup = unsafe extern "C" fn(*mut c_void);

/// Bytes for text; `None` without memory.
///
/// # Safety
///
/// `pool` is one of nginx's, and `'p` ends before it goes.
pub unsafe fn bytes<'p>(pool: *mut ngx_pool_t, len: usize) -> Option<&'p mut [u8]> {
    // SAFETY: the caller promises the pool. Its memory is nobody else's, and it is initialized here
    // before anyone reads it.
    unsafe {
        let start: *mut u8 = ngx_pnalloc(pool, len).cast();
        if start.is_null() {
            return None;
        }
        start.write_bytes(0, len);
        Some(slice::from_raw_parts_mut(start, len))
    }
}

/// A copy of text; `None` without memory.
///
/// # Safety
///
/// `pool` is one of nginx's, and `'p` ends before it goes.
pub unsafe fn copy<'p>(pool: *mut ngx_pool_t, text: &[u8]) -> Option<&'p [u8]> {
    // SAFETY: the caller promises the pool. Its memory is nobody else's, and as long as the text,
    // which is all of it.
    unsafe {
        let start: *mut u8 = ngx_pnalloc(pool, text.len()).cast();
        if start.is_null() {
            return None;
        }
        start.copy_from_nonoverlapping(text.as_ptr(), text.len());
        Some(slice::from_raw_parts(start, text.len()))
    }
}

/// Text that is written into the free end of a pool, where it stays; `None` without memory, or if
/// there is none to write.
///
/// A text that does not fit there is only counted, and written again into memory of its length.
/// Where `expected` bytes do not fit, it is written into as many of its own at once.
///
/// # Safety
///
/// `pool` is one of nginx's, and `'p` ends before it goes.
pub unsafe fn text<'p>(
    pool: *mut ngx_pool_t,
    expected: usize,
    write: impl Fn(&mut Growing) -> Option<()>,
) -> Option<&'p [u8]> {
    // SAFETY: the caller promises the pool: a chain of blocks, each free from last to end. While it
    // is written there nobody takes memory from the pool, and then last is moved behind it. What
    // ngx_pnalloc gives is as long as asked and nobody else's.
    unsafe {
        let mut block = (*pool).current;
        while !(*block).d.next.is_null() {
            block = (*block).d.next;
        }
        let free = (*block).d.end.offset_from((*block).d.last) as usize;
        let mut needed = expected;
        if expected <= free {
            let mut text = Growing { start: (*block).d.last, room: free, len: 0 };
            write(&mut text)?;
            if let Some(text) = text.whole() {
                (*block).d.last = (*block).d.last.add(text.len());
                return Some(text);
            }
            needed = text.len;
        }
        loop {
            let start: *mut u8 = ngx_pnalloc(pool, needed).cast();
            if start.is_null() {
                return None;
            }
            let mut text = Growing { start, room: needed, len: 0 };
            write(&mut text)?;
            match text.whole() {
                Some(text) => return Some(text),
                None => needed = text.len,
            }
        }
    }
}

/// What is written into memory that nobody has initialized.
pub struct Growing {
    start: *mut u8,
    room: usize,
    len: usize,
}

impl Growing {
    /// All of it, if there was room.
    fn whole<'p>(&self) -> Option<&'p [u8]> {
        // SAFETY: text gave that memory, and push_str has written all of it up to len.
        (self.len <= self.room).then(|| unsafe { slice::from_raw_parts(self.start, self.len) })
    }
}

impl Out for Growing {
    // Inlined, so that a piece of a known length is no call.
    #[inline(always)]
    fn push_str(&mut self, piece: &str) {
        let end = self.len + piece.len();
        if end <= self.room {
            // SAFETY: start has that much room, and a piece is never of what is written.
            unsafe {
                self.start.add(self.len).copy_from_nonoverlapping(piece.as_ptr(), piece.len());
            }
        }
        self.len = end;
    }

    #[inline(always)]
    fn push(&mut self, character: char) {
        if character.is_ascii() && self.len < self.room {
            // SAFETY: there is room for one byte.
            unsafe { self.start.add(self.len).write(character as u8) };
            self.len += 1;
        } else {
            self.push_str(character.encode_utf8(&mut [0; 4]));
        }
    }
}
