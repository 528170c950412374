//! Labels of signatures.

use crate::families::Family;
use crate::text::{display_text, Out, Text};

/// A `label = ` line of `[tcp:request]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Generic: counts only where no specific one matches.
    pub is_generic: bool,
    /// `win`, `unix`, `other`, `proxy`, or `!` for a tool.
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

    /// Whether it speaks of what opens connections in the place of others: a proxy, a load balancer,
    /// a stack in userspace. Such a SYN says nothing of the system behind.
    pub fn is_proxy(&self) -> bool {
        self.class == "proxy"
    }

    /// The family of systems that it names, by its name and, for Android, its flavor.
    pub fn family(&self) -> Family {
        match self.name.as_str() {
            "Linux" if self.flavor.contains("Android") => Family::Android,
            "Linux" => Family::Linux,
            "Mac OS X" | "MacOS X" | "macOS" | "iOS" => Family::Apple,
            "FreeBSD" | "NetBSD" | "OpenBSD" | "DragonFly" => Family::Bsd,
            name => Family::of_name(name.as_bytes()).unwrap_or(Family::Other),
        }
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
