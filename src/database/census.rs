//! How many addresses of each family a site has seen.

use std::str::FromStr;

use crate::families::Family;
use crate::signature::p0f::token::{SyntaxError, Token};
use crate::text::{display_text, Out, Text};

/// Addresses by family, in the order of [`Family::ALL`]: of a signature, or of all of a site.
///
/// ```
/// use ngx_tcpfp::database::Census;
/// use ngx_tcpfp::family::Family;
///
/// let census: Census = "Windows:312,Linux:4".parse()?;
/// assert_eq!((census.of(Family::Linux), census.all()), (4, 316));
/// assert_eq!(census.to_string(), "Windows:312,Linux:4");
/// # Ok::<_, ngx_tcpfp::signature::p0f::SyntaxError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census(pub [u32; Family::ALL.len()]);

impl Census {
    /// Those of a family.
    pub fn of(&self, family: Family) -> u32 {
        self.0[family as usize]
    }

    /// Those of all.
    pub fn all(&self) -> u64 {
        self.0.iter().copied().map(u64::from).sum()
    }
}

impl FromStr for Census {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let mut census = Self::default();
        for part in Token::new(text).split(',').map(Token::trim) {
            let Some((name, count)) = part.split_once(':') else {
                return Err(part.wrong("each family is followed by a colon and its addresses"));
            };
            let unknown = || name.wrong(format_args!("unknown family \"{}\"", name.text));
            let family = Family::of_name(name.text.as_bytes()).ok_or_else(unknown)?;
            census.0[family as usize] = count.number(0, "the addresses")?;
        }
        Ok(census)
    }
}

/// `Windows:312,Linux:4`: those that there are.
impl Text for Census {
    fn write_to(&self, out: &mut impl Out) {
        let mut separator = "";
        for (family, count) in Family::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0) {
            out.push_str(separator);
            out.push_str(family.as_str());
            out.push(':');
            count.write_to(out);
            separator = ",";
        }
    }
}
display_text!(Census);
