//! bindgen finds the places of bit-fields by rules of its own, and in the request of nginx 1.30 they
//! are not the compiler's. Those that the modules use must be where the compiler that makes nginx has
//! them, for the headers that the modules are built with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::mem::MaybeUninit;
use std::path::Path;
use std::process::Command;
use std::slice;

macro_rules! bits {
    ($($(#[$is_there:meta])* $name:ident { $($bit:ident: $set:ident,)* })*) => {
        /// Names of structs and of bits in them.
        fn named() -> impl Iterator<Item = (&'static str, &'static str)> {
            let all: &'static [&'static [_]] = &[
                $($(#[$is_there])* &[$((stringify!($name), stringify!($bit)),)*],)*
            ];
            all.iter().copied().flatten().copied()
        }

        /// The bytes of a struct of zeroes with ones in one of its bit-fields, by Rust.
        fn by_bindgen() -> BTreeMap<String, String> {
            let mut all = BTreeMap::new();
            $($(#[$is_there])* {$({
                let mut place = MaybeUninit::<nginx_sys::$name>::zeroed();
                // SAFETY: nginx's structs have numbers and pointers, for which zeroes are valid; as
                // bytes all of it was written.
                let bytes = unsafe {
                    (*place.as_mut_ptr()).$set(!0);
                    slice::from_raw_parts(place.as_ptr().cast::<u8>(), size_of_val(&place))
                };
                all.insert(concat!(stringify!($name), ".", stringify!($bit)).into(), hex::encode(bytes));
            })*})*
            all
        }
    };
}

// Also what the functions of nginx-sys and ngx use that the modules call.
bits! {
    ngx_buf_t { memory: set_memory, flush: set_flush, }
    ngx_connection_t { timedout: set_timedout, close: set_close, idle: set_idle, }
    ngx_event_t {
        timedout: set_timedout, timer_set: set_timer_set, posted: set_posted, delayed: set_delayed,
    }
    ngx_http_request_t { count: set_count, }
    #[cfg(ngx_feature = "http_v2")]
    ngx_http_v2_connection_t { settings_ack: set_settings_ack, }
    #[cfg(ngx_feature = "ssl")]
    ngx_ssl_connection_t { handshaked: set_handshaked, }
    ngx_variable_value_t {
        len: set_len, valid: set_valid, no_cacheable: set_no_cacheable, not_found: set_not_found,
    }
}

/// What the preprocessor is to know, as nginx's Makefile has it.
fn flags() -> impl Iterator<Item = &'static str> {
    env!("TCPFP_NGINX_FLAGS").split('\t')
}

/// The same bytes by the C compiler.
fn by_compiler() -> BTreeMap<String, String> {
    let mut program = String::from(
        "#include <ngx_config.h>\n#include <ngx_core.h>\n#include <ngx_http.h>\n\
         #define SHOW(type, bit) do { static type it; it.bit = -1; printf(#type \".\" #bit \" \"); \\\n\
         for (size_t i = 0; i < sizeof it; i++) printf(\"%02x\", ((unsigned char *) &it)[i]); \\\n\
         printf(\"\\n\"); } while (0)\nint main(void) {\n",
    );
    for (name, bit) in named() {
        program += &format!("SHOW({name}, {bit});\n");
    }
    program += "return 0; }\n";
    let folder = tempfile::tempdir().expect("a folder");
    let (source, binary) = (folder.path().join("bits.c"), folder.path().join("bits"));
    fs::write(&source, program).expect("a file");
    let mut cc = Command::new("cc");
    cc.args(flags()).arg("-w").arg(&source).arg("-o").arg(&binary);
    assert!(cc.status().expect("a compiler").success());
    let said = Command::new(&binary).output().expect("a program").stdout;
    let said = String::from_utf8(said).expect("text");
    let lines = said.lines().map(|line| line.split_once(' ').expect("two words"));
    lines.map(|(name, bytes)| (name.to_owned(), bytes.to_owned())).collect()
}

#[test]
fn bits_are_where_the_compiler_has_them() {
    let (ours, theirs) = (by_bindgen(), by_compiler());
    assert_eq!(ours.len(), named().count());
    for (name, bytes) in ours {
        assert_eq!(bytes, theirs[&name], "{name}: by bindgen, by the compiler");
    }
}

#[test]
fn no_other_bits_are_used() {
    let mut bits = BTreeSet::new();
    for folder in flags().filter_map(|flag| flag.strip_prefix("-I")) {
        for header in files(Path::new(folder), "h") {
            bits.extend(header.lines().filter_map(|line| declared(line).map(str::to_owned)));
        }
    }
    for known in ["discard_body", "header_only", "ready", "len"] {
        assert!(bits.contains(known), "headers are not read: {known}");
    }
    // The standard library has these, too.
    let others = ["is_file"];
    for known in named().map(|(_, bit)| bit).chain(others) {
        bits.remove(known);
    }
    let sources = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/nginx"), "rs");
    assert!(sources.len() > 20, "{} files", sources.len());
    for bit in bits {
        for call in [format!(".{bit}()"), format!(".set_{bit}(")] {
            assert!(
                !sources.iter().any(|text| text.contains(&call)),
                "{call} is not checked above"
            );
        }
    }
}

/// The name, if a line of C declares a bit-field.
fn declared(line: &str) -> Option<&str> {
    let (name, width) = line.trim().split_once(';')?.0.split_once(':')?;
    width.trim().parse::<u8>().ok()?;
    name.split_whitespace().last()
}

/// What stands in the files of a folder, and of those in it for Rust.
fn files(folder: &Path, ending: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() && ending == "rs" {
            texts.extend(files(&path, ending));
        } else if path.extension().is_some_and(|end| end == ending) {
            texts.push(String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned());
        }
    }
    texts
}
