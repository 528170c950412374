//! Databases from files.

use std::fs;

use anyhow::{Context, Result};
use ngx_tcpfp::database::{Database, Problem, BUILTIN_NAME};
use ngx_tcpfp::signature::p0f::Rules;

/// Reads these files, in order; `builtin` is the one that comes with the program.
///
/// # Errors
///
/// A file cannot be read at all. Inside are the problems of what could be.
pub fn read(names: &[String], rules: Rules) -> Result<Result<Database, Vec<Problem>>> {
    let mut files = Vec::new();
    for name in names {
        let content = match name.as_str() {
            BUILTIN_NAME => Database::builtin().to_vec(),
            path => fs::read(path).with_context(|| path.to_owned())?,
        };
        files.push((name.as_str(), content));
    }
    Ok(Database::read(files.iter().map(|(name, content)| (*name, &content[..])), rules))
}
