//! The syntax of p0f.fp (p0f's readfp.c).
//!
//! A comment that begins with `;tcpfp:` is ours: p0f passes it over. (It stops at a section or a name
//! that it does not know.)
//!
//! A server sees SYNs only, so `[tcp:response]` and `[http:*]` are checked and passed over.

use std::fmt;
use std::ops::ControlFlow;
use std::str::from_utf8;

use super::census::Census;
use super::content::{Content, Entry};
use super::label::{Label, System};
use crate::fallible::{try_owned, TryPush};
use crate::signature::p0f::token::{SyntaxError, Token};
use crate::signature::p0f::Signature;
use crate::text::Brief;

/// Something in a file that cannot be understood, or that should not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, as given.
    pub file: Brief,
    /// The line, from 1 on.
    pub line: usize,
    /// The byte of the line, from 1 on.
    pub column: usize,
    /// What is wrong.
    pub reason: Brief,
}

/// Displays as `file:line: reason`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

impl std::error::Error for Problem {}

/// Adds a file to a database, and tells what is wrong with it until nobody wants to hear more.
pub fn read(
    content: &mut Content,
    name: &str,
    bytes: &[u8],
    tell: &mut impl FnMut(Problem) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut tell = |line, SyntaxError { at, reason }| {
        tell(Problem { file: name.into(), line, column: at + 1, reason })
    };
    let named = try_owned(name).and_then(|name| content.files.try_push(name));
    if let Err(error) = named {
        tell(1, error.into())?;
    }
    let mut reader = Reader::new(content);
    for (line, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let read = match from_utf8(text) {
            Ok(text) => reader.line(line as u32, text),
            Err(error) => {
                Err(SyntaxError { at: error.valid_up_to(), reason: "this is not UTF-8".into() })
            }
        };
        if let Err(wrong) = read {
            tell(line, wrong)?;
        }
    }
    ControlFlow::Continue(())
}

/// The sections that there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Mtu,
    TcpRequest,
    TcpResponse,
    Http,
}

/// What a file needs next, as p0f's `CF_NEED_*`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// A label.
    Label,
    /// The systems that a tool runs on.
    Sys,
    /// A signature, or another label.
    Sig,
    /// The same, behind a label that was refused: what follows is checked, and has no other fault
    /// for that.
    Nothing,
}

/// What was read of a file so far.
struct Reader<'d> {
    content: &'d mut Content,
    /// Classes that the file declared.
    classes: Vec<String>,
    /// That it declares none was said: once is enough.
    is_classless: bool,
    section: Option<Section>,
    need: Need,
    /// The label of `[mtu]`.
    link: String,
}

impl<'d> Reader<'d> {
    fn new(content: &'d mut Content) -> Self {
        let link = String::new();
        let classes = Vec::new();
        Self { content, classes, is_classless: false, section: None, need: Need::Label, link }
    }

    fn line(&mut self, number: u32, line: &str) -> Result<(), SyntaxError> {
        let line = Token::new(line).trim();
        if let Some(ours) = line.text.strip_prefix(";tcpfp:") {
            return self.census(line.token(ours));
        }
        if line.text.is_empty() || line.text.starts_with(';') {
            return Ok(());
        }
        if line.text.starts_with('[') {
            return self.section(line);
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(line.wrong("neither a section nor \"name = value\""));
        };
        let (key, value) = (key.trim(), value.trim());
        match (key.text, self.section) {
            ("classes", _) => self.classes(value),
            ("ua_os", Some(Section::Http)) => user_agents(value),
            ("label" | "sys" | "sig", None) => Err(key.wrong("this must stand in a section")),
            ("label", Some(section)) => self.label(section, value),
            ("sys", Some(_)) => self.systems(key, value),
            ("sig", Some(section)) => self.signature(section, number, key, value),
            _ => Err(key.wrong(format_args!("\"{}\" has no meaning here", key.text))),
        }
    }

    /// `addresses = Windows:312,Linux:4`: who sent the signature before it. `population = ...`: who
    /// came to the site.
    fn census(&mut self, line: Token<'_>) -> Result<(), SyntaxError> {
        let Some((key, value)) = line.split_once('=') else {
            return Err(line.wrong("not \";tcpfp: name = value\""));
        };
        let (key, value) = (key.trim(), value.trim());
        let read = || inside(value, value.text.parse::<Census>());
        match key.text {
            "addresses" => {
                let file = self.content.files.len() as u32 - 1;
                let last = self.content.entries.last_mut().filter(|entry| entry.file == file);
                let Some(entry) = last.filter(|entry| entry.census.is_none()) else {
                    return Err(key.wrong("this must stand behind a signature, once"));
                };
                entry.census = Some(read()?);
            }
            "population" => {
                let census = read()?;
                self.content.population.get_or_insert(census);
            }
            other => return Err(key.wrong(format_args!("\"{other}\" has no meaning here"))),
        }
        Ok(())
    }

    fn section(&mut self, line: Token<'_>) -> Result<(), SyntaxError> {
        self.need = Need::Label;
        self.section = Some(match line.text {
            "[mtu]" => Section::Mtu,
            "[tcp:request]" => Section::TcpRequest,
            "[tcp:response]" => Section::TcpResponse,
            "[http:request]" | "[http:response]" => Section::Http,
            other => return Err(line.wrong(format_args!("unknown section \"{other}\""))),
        });
        Ok(())
    }

    fn classes(&mut self, value: Token<'_>) -> Result<(), SyntaxError> {
        for class in value.split(',').map(Token::trim) {
            let is_word = class.text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if class.text.is_empty() || !is_word {
                return Err(class.wrong("a class is a word of letters and digits"));
            }
            self.classes.try_push(try_owned(class.text)?)?;
        }
        Ok(())
    }

    /// A class that stands here must be one of those that were declared.
    fn known_class(&mut self, here: Token<'_>, class: &str) -> Result<(), SyntaxError> {
        if self.is_classless || self.classes.iter().any(|known| known == class) {
            return Ok(());
        }
        if self.classes.is_empty() {
            self.is_classless = true;
            return Err(here.wrong("a class needs a line \"classes = ...\" before it"));
        }
        Err(here.wrong(format_args!("unknown class \"{class}\"")))
    }

    fn label(&mut self, section: Section, value: Token<'_>) -> Result<(), SyntaxError> {
        self.need = Need::Nothing;
        if section == Section::Mtu {
            self.link = try_owned(value.text)?;
            self.need = Need::Sig;
            return Ok(());
        }
        let mut parts = value.text.splitn(4, ':').map(|part| value.token(part));
        let (Some(kind), Some(class), Some(name), Some(flavor)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(value.wrong("a label is kind:class:name:flavor"));
        };
        let is_generic = match kind.text {
            "s" => false,
            "g" => true,
            _ => return Err(kind.wrong("a label is s (specific) or g (generic)")),
        };
        if class.text != "!" {
            self.known_class(class, class.text)?;
        }
        if name.text.is_empty() {
            return Err(name.wrong("a label needs a name"));
        }
        let label = Label {
            is_generic,
            class: try_owned(class.text)?,
            name: try_owned(name.text)?,
            flavor: try_owned(flavor.text)?,
            systems: Vec::new(),
        };
        self.need = if label.is_tool() { Need::Sys } else { Need::Sig };
        if section == Section::TcpRequest {
            self.content.labels.try_push(label)?;
        }
        Ok(())
    }

    /// `sys = @unix,Windows`: where a tool runs, by class or by name.
    fn systems(&mut self, key: Token<'_>, value: Token<'_>) -> Result<(), SyntaxError> {
        match self.need {
            Need::Sys => self.need = Need::Nothing,
            Need::Nothing => return Ok(()),
            Need::Label | Need::Sig => {
                return Err(key.wrong("\"sys\" belongs to the label of a tool, once"));
            }
        }
        let mut systems = Vec::new();
        for system in value.split(',').map(Token::trim) {
            let system = match system.text.strip_prefix('@') {
                Some(class) => {
                    self.known_class(system, class)?;
                    System::Class(try_owned(class)?)
                }
                None if system.text.is_empty() => return Err(system.wrong("a system needs a name")),
                None => System::Name(try_owned(system.text)?),
            };
            systems.try_push(system)?;
        }
        self.need = Need::Sig;
        if self.section == Some(Section::TcpRequest) {
            if let Some(label) = self.content.labels.last_mut() {
                label.systems = systems;
            }
        }
        Ok(())
    }

    fn signature(
        &mut self,
        section: Section,
        line: u32,
        key: Token<'_>,
        value: Token<'_>,
    ) -> Result<(), SyntaxError> {
        match self.need {
            Need::Label => return Err(key.wrong("a signature needs a label before it")),
            Need::Sys => return Err(key.wrong("the label of a tool needs a \"sys\" line")),
            Need::Sig | Need::Nothing => {}
        }
        match section {
            Section::Mtu => {
                let mtu = value.number::<u16>(0, "an MTU")?;
                self.content.links.try_reserve(1)?;
                let link = try_owned(&self.link)?;
                self.content.links.entry(mtu.into()).or_insert(link);
            }
            Section::TcpRequest => {
                let signature = self.tcp_signature(value)?;
                if self.need == Need::Nothing {
                    return Ok(());
                }
                let label = self.content.labels.len() as u32 - 1;
                let file = self.content.files.len() as u32 - 1;
                self.content.entries.try_push(Entry {
                    signature,
                    label,
                    file,
                    line,
                    census: None,
                })?;
            }
            Section::TcpResponse => drop(self.tcp_signature(value)?),
            Section::Http => http_signature(value)?,
        }
        Ok(())
    }

    fn tcp_signature(&self, value: Token<'_>) -> Result<Signature, SyntaxError> {
        inside(value, value.text.parse())
    }
}

/// What was read of a token's text, where what is wrong stands in its line.
fn inside<T>(value: Token<'_>, read: Result<T, SyntaxError>) -> Result<T, SyntaxError> {
    read.map_err(|wrong| {
        let at = &value.text[wrong.at.min(value.text.len())..];
        value.token(at).wrong(wrong.reason)
    })
}

/// `Name=[substring],Name,...`
fn user_agents(value: Token<'_>) -> Result<(), SyntaxError> {
    for system in outside_brackets(value, ',')?.into_iter().map(Token::trim) {
        let name = system.text.split_once('=').map_or(system.text, |(name, _)| name);
        if name.trim().is_empty() {
            return Err(system.wrong("a system needs a name"));
        }
    }
    Ok(())
}

/// `version:headers:absent headers:expected software`
fn http_signature(value: Token<'_>) -> Result<(), SyntaxError> {
    let parts = outside_brackets(value, ':')?;
    let [version, headers, ..] = parts[..] else {
        return Err(value.wrong("an HTTP signature has 4 parts between colons"));
    };
    if !["0", "1", "*"].contains(&version.text) {
        return Err(version.wrong("the HTTP version must be 0, 1 or *"));
    }
    if parts.len() < 4 {
        return Err(value.wrong("an HTTP signature has 4 parts between colons"));
    }
    if headers.text.is_empty() {
        return Err(headers.wrong("an HTTP signature needs headers"));
    }
    Ok(())
}

/// The parts between separators that do not stand in brackets.
fn outside_brackets(value: Token<'_>, separator: char) -> Result<Vec<Token<'_>>, SyntaxError> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, None);
    for (at, character) in value.text.char_indices() {
        match (character, inside) {
            ('[', None) => inside = Some(at),
            (']', Some(_)) => inside = None,
            (_, None) if character == separator => {
                parts.try_push(value.token(&value.text[start..at]))?;
                start = at + 1;
            }
            _ => {}
        }
    }
    if let Some(at) = inside {
        return Err(value.token(&value.text[at..]).wrong("a bracket is not closed"));
    }
    parts.try_push(value.token(&value.text[start..]))?;
    Ok(parts)
}
