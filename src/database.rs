//! Databases of signatures, in the syntax of p0f.fp.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

mod matcher;
mod parse;
mod shadow;

use std::collections::HashMap;
use std::ops::ControlFlow;

use rustc_hash::FxBuildHasher;

pub(crate) use matcher::Hit;
use matcher::Index;
pub use matcher::Match;
pub use parse::Problem;

use crate::signature::p0f::{Rules, Signature, SyntaxError};
use crate::text::{display_text, Out, Text};

/// The database that comes with the module.
const BUILTIN: &str = include_str!("database/builtin.fp");
/// What it is called where a file's name is expected.
pub const BUILTIN_NAME: &str = "builtin";

/// One or more files of signatures, read for matching.
///
/// ```
/// use ngx_tcpfp::database::Database;
/// use ngx_tcpfp::signature::p0f::{Observed, Rules};
/// use ngx_tcpfp::syn::Syn;
///
/// let text = b"classes = unix\n[tcp:request]\n\
///     label = s:unix:Linux:3.11 and newer\n\
///     sig = *:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0\n";
/// let database = Database::read([("test.fp", &text[..])], Rules::Corrected)?;
///
/// // IP header, TCP header, options, as the kernel saves them.
/// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
/// let syn = Syn::parse(packet).expect("a SYN");
/// let observed = Observed::of(&syn, Rules::Corrected).expect("one that p0f would look at");
/// let found = database.find(&observed);
///
/// assert_eq!(found.label().map(|label| label.to_string()), Some("Linux 3.11 and newer".into()));
/// assert_eq!((found.is_fuzzy, found.dist), (false, 13));
/// # Ok::<_, ngx_tcpfp::database::Problem>(())
/// ```
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
    /// The first problem: a line that cannot be understood, or memory that is not to be had.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        rules: Rules,
    ) -> Result<Self, Problem> {
        let mut first = None;
        let database = Self::read_on(files, rules, |problem| {
            first = Some(problem);
            ControlFlow::Break(())
        });
        first.map_or(Ok(database), Err)
    }

    /// The same, but each problem is told, until one is answered with a break. Then, and where there
    /// was any, the database is worth nothing.
    pub fn read_on<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        rules: Rules,
        mut tell: impl FnMut(Problem) -> ControlFlow<()>,
    ) -> Self {
        let mut database = Self { rules, ..Self::default() };
        let mut last = "";
        for (name, content) in files {
            last = name;
            if parse::read(&mut database, name, content, &mut tell).is_break() {
                return database;
            }
        }
        match Index::new(&database.entries, rules) {
            Ok(index) => database.index = index,
            Err(error) => {
                let reason = SyntaxError::from(error).reason;
                let _ = tell(Problem { file: last.into(), line: 1, column: 1, reason });
            }
        }
        database
    }

    /// The content of the database that comes with the module.
    pub fn builtin() -> &'static [u8] {
        BUILTIN.as_bytes()
    }

    /// Whether p0f is followed to the letter.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Every signature of `[tcp:request]` behind its label, in the order in which they are consulted.
    pub fn signatures(&self) -> impl Iterator<Item = (&Label, &Signature)> {
        self.entries.iter().map(|entry| (&self.labels[entry.label as usize], &entry.signature))
    }

    /// The kind of link that has this MTU.
    pub fn link(&self, mtu: u32) -> Option<&str> {
        self.links.get(&mtu).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
