//! The stacks that the built-in database knows. Written by `make family`: do not edit.

use super::families::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};
use super::stack::{KnownLayout, Setting, Stack};
use super::window::PackedWindow as W;
use crate::signature::p0f::Quirks as Q;

#[rustfmt::skip]
pub static LAYOUTS: &[KnownLayout] = &[
    KnownLayout::new(&[], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(0), windows: &[W::exactly(1480), W::exactly(512)] },
            Setting { rarity: 20, scale: Some(0), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(0), windows: &[W::exactly(1024), W::exactly(1200), W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(0), windows: &[W::exactly(512)] },
            Setting { rarity: 20, scale: Some(0), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_SEQ), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(0), windows: &[W::exactly(8192)] },
        ] },
        Stack { family: Other, ttl: 30, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(0), windows: &[W::exactly(0)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 20, scale: Some(0), mss: Some(0), windows: &[] },
        ] },
        Stack { family: Other, ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 20, scale: Some(0), mss: Some(0), windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[1, 1, 8, 1, 1, 4, 1, 3, 2], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(9), mss: None, windows: &[W::exactly(65532)] },
        ] },
    ]),
    KnownLayout::new(&[2], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::exactly(1024)] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::exactly(65535), W::exactly(8190), W::mss(4)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1024), windows: &[W::exactly(65534)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1400), windows: &[W::exactly(1500), W::mss(6)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::exactly(1024), W::exactly(1200), W::exactly(65535)] },
            Setting { rarity: 20, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::exactly(4128)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1024), windows: &[W::exactly(65534)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1440), windows: &[W::exactly(5760)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1456), windows: &[W::exactly(16000)] },
        ] },
        Stack { family: Solaris, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[W::mss(17), W::mss(44), W::mss(6)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, scale: Some(0), mss: None, windows: &[W::exactly(43690), W::mss(1), W::mss(10), W::mss(20), W::mss(29), W::mss(30), W::mss(31), W::mss(32), W::mss(33), W::mss(34), W::mss(35), W::mss(4), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53), W::mss(7)] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 70, scale: Some(0), mss: None, windows: &[W::exactly(43690), W::mss(1), W::mss(10), W::mss(20), W::mss(29), W::mss(30), W::mss(31), W::mss(32), W::mss(33), W::mss(34), W::mss(35), W::mss(4), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53), W::mss(7)] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 20, scale: Some(0), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1360), windows: &[W::exactly(32768)] },
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::exactly(32768)] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, scale: Some(0), mss: None, windows: &[W::mss(34)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, scale: Some(0), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 1, 8], &[
        Stack { family: Other, ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1452), windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 3], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 15, scale: None, mss: None, windows: &[W::mss(10), W::mss(20), W::mss(44), W::mss(45)] },
            Setting { rarity: 25, scale: Some(0), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 25, scale: Some(1), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 25, scale: Some(2), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 18, scale: None, mss: None, windows: &[W::mss(10)] },
            Setting { rarity: 35, scale: None, mss: None, windows: &[W::mss(20)] },
            Setting { rarity: 40, scale: None, mss: None, windows: &[] },
            Setting { rarity: 45, scale: None, mss: None, windows: &[W::mss(44), W::mss(45)] },
            Setting { rarity: 55, scale: Some(0), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 55, scale: Some(1), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 55, scale: Some(2), mss: None, windows: &[W::mss(4)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 40, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 4, 1, 3, 1, 1, 8], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(3), mss: None, windows: &[W::exactly(16384)] },
            Setting { rarity: 10, scale: Some(6), mss: None, windows: &[W::exactly(16384)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, scale: Some(0), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8, 1, 3], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(5), mss: Some(1220), windows: &[W::exactly(24384)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1240), windows: &[W::exactly(24800)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1360), windows: &[W::exactly(27200)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1380), windows: &[W::exactly(27584)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1440), windows: &[W::exactly(28800)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1460), windows: &[W::exactly(29184)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 1, 8, 4, 0], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::mss(3)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(1), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(1), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 10, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 4], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::mss(12)] },
            Setting { rarity: 20, scale: Some(8), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 20, scale: Some(8), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 128, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::mss(2), W::mss(4)] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(64240), W::exactly(65535), W::exactly(8192), W::mss(45)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(64240), W::exactly(65535), W::exactly(8192), W::mss(45)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, scale: Some(0), mss: None, windows: &[W::mss(34)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 4, 1, 1, 8], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::mss(6)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 8], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::exactly(65535), W::exactly(8192), W::mss(6)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 1, 1, 8, 4, 0], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 20, scale: Some(6), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 20, scale: Some(6), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 0, scale: Some(5), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(7), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { rarity: 0, scale: Some(5), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(7), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::ZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 0, scale: Some(5), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(7), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, scale: Some(3), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(4), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(5), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 0, scale: Some(4), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(5), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 0], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 25, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 1, 1, 1, 1, 8], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 10, scale: Some(3), mss: None, windows: &[W::exactly(32768)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { rarity: 20, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 1, 3, 4, 8], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::mss(10), W::mss(16), W::mss(3)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::mss(10), W::mss(16), W::mss(3)] },
            Setting { rarity: 10, scale: Some(9), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 10, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(3), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 10, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::ECN), settings: &[
            Setting { rarity: 20, scale: None, mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 3, 4, 0], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 3, 4, 8, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1400), windows: &[W::exactly(63)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1400), windows: &[W::exactly(63)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 0], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::mss(3)] },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[W::exactly(65535)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, scale: Some(2), mss: Some(1460), windows: &[W::mss(4)] },
            Setting { rarity: 25, scale: Some(7), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, scale: Some(2), mss: Some(1460), windows: &[W::mss(4)] },
            Setting { rarity: 55, scale: Some(7), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(265), windows: &[W::exactly(512)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(265), windows: &[W::exactly(512)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, scale: Some(0), mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8, 1, 3], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 20, scale: Some(7), mss: Some(1460), windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Other, ttl: 30, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(2), mss: None, windows: &[W::mss(4)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(5), mss: Some(1220), windows: &[W::exactly(24384)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1240), windows: &[W::exactly(24800)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1360), windows: &[W::exactly(27200)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1380), windows: &[W::exactly(27584)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1440), windows: &[W::exactly(28800)] },
            Setting { rarity: 10, scale: Some(5), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1220), windows: &[W::exactly(24320)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1240), windows: &[W::exactly(24704)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1360), windows: &[W::exactly(27136)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1380), windows: &[W::exactly(27520)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1220), windows: &[W::exactly(24320)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1240), windows: &[W::exactly(24576)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1360), windows: &[W::exactly(27136)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1380), windows: &[W::exactly(27392)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1440), windows: &[W::exactly(28672)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1460), windows: &[W::exactly(29184)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF), settings: &[
            Setting { rarity: 10, scale: Some(7), mss: Some(1240), windows: &[W::exactly(24704)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1380), windows: &[W::exactly(27520)] },
            Setting { rarity: 10, scale: Some(7), mss: Some(1460), windows: &[W::exactly(29184)] },
            Setting { rarity: 10, scale: Some(8), mss: Some(1240), windows: &[W::exactly(24576)] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ACK).union(Q::NONZERO_TS2), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_TS2), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, scale: Some(1), mss: Some(1440), windows: &[W::exactly(64080)] },
            Setting { rarity: 30, scale: Some(1), mss: Some(1452), windows: &[W::exactly(64614)] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(7), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 0, scale: Some(9), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 3, scale: None, mss: None, windows: &[W::mss(10)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 20, scale: None, mss: None, windows: &[W::mss(20)] },
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
            Setting { rarity: 30, scale: None, mss: None, windows: &[W::mss(1), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53), W::mss(7)] },
            Setting { rarity: 30, scale: Some(10), mss: None, windows: &[W::mss(1), W::mss(44), W::mss(45), W::mss(7)] },
            Setting { rarity: 40, scale: Some(0), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(1), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(2), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(3), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(4), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(5), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(6), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(7), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 40, scale: Some(8), mss: None, windows: &[W::mss(4)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, scale: None, mss: None, windows: &[W::mss(1), W::mss(10), W::mss(20), W::mss(44), W::mss(45), W::mss(46), W::mss(47), W::mss(48), W::mss(49), W::mss(50), W::mss(51), W::mss(52), W::mss(53), W::mss(7)] },
            Setting { rarity: 0, scale: Some(10), mss: None, windows: &[W::mss(1), W::mss(44), W::mss(45), W::mss(7)] },
            Setting { rarity: 10, scale: Some(0), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(1), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(2), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(3), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(4), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(5), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(6), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(7), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: Some(8), mss: None, windows: &[W::mss(4)] },
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
            Setting { rarity: 17, scale: Some(6), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 17, scale: Some(7), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 17, scale: Some(8), mss: None, windows: &[W::exactly(65535)] },
            Setting { rarity: 17, scale: Some(9), mss: None, windows: &[W::exactly(65535)] },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 10, scale: None, mss: None, windows: &[] },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID).union(Q::ECN), settings: &[
            Setting { rarity: 25, scale: None, mss: None, windows: &[] },
        ] },
    ]),
    KnownLayout::new(&[2, 4, 8, 3, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(536), windows: &[W::exactly(16)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(536), windows: &[W::exactly(16)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 2, 4, 1, 1], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::ECN).union(Q::NONZERO_URGENT), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(1460), windows: &[W::exactly(3)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 2, 8, 4], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(1460), windows: &[W::exactly(1)] },
            Setting { rarity: 10, scale: Some(10), mss: Some(265), windows: &[W::exactly(31337)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(1460), windows: &[W::exactly(1)] },
            Setting { rarity: 10, scale: Some(10), mss: Some(265), windows: &[W::exactly(31337)] },
        ] },
    ]),
    KnownLayout::new(&[3, 1, 4, 8, 2], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::empty().union(Q::DF).union(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, scale: Some(0), mss: Some(1460), windows: &[W::mss(4)] },
        ] },
    ]),
    KnownLayout::new(&[4, 8, 3, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(0), windows: &[W::exactly(4)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(10), mss: Some(0), windows: &[W::exactly(4)] },
        ] },
    ]),
    KnownLayout::new(&[8, 1, 1, 3, 1, 2], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty().union(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, scale: Some(5), mss: Some(640), windows: &[W::exactly(4)] },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::empty(), settings: &[
            Setting { rarity: 10, scale: Some(5), mss: Some(640), windows: &[W::exactly(4)] },
        ] },
    ]),
];
