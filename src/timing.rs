//! When things happened on a connection, counted from accept.

use std::time::Duration;

/// The client's first byte and the TLS handshake's round trips.
///
/// All is in microseconds since accept, up to 71 minutes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// The client's first byte.
    hello: Option<u32>,
    /// Our last handshake message that the client has not answered.
    asked: Option<u32>,
    /// The shortest wait for an answer.
    tls_rtt: Option<u32>,
    /// Nothing that follows is a round trip of the handshake.
    is_over: bool,
}

/// Types of TLS handshake messages (RFC 8446, 4; RFC 5246, 7.4) that mean something here.
mod message {
    pub use crate::client_hello::CLIENT_HELLO;

    /// A HelloRetryRequest is one, too.
    pub const SERVER_HELLO: u8 = 2;
    pub const END_OF_EARLY_DATA: u8 = 5;
    pub const SERVER_HELLO_DONE: u8 = 14;
    pub const FINISHED: u8 = 20;

    /// Those with which a flight of ours can end, and the client has to answer.
    pub const LAST: [u8; 3] = [SERVER_HELLO, SERVER_HELLO_DONE, FINISHED];
}

impl Timing {
    /// The client's bytes were read. Only the first time counts.
    pub fn received(&mut self, now: Duration) {
        self.hello.get_or_insert(micros(now));
    }

    /// Our TLS sent a handshake message of this type. The clock is read only if that matters.
    pub fn tls_sent(&mut self, message_type: u8, now: impl FnOnce() -> Duration) {
        if !self.is_over && message::LAST.contains(&message_type) {
            self.asked = Some(micros(now()));
        }
    }

    /// Our TLS read a handshake message of this type. The clock is read only if that matters.
    ///
    /// The client answers when our flight has reached it, so the time since the last message of
    /// that flight is one round trip to whoever speaks TLS, whatever relays there are between.
    /// With a HelloRetryRequest there are two, and the shorter one counts. Of a client that sends
    /// early data nothing is known: nginx reads its answer when it has answered the request.
    pub fn tls_received(&mut self, message_type: u8, now: impl FnOnce() -> Duration) {
        if self.is_over {
            return;
        }
        if message_type == message::END_OF_EARLY_DATA {
            (self.is_over, self.tls_rtt) = (true, None);
            return;
        }
        let now = now();
        if message_type == message::CLIENT_HELLO {
            self.received(now);
        }
        if let Some(asked) = self.asked.take() {
            let waited = micros(now).saturating_sub(asked);
            self.tls_rtt = Some(self.tls_rtt.map_or(waited, |shortest| shortest.min(waited)));
        }
        self.is_over = message_type == message::FINISHED;
    }

    /// When our flight went on which the client sent early data, if it did: since accept.
    pub fn before_early_data(&self) -> Option<Duration> {
        self.asked.filter(|_| self.is_over).map(|asked| Duration::from_micros(asked.into()))
    }

    /// Whether no message of TLS means anything any more.
    pub fn is_tls_over(&self) -> bool {
        self.is_over
    }

    /// Microseconds from accept to the client's first byte.
    pub fn hello_delay(&self) -> Option<u64> {
        self.hello.map(u64::from)
    }

    /// Microseconds of one TLS round trip.
    pub fn tls_rtt(&self) -> Option<u64> {
        self.tls_rtt.map(u64::from)
    }
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum By {
        Client(u8),
        Server(u8),
    }

    /// Plays messages, each with its milliseconds.
    fn play(messages: &[(u64, By)]) -> (Option<u64>, Option<u64>) {
        let mut timing = Timing::default();
        for &(at, message) in messages {
            let now = || Duration::from_millis(at);
            match message {
                By::Client(message) => timing.tls_received(message, now),
                By::Server(message) => timing.tls_sent(message, now),
            }
        }
        let in_ms = |micros: Option<u64>| micros.map(|micros| micros / 1000);
        (in_ms(timing.hello_delay()), in_ms(timing.tls_rtt()))
    }

    #[test]
    fn round_trips_of_every_handshake() {
        const CLIENT_KEY_EXCHANGE: By = By::Client(16);
        const CLIENT_CERTIFICATE: By = By::Client(11);
        const KEY_UPDATE: By = By::Client(24);
        const HELLO: By = By::Client(message::CLIENT_HELLO);
        const CLIENT_FINISHED: By = By::Client(message::FINISHED);
        const END_OF_EARLY_DATA: By = By::Client(message::END_OF_EARLY_DATA);
        const SERVER_HELLO: By = By::Server(message::SERVER_HELLO);
        const CERTIFICATE: By = By::Server(11);
        const TICKET: By = By::Server(4);
        const DONE: By = By::Server(message::SERVER_HELLO_DONE);
        const FINISHED: By = By::Server(message::FINISHED);
        let cases: &[(&str, &[(u64, By)], Option<u64>)] = &[
            (
                "1.3",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (7, CERTIFICATE),
                    (8, FINISHED),
                    (58, CLIENT_FINISHED),
                ],
                Some(50),
            ),
            (
                "tickets and a key update follow",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (8, FINISHED),
                    (58, CLIENT_FINISHED),
                    (59, TICKET),
                    (60, KEY_UPDATE),
                    (61, By::Server(24)),
                ],
                Some(50),
            ),
            (
                "1.3, client certificate",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (8, FINISHED),
                    (58, CLIENT_CERTIFICATE),
                    (90, CLIENT_FINISHED),
                ],
                Some(50),
            ),
            (
                "hello retry",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (56, HELLO),
                    (57, SERVER_HELLO),
                    (60, FINISHED),
                    (119, CLIENT_FINISHED),
                ],
                Some(50),
            ),
            (
                "1.2",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (7, CERTIFICATE),
                    (8, DONE),
                    (58, CLIENT_KEY_EXCHANGE),
                    (58, CLIENT_FINISHED),
                    (59, TICKET),
                    (59, FINISHED),
                ],
                Some(50),
            ),
            (
                "1.2 resumed",
                &[(5, HELLO), (6, SERVER_HELLO), (8, FINISHED), (58, CLIENT_FINISHED)],
                Some(50),
            ),
            (
                "early data",
                &[
                    (5, HELLO),
                    (6, SERVER_HELLO),
                    (8, FINISHED),
                    (9, END_OF_EARLY_DATA),
                    (9, CLIENT_FINISHED),
                ],
                None,
            ),
            ("not finished", &[(5, HELLO), (6, SERVER_HELLO), (8, FINISHED)], None),
        ];
        for (name, messages, tls_rtt) in cases {
            assert_eq!(play(messages), (Some(5), *tls_rtt), "{name}");
        }
        assert_eq!(play(&[]), (None, None));
    }

    #[test]
    fn only_the_first_byte_counts() {
        let mut timing = Timing::default();
        timing.received(Duration::from_millis(3));
        timing.received(Duration::from_millis(4));
        assert_eq!(timing.hello_delay(), Some(3000));
    }

    #[test]
    fn long_waits_do_not_wrap() {
        let mut timing = Timing::default();
        timing.received(Duration::from_secs(1 << 40));
        assert_eq!(timing.hello_delay(), Some(u32::MAX.into()));
    }
}
