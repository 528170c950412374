//! Any bytes as a capture, and each packet of it as every link's, with tunnels and without.
#![no_main]
// What of the command's modules is for lines of text.
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;

use link::Link;
use item::Item;
use window::Window;

#[path = "../../src/bin/tcpfp/link.rs"]
mod link;
#[path = "../../src/bin/tcpfp/order.rs"]
mod order;
#[path = "../../src/bin/tcpfp/pcap.rs"]
mod pcap;
#[path = "../../src/bin/tcpfp/pcapng.rs"]
mod pcapng;
#[path = "../../src/bin/tcpfp/item.rs"]
mod item;
#[path = "../../src/bin/tcpfp/tunnel.rs"]
mod tunnel;
#[path = "../../src/bin/tcpfp/unread.rs"]
mod unread;
#[path = "../../src/bin/tcpfp/window.rs"]
mod window;

fuzz_target!(|bytes: &[u8]| {
    let mut len = 0;
    let each = |item: Item<&[u8]>| {
        if let Item::Frame(link, _, frame) = item {
            len += frame.len();
            check(link, frame);
        }
        Ok(())
    };
    let mut window = Window::new(bytes);
    // An error says that there is no more to be read.
    let _ = if pcap::is_pcap(bytes) {
        pcap::for_each(&mut window, each)
    } else {
        pcapng::for_each(&mut window, each)
    };
    assert!(len <= bytes.len());
});

/// A SYN that is there without looking into tunnels is there with it.
fn check(link: Link, frame: &[u8]) {
    let [outside, inside] = [false, true].map(|tunnels| tunnel::syn(link, frame, tunnels));
    match outside {
        Ok(Some(syn)) => assert_eq!(inside.unwrap().unwrap().bytes(), syn.bytes()),
        Ok(None) => {}
        Err(reason) => assert_eq!(inside.err(), Some(reason)),
    }
}
