//! The beginning of a header block (RFC 7541): its pseudo-headers, which stand before all other
//! fields (RFC 9113, 8.3).
//!
//! Only their names count, so values are skipped, and the dynamic table has names only. That it also
//! forgets fields (RFC 7541, 4.4) changes no name that a valid block asks for.

/// The pseudo-headers of a request: their first letters, their names, and these in Huffman's code
/// (RFC 7541, appendix B), which has one way to write a text.
const PSEUDO_HEADERS: [(u8, &[u8], &[u8]); 4] = [
    (b'm', b":method", &[0xb9, 0x49, 0x53, 0x39, 0xe4]),
    (b'a', b":authority", &[0xb8, 0x3b, 0x53, 0x39, 0xec, 0x32, 0x7d, 0x7f]),
    (b's', b":scheme", &[0xb8, 0x82, 0x4e, 0x5a, 0x4b]),
    (b'p', b":path", &[0xb9, 0x58, 0xd3, 0x3f]),
];

/// The longest of their names.
const NAME: usize = 10;

/// More than one of each is no request.
const MOST: usize = 8;

/// The first entry of the dynamic table (RFC 7541, 2.3.3).
const FIRST_DYNAMIC: u32 = 62;

/// A block, as far as its bytes were taken.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    state: State,
    /// The letters of the pseudo-headers in order.
    order: Letters,
    /// Those of the dynamic table, the oldest first.
    dynamic: Letters,
}

#[derive(Clone, Copy, Debug, Default)]
struct Letters {
    letters: [u8; MOST],
    len: usize,
}

impl Letters {
    fn push(&mut self, letter: u8) -> Option<()> {
        *self.letters.get_mut(self.len)? = letter;
        self.len += 1;
        Some(())
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = u8> + '_ {
        self.letters[..self.len].iter().copied()
    }
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Of a block that has not begun.
    Before,
    /// Of a field.
    Field,
    /// Of a number that took more than its prefix.
    More { of: Number, value: u32, shift: u8 },
    /// Of a name, after so many others: first its length.
    NameLength { is_added: bool },
    /// Of a name itself.
    Name { is_added: bool, is_huffman: bool, len: u8, bytes: [u8; NAME], at: u8 },
    /// Of a value's length.
    ValueLength,
    /// Of a value, of which so many bytes are left.
    Value(u32),
    /// Of nothing that counts any more.
    Over,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    /// The place of a field in the tables.
    Field,
    /// The place of a name in the tables; 0 for one that follows.
    Name {
        is_added: bool,
    },
    /// The size of the dynamic table.
    TableSize,
    NameLength {
        is_added: bool,
        is_huffman: bool,
    },
    ValueLength,
}

impl Default for Block {
    fn default() -> Self {
        Self { state: State::Before, order: Letters::default(), dynamic: Letters::default() }
    }
}

impl Block {
    pub fn begin(&mut self) {
        self.state = State::Field;
    }

    /// Whether it has begun, and goes on.
    pub fn is_begun(&self) -> bool {
        !matches!(self.state, State::Before | State::Over)
    }

    /// Whether all pseudo-headers are there.
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// There are no more bytes.
    pub fn end(&mut self) {
        self.state = State::Over;
    }

    /// The letters of the pseudo-headers.
    pub fn order(&self) -> impl Iterator<Item = u8> + '_ {
        self.order.iter()
    }

    /// Takes the next bytes.
    pub fn take(&mut self, mut bytes: &[u8]) {
        while let Some(&byte) = bytes.first() {
            let taken = match self.state {
                State::Before | State::Over => return,
                State::Value(left) => {
                    let taken = bytes.len().min(left as usize);
                    self.value(left - taken as u32);
                    taken
                }
                _ => {
                    if self.byte(byte).is_none() {
                        self.state = State::Over;
                    }
                    1
                }
            };
            bytes = &bytes[taken..];
        }
    }

    /// Takes a byte that is not of a value; `None` where the pseudo-headers are over.
    fn byte(&mut self, byte: u8) -> Option<()> {
        match self.state {
            State::Before | State::Value(_) | State::Over => Some(()),
            // RFC 7541, 6: what a field is shows in its first bits.
            State::Field => match byte.leading_zeros() {
                0 => self.number(Number::Field, byte, 7),
                1 => self.number(Number::Name { is_added: true }, byte, 6),
                2 => self.number(Number::TableSize, byte, 5),
                _ => self.number(Number::Name { is_added: false }, byte, 4),
            },
            State::More { of, value, shift } => {
                // RFC 7541, 5.1: seven bits in each, the lowest first. None is as long as this.
                let value = u32::from(byte & 0x7f)
                    .checked_shl(shift.into())
                    .filter(|_| shift <= 21)?
                    .checked_add(value)?;
                if byte & 0x80 != 0 {
                    self.state = State::More { of, value, shift: shift + 7 };
                    return Some(());
                }
                self.numbered(of, value)
            }
            State::NameLength { is_added } => {
                self.number(Number::NameLength { is_added, is_huffman: byte & 0x80 != 0 }, byte, 7)
            }
            State::Name { is_added, is_huffman, len, mut bytes, at } => {
                bytes[usize::from(at)] = byte;
                let at = at + 1;
                self.state = State::Name { is_added, is_huffman, len, bytes, at };
                if at < len {
                    return Some(());
                }
                let bytes = &bytes[..len.into()];
                let mut known = PSEUDO_HEADERS.into_iter();
                let (letter, ..) = known
                    .find(|&(_, name, huffman)| bytes == if is_huffman { huffman } else { name })?;
                self.named(letter, is_added)?;
                self.state = State::ValueLength;
                Some(())
            }
            State::ValueLength => self.number(Number::ValueLength, byte, 7),
        }
    }

    /// A number begins in the last bits of a byte.
    fn number(&mut self, of: Number, byte: u8, bits: u32) -> Option<()> {
        let most = (1 << bits) - 1;
        let value = byte & most;
        if value < most {
            return self.numbered(of, value.into());
        }
        self.state = State::More { of, value: value.into(), shift: 0 };
        Some(())
    }

    fn numbered(&mut self, of: Number, value: u32) -> Option<()> {
        match of {
            Number::TableSize => self.state = State::Field,
            Number::Field => {
                let letter = self.letter(value)?;
                self.named(letter, false)?;
                self.state = State::Field;
            }
            Number::Name { is_added } if value == 0 => self.state = State::NameLength { is_added },
            Number::Name { is_added } => {
                let letter = self.letter(value)?;
                self.named(letter, is_added)?;
                self.state = State::ValueLength;
            }
            Number::NameLength { is_added, is_huffman } => {
                let len = u8::try_from(value).ok().filter(|len| (1..=NAME as u8).contains(len))?;
                self.state = State::Name { is_added, is_huffman, len, bytes: [0; NAME], at: 0 };
            }
            Number::ValueLength => self.value(value),
        }
        Some(())
    }

    fn value(&mut self, left: u32) {
        self.state = if left == 0 { State::Field } else { State::Value(left) };
    }

    fn named(&mut self, letter: u8, is_added: bool) -> Option<()> {
        self.order.push(letter)?;
        if is_added {
            self.dynamic.push(letter)?;
        }
        Some(())
    }

    /// The pseudo-header at a place in the tables (RFC 7541, appendix A), if there is one.
    fn letter(&self, place: u32) -> Option<u8> {
        match place {
            1 => Some(b'a'),
            2 | 3 => Some(b'm'),
            4 | 5 => Some(b'p'),
            6 | 7 => Some(b's'),
            // The newest entry is the first.
            FIRST_DYNAMIC.. => self.dynamic.iter().rev().nth((place - FIRST_DYNAMIC) as usize),
            _ => None,
        }
    }
}
