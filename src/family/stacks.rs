//! The stacks that the built-in database knows. Written by `make family`: do not edit.

use super::stack::{Setting, Shape, Stack};
use super::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};
use crate::signature::p0f::Quirks as Q;
use crate::signature::p0f::WindowForm::{Any, Exactly, Mss};

#[rustfmt::skip]
pub static SHAPES: &[Shape] = &[
    Shape::new(&[], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(1480), scale: Some(0), mss: Some(0) },
            Setting { rarity: 10, window: Exactly(512), scale: Some(0), mss: Some(0) },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(1024), scale: Some(0), mss: Some(0) },
            Setting { rarity: 10, window: Exactly(65535), scale: Some(0), mss: Some(0) },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(512), scale: Some(0), mss: Some(0) },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::ZERO_SEQ), settings: &[
            Setting { rarity: 10, window: Exactly(8192), scale: Some(0), mss: Some(0) },
        ] },
        Stack { family: Other, ttl: 30, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(0), scale: Some(0), mss: Some(0) },
        ] },
    ]),
    Shape::new(&[1, 1, 8, 1, 1, 4, 1, 3, 2], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(65532), scale: Some(9), mss: None },
        ] },
    ]),
    Shape::new(&[2], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(1024), scale: Some(0), mss: Some(1460) },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(1024), scale: Some(0), mss: Some(1460) },
            Setting { rarity: 10, window: Exactly(65534), scale: Some(0), mss: Some(1024) },
            Setting { rarity: 10, window: Exactly(65535), scale: Some(0), mss: None },
            Setting { rarity: 10, window: Mss(4), scale: Some(0), mss: None },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(5760), scale: Some(0), mss: Some(1440) },
            Setting { rarity: 10, window: Exactly(65535), scale: Some(0), mss: None },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::ZERO_ID), settings: &[
            Setting { rarity: 10, window: Exactly(65535), scale: Some(0), mss: None },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Any, scale: Some(0), mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, window: Exactly(43690), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(1), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(10), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(20), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(29), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(30), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(31), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(32), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(33), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(34), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(35), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(4), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(44), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(45), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(46), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(47), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(48), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(49), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(50), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(51), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(52), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(53), scale: Some(0), mss: None },
            Setting { rarity: 55, window: Mss(7), scale: Some(0), mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 70, window: Exactly(43690), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(1), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(10), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(20), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(29), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(30), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(31), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(32), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(33), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(34), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(35), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(4), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(44), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(45), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(46), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(47), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(48), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(49), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(50), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(51), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(52), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(53), scale: Some(0), mss: None },
            Setting { rarity: 70, window: Mss(7), scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 1, 4], &[
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: Some(0), mss: None },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, window: Mss(34), scale: Some(0), mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, window: Any, scale: Some(0), mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, window: Any, scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 1, 4, 1, 3], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 15, window: Mss(10), scale: None, mss: None },
            Setting { rarity: 15, window: Mss(20), scale: None, mss: None },
            Setting { rarity: 15, window: Mss(44), scale: None, mss: None },
            Setting { rarity: 15, window: Mss(45), scale: None, mss: None },
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 18, window: Mss(10), scale: None, mss: None },
            Setting { rarity: 35, window: Mss(20), scale: None, mss: None },
            Setting { rarity: 40, window: Any, scale: None, mss: None },
            Setting { rarity: 45, window: Mss(44), scale: None, mss: None },
            Setting { rarity: 45, window: Mss(45), scale: None, mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 40, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 1, 4, 1, 3, 1, 1, 8], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, window: Exactly(16384), scale: Some(3), mss: None },
            Setting { rarity: 10, window: Exactly(16384), scale: Some(6), mss: None },
            Setting { rarity: 20, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 1, 8], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, window: Any, scale: Some(0), mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, window: Any, scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 1, 8, 1, 3], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(24384), scale: Some(5), mss: Some(1220) },
            Setting { rarity: 10, window: Exactly(24800), scale: Some(5), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(27200), scale: Some(5), mss: Some(1360) },
            Setting { rarity: 10, window: Exactly(27584), scale: Some(5), mss: Some(1380) },
            Setting { rarity: 10, window: Exactly(28800), scale: Some(5), mss: Some(1440) },
            Setting { rarity: 10, window: Exactly(29184), scale: Some(5), mss: Some(1460) },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3], &[
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(65535), scale: Some(1), mss: None },
        ] },
        Stack { family: Other, ttl: 255, is_ttl_random: false, quirks: Q::NONE.with(Q::ZERO_ID), settings: &[
            Setting { rarity: 10, window: Exactly(65535), scale: Some(8), mss: None },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 55, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 1, 1, 4], &[
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, window: Exactly(64240), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Exactly(8192), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Mss(45), scale: Some(8), mss: None },
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 0, window: Exactly(64240), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Exactly(8192), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Mss(45), scale: Some(8), mss: None },
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, window: Mss(34), scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 1, 1, 8, 4, 0], &[
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: Some(5), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(6), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(7), mss: None },
            Setting { rarity: 10, window: Exactly(65535), scale: None, mss: None },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::ECN), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: Some(5), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(6), mss: None },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: Some(3), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(4), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(5), mss: None },
            Setting { rarity: 10, window: Exactly(65535), scale: None, mss: None },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: Some(4), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(5), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 4, 0], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 25, window: Exactly(65535), scale: Some(6), mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 4, 1, 1, 1, 1, 8], &[
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 10, window: Exactly(32768), scale: Some(3), mss: None },
            Setting { rarity: 20, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::ECN), settings: &[
            Setting { rarity: 20, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 4, 8], &[
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Windows, ttl: 128, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 10, window: Exactly(65535), scale: Some(6), mss: None },
            Setting { rarity: 20, window: Exactly(65535), scale: None, mss: None },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, window: Exactly(65535), scale: Some(3), mss: None },
            Setting { rarity: 10, window: Exactly(65535), scale: Some(6), mss: None },
            Setting { rarity: 20, window: Exactly(65535), scale: None, mss: None },
        ] },
        Stack { family: Bsd, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::ECN), settings: &[
            Setting { rarity: 20, window: Exactly(65535), scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 1, 3, 30, 1, 1, 8, 4, 0], &[
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: None, mss: None },
        ] },
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::ECN), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 3, 4, 0], &[
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 3, 4, 8, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(63), scale: Some(0), mss: Some(1400) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(63), scale: Some(0), mss: Some(1400) },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 0], &[
        Stack { family: Apple, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 40, window: Exactly(65535), scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 8], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(512), scale: Some(0), mss: Some(265) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(512), scale: Some(0), mss: Some(265) },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: Some(0), mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 40, window: Any, scale: Some(0), mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 8, 1, 3], &[
        Stack { family: Other, ttl: 30, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Mss(4), scale: Some(2), mss: None },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(24320), scale: Some(7), mss: Some(1220) },
            Setting { rarity: 10, window: Exactly(24320), scale: Some(8), mss: Some(1220) },
            Setting { rarity: 10, window: Exactly(24384), scale: Some(5), mss: Some(1220) },
            Setting { rarity: 10, window: Exactly(24576), scale: Some(8), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(24704), scale: Some(7), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(24800), scale: Some(5), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(27136), scale: Some(7), mss: Some(1360) },
            Setting { rarity: 10, window: Exactly(27136), scale: Some(8), mss: Some(1360) },
            Setting { rarity: 10, window: Exactly(27200), scale: Some(5), mss: Some(1360) },
            Setting { rarity: 10, window: Exactly(27392), scale: Some(8), mss: Some(1380) },
            Setting { rarity: 10, window: Exactly(27520), scale: Some(7), mss: Some(1380) },
            Setting { rarity: 10, window: Exactly(27584), scale: Some(5), mss: Some(1380) },
            Setting { rarity: 10, window: Exactly(28672), scale: Some(8), mss: Some(1440) },
            Setting { rarity: 10, window: Exactly(28800), scale: Some(5), mss: Some(1440) },
            Setting { rarity: 10, window: Exactly(29184), scale: Some(5), mss: Some(1460) },
            Setting { rarity: 10, window: Exactly(29184), scale: Some(7), mss: Some(1460) },
            Setting { rarity: 10, window: Exactly(29184), scale: Some(8), mss: Some(1460) },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF), settings: &[
            Setting { rarity: 10, window: Exactly(24576), scale: Some(8), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(24704), scale: Some(7), mss: Some(1240) },
            Setting { rarity: 10, window: Exactly(27520), scale: Some(7), mss: Some(1380) },
            Setting { rarity: 10, window: Exactly(29184), scale: Some(7), mss: Some(1460) },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ACK).with(Q::NONZERO_TS2), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Other, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_TS2), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Solaris, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 30, window: Exactly(64080), scale: Some(1), mss: Some(1440) },
            Setting { rarity: 30, window: Exactly(64614), scale: Some(1), mss: Some(1452) },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, window: Exactly(65535), scale: Some(6), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(8), mss: None },
            Setting { rarity: 0, window: Exactly(65535), scale: Some(9), mss: None },
            Setting { rarity: 3, window: Mss(10), scale: None, mss: None },
            Setting { rarity: 10, window: Exactly(65535), scale: None, mss: None },
            Setting { rarity: 20, window: Mss(20), scale: None, mss: None },
            Setting { rarity: 25, window: Any, scale: None, mss: None },
            Setting { rarity: 30, window: Mss(1), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(1), scale: Some(10), mss: None },
            Setting { rarity: 30, window: Mss(44), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(44), scale: Some(10), mss: None },
            Setting { rarity: 30, window: Mss(45), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(45), scale: Some(10), mss: None },
            Setting { rarity: 30, window: Mss(46), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(47), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(48), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(49), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(50), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(51), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(52), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(53), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(7), scale: None, mss: None },
            Setting { rarity: 30, window: Mss(7), scale: Some(10), mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 0, window: Mss(1), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(1), scale: Some(10), mss: None },
            Setting { rarity: 0, window: Mss(10), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(20), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(44), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(44), scale: Some(10), mss: None },
            Setting { rarity: 0, window: Mss(45), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(45), scale: Some(10), mss: None },
            Setting { rarity: 0, window: Mss(46), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(47), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(48), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(49), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(50), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(51), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(52), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(53), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(7), scale: None, mss: None },
            Setting { rarity: 0, window: Mss(7), scale: Some(10), mss: None },
            Setting { rarity: 10, window: Any, scale: None, mss: None },
            Setting { rarity: 17, window: Exactly(65535), scale: Some(6), mss: None },
            Setting { rarity: 17, window: Exactly(65535), scale: Some(8), mss: None },
            Setting { rarity: 17, window: Exactly(65535), scale: Some(9), mss: None },
        ] },
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID).with(Q::ECN), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 8, 1, 3, 30], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 8, 1, 3, 34, 1, 1], &[
        Stack { family: Linux, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 10, window: Any, scale: None, mss: None },
        ] },
        Stack { family: Android, ttl: 64, is_ttl_random: false, quirks: Q::NONE.with(Q::DF).with(Q::NONZERO_ID), settings: &[
            Setting { rarity: 25, window: Any, scale: None, mss: None },
        ] },
    ]),
    Shape::new(&[2, 4, 8, 3, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(16), scale: Some(10), mss: Some(536) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(16), scale: Some(10), mss: Some(536) },
        ] },
    ]),
    Shape::new(&[3, 1, 2, 4, 1, 1], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::ECN).with(Q::NONZERO_URGENT), settings: &[
            Setting { rarity: 10, window: Exactly(3), scale: Some(10), mss: Some(1460) },
        ] },
    ]),
    Shape::new(&[3, 1, 2, 8, 4], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(1), scale: Some(10), mss: Some(1460) },
            Setting { rarity: 10, window: Exactly(31337), scale: Some(10), mss: Some(265) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(1), scale: Some(10), mss: Some(1460) },
            Setting { rarity: 10, window: Exactly(31337), scale: Some(10), mss: Some(265) },
        ] },
    ]),
    Shape::new(&[4, 8, 3, 0], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(4), scale: Some(10), mss: Some(0) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(4), scale: Some(10), mss: Some(0) },
        ] },
    ]),
    Shape::new(&[8, 1, 1, 3, 1, 2], &[
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE.with(Q::NONZERO_ACK), settings: &[
            Setting { rarity: 10, window: Exactly(4), scale: Some(5), mss: Some(640) },
        ] },
        Stack { family: Other, ttl: 59, is_ttl_random: true, quirks: Q::NONE, settings: &[
            Setting { rarity: 10, window: Exactly(4), scale: Some(5), mss: Some(640) },
        ] },
    ]),
];
