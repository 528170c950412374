//! What happens on a connection and the kernel does not keep. It has to be watched while it happens,
//! which costs every connection something, so only that is watched which a field is read from that
//! somebody may ask for.

use bitflags::bitflags;

bitflags! {
    /// What is watched.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Watched: u8 {
        /// When the client's first byte comes.
        const HELLO = 1;
        /// When the messages of a TLS handshake come and go.
        const TLS = 1 << 1;
        /// What its first message says.
        const CLIENT_HELLO = 1 << 2;
        /// How a client opens HTTP/2.
        const HTTP2 = 1 << 3;
        /// When it acknowledges our SETTINGS there.
        const HTTP2_RTT = 1 << 4;
        /// What struct tcp_info says right after accept.
        const INFO = 1 << 5;
    }
}

impl Watched {
    /// What is of HTTP/2.
    pub const ANY_HTTP2: Self = Self::HTTP2.union(Self::HTTP2_RTT);
    /// What the verdict about proxies is made of.
    pub const PROXY: Self = Self::INFO.union(Self::TLS).union(Self::HTTP2_RTT);
    /// What is seen where nginx receives the client's first bytes.
    pub const BY_RECEIVING: Self = Self::HELLO.union(Self::ANY_HTTP2);
    /// What is seen in the messages of TLS, whose bytes nginx does not receive itself.
    pub const BY_MESSAGES: Self =
        Self::HELLO.union(Self::TLS).union(Self::CLIENT_HELLO).union(Self::ANY_HTTP2);
}
