//! What the built-in database says of SYNs that no machine of ours sends: scanners, proxies and
//! devices, as the sources beside its signatures have them.

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::signature::p0f::Signature;
use ngx_tcpfp::syn::Syn;

use crate::packet::Packet;

/// The SYN as it comes in; class, label, and how it matches.
const DEVICES: &str = "
4:53:0:1460:65535,8:mss,nop,ws,nop,nop,sok::0           ! ZMap 4|generic
4:243:0:1460:65535,8:mss,nop,ws,nop,nop,sok::0          ! ZMap 4|generic
4:53:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1::0  ! ZMap 4|generic
4:243:0:1460:65535,7:mss,sok,ts,nop,ws::0               ! ZMap 4|generic
4:243:0:1460:65535,0:mss::0                             ! ZMap or UEFI|exact
4:243:0:0:65535,0:::0                                   ! ZMap|exact
4:243:0:1460:1024,0:mss::0                              ! masscan or Nmap over IPv6|exact
4:243:0:0:1024,0:::0                                    ! masscan|exact
4:243:0:0:1200,0:::0                                    ! masscan|exact
6:243:0:0:1024,0:::0                                    ! masscan|exact
6:53:0:0:512,0:::0                                      ! raw SYN Mirai or another scanner|generic
6:243:0:1460:1024,0:mss::0                              ! masscan or Nmap over IPv6|exact
4:50:0:1460:1024,0:mss::0                               ! Nmap SYN scan|exact
4:53:0:0:34211,0:::0                                    ! raw SYN Mirai or another scanner|generic
4:53:0:0:512,0:::0                                      ! hping3|exact
4:243:0:1460:mss*3,0:mss,sok,eol+1:df,id+:0             proxy F5 BIG-IP|exact
4:243:0:1392:mss*3,0:mss,nop,nop,ts,sok,eol+1:df,id+:0  proxy F5 BIG-IP|exact
4:243:0:1460:mss*3,0:mss,nop,ws,sok,ts:df,id+:0         proxy Full TCP proxy|exact
4:243:0:1400:mss*10,2:mss,nop,ws,sok,ts:df,id+:0        proxy Full TCP proxy|exact
4:243:0:1360:mss*16,5:mss,nop,ws,sok,ts:df,id+:0        proxy Full TCP proxy|exact
4:53:0:1460:mss*10,1:mss,nop,ws,sok,ts:df,id+:0         proxy Full TCP proxy|exact
6:53:0:1440:mss*10,1:mss,nop,ws,sok,ts::0               proxy Full TCP proxy|exact
4:243:0:1460:20000,1:mss,nop,ws,sok,ts:df,id+:0         proxy Full TCP proxy|generic
4:53:0:1460:65535,1:mss,nop,ws,sok,ts:df,id+:0          proxy Full TCP proxy|generic
4:53:0:1460:65535,7:mss,nop,ws,sok,ts:df,id+:0          proxy Full TCP proxy|generic
4:243:0:1380:8190,0:mss::0                              proxy Full TCP proxy|exact
4:243:0:1380:16384,0:mss:df,id+:0                       proxy Full TCP proxy|generic
4:243:0:1380:16384,0:mss::0                             proxy Full TCP proxy or embedded device|generic
4:243:0:1460:65535,0:mss,nop,nop,sok::0                 proxy Redline T X|exact
4:53:0:1460:65535,0:mss,nop,ws,nop,nop,ts::0            proxy CacheFlow CacheOS|exact
4:243:0:1460:mss*17,0:mss:df,id+:0                      unix Solaris 2.5 to 7|generic
4:53:0:1460:65535,6:mss,nop,ws,sok,ts:df:0              unix FreeBSD 11 and newer|exact
4:53:0:1460:65535,9:mss,nop,ws,sok,ts:df:0              unix FreeBSD|generic
4:53:0:1460:65535,9:mss,nop,ws,sok,ts:df,id+:0          other VMware ESXi 6.5|exact
4:117:0:1460:mss*2,0:mss,nop,ws,nop,nop,sok::0          other FreeRTOS FreeRTOS+TCP|exact
6:117:0:1400:mss*2,0:mss,nop,ws,nop,nop,sok::0          other FreeRTOS FreeRTOS+TCP|exact
4:243:0:1460:4128,0:mss:id-:0                           other Cisco IOS|exact
4:53:0:1460:mss*4,0:ws,nop,sok,ts,mss:df,id+:0          other FortiGate|exact
4:53:0:1460:8688,0:mss,nop,ws,nop,nop,ts::0             other Fitbit Aria|exact
4:243:0:1400:mss*6,0:mss::0                             other Wi-Fi module|exact
4:243:0:1400:1500,0:mss::0                              other Wi-Fi module|exact
4:53:0:1460:8688,0:mss,nop,ws,nop,nop,sok,nop,nop,ts::0 other Brother printer|exact
4:53:0:1460:8192,0:mss,nop,ws,nop,nop,ts::0             other NETGEAR WGR614|exact
4:53:0:1460:17520,0:mss,nop,ws,nop,nop,sok::0           other Xbox 360|exact
4:53:0:1460:32768,0:mss,nop,nop,sok:df,id+:0            other Nintendo Wii|exact
4:53:0:1360:32768,0:mss,nop,nop,sok:df,id+:0            other Nintendo 3DS|exact
4:53:0:1460:mss*4,1:mss,sok,ts,nop,ws:df,id+:0          unix Linux 2.4 to 2.6.38|generic
4:53:0:1460:mss*4,1:mss,nop,nop,sok,nop,ws:df,id+:0     unix Linux 2.4 to 2.6.38|generic
4:53:0:1460:65535,7:mss,sok,ts,nop,ws:df,id+:0          unix Linux Android|exact
4:53:0:1460:mss*44,7:mss,sok,ts,nop,ws,?254:df,id+:0    unix Linux 4.20 and newer|exact
4:53:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:id-,ecn:0 unix Mac OS X macOS or iOS, 2017 and newer|exact
4:53:0:1460:65535,7:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0 unix Mac OS X macOS or iOS, 2017 and newer|exact
4:53:0:1460:65535,8:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0 unix Mac OS X macOS or iOS, 2017 and newer|exact
4:53:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,?30,eol+1:df:0 unix Mac OS X macOS or iOS, 2017 and newer|exact
4:117:0:1460:65535,8:mss,nop,ws,nop,nop,sok:df,id+:0    win Windows 10 or 11|exact
4:117:0:1460:64240,8:mss,nop,ws,nop,nop,sok::0          win Windows 10 or 11|fuzzy
4:117:0:1460:8192,0:mss:df,id+:0                        nothing
4:53:0:1460:16384,0:mss:df,id+:0                        nothing
";

/// Class, label and match, as in a row.
fn said(database: &Database, signature: &str) -> String {
    let packet = Packet::of(&signature.parse::<Signature>().unwrap(), 1460).unwrap().bytes();
    let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
    connection.database = Some(database);
    let Some(label) = connection.label() else { return "nothing".to_owned() };
    let found = connection.found().unwrap();
    let how = match (label.is_generic, found.is_fuzzy) {
        (_, true) => "fuzzy",
        (true, false) => "generic",
        (false, false) => "exact",
    };
    format!("{} {label}|{how}", label.class)
}

#[test]
fn scanners_proxies_and_devices_have_their_label() {
    let database = crate::labelled::builtin();
    let rows = DEVICES.lines().filter_map(|row| row.split_once(' '));
    let wrong: Vec<_> = rows
        .map(|(signature, expected)| (signature, expected.trim(), said(&database, signature)))
        .filter(|(_, expected, said)| said != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
