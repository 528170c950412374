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
    Ok(of(&contents(names)?, rules))
}

/// The same with one more in front, which is not in a file.
///
/// # Errors
///
/// There are problems, or a file cannot be read.
pub fn beside(name: &str, content: &[u8], names: &[String]) -> Result<Database> {
    let mut files = vec![(name, content.to_vec())];
    files.extend(contents(names)?);
    of(&files, Rules::Corrected).or_else(fail)
}

fn contents(names: &[String]) -> Result<Vec<(&str, Vec<u8>)>> {
    let content = |name: &str| match name {
        BUILTIN_NAME => Ok(Database::builtin().to_vec()),
        path => fs::read(path).with_context(|| path.to_owned()),
    };
    names.iter().map(|name| Ok((name.as_str(), content(name)?))).collect()
}

fn of(files: &[(&str, Vec<u8>)], rules: Rules) -> Result<Database, Vec<Problem>> {
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
    if problems.is_empty() {
        Ok(database)
    } else {
        Err(problems)
    }
}

/// The same for what cannot go on with problems.
///
/// # Errors
///
/// There are some, or a file cannot be read.
pub fn sound(names: &[String], rules: Rules) -> Result<Database> {
    read(names, rules)?.or_else(fail)
}

fn fail<T>(problems: Vec<Problem>) -> Result<T> {
    let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
    bail!("{}", problems.join("\n"));
}
