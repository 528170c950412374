use super::*;

/// What a connection is like unless a case says otherwise: TCP's way is 50 ms, and steady.
#[derive(Clone, Copy)]
struct Case {
    quality: RttQuality,
    rtt: u64,
    tls: Option<u64>,
    http2: Option<u64>,
    hello_delay: Option<u64>,
    nearest: Option<u64>,
    acknowledged: Option<u64>,
    /// struct tcp_info by now, in milliseconds.
    smoothed: u64,
    variance: u64,
    min_rtt: u64,
    retransmitted: u64,
    out_of_order: u64,
}

const STEADY: Case = Case {
    quality: RttQuality::Ok,
    rtt: 50,
    tls: Some(51),
    http2: None,
    hello_delay: Some(0),
    nearest: None,
    acknowledged: Some(50),
    smoothed: 50,
    variance: 5,
    min_rtt: 50,
    retransmitted: 0,
    out_of_order: 0,
};

impl Case {
    fn verdict(&self, limits: Limits) -> Option<&'static str> {
        let mut bytes = [0; 280];
        bytes[0] = 1;
        for (member, value) in [
            (&member::rtt, self.smoothed * 1000),
            (&member::rttvar, self.variance * 1000),
            (&member::min_rtt, self.min_rtt * 1000),
            (&member::total_retrans, self.retransmitted),
            (&member::rcv_ooopack, self.out_of_order),
            (&member::bytes_acked, 1),
        ] {
            bytes[member.at..member.at + 4].copy_from_slice(&(value as u32).to_ne_bytes());
        }
        let round_trips = RoundTrips {
            handshake: Rtt { micros: Some(self.rtt * 1000), quality: self.quality },
            tls: self.tls.map(|millis| millis * 1000),
            http2: self.http2.map(|millis| millis * 1000),
            hello_delay: self.hello_delay.map(|millis| millis * 1000),
            nearest: self.nearest.map(|millis| millis * 1000),
            acknowledged: self.acknowledged.map(|millis| millis * 1000),
        };
        round_trips.verdict(&TcpInfo::new(&bytes), limits).map(Proxy::as_str)
    }
}

#[test]
fn verdicts() {
    use RttQuality as Q;
    let cases = [
        ("direct", STEADY, Some("direct")),
        ("nothing inside", Case { tls: None, ..STEADY }, None),
        ("another hop's", Case { quality: Q::Forwarded, ..STEADY }, None),
        ("inside is faster", Case { tls: Some(20), ..STEADY }, Some("direct")),
        ("below the first limit", Case { tls: Some(61), ..STEADY }, Some("direct")),
        ("at the first limit", Case { tls: Some(62), ..STEADY }, Some("unsure")),
        ("below the second", Case { tls: Some(84), ..STEADY }, Some("unsure")),
        ("at the second", Case { tls: Some(85), ..STEADY }, Some("proxied")),
        ("far", Case { tls: Some(249), ..STEADY }, Some("proxied")),
        ("far or lost", Case { tls: Some(250), ..STEADY }, Some("unsure")),
        (
            "far, for it has asked the proxy",
            Case { tls: Some(250), hello_delay: Some(199), ..STEADY },
            Some("proxied"),
        ),
        ("too far", Case { tls: Some(1060), hello_delay: Some(999), ..STEADY }, Some("unsure")),
        ("asked late, but is near", Case { hello_delay: Some(300), ..STEADY }, Some("direct")),
        (
            "TCP's answers came late, too",
            Case { tls: Some(100), smoothed: 56, variance: 12, ..STEADY },
            Some("unsure"),
        ),
        (
            "it was acknowledged as late",
            Case { tls: Some(74), acknowledged: Some(63), ..STEADY },
            Some("direct"),
        ),
        (
            "it was acknowledged as late, or that was held back",
            Case { tls: Some(75), acknowledged: Some(75), ..STEADY },
            Some("unsure"),
        ),
        (
            "it was acknowledged before",
            Case { tls: Some(100), acknowledged: Some(88), smoothed: 55, ..STEADY },
            Some("proxied"),
        ),
        (
            "it was acknowledged sooner than the SYN-ACK",
            Case { tls: Some(61), acknowledged: Some(20), ..STEADY },
            Some("direct"),
        ),
        ("nobody knows", Case { tls: Some(100), acknowledged: None, ..STEADY }, Some("proxied")),
        (
            "a deferred accept, and it was acknowledged as late",
            Case {
                quality: Q::UpperBound,
                rtt: 150,
                min_rtt: 30,
                acknowledged: Some(45),
                ..STEADY
            },
            Some("direct"),
        ),
        (
            "one that TCP might wait for",
            Case { tls: Some(85), variance: 20, ..STEADY },
            Some("unsure"),
        ),
        (
            "two that are later than TCP has ever waited",
            Case { tls: Some(85), http2: Some(90), variance: 20, acknowledged: Some(53), ..STEADY },
            Some("proxied"),
        ),
        (
            "two, and the acknowledgment was held back, as TCP has seen since",
            Case { tls: Some(100), http2: Some(101), acknowledged: Some(90), ..STEADY },
            Some("proxied"),
        ),
        (
            "two, and TCP's own waits differ",
            Case { tls: Some(85), http2: Some(90), variance: 20, acknowledged: Some(56), ..STEADY },
            Some("unsure"),
        ),
        ("we have sent again", Case { tls: Some(150), retransmitted: 1, ..STEADY }, Some("unsure")),
        (
            "the client has sent again",
            Case { tls: Some(150), out_of_order: 1, ..STEADY },
            Some("unsure"),
        ),
        (
            "we have sent again, to somebody near",
            Case { retransmitted: 1, quality: Q::Retrans, ..STEADY },
            Some("direct"),
        ),
        (
            "a deferred accept, and the kernel knows better",
            Case {
                quality: Q::UpperBound,
                rtt: 150,
                min_rtt: 10,
                acknowledged: Some(10),
                ..STEADY
            },
            Some("unsure"),
        ),
        (
            "a deferred accept, and it knows the same",
            Case { quality: Q::UpperBound, ..STEADY },
            Some("direct"),
        ),
        ("HTTP/2 is as far", Case { tls: Some(150), http2: Some(152), ..STEADY }, Some("proxied")),
        (
            "TLS was late by chance",
            Case { tls: Some(150), http2: Some(51), ..STEADY },
            Some("unsure"),
        ),
        ("HTTP/2 was late by chance", Case { http2: Some(150), ..STEADY }, Some("direct")),
        (
            "both are later than a loss",
            Case { tls: Some(265), http2: Some(262), ..STEADY },
            Some("proxied"),
        ),
        ("only one is", Case { tls: Some(465), http2: Some(52), ..STEADY }, Some("unsure")),
        (
            "both are, and we have sent again",
            Case { tls: Some(265), http2: Some(262), retransmitted: 1, ..STEADY },
            Some("unsure"),
        ),
        (
            "it was near of late",
            Case { tls: Some(150), nearest: Some(11), ..STEADY },
            Some("unsure"),
        ),
        (
            "it was never near",
            Case { tls: Some(150), nearest: Some(12), ..STEADY },
            Some("proxied"),
        ),
        ("HTTP/2 alone is far", Case { tls: None, http2: Some(152), ..STEADY }, Some("proxied")),
        ("HTTP/2 alone is near", Case { tls: None, http2: Some(51), ..STEADY }, None),
    ];
    for (name, case, expected) in cases {
        assert_eq!(case.verdict(Limits::default()), expected, "{name}");
    }
}

#[test]
fn limits_are_what_is_asked_for() {
    let limits = Limits { direct: 5_000, proxied: 50_000 };
    for (inside, expected) in [(54, "direct"), (55, "unsure"), (109, "unsure"), (110, "proxied")] {
        let case = Case { tls: Some(inside), ..STEADY };
        assert_eq!(case.verdict(limits), Some(expected), "{inside}");
    }
}

#[test]
fn without_a_reading_of_now_that_has_round_trips_nothing_is_said() {
    let round_trips = RoundTrips {
        handshake: Rtt { micros: Some(50_000), quality: RttQuality::Ok },
        tls: Some(151_000),
        http2: None,
        hello_delay: None,
        nearest: None,
        acknowledged: None,
    };
    assert_eq!(round_trips.verdict(&TcpInfo::new(&[0; 8]), Limits::default()), None);
}

#[test]
fn what_was_acknowledged_since_accept() {
    let reading = |rtt: u32, delivered: u32| {
        let mut bytes = [0; 280];
        for (member, value) in [(&member::rtt, rtt), (&member::delivered, delivered)] {
            bytes[member.at..member.at + 4].copy_from_slice(&value.to_ne_bytes());
        }
        bytes
    };
    // Smoothed at accept and now, what was delivered by then and by now; the mean since.
    let cases = [
        // One that took 90 ms, and two.
        ((50_000, 1), (55_000, 2), Some(90_000)),
        ((50_000, 1), (59_375, 3), Some(90_000)),
        ((50_000, 1), (50_000, 2), Some(50_000)),
        ((50_000, 1), (45_000, 2), Some(10_000)),
        // None below zero, whatever the kernel counts.
        ((50_000, 1), (10_000, 2), Some(0)),
        ((50_000, 1), (55_000, 9), Some(57_617)),
        // An answer is among it.
        ((50_000, 1), (55_000, 10), None),
        ((50_000, 1), (50_000, 1), None),
        ((50_000, 2), (50_000, 1), None),
        // Fast Open: no round trip yet.
        ((0, 0), (50_000, 1), None),
        ((u32::MAX, 0), (u32::MAX, 1), Some(u64::from(u32::MAX))),
    ];
    for (before, by_now, expected) in cases {
        let (before_bytes, now_bytes) = (reading(before.0, before.1), reading(by_now.0, by_now.1));
        let got = acknowledged(&TcpInfo::new(&before_bytes), &TcpInfo::new(&now_bytes));
        assert_eq!(got, expected, "{before:?} {by_now:?}");
        // An old kernel.
        let old = TcpInfo::new(&before_bytes[..member::delivered.at]);
        assert_eq!(acknowledged(&old, &TcpInfo::new(&now_bytes)), None);
    }
}
