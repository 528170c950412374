//! Packets from a file: lines of hex, pcap or pcapng, told apart by the first four bytes.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use anyhow::{bail, Context, Result};
use etherparse::LaxSlicedPacket;
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgReader};
use pcap_file::DataLink;

/// Bytes that are read at once, at most: what is in the processor's cache is soon worked on.
pub const PIECE: usize = 1 << 17;

/// One thing that may be a SYN.
#[derive(Clone)]
pub enum Record<Bytes> {
    /// A captured packet, from its IP header on, and when it came, since the Unix epoch.
    Packet(Bytes, Duration),
    /// A line of text, without the space around it.
    Line(Bytes),
}

impl<Bytes> Record<Bytes> {
    /// The same record, in other bytes.
    pub fn map<Others>(self, move_to: impl FnOnce(Bytes) -> Others) -> Record<Others> {
        match self {
            Self::Packet(bytes, time) => Record::Packet(move_to(bytes), time),
            Self::Line(bytes) => Record::Line(move_to(bytes)),
        }
    }
}

/// Calls `each` with every record in order; memory does not grow with the input.
pub fn for_each(
    source: impl Read,
    mut each: impl FnMut(Record<&[u8]>) -> Result<()>,
) -> Result<()> {
    let mut source = BufReader::with_capacity(PIECE, source);
    let mut magic = Vec::new();
    source.by_ref().take(4).read_to_end(&mut magic)?;
    let source = magic.chain(source);
    match magic[..] {
        // Microseconds and nanoseconds, in either byte order.
        [0xa1, 0xb2, 0xc3, 0xd4]
        | [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d]
        | [0x4d, 0x3c, 0xb2, 0xa1] => for_each_in_pcap(source, each),
        [0x0a, 0x0d, 0x0d, 0x0a] => for_each_in_pcapng(source, each),
        _ => {
            let (mut source, mut line) = (source, Vec::new());
            while source.read_until(b'\n', &mut line)? > 0 {
                each(Record::Line(line.trim_ascii()))?;
                line.clear();
            }
            Ok(())
        }
    }
}

fn for_each_in_pcap(
    source: impl Read,
    mut each: impl FnMut(Record<&[u8]>) -> Result<()>,
) -> Result<()> {
    let mut reader = PcapReader::new(source)?;
    let link = reader.header().datalink;
    while let Some(packet) = reader.next_packet() {
        let packet = packet?;
        if let Some(data) = network_layer(link, &packet.data)? {
            each(Record::Packet(data, packet.timestamp))?;
        }
    }
    Ok(())
}

fn for_each_in_pcapng(
    source: impl Read,
    mut each: impl FnMut(Record<&[u8]>) -> Result<()>,
) -> Result<()> {
    let mut reader = PcapNgReader::new(source)?;
    let mut interfaces = Vec::new();
    while let Some(block) = reader.next_block() {
        match block? {
            // Interfaces are numbered anew in every section.
            Block::SectionHeader(_) => interfaces.clear(),
            Block::InterfaceDescription(interface) => {
                interfaces.push((interface.linktype, resolution(&interface)));
            }
            Block::EnhancedPacket(packet) => {
                let interface = interfaces.get(packet.interface_id as usize);
                let (link, resolution) =
                    *interface.context("a packet of an interface that was not described")?;
                // pcap-file takes every unit for a nanosecond.
                let time = since_epoch(packet.timestamp.as_nanos(), resolution);
                if let Some(data) = network_layer(link, &packet.data)? {
                    each(Record::Packet(data, time))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// An interface's option if_tsresol, whose unit of time is a microsecond unless it says otherwise.
fn resolution(interface: &InterfaceDescriptionBlock<'_>) -> u8 {
    let option = interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfTsResol(resolution) => Some(*resolution),
        _ => None,
    });
    option.unwrap_or(6)
}

/// So many units of time: the high bit of if_tsresol tells a negative power of 2 from one of 10.
fn since_epoch(units: u128, resolution: u8) -> Duration {
    const NANOS: u128 = 1_000_000_000;

    let exponent = u32::from(resolution & 0x7f);
    let base: u128 = if resolution & 0x80 == 0 { 10 } else { 2 };
    // Where a second has more units than can be counted, none has passed.
    let per_second = base.checked_pow(exponent).unwrap_or(u128::MAX);
    Duration::from_nanos((units.saturating_mul(NANOS) / per_second) as u64)
}

/// The packet behind its link layer header, `None` where that is cut off.
///
/// Header lengths are those of tcpdump.org's list of link-layer header types.
fn network_layer(link: DataLink, frame: &[u8]) -> Result<Option<&[u8]>> {
    const LINKTYPE_IPV4: u32 = 228;
    const LINKTYPE_IPV6: u32 = 229;
    const LINKTYPE_LINUX_SLL2: u32 = 276;

    let header_len = match link {
        DataLink::ETHERNET => {
            let packet = LaxSlicedPacket::from_ethernet(frame).ok();
            return Ok(packet
                .and_then(|packet| packet.ether_payload())
                .map(|behind| behind.payload));
        }
        DataLink::RAW => 0,
        DataLink::NULL | DataLink::LOOP => 4,
        DataLink::LINUX_SLL => 16,
        other => match u32::from(other) {
            LINKTYPE_IPV4 | LINKTYPE_IPV6 => 0,
            LINKTYPE_LINUX_SLL2 => 20,
            number => bail!("link type {number} is not supported"),
        },
    };
    Ok(frame.get(header_len..))
}
