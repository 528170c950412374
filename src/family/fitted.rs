//! What the model's numbers are. Written by `make family`: do not edit.

use super::cause::CauseCosts;
use super::evidence::Model;

/// Costs for each e-fold that a family's share falls, in tenths.
pub const TEMPERATURE: u32 = 119;

#[rustfmt::skip]
pub static MODEL: Model = Model {
    causes: CauseCosts([
        /* TtlRaised */ 20,
        /* TtlRaisedTo255 */ 39,
        /* TtlLowered */ 24,
        /* MssRemoved */ 35,
        /* ScaleRemoved */ 32,
        /* SackRemoved */ 33,
        /* TimestampsRemoved */ 24,
        /* Overwritten */ 3,
        /* Moved */ 29,
        /* EndMoved */ 1,
        /* OtherPadding */ 47,
        /* OtherOption */ 10,
        /* OtherWindow */ 52,
        /* AnyWindow */ 21,
        /* OtherScale */ 31,
        /* AnyScale */ 5,
        /* OtherMss */ 15,
        /* OtherDf */ 33,
        /* OtherId */ 24,
        /* EcnBleached */ 23,
        /* EcnAsked */ 29,
        /* Oddity */ 50,
        /* IpOptions */ 50,
        /* Undescribed */ 1,
        /* UndescribedOption */ 16,
    ]),
    undescribed: [
        /* Windows */ 50,
        /* Linux */ 58,
        /* Android */ 54,
        /* Apple */ 55,
        /* BSD */ 65,
        /* Solaris */ 65,
        /* Other */ 55,
    ],
};
