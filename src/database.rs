//! Databases of signatures, in the syntax of p0f.fp.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

mod census;
mod content;
mod label;
mod matcher;
mod parse;
mod shadow;

use std::ops::ControlFlow;

pub use census::Census;
use content::{Content, Entry};
pub use label::{Label, System};
pub(crate) use matcher::Hit;
use matcher::Index;
pub use matcher::Match;
pub use parse::Problem;

use crate::signature::p0f::{Observed, Rules, Signature, SyntaxError, MAX_DIST};

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
    content: Content,
    index: Index,
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
            if parse::read(&mut database.content, name, content, &mut tell).is_break() {
                return database;
            }
        }
        match Index::new(&database.content.entries, rules) {
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

    /// The files that were read, by name, and how many signatures of SYNs each has.
    pub fn files(&self) -> impl Iterator<Item = (&str, usize)> {
        let Content { files, entries, .. } = &self.content;
        files.iter().enumerate().map(|(number, name)| {
            let is_of_it = move |entry: &&Entry| entry.file as usize == number;
            (name.as_str(), entries.iter().filter(is_of_it).count())
        })
    }

    /// Whether p0f is followed to the letter.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Every signature of `[tcp:request]` behind its label, in the order in which they are consulted.
    pub fn signatures(&self) -> impl Iterator<Item = (&Label, &Signature)> {
        let Content { labels, entries, .. } = &self.content;
        entries.iter().map(|entry| (&labels[entry.label as usize], &entry.signature))
    }

    /// The kind of link that has this MTU.
    pub fn link(&self, mtu: u32) -> Option<&str> {
        self.content.links.get(&mtu).map(String::as_str)
    }
}

impl Database {
    /// What this database says of a SYN. Allocates nothing.
    pub fn find(&self, observed: &Observed) -> Match<'_> {
        self.hit(observed).of(Some(self))
    }

    /// The same, to be kept.
    pub(crate) fn hit(&self, observed: &Observed) -> Hit {
        let find = |observed: &Observed| {
            self.index.find(&self.content.entries, &self.content.labels, observed)
        };
        let found = match (find(observed), self.rules) {
            (None, Rules::Corrected) => observed.of_stack().and_then(|stack| find(&stack)),
            (found, _) => found,
        };
        let none = Hit::none(observed);
        let Some((number, is_fuzzy)) = found else { return none };
        let Entry { signature, label, .. } = &self.content.entries[number as usize];
        let label = &self.content.labels[*label as usize];
        if is_fuzzy && label.is_tool() {
            // p0f drops it and leaves the distance unset.
            return Hit { dist: 0, ..none };
        }
        if is_fuzzy && label.is_proxy() && label.is_generic && self.rules == Rules::Corrected {
            // Little more than the TTL tells it from a system.
            return none;
        }
        let dist = match signature.ttl.checked_sub(observed.ttl) {
            Some(dist) if dist <= MAX_DIST || signature.is_ttl_random => dist,
            _ => none.dist,
        };
        Hit { number: Some(number), is_fuzzy, dist }
    }
}

impl Hit {
    /// The match, by the database that was hit.
    pub fn of<'d>(self, database: Option<&'d Database>) -> Match<'d> {
        let Self { number, is_fuzzy, dist } = self;
        let content = database.map(|database| &database.content);
        let entry = content.zip(number).and_then(|(content, number)| {
            let entry = content.entries.get(number as usize)?;
            Some((&content.labels[entry.label as usize], entry))
        });
        Match {
            signature: entry.map(|(label, entry)| (label, &entry.signature)),
            is_fuzzy,
            dist,
            census: entry.and_then(|(_, entry)| entry.census.as_ref()).filter(|_| !is_fuzzy),
            population: content.and_then(|content| content.population.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests;
