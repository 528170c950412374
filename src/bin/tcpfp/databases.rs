//! Databases from files.

use std::fs;
use std::ops::ControlFlow;

use anyhow::{bail, Context, Result};
use ngx_tcpfp::database::{Database, Problem, BUILTIN_NAME};
use ngx_tcpfp::signature::p0f::Rules;

/// So many problems are enough.
const MANY: usize = 100;

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
    let mut problems = Vec::new();
    let files = files.iter().map(|(name, content)| (*name, &content[..]));
    let database = Database::read_on(files, rules, |problem| {
        problems.push(problem);
        if problems.len() < MANY {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    Ok(if problems.is_empty() { Ok(database) } else { Err(problems) })
}

/// The same for what cannot go on with problems.
///
/// # Errors
///
/// There are some, or a file cannot be read.
pub fn sound(names: &[String], rules: Rules) -> Result<Database> {
    match read(names, rules)? {
        Ok(database) => Ok(database),
        Err(problems) => {
            let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
            bail!("{}", problems.join("\n"));
        }
    }
}
