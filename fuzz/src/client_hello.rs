//! Any bytes as a ClientHello, in records, as a message, and as what was kept of one.

use ngx_tcpfp::client_hello::{ClientHello, Records, Room, Transport, CODES};
use ngx_tcpfp::signature::{Ja4, Order, Shape};

pub fn check(bytes: &[u8]) {
    let message: Vec<u8> = Records::new(bytes).collect();
    let (mut room, mut again) = (Room::default(), Room::default());
    let hello = ClientHello::read(&mut Records::new(bytes), Transport::Tcp, &mut room);
    // However it is cut, it is the same hello.
    assert_eq!(ClientHello::read(&mut message.iter().copied(), Transport::Tcp, &mut again), hello);
    let halves: Vec<u8> = message.chunks(message.len() / 2 + 1).flat_map(record).collect();
    assert_eq!(ClientHello::read(&mut Records::new(&halves), Transport::Tcp, &mut again), hello);
    if let Some(hello) = hello {
        assert!(hello.bytes().len() < message.len());
        check_forms(hello);
    }
    if let Some(hello) = ClientHello::read(&mut bytes.iter().copied(), Transport::Tcp, &mut again) {
        check_forms(hello);
    }
    if let Some(hello) = ClientHello::kept(bytes) {
        assert_eq!(hello.bytes(), bytes);
        for order in [Order::Sorted, Order::Original] {
            let _ = Ja4 { hello, shape: Shape::Hashed, order }.to_string();
        }
    }
}

/// In as many records as it takes.
fn record(part: &[u8]) -> Vec<u8> {
    let record =
        |part: &[u8]| [&[22, 3, 3, (part.len() >> 8) as u8, part.len() as u8], part].concat();
    part.chunks(1 << 14).flat_map(record).collect()
}

/// Each form has its three parts, of which the first is told by the others.
fn check_forms(hello: ClientHello<'_>) {
    assert_eq!(ClientHello::kept(hello.bytes()), Some(hello));
    let lists = [hello.ciphers().count(), hello.extensions().count()];
    assert!(lists.iter().sum::<usize>() + hello.signature_algorithms().count() <= CODES);
    for order in [Order::Sorted, Order::Original] {
        let hashed = Ja4 { hello, shape: Shape::Hashed, order }.to_string();
        assert_eq!(hashed.len(), 36, "{hashed}");
        assert!(hashed.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        let (first, hashes) = hashed.split_once('_').expect("a first part");
        assert_eq!(first[4..8], format!("{:02}{:02}", lists[0].min(99), lists[1].min(99)));
        assert_eq!(hashes.as_bytes()[12], b'_');
        let raw = Ja4 { hello, shape: Shape::Raw, order }.to_string();
        let parts: Vec<_> = raw.split('_').collect();
        assert_eq!(parts[0], first);
        assert_eq!(parts[1].split_terminator(',').count(), lists[0]);
        assert_eq!(parts.len() == 4, hello.signature_algorithms().next().is_some());
    }
}
