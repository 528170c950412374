//! Databases of signatures, in the syntax of p0f.fp.

mod matcher;
mod parse;
mod shadow;

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use matcher::Index;
pub use matcher::Match;
pub use parse::Problem;

use crate::signature::p0f::{Rules, Signature};
use crate::text::{display_text, Out, Text};

/// The database that comes with the module.
const BUILTIN: &str = include_str!("database/builtin.fp");
/// What it is called where a file's name is expected.
pub const BUILTIN_NAME: &str = "builtin";

/// One or more files of signatures, read for matching.
#[derive(Debug, Default)]
pub struct Database {
    rules: Rules,
    files: Vec<String>,
    labels: Vec<Label>,
    entries: Vec<Entry>,
    links: HashMap<u32, String, FxBuildHasher>,
    index: Index,
}

/// A `label = ` line of `[tcp:request]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Generic: counts only where no specific one matches.
    pub is_generic: bool,
    /// `win`, `unix`, `other`, or `!` for a tool.
    pub class: String,
    /// The system's name: `Linux`.
    pub name: String,
    /// Its version: `3.11 and newer`; may be empty.
    pub flavor: String,
    /// Where it runs, if it speaks of a tool.
    pub systems: Vec<System>,
}

/// A part of the `sys = ` line of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum System {
    /// `@unix`: every system of a class.
    Class(String),
    /// `Windows`: that of a name.
    Name(String),
}

impl Label {
    /// Whether it speaks of a tool, not of a system.
    pub fn is_tool(&self) -> bool {
        self.class == "!"
    }

    /// Whether both name the same system: p0f does not look at upper and lower case.
    pub fn is_same_system(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
    }

    /// Whether this tool runs on a system.
    pub fn runs_on(&self, label: &Self) -> bool {
        self.systems.iter().any(|system| match system {
            System::Class(class) => class.eq_ignore_ascii_case(&label.class),
            System::Name(name) => name.eq_ignore_ascii_case(&label.name),
        })
    }
}

/// Name and flavor.
impl Text for Label {
    fn write_to(&self, out: &mut impl Out) {
        out.push_str(&self.name);
        if !self.flavor.is_empty() {
            out.push(' ');
            out.push_str(&self.flavor);
        }
    }
}
display_text!(Label);

/// A signature, the label that it stands under, and where.
#[derive(Clone, Copy, Debug)]
struct Entry {
    signature: Signature,
    label: u32,
    file: u32,
    line: u32,
}

impl Database {
    /// Reads files, given as name and content, in the order in which they are consulted.
    ///
    /// # Errors
    ///
    /// Every problem of every file that keeps a signature from being understood.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        rules: Rules,
    ) -> Result<Self, Vec<Problem>> {
        let mut database = Self { rules, ..Self::default() };
        let mut problems = Vec::new();
        for (name, content) in files {
            parse::read(&mut database, name, content, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        database.index = Index::new(&database.entries, rules);
        Ok(database)
    }

    /// The content of the database that comes with the module.
    pub fn builtin() -> &'static [u8] {
        BUILTIN.as_bytes()
    }

    /// Whether p0f is followed to the letter.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The kind of link that has this MTU.
    pub fn link(&self, mtu: u32) -> Option<&str> {
        self.links.get(&mtu).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
