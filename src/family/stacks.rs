//! The stacks that the built-in database knows. Written by `make family`: do not edit.

use super::stack::{KnownLayout, Scales, Setting, Stack};
use super::window::PackedWindow as W;
use crate::families::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};
use crate::signature::p0f::Quirks as Q;

#[rustfmt::skip]
pub static LAYOUTS: &[KnownLayout] = &[
    KnownLayout::new(&[], &[
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Nping", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(1480)] },
            Setting { label: "raw SYN Mirai or another scanner", rarity: 44, scales: Scales(0x0001), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, version: None, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "masscan", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(1024)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "ZMap", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(65535)] },
            Setting { label: "masscan", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(1200)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "hping3", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(512)] },
            Setting { label: "raw SYN Mirai or another scanner", rarity: 44, scales: Scales(0x0001), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "hping3", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(512)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_SEQ), settings: &[
            Setting { label: "Scapy", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(8192)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 30, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "tcptraceroute", rarity: 42, scales: Scales(0x0001), mss: Some(0), windows: &[W::exactly(0)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "raw SYN Mirai or another scanner", rarity: 44, scales: Scales(0x0001), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "raw SYN Mirai or another scanner", rarity: 44, scales: Scales(0x0001), mss: Some(0), windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[1, 1, 8, 1, 1, 4, 1, 3, 2], &[
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "iPXE", rarity: 22, scales: Scales(0x0200), mss: None, windows: &[W::exactly(65532)] },
        ] },
    ]),
    KnownLayout::new(&[2], &[
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Wi-Fi module", rarity: 22, scales: Scales(0x0001), mss: Some(1400), windows: &[W::exactly(1500), W::mss(6)] },
            Setting { label: "lwIP", rarity: 22, scales: Scales(0x0001), mss: Some(1024), windows: &[W::exactly(65534)] },
            Setting { label: "Full TCP proxy or embedded device", rarity: 24, scales: Scales(0x0001), mss: None, windows: &[] },
            Setting { label: "Full TCP proxy", rarity: 26, scales: Scales(0x0001), mss: None, windows: &[W::exactly(8190)] },
            Setting { label: "ZMap or UEFI", rarity: 42, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(65535)] },
            Setting { label: "masscan", rarity: 42, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(1200)] },
        ] },
        Stack { family: Other, version: None, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "EDK II UEFI", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "lwIP embedded", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::mss(4)] },
            Setting { label: "masscan or Nmap over IPv6", rarity: 42, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(1024)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { label: "Cisco IOS", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::exactly(4128)] },
            Setting { label: "lwIP", rarity: 22, scales: Scales(0x0001), mss: Some(1024), windows: &[W::exactly(65534)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "lwIP embedded", rarity: 22, scales: Scales(0x0001), mss: Some(1440), windows: &[W::exactly(5760)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ACK), settings: &[
            Setting { label: "SYNPROXY netfilter", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Cisco ATA 186", rarity: 22, scales: Scales(0x0001), mss: Some(1456), windows: &[W::exactly(16000)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "libslirp", rarity: 23, scales: Scales(0x0001), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { label: "libslirp", rarity: 23, scales: Scales(0x0001), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Full TCP proxy", rarity: 28, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Solaris 2.5 to 7", rarity: 38, scales: Scales(0x0001), mss: None, windows: &[W::mss(6), W::mss(17), W::mss(44)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap SYN scan", rarity: 42, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(1024)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 56, scales: Scales(0x0001), mss: None, windows: &[W::exactly(43690), W::mss(1), W::mss(4), W::mss(7), W::mss(10), W::mss(20), W::mss(29), W::mss(30), W::mss(31), W::mss(32), W::mss(33), W::mss(34), W::mss(35), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 77, scales: Scales(0x0001), mss: None, windows: &[W::exactly(43690), W::mss(1), W::mss(4), W::mss(7), W::mss(10), W::mss(20), W::mss(29), W::mss(30), W::mss(31), W::mss(32), W::mss(33), W::mss(34), W::mss(35), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Windows", rarity: 10, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Solaris 10", rarity: 17, scales: Scales(0x0001), mss: None, windows: &[W::mss(34)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Redline T X", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Nintendo 3DS", rarity: 22, scales: Scales(0x0001), mss: Some(1360), windows: &[W::exactly(32768)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Nintendo Wii", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(32768)] },
        ] },
        Stack { family: Windows, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Windows with a TTL of 64", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 42, scales: Scales(0x0001), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 42, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 63, scales: Scales(0x0001), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux", rarity: 63, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 1, 8], &[
        Stack { family: Other, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "BlackBerry", rarity: 22, scales: Scales(0x0001), mss: Some(1452), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 3], &[
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux 3.11 to 4.19", rarity: 26, scales: Scales(0x0080), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Linux 6.16 and newer", rarity: 26, scales: Scales(0x0400), mss: None, windows: &[W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 28, scales: Scales(0x0001), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 28, scales: Scales(0x0002), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 28, scales: Scales(0x0004), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 4.20 and newer", rarity: 28, scales: Scales(0x0480), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 28, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux 2.6.39 to 3.10", rarity: 33, scales: Scales(0x0080), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Linux 3.11 to 4.19", rarity: 42, scales: Scales(0xffff), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Linux 4.20 and newer", rarity: 44, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 44, scales: Scales(0xffff), mss: None, windows: &[] },
            Setting { label: "Linux 2.6.39 to 3.10", rarity: 49, scales: Scales(0xffff), mss: None, windows: &[W::mss(10)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Linux", rarity: 28, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux", rarity: 44, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux 2.6.39 to 3.10", rarity: 31, scales: Scales(0x1700), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Android with the buffers of Linux", rarity: 36, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux 3.11 to 4.19", rarity: 38, scales: Scales(0x1700), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Android with the buffers of Linux 4.20 and newer", rarity: 39, scales: Scales(0x1700), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux 2.6.39 to 3.10", rarity: 44, scales: Scales(0xffff), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Android with the buffers of Linux 6.16 and newer", rarity: 45, scales: Scales(0x0400), mss: None, windows: &[W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux", rarity: 49, scales: Scales(0xffff), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 51, scales: Scales(0x0001), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 51, scales: Scales(0x0002), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 51, scales: Scales(0x0004), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 3.11 to 4.19", rarity: 51, scales: Scales(0xffff), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Android with the buffers of Linux 4.20 and newer", rarity: 52, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 36, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux", rarity: 49, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 3, 1, 1, 8], &[
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "OpenBSD 4.9 and older", rarity: 16, scales: Scales(0x0008), mss: None, windows: &[W::exactly(16384)] },
            Setting { label: "OpenBSD 5.0 and newer", rarity: 16, scales: Scales(0x0040), mss: None, windows: &[W::exactly(16384)] },
            Setting { label: "OpenBSD", rarity: 18, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8], &[
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 42, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 63, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8, 1, 1, 4], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ZERO_TS1), settings: &[
            Setting { label: "Windows", rarity: 10, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8, 1, 3], &[
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1220), windows: &[W::exactly(24384)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1240), windows: &[W::exactly(24800)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1360), windows: &[W::exactly(27200)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1380), windows: &[W::exactly(27584)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1440), windows: &[W::exactly(28800)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1460), windows: &[W::exactly(29184)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 28, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux", rarity: 44, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 36, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux", rarity: 49, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8, 4, 0], &[
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "F5 BIG-IP", rarity: 22, scales: Scales(0xffff), mss: None, windows: &[W::mss(3)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Windows", rarity: 17, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: None, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "lwIP", rarity: 22, scales: Scales(0x0002), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { label: "lwIP", rarity: 22, scales: Scales(0x0002), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: None, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { label: "passt", rarity: 22, scales: Scales(0x0100), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 42, scales: Scales(0x0480), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 42, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux", rarity: 58, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 58, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 50, scales: Scales(0x1700), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux", rarity: 50, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux", rarity: 63, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux", rarity: 63, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 4], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Windows 7 or 8", rarity: 0, scales: Scales(0x0100), mss: None, windows: &[W::exactly(8192)] },
            Setting { label: "Windows 10 or 11", rarity: 1, scales: Scales(0x0100), mss: None, windows: &[W::exactly(64240), W::exactly(65535), W::mss(45)] },
            Setting { label: "Windows", rarity: 3, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Windows 7 or 8", rarity: 0, scales: Scales(0x0100), mss: None, windows: &[W::exactly(8192)] },
            Setting { label: "Windows 10 or 11", rarity: 1, scales: Scales(0x0100), mss: None, windows: &[W::exactly(64240), W::exactly(65535), W::mss(45)] },
            Setting { label: "Windows", rarity: 3, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Solaris 10", rarity: 17, scales: Scales(0x0001), mss: None, windows: &[W::mss(34)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Xbox 360", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::mss(12)] },
            Setting { label: "ZMap 4", rarity: 44, scales: Scales(0x0100), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "FreeRTOS FreeRTOS+TCP", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::mss(2), W::mss(4)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "ZMap 4", rarity: 44, scales: Scales(0x0100), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 4, 1, 1, 8], &[
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Brother printer", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::mss(6)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 8], &[
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "Fitbit Aria", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::mss(6)] },
            Setting { label: "NETGEAR WGR614", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(8192)] },
            Setting { label: "CacheFlow CacheOS", rarity: 24, scales: Scales(0x0001), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 8, 1, 1, 4], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ZERO_TS1), settings: &[
            Setting { label: "Windows", rarity: 3, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 8, 4, 0], &[
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0020), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0080), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0100), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X", rarity: 2, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0020), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0080), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0100), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0020), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0080), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X macOS or iOS, 2017 and newer", rarity: 0, scales: Scales(0x0100), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Mac OS X 10.5 to 10.7", rarity: 0, scales: Scales(0x0008), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X 10.8 to 10.12 or iOS 6 to 10", rarity: 0, scales: Scales(0x0010), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Mac OS X 10.8 to 10.12 or iOS 6 to 10", rarity: 0, scales: Scales(0x0010), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Mac OS X 10.8 to 10.12 or iOS 6 to 10", rarity: 0, scales: Scales(0x0020), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Mac OS X", rarity: 2, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Mac OS X 10.8 to 10.12 or iOS 6 to 10", rarity: 0, scales: Scales(0x0020), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "ZMap 4", rarity: 44, scales: Scales(0x0040), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "ZMap 4", rarity: 44, scales: Scales(0x0040), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 0], &[
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "Mac OS X", rarity: 16, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Mac OS X", rarity: 16, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "FreeBSD without timestamps", rarity: 32, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "FreeBSD without timestamps", rarity: 32, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 1, 1, 1, 1, 8], &[
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "NetBSD", rarity: 16, scales: Scales(0x0008), mss: None, windows: &[W::exactly(32768)] },
            Setting { label: "NetBSD", rarity: 18, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { label: "NetBSD", rarity: 18, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 8], &[
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Windows", rarity: 3, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Windows, version: None, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Windows", rarity: 3, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "FreeBSD 11 and newer", rarity: 16, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "FreeBSD", rarity: 18, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "FreeBSD 9 or 10", rarity: 16, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "FreeBSD 7 or 8", rarity: 16, scales: Scales(0x0008), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { label: "FreeBSD", rarity: 18, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "VMware ESXi 6.5", rarity: 22, scales: Scales(0x0200), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Full TCP proxy", rarity: 28, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "a proxy with the stack of FreeBSD 9 or 10", rarity: 28, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Full TCP proxy", rarity: 26, scales: Scales(0xffff), mss: None, windows: &[W::mss(3), W::mss(10), W::mss(16)] },
            Setting { label: "Full TCP proxy", rarity: 28, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Full TCP proxy", rarity: 26, scales: Scales(0xffff), mss: None, windows: &[W::mss(3), W::mss(10), W::mss(16)] },
            Setting { label: "a proxy with the stack of FreeBSD 7 or 8", rarity: 28, scales: Scales(0x0008), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "a proxy with the stack of FreeBSD 11 and newer", rarity: 28, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "a proxy with the stack of FreeBSD", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { label: "a proxy with the stack of FreeBSD", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 3, 4, 0], &[
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "smoltcp", rarity: 22, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 3, 4, 8, 0], &[
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "smoltcp", rarity: 22, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0001), mss: Some(1400), windows: &[W::exactly(63)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0001), mss: Some(1400), windows: &[W::exactly(63)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 0], &[
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "F5 BIG-IP", rarity: 22, scales: Scales(0x0001), mss: None, windows: &[W::mss(3)] },
        ] },
        Stack { family: Apple, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "Mac OS X", rarity: 30, scales: Scales(0x0001), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3], &[
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 28, scales: Scales(0x0004), mss: Some(1460), windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 28, scales: Scales(0x0080), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 51, scales: Scales(0x0004), mss: Some(1460), windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 51, scales: Scales(0x0080), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8], &[
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux", rarity: 28, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0001), mss: Some(265), windows: &[W::exactly(512)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0001), mss: Some(265), windows: &[W::exactly(512)] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 49, scales: Scales(0x0001), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8, 1, 3], &[
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux Android", rarity: 3, scales: Scales(0x0040), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Linux Android", rarity: 3, scales: Scales(0x0080), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Linux Android", rarity: 3, scales: Scales(0x0100), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Linux Android", rarity: 3, scales: Scales(0x0200), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Linux Android", rarity: 12, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
            Setting { label: "Android with the buffers of Linux 2.6.39 to 3.10", rarity: 17, scales: Scales(0x1700), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Android with the buffers of Linux", rarity: 22, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux 3.11 to 4.19", rarity: 24, scales: Scales(0x1700), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Android with the buffers of Linux 4.20 and newer", rarity: 25, scales: Scales(0x1700), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux 2.6.39 to 3.10", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Android with the buffers of Linux 6.16 and newer", rarity: 31, scales: Scales(0x0400), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Android with the buffers of Linux", rarity: 35, scales: Scales(0xffff), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0001), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0002), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0004), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0008), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0010), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0020), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0040), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0080), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 2.4 to 2.6.38", rarity: 37, scales: Scales(0x0100), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Android with the buffers of Linux 3.11 to 4.19", rarity: 37, scales: Scales(0xffff), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Android with the buffers of Linux 4.20 and newer", rarity: 38, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Linux 3.11 to 4.19", rarity: 12, scales: Scales(0x0080), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Linux 6.16 and newer", rarity: 12, scales: Scales(0x0400), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0001), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0002), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0004), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0008), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0010), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0020), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0040), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0080), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 2.4 to 2.6.38", rarity: 14, scales: Scales(0x0100), mss: None, windows: &[W::mss(4)] },
            Setting { label: "Linux 4.20 and newer", rarity: 14, scales: Scales(0x0480), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 14, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux 2.6.39 to 3.10", rarity: 19, scales: Scales(0x0080), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Linux 3.11 to 4.19", rarity: 28, scales: Scales(0xffff), mss: None, windows: &[W::mss(20)] },
            Setting { label: "Linux 4.20 and newer", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[W::mss(1), W::mss(7), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53)] },
            Setting { label: "Linux", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[] },
            Setting { label: "Linux 2.6.39 to 3.10", rarity: 35, scales: Scales(0xffff), mss: None, windows: &[W::mss(10)] },
            Setting { label: "Linux tuned like Android", rarity: 40, scales: Scales(0xffff), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Linux, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Linux", rarity: 14, scales: Scales(0x0480), mss: None, windows: &[] },
            Setting { label: "Linux", rarity: 30, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "Solaris illumos", rarity: 16, scales: Scales(0x0002), mss: Some(1440), windows: &[W::exactly(64080)] },
            Setting { label: "Solaris illumos", rarity: 16, scales: Scales(0x0002), mss: Some(1452), windows: &[W::exactly(64614)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1220), windows: &[W::exactly(24384)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1240), windows: &[W::exactly(24800)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1360), windows: &[W::exactly(27200)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1380), windows: &[W::exactly(27584)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1440), windows: &[W::exactly(28800)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0020), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1220), windows: &[W::exactly(24320)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1240), windows: &[W::exactly(24704)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1360), windows: &[W::exactly(27136)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1380), windows: &[W::exactly(27520)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1220), windows: &[W::exactly(24320)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1240), windows: &[W::exactly(24576)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1360), windows: &[W::exactly(27136)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1380), windows: &[W::exactly(27392)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1440), windows: &[W::exactly(28672)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1460), windows: &[W::exactly(29184)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1240), windows: &[W::exactly(24704)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1380), windows: &[W::exactly(27520)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0080), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { label: "gVisor", rarity: 22, scales: Scales(0x0100), mss: Some(1240), windows: &[W::exactly(24576)] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ACK).union(Q::NONZERO_TS2), settings: &[
            Setting { label: "SYNPROXY netfilter", rarity: 22, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_TS2), settings: &[
            Setting { label: "SYNPROXY netfilter", rarity: 22, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Android, version: None, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { label: "Android with the buffers of Linux", rarity: 22, scales: Scales(0x1700), mss: None, windows: &[] },
            Setting { label: "Android with the buffers of Linux", rarity: 35, scales: Scales(0xffff), mss: None, windows: &[] },
        ] },
        Stack { family: Other, version: None, ttl: 30, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "traceroute", rarity: 42, scales: Scales(0x0004), mss: None, windows: &[W::mss(4)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { label: "ZMap 4", rarity: 44, scales: Scales(0x0080), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8, 3, 0], &[
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(536), windows: &[W::exactly(16)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(536), windows: &[W::exactly(16)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 2, 4, 1, 1], &[
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::ECN).union(Q::NONZERO_URGENT), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(1460), windows: &[W::exactly(3)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 2, 8, 4], &[
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(265), windows: &[W::exactly(31337)] },
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(1460), windows: &[W::exactly(1)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(265), windows: &[W::exactly(31337)] },
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(1460), windows: &[W::exactly(1)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 4, 8, 2], &[
        Stack { family: Other, version: Some(4), ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { label: "FortiGate", rarity: 22, scales: Scales(0x0001), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
    ]),
    KnownLayout::new(&[4, 8, 3, 0], &[
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(0), windows: &[W::exactly(4)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0400), mss: Some(0), windows: &[W::exactly(4)] },
        ] },
    ]),
    KnownLayout::new(&[8, 1, 1, 3, 1, 2], &[
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0020), mss: Some(640), windows: &[W::exactly(4)] },
        ] },
        Stack { family: Other, version: Some(4), ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { label: "Nmap OS detection", rarity: 42, scales: Scales(0x0020), mss: Some(640), windows: &[W::exactly(4)] },
        ] },
    ]),
];
