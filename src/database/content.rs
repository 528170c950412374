//! What files of signatures say.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::census::Census;
use super::label::Label;
use crate::signature::p0f::Signature;

/// All that was read of them, in their order.
#[derive(Debug, Default)]
pub struct Content {
    pub files: Vec<String>,
    pub labels: Vec<Label>,
    pub entries: Vec<Entry>,
    /// The kind of link that has an MTU.
    pub links: HashMap<u32, String, FxBuildHasher>,
    /// The addresses of a site, by the first file that has them.
    pub population: Option<Census>,
}

/// A signature, the label that it stands under, and where.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub signature: Signature,
    pub label: u32,
    pub file: u32,
    pub line: u32,
    /// Who sent it at a site.
    pub census: Option<Census>,
}
