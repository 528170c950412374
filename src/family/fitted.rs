//! What the model's numbers are. Written by `make family`: do not edit.

use super::cause::CauseCosts;
use super::evidence::Model;

/// Costs for each e-fold that a family's share falls, in tenths.
pub const TEMPERATURE: u32 = 117;

#[rustfmt::skip]
pub static MODEL: Model = Model {
    causes: CauseCosts([
        /* TtlRaised */ 21,
        /* TtlRaisedTo255 */ 39,
        /* TtlLowered */ 25,
        /* MssRemoved */ 35,
        /* ScaleRemoved */ 21,
        /* SackRemoved */ 35,
        /* TimestampsRemoved */ 26,
        /* Overwritten */ 3,
        /* Moved */ 18,
        /* EndMoved */ 6,
        /* OtherPadding */ 47,
        /* OtherOption */ 10,
        /* OtherWindow */ 53,
        /* AnyWindow */ 20,
        /* OtherScale */ 30,
        /* AnyScale */ 0,
        /* OtherMss */ 15,
        /* OtherDf */ 33,
        /* OtherId */ 29,
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
