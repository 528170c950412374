//! A database is read, or refused, whichever piece of its memory is not to be had. Whatever does not
//! ask whether it got its memory ends the process, and with it this test.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::signature::p0f::Rules;

/// The system's allocator, until as many pieces are given as a thread may have.
struct Limited;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

// SAFETY: the system's allocator gives all memory that is given.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match LEFT.get() {
            0 => ptr::null_mut(),
            usize::MAX => {
                // SAFETY: the caller's promise is the system's.
                unsafe { System.alloc(layout) }
            }
            left => {
                LEFT.set(left - 1);
                // SAFETY: as above.
                unsafe { System.alloc(layout) }
            }
        }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the system's.
        unsafe { System.dealloc(memory, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;

/// Reads with no more than so many pieces of memory.
fn read(files: &[(&str, &[u8])], pieces: usize) -> Result<Database, String> {
    LEFT.set(pieces);
    let read = Database::read(files.iter().copied(), Rules::Corrected);
    LEFT.set(usize::MAX);
    read.map_err(|problem| problem.to_string())
}

#[test]
fn a_database_is_read_or_refused() {
    const OTHER: &[u8] = b"classes = win,unix\n[mtu]\nlabel = here\nsig = 1500\n[tcp:request]\n\
        label = s:!:tool:\nsys = @unix,Windows\nsig = *:64:0:*:*,*:mss,?254:df:0\n\
        [http:request]\nua_os = Linux,Windows=[NT]\nlabel = s:unix:A:\nsig = *:a=[b],c::d\n";
    const BAD: &[u8] = b"[tcp:request]\nlabel = s:unix:Linux:\n";
    let files = [(BUILTIN_NAME, Database::builtin()), ("other", OTHER)];
    let mut pieces = 0;
    while let Err(problem) = read(&files, pieces) {
        assert!(problem.ends_with("there is no memory for it"), "{pieces}: {problem}");
        pieces += 1;
    }
    assert!(pieces > 500, "it took {pieces} only");
    for pieces in 0..10 {
        let problem = read(&[("bad", BAD)], pieces).unwrap_err();
        let reasons = [
            "there is no memory for it",
            "bad:2: a class needs a line \"classes = ...\" before it",
        ];
        assert!(reasons.iter().any(|reason| problem.ends_with(reason)), "{problem}");
    }
}
