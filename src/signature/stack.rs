//! One text of every layer that a client shows: its SYN, its ClientHello, its opening of HTTP/2.

use std::cell::RefCell;

use super::ja4::{Ja4, Order, Shape};
use super::p0f::{Observed, Quirks, Rules, Window};
use crate::client_hello::ClientHello;
use crate::http2::Session;
use crate::text::{display_text, Out, Text};

/// `64:mss*,10:mss,sok,ts,nop,ws:/t13d1517h2_8daaf6152771_cb7bf5808d99/1:65536;2:0|15663105|0|m,a,s,p`:
/// each layer as far as it is known, else `-`.
#[derive(Clone, Copy, Debug)]
pub struct Stack<'c> {
    /// The SYN.
    pub observed: Option<&'c Observed>,
    /// The ClientHello.
    pub hello: Option<ClientHello<'c>>,
    /// What was heard of HTTP/2.
    pub http2: Option<&'c RefCell<Session>>,
}

/// What is between the layers, and what stands for one that is not known.
const BETWEEN: char = '/';
const UNKNOWN: char = '-';

/// Segment sizes that a stack without options of its path's has: those of Ethernet, over IPv4 and
/// IPv6, without timestamps and with them.
const ETHERNET: [u16; 4] = [1460, 1448, 1440, 1428];

/// What an IPv4 header and a path have a say in, and what comes with IPv6 alone.
const NOT_OF_TCP: Quirks =
    Quirks::IPV4_ONLY.union(Quirks::ECN).union(Quirks::FLOW).union(Quirks::RESERVED);

impl Text for Stack<'_> {
    fn write_to(&self, out: &mut impl Out) {
        match self.observed {
            Some(observed) => write_syn(observed, out),
            None => out.push(UNKNOWN),
        }
        out.push(BETWEEN);
        match self.hello {
            Some(hello) => {
                Ja4 { hello, shape: Shape::Hashed, order: Order::Sorted }.write_to(out);
            }
            None => out.push(UNKNOWN),
        }
        out.push(BETWEEN);
        let session = self.http2.and_then(|session| session.try_borrow().ok());
        match session.as_ref().and_then(|session| session.opening()) {
            Some(opening) => opening.write_to(out),
            None => out.push(UNKNOWN),
        }
    }
}
display_text!(Stack<'_>);

/// p0f's raw_sig without what the path changes: hops, segment size, what tunnels make of an IPv4
/// header, and the options that an application asks for.
fn write_syn(observed: &Observed, out: &mut impl Out) {
    (u16::from(observed.ttl) + u16::from(observed.guessed_dist())).write_to(out);
    out.push(':');
    if is_all_that_fits(observed) {
        out.push_str("mss*");
    } else if let Some(Window::Mss(times)) = observed.multiple {
        out.push_str("mss*");
        times.write_to(out);
    } else {
        observed.window.write_to(out);
    }
    out.push(',');
    observed.scale.write_to(out);
    out.push(':');
    observed.compared_layout(Rules::Corrected).write_to(out);
    out.push(':');
    observed.quirks.difference(NOT_OF_TCP).write_to(out);
}

/// Whether the window is as many segments as fit into its 16 bits: how many, follows from the path.
fn is_all_that_fits(observed: &Observed) -> bool {
    let window = observed.window;
    let fits = |&size: &u16| size > 0 && window % size == 0 && window.checked_add(size).is_none();
    window < u16::MAX && (fits(&observed.mss) || ETHERNET.iter().any(fits))
}
