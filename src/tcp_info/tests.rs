use super::*;

/// struct tcp_info of this many bytes with these members set.
fn info(len: usize, members: &[(&Member, u64)]) -> Vec<u8> {
    let mut bytes = vec![0; len];
    for (member, value) in members {
        let value = value.to_le_bytes();
        bytes[member.at..member.at + member.size].copy_from_slice(&value[..member.size]);
    }
    bytes
}

#[test]
fn the_members_fill_the_structure() {
    let mut end = 0;
    for member in MEMBERS {
        assert!(member.at <= end, "a gap before {}", member.name);
        assert_eq!(member.at % member.size, 0, "{} is not aligned", member.name);
        end = end.max(member.at + member.size);
    }
    assert_eq!(end, 280, "the length that Linux 6.18 returns");
}

#[test]
fn a_member_is_there_from_its_last_byte_on() {
    for member in MEMBERS {
        let end = member.at + member.size;
        let bytes = vec![0xff; end];
        let ones = member.bits.map_or(member.size as u32 * 8, |(_, bits)| bits);
        assert_eq!(
            TcpInfo::new(&bytes).get(member),
            Some(u64::MAX >> (64 - ones)),
            "{}",
            member.name
        );
        assert_eq!(TcpInfo::new(&bytes[..end - 1]).get(member), None, "{}", member.name);
    }
}

#[test]
fn bit_fields_do_not_mix() {
    let mut bytes = vec![0; 8];
    (bytes[6], bytes[7]) = (0x7a, 0b101);
    let info = TcpInfo::new(&bytes);
    assert_eq!(info.get(&member::snd_wscale), Some(10));
    assert_eq!(info.get(&member::rcv_wscale), Some(7));
    assert_eq!(info.get(&member::delivery_rate_app_limited), Some(1));
    assert_eq!(info.get(&member::fastopen_client_fail), Some(2));
}

#[test]
fn the_quality_of_the_handshake_rtt() {
    use member::*;
    use RttQuality as Q;
    const NEVER: u64 = u32::MAX as u64;
    let one_sample = [
        (&state, 1),
        (&rtt, 50_400),
        (&rttvar, 25_200),
        (&min_rtt, 50_400),
        (&segs_in, 2),
        (&data_segs_in, 0),
    ];
    // What differs from a clean handshake; whether the SYN is missing; what is said of it.
    type Case<'a> = (&'a [(&'a Member, u64)], bool, Option<u64>, RttQuality);
    let cases: &[Case] = &[
        (&[], false, Some(50_400), Q::Ok),
        (&[(&segs_in, 3), (&data_segs_in, 1)], false, Some(50_400), Q::Ok),
        // Halves are rounded.
        (&[(&rtt, 50_401), (&rttvar, 25_201)], false, Some(50_401), Q::Ok),
        // Deferred accept, or the third ACK was lost.
        (&[(&segs_in, 2), (&data_segs_in, 1)], false, Some(50_400), Q::UpperBound),
        (&[(&total_retrans, 1)], false, Some(50_400), Q::Retrans),
        (
            &[(&total_retrans, 1), (&segs_in, 2), (&data_segs_in, 1)],
            false,
            Some(50_400),
            Q::Retrans,
        ),
        (&[], true, Some(50_400), Q::Cookie),
        // Fast Open: no sample yet, or the child still in SYN_RECV.
        (&[(&rtt, 0), (&min_rtt, NEVER), (&state, 3)], false, None, Q::None),
        (&[(&state, 3)], false, None, Q::None),
        // Cookies without timestamps.
        (&[(&rtt, 0), (&min_rtt, NEVER)], true, None, Q::None),
        (&[(&min_rtt, NEVER)], false, None, Q::None),
        (&[(&rttvar, 20_000), (&min_rtt, 48_000)], false, Some(48_000), Q::Mixed),
    ];
    for (changes, cookie, expected, quality) in cases {
        let bytes = info(280, &[&one_sample, *changes].concat());
        let got = TcpInfo::new(&bytes).handshake_rtt(*cookie);
        assert_eq!(got, Rtt { micros: *expected, quality: *quality }, "{changes:?}");
    }
    // A kernel before 4.6 does not tell enough for any word but none.
    let bytes = info(144, &[(&state, 1), (&rtt, 50_400), (&rttvar, 25_200)]);
    assert_eq!(TcpInfo::new(&bytes).handshake_rtt(false), Rtt::UNKNOWN);
}
