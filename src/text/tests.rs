use proptest::prelude::*;

use super::*;

fn text(value: impl Text) -> String {
    let mut text = String::new();
    value.write_to(&mut text);
    text
}

#[test]
fn numbers() {
    for number in [0u8, 1, 9, 10, 99, 100, 255] {
        assert_eq!(text(number), number.to_string());
        assert_eq!(text(u64::from(number)), number.to_string());
    }
    assert_eq!(text(u64::MAX), "18446744073709551615");
}

#[test]
fn addresses_of_rfc_5952() {
    for address in [
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "2001:db8:0:1:1:1:1:1",
        "2001:0:0:1::1",
        "2001:db8::1:0:0:1",
        "::ffff:192.0.2.1",
        "::c000:201",
        "fe80::10:200:3000:abcd",
        "0:1:2:3:4:5:6:0",
    ] {
        assert_eq!(text(address.parse::<IpAddr>().unwrap()), address);
    }
}

proptest! {
    /// The standard library as the witness.
    #[test]
    fn addresses(
        groups in prop::array::uniform8(prop_oneof![Just(0u16), Just(0), 0..16u16, any::<u16>()]),
        octets: [u8; 4],
    ) {
        for address in [IpAddr::from(groups), IpAddr::from(octets)] {
            prop_assert_eq!(text(address), address.to_string());
        }
    }

    #[test]
    fn digits(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(text(Hex(&bytes)), expected);
    }
}
