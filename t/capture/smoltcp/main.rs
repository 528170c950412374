//! Prints the SYNs of smoltcp as rows: name, settings, hex.

use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{Socket, SocketBuffer};
use smoltcp::time::Instant;
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

/// A wire that brings nothing and keeps what is sent.
struct Wire {
    mtu: usize,
    sent: Vec<u8>,
}

struct Nothing;

impl RxToken for Nothing {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&[])
    }
}

struct Send<'a>(&'a mut Vec<u8>);

impl TxToken for Send<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        self.0.resize(len, 0);
        write(self.0)
    }
}

impl Device for Wire {
    type RxToken<'a> = Nothing;
    type TxToken<'a> = Send<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Nothing, Send<'_>)> {
        None
    }

    fn transmit(&mut self, _: Instant) -> Option<Send<'_>> {
        Some(Send(&mut self.sent))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }
}

fn address(text: &str) -> IpAddress {
    text.parse().expect("an address")
}

fn syn(mtu: usize, buffer: usize, timestamps: bool, to: &str) -> Vec<u8> {
    let mut wire = Wire { mtu, sent: Vec::new() };
    let mut interface = Interface::new(Config::new(HardwareAddress::Ip), &mut wire, Instant::now());
    interface.update_ip_addrs(|addresses| {
        for from in ["192.0.2.2", "2001:db8::2"] {
            addresses.push(IpCidr::new(address(from), 24)).expect("room for two");
        }
    });
    let ring = || SocketBuffer::new(vec![0; buffer]);
    let mut sockets = SocketSet::new(Vec::new());
    let handle = sockets.add(Socket::new(ring(), ring()));
    let socket = sockets.get_mut::<Socket>(handle);
    if timestamps {
        socket.set_tsval_generator(Some(|| 1));
    }
    socket.connect(interface.context(), (address(to), 443), 49152).expect("a free socket");
    interface.poll(Instant::now(), &mut wire, &mut sockets);
    wire.sent
}

fn main() {
    for mtu in [1500, 1420, 1280] {
        for buffer in [4096, 65535, 1 << 20] {
            for timestamps in [false, true] {
                for to in ["192.0.2.1", "2001:db8::1"] {
                    let syn = hex::encode(syn(mtu, buffer, timestamps, to));
                    println!("smoltcp\tsmoltcp 0.12, MTU {mtu}, buffer {buffer}, timestamps {timestamps}\t{syn}");
                }
            }
        }
    }
}
