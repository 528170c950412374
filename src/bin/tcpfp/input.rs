//! Packets from a file: lines of hex, pcap or pcapng, told apart by the first four bytes.

use std::io::{BufRead, BufReader, Read};

use anyhow::{bail, Context, Result};
use etherparse::LaxSlicedPacket;
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::{Block, PcapNgReader};
use pcap_file::DataLink;

/// One thing that may be a SYN.
#[derive(Clone)]
pub enum Record<Bytes> {
    /// A captured packet, from its IP header on.
    Packet(Bytes),
    /// A line of text, without the space around it.
    Line(Bytes),
}

impl<Bytes> Record<Bytes> {
    /// The same record, in other bytes.
    pub fn map<Others>(self, move_to: impl FnOnce(Bytes) -> Others) -> Record<Others> {
        match self {
            Self::Packet(bytes) => Record::Packet(move_to(bytes)),
            Self::Line(bytes) => Record::Line(move_to(bytes)),
        }
    }
}

/// Calls `each` with every record in order; memory does not grow with the input.
pub fn for_each(
    source: impl Read,
    mut each: impl FnMut(Record<&[u8]>) -> Result<()>,
) -> Result<()> {
    let mut source = BufReader::with_capacity(1 << 16, source);
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
        if let Some(packet) = network_layer(link, &packet?.data)? {
            each(Record::Packet(packet))?;
        }
    }
    Ok(())
}

fn for_each_in_pcapng(
    source: impl Read,
    mut each: impl FnMut(Record<&[u8]>) -> Result<()>,
) -> Result<()> {
    let mut reader = PcapNgReader::new(source)?;
    let mut links = Vec::new();
    while let Some(block) = reader.next_block() {
        match block? {
            // Interfaces are numbered anew in every section.
            Block::SectionHeader(_) => links.clear(),
            Block::InterfaceDescription(interface) => links.push(interface.linktype),
            Block::EnhancedPacket(packet) => {
                let link = links.get(packet.interface_id as usize);
                let link = link.context("a packet of an interface that was not described")?;
                if let Some(packet) = network_layer(*link, &packet.data)? {
                    each(Record::Packet(packet))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
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
