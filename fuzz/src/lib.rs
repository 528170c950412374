//! What must hold for any bytes, a room a target. Each `check` panics if it does not.

pub mod database;
mod fields;
pub mod matching;
pub mod syn;
pub mod tcp_info;

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

    /// Without libFuzzer, and so wherever the tests run.
    #[test]
    fn the_corpus() {
        let targets: [(&str, fn(&[u8])); 4] = [
            ("database", super::database::check),
            ("matching", super::matching::check),
            ("syn", super::syn::check),
            ("tcp_info", super::tcp_info::check),
        ];
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in fs::read_dir(project.join("corpus")).expect("a folder") {
            let folder = folder.expect("a folder");
            let name = folder.file_name();
            let (_, check) =
                targets.iter().find(|(known, _)| *known == name).expect("a folder for each target");
            for file in fs::read_dir(folder.path()).expect("files") {
                let path = file.expect("a file").path();
                println!("{}", path.display());
                check(&fs::read(path).expect("bytes"));
            }
        }
    }
}
