//! What the model's numbers are. Written by `make family`: do not edit.

use super::cause::CauseCosts;
use super::evidence::Model;

#[rustfmt::skip]
pub static MODEL: Model = Model {
    causes: CauseCosts([
        /* TtlRaised */ 20,
        /* TtlRaisedTo255 */ 39,
        /* TtlLowered */ 27,
        /* MssRemoved */ 35,
        /* ScaleRemoved */ 32,
        /* SackRemoved */ 33,
        /* TimestampsRemoved */ 25,
        /* Overwritten */ 2,
        /* Moved */ 29,
        /* EndMoved */ 0,
        /* OtherPadding */ 47,
        /* OtherOption */ 10,
        /* OtherWindow */ 51,
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
        /* UndescribedOption */ 17,
    ]),
    undescribed: [
        /* Windows */ 50,
        /* Linux */ 58,
        /* Android */ 54,
        /* Apple */ 55,
        /* BSD */ 65,
        /* Solaris */ 65,
        /* Other */ 54,
    ],
    temperature: 118,
};
