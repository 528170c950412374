//! The SYN, as TCP_SAVED_SYN returns it: the IP header and the TCP header, without payload.
//!
//! A [`Syn`] is a view of those bytes. What is malformed or cut off is absent and the rest is
//! still read: the kernel accepts SYNs that a strict parser would refuse, and they are the
//! interesting ones.

mod bytes;
mod error;
mod ip;
mod options;
mod tcp;

pub use error::SynError;
pub use ip::Ip;
pub use options::{kind, Opt, Options};
pub use tcp::{flag, Tcp};

/// IP protocol number of TCP (RFC 9293).
const PROTOCOL_TCP: u8 = 6;

/// A packet that begins with an IP header, read as a SYN.
#[derive(Clone, Copy, Debug)]
pub struct Syn<'a> {
    bytes: &'a [u8],
    ip: Ip<'a>,
    tcp: Option<Tcp<'a>>,
}

impl<'a> Syn<'a> {
    /// Reads the IP header and, where it leads to TCP, the TCP header behind it.
    ///
    /// The version nibble decides, never the socket's family: an IPv4 client of a dual-stack
    /// listener has an IPv4 header.
    ///
    /// # Errors
    ///
    /// [`SynError::Empty`], [`SynError::Version`] or [`SynError::Truncated`]: there is no whole
    /// IP header to read. Anything after it that is missing is merely absent.
    ///
    /// ```
    /// use ngx_tcpfp::syn::Syn;
    ///
    /// // IP header, TCP header, options, as the kernel saves them.
    /// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
    ///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
    ///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
    /// let syn = Syn::parse(packet)?;
    /// assert_eq!((syn.ip().version(), syn.ip().ttl()), (4, 51));
    /// let options = syn.tcp().expect("a TCP header").options();
    /// assert_eq!((options.mss, options.window_scale), (Some(1460), Some(7)));
    ///
    /// // Cut off in the options: what is left is still read.
    /// let syn = Syn::parse(&packet[..44])?;
    /// let options = syn.tcp().expect("a TCP header").options();
    /// assert_eq!((options.mss, options.window_scale), (Some(1460), None));
    /// # Ok::<_, ngx_tcpfp::syn::SynError>(())
    /// ```
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SynError> {
        let ip = Ip::parse(bytes)?;
        let tcp = match (ip.protocol(), bytes.get(ip.header_len()..)) {
            (PROTOCOL_TCP, Some(segment)) if !segment.is_empty() => Some(Tcp::parse(segment)),
            _ => None,
        };
        let headers = ip.header_len() + tcp.map_or(0, |tcp| tcp.header_len());
        Ok(Self { bytes: &bytes[..headers.min(bytes.len())], ip, tcp })
    }

    /// Reads a packet that must be a client's first: SYN set, ACK, FIN and RST clear, with a
    /// whole TCP header.
    ///
    /// # Errors
    ///
    /// Those of [`Syn::parse`], and [`SynError::NotTcp`], [`SynError::Fragment`], [`SynError::Truncated`]
    /// or [`SynError::NotSyn`].
    pub fn parse_strict(bytes: &'a [u8]) -> Result<Self, SynError> {
        let syn = Self::parse(bytes)?;
        if syn.ip.protocol() != PROTOCOL_TCP {
            return Err(SynError::NotTcp { protocol: syn.ip.protocol() });
        }
        let need = syn.ip.header_len() + tcp::MIN_HEADER_LEN;
        if syn.ip.is_fragment() {
            return Err(SynError::Fragment);
        }
        match syn.tcp.and_then(|tcp| tcp.flags()) {
            None => Err(SynError::Truncated { have: bytes.len(), need }),
            Some(_) if bytes.len() < need => Err(SynError::Truncated { have: bytes.len(), need }),
            Some(flags) if flags & flag::HANDSHAKE != flag::SYN => Err(SynError::NotSyn { flags }),
            Some(_) => Ok(syn),
        }
    }

    /// The IP and TCP headers, without any payload that followed them.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The IP header.
    pub fn ip(&self) -> &Ip<'a> {
        &self.ip
    }

    /// The TCP header, or what there is of it; `None` where the packet ends before it.
    pub fn tcp(&self) -> Option<&Tcp<'a>> {
        self.tcp.as_ref()
    }

    /// Bytes of payload that the SYN carried.
    ///
    /// Counted from the IP header's length: the kernel does not save the payload itself
    /// (net/ipv4/tcp_input.c, `tcp_reqsk_record_syn`).
    pub fn payload_len(&self) -> Option<usize> {
        let tcp = self.tcp.filter(|tcp| tcp.data_offset().is_some())?;
        Some(self.ip.total_len().saturating_sub(self.ip.header_len() + tcp.header_len()))
    }
}

#[cfg(test)]
mod tests;
