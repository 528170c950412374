//! What must hold for any bytes, a room a target. Each `check` panics if it does not.

pub mod claim;
pub mod client_hello;
pub mod database;
mod fields;
pub mod forwarded;
pub mod host;
pub mod http2;
pub mod matching;
pub mod syn;
pub mod table;
pub mod tcp_info;
pub mod text;

use std::sync::LazyLock;

use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::signature::p0f::Rules;

/// The built-in database, by either set of rules.
static DATABASES: LazyLock<[Database; 2]> = LazyLock::new(|| {
    [Rules::Corrected, Rules::AsP0f].map(|rules| {
        Database::read([(BUILTIN_NAME, Database::builtin())], rules).expect("a sound database")
    })
});

/// A SYN of Linux 6.18 over each version of IP.
const SYNS: [&[u8]; 2] =
    [include_bytes!("../corpus/syn/v4-linux"), include_bytes!("../corpus/syn/v6-linux")];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Without libFuzzer, and so wherever the tests run: every file in every room, for any bytes
    /// will do.
    #[test]
    fn the_corpus() {
        let checks: [fn(&[u8]); 11] = [
            super::claim::check,
            super::client_hello::check,
            super::database::check,
            super::forwarded::check,
            super::host::check,
            super::http2::check,
            super::matching::check,
            super::syn::check,
            super::table::check,
            super::tcp_info::check,
            super::text::check,
        ];
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        for folder in fs::read_dir(folders).expect("folders") {
            for file in fs::read_dir(folder.expect("a folder").path()).expect("files") {
                let path = file.expect("a file").path();
                println!("{}", path.display());
                let bytes = fs::read(path).expect("bytes");
                for check in checks {
                    check(&bytes);
                }
            }
        }
    }
}
