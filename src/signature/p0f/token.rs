//! Pieces of a text that know where they stand in it.

use std::collections::TryReserveError;
use std::fmt;
use std::str::FromStr;

use crate::text::Brief;

/// A piece of a line or of a signature, and how many bytes stand before it.
#[derive(Clone, Copy)]
pub struct Token<'a> {
    pub text: &'a str,
    at: usize,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes before the token that is wrong.
    pub at: usize,
    /// What is wrong with it.
    pub reason: Brief,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for SyntaxError {}

impl From<TryReserveError> for SyntaxError {
    fn from(_: TryReserveError) -> Self {
        Self { at: 0, reason: "there is no memory for it".into() }
    }
}

impl<'a> Token<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// That this token is wrong.
    pub fn wrong(self, reason: impl Into<Brief>) -> SyntaxError {
        SyntaxError { at: self.at, reason: reason.into() }
    }

    /// A slice of this token's text, as a token.
    pub fn token(self, text: &'a str) -> Self {
        Self { text, at: self.at + text.as_ptr() as usize - self.text.as_ptr() as usize }
    }

    pub fn trim(self) -> Self {
        self.token(self.text.trim())
    }

    pub fn split(self, separator: char) -> impl Iterator<Item = Self> {
        self.text.split(separator).map(move |text| self.token(text))
    }

    pub fn split_once(self, separator: char) -> Option<(Self, Self)> {
        let (before, behind) = self.text.split_once(separator)?;
        Some((self.token(before), self.token(behind)))
    }

    /// What stands behind the first `skip` bytes as a number, of digits only.
    pub fn number<N: FromStr>(self, skip: usize, what: &str) -> Result<N, SyntaxError> {
        let wrong = || self.wrong(format_args!("{what} cannot be \"{}\"", self.text));
        digits(&self.text[skip..]).ok_or_else(wrong)
    }

    /// The number, or `None` for `*`.
    pub fn number_or_any<N: FromStr>(self, what: &str) -> Result<Option<N>, SyntaxError> {
        if self.text == "*" {
            return Ok(None);
        }
        self.number(0, what).map(Some)
    }
}

/// A number of digits only, where the standard library would take a sign, too.
pub fn digits<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
