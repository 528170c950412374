; The signatures that ngx-tcpfp knows by itself, in p0f's syntax.
;
; Each signature is written from the source that its comment names: the system's own source code or
; documentation, an RFC, or a recording made by a script of t/capture.
;
; The order: tools first, then proxies and stacks in userspace, then devices, then systems, each from
; the special to the general. A generic label (g:) is taken only where no specific one (s:) fits.
; `*` serves both versions of IP: df, id+ and id- are no concern of IPv6. No signature lists `flow`.
;
; The class `proxy` is for what sends SYNs in the place of other systems.

classes = win,unix,other,proxy

[mtu]

; Ethernet, RFC 894
label = Ethernet
sig   = 1500

; RFC 2516, 7: eight bytes of PPPoE and PPP
label = PPPoE
sig   = 1492
; NTT East's FLET'S technical reference: PPPoE over an L2TP of its own
sig   = 1454

; RFC 2784: 20 bytes of IPv4 and 4 of GRE
label = GRE
sig   = 1476

; AOSP, clatd: 28 bytes, an IPv6 header instead of an IPv4 one and a fragment header
label = 464XLAT
sig   = 1472

; RFC 4213, 3.2: 20 bytes of IPv4
label = IPv6 over IPv4 or IP in IP
sig   = 1480

; RFC 8200, 5: the least MTU of IPv6, and what tunnels choose to be safe (Tailscale, WARP, Teredo)
label = smallest IPv6 MTU, tunnel, VPN or mobile network
sig   = 1280

; What both have, so that the MTU alone tells neither from the other.
label = VPN or mobile network
; Microsoft, KB826159: VPN connections of Windows. KORE Wireless, "Maximum transmission units (MTUs)
; in devices": what suits most mobile networks
sig   = 1400
; wg-quick(8) and t/capture/tunnels.sh: WireGuard over Ethernet. KORE Wireless: AT&T and T-Mobile US
sig   = 1420
; t/capture/tunnels.sh: OpenVPN 2.6 over UDP, AES-GCM. Simplex Wireless, "Understanding MTU Size in
; Cellular IoT Connectivity": mobile networks have 1340 to 1440
sig   = 1440

; KORE Wireless: Verizon
label = mobile network
sig   = 1428
; 3GPP TS 23.060, annex C: what a mobile terminal should use
sig   = 1358

; wg-quick(8): 80 bytes less than PPPoE's 1492
label = WireGuard
sig   = 1412

; t/capture/tunnels.sh, by the MSS that mssfix leaves: OpenVPN 2.6 over UDP, AES-CBC
label = OpenVPN
sig   = 1419
; before 2.6, and over TCP
sig   = 1426
sig   = 1403

; RFC 4303 tunnel mode in 1500: AES-GCM (RFC 4106); with SHA1 or over UDP; SHA2-256 to -512 over UDP
label = IPsec
sig   = 1446
sig   = 1438
sig   = 1422
sig   = 1406

; RFC 7348 and t/capture/tunnels.sh: 50 bytes of VXLAN
label = VXLAN
sig   = 1450

; With an outer IPv6 70 bytes. Simplex Wireless: AT&T
label = VXLAN or mobile network
sig   = 1430

; RFC 6333, 5.3: 40 bytes of IPv6. Google Cloud VPC's default is the same
label = DS-Lite, L2TP or Google Cloud
sig   = 1460

; 3GPP TS 29.281: 20 bytes of IPv4, 8 of UDP and 8 of GTP-U
label = GTP
sig   = 1464

; RFC 1191, 7: X.25 and the IPv4 default
label = IPv4 minimum
sig   = 576

label = jumbo frames
sig   = 9000
; EC2 user guide, MTU of a network interface
sig   = 9001
; Google Cloud VPC, MTU
sig   = 8896

; FDDI, RFC 1390
label = FDDI
sig   = 4352

; IP over InfiniBand: RFC 4391 datagram mode, RFC 4755 connected mode
label = InfiniBand
sig   = 2044
sig   = 65520

label = loopback
; Linux over IPv4, recorded by t/capture/linux.sh. (IPv6 has 65536: more than the syntax allows.)
sig   = 65535
; BSD's lo0: FreeBSD and macOS 16384 (sys/net/if_loop.c), OpenBSD 32768, NetBSD 33624
sig   = 16384
sig   = 32768
sig   = 33624

[tcp:request]

; Tools that write their own SYN: recorded by t/capture/tools.sh where nothing else is said.

label = s:!:Nmap:SYN scan
sys   = @unix,@win
; nmap 7.93 -sS: a TTL of 37 to 59 at random
sig   = 4:59-:0:1460:1024,0:mss::0

label = s:!:Nmap:OS detection
sys   = @unix,@win
; nmap 7.93 -O: six probes of an open port and one of a closed port, with any acknowledgment number,
; of which p0f sees one bit; and one for ECN
sig   = 4:59-:0:1460:1,10:ws,nop,mss,ts,sok:ack+:0
sig   = 4:59-:0:1400:63,0:mss,ws,sok,ts,eol+0:ack+:0
sig   = 4:59-:0:640:4,5:ts,nop,nop,ws,nop,mss:ack+:0
sig   = 4:59-:0:0:4,10:sok,ts,ws,eol+0:ack+:0
sig   = 4:59-:0:536:16,10:mss,sok,ts,ws,eol+0:ack+:0
sig   = 4:59-:0:265:512,0:mss,sok,ts:ack+:0
sig   = 4:59-:0:265:31337,10:ws,nop,mss,ts,sok:ack+:0
sig   = 4:59-:0:1460:1,10:ws,nop,mss,ts,sok::0
sig   = 4:59-:0:1400:63,0:mss,ws,sok,ts,eol+0::0
sig   = 4:59-:0:640:4,5:ts,nop,nop,ws,nop,mss::0
sig   = 4:59-:0:0:4,10:sok,ts,ws,eol+0::0
sig   = 4:59-:0:536:16,10:mss,sok,ts,ws,eol+0::0
sig   = 4:59-:0:265:512,0:mss,sok,ts::0
sig   = 4:59-:0:265:31337,10:ws,nop,mss,ts,sok::0
sig   = 4:59-:0:1460:3,10:ws,nop,mss,sok,nop,nop:ecn,uptr+:0

label = s:!:Nping:
sys   = @unix,@win
; nping 0.7.93 --tcp, -6 --tcp
sig   = *:64:0:0:1480,0:::0

label = s:!:masscan:
sys   = @unix,@win
; masscan 1.3.2
sig   = *:255:0:0:1024,0:::0
; src/templ-pkt.c: what is rewritten while it sends has a window of 1200
sig   = 4:255:0:0:1200,0:::0
sig   = 4:255:0:1460:1200,0:mss::0

; masscan's src/templ-pkt.c: newer ones have an MSS; nmap 7.93 -6 -sS
label = s:!:masscan:or Nmap over IPv6
sys   = @unix,@win
sig   = *:255:0:1460:1024,0:mss::0

label = s:!:ZMap:
sys   = @unix
; zmap 2.1.1
sig   = 4:255:0:0:65535,0:::0

; ZMap 4, src/probe_modules/packet.c: Windows' options or, asked for, Apple's or Linux's, with one MSS
; and one window, never with DF, with an id. The TTL is IPDEFTTL (src/state.c), once MAXTTL. Generic,
; for paths that clear DF and set the TTL leave a system's SYN so. (An Android's with a TTL of 64 is
; met that often that Linux' options are left out there.)
label = g:!:ZMap:4
sys   = @unix
sig   = 4:64:0:1460:65535,8:mss,nop,ws,nop,nop,sok::0
sig   = 4:255:0:1460:65535,8:mss,nop,ws,nop,nop,sok::0
sig   = 4:64:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1::0
sig   = 4:255:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1::0
sig   = 4:255:0:1460:65535,7:mss,sok,ts,nop,ws::0

; ZMap since 2021: an MSS alone. UEFI's network boot sends the same (OVMF 2022.11, recorded by
; t/capture/firmware.sh).
label = s:!:ZMap:or UEFI
sys   = @unix
sig   = 4:255:0:1460:65535,0:mss::0

label = s:!:hping3:
sys   = @unix
; hping3 3.a2 -S: any acknowledgment number
sig   = 4:64:0:0:512,0::ack+:0
sig   = 4:64:0:0:512,0:::0

label = s:!:Scapy:
sys   = @unix,@win
; scapy 2.5.0, IP()/TCP() and IPv6()/TCP()
sig   = *:64:0:0:8192,0::seq-:0

label = s:!:tcptraceroute:
sys   = @unix
; tcptraceroute 1.5: arrives with whatever TTL just sufficed, at most 30
sig   = 4:30-:0:0:0,0:::0

label = s:!:traceroute:
sys   = @unix
; traceroute 2.1.2 -T
sig   = *:30-:0:*:mss*4,2:mss,sok,ts,nop,ws::0

; Mirai, bot/scanner.c: a TTL of 64, a random id and window, no options; so do its kin. Systems send an
; MSS at least.
label = g:!:raw SYN:Mirai or another scanner
sys   = @unix,@win
sig   = *:64:0:0:*,0:::0
sig   = 4:64:0:0:*,0::ack+:0
sig   = 4:64:0:0:*,0::df,id+:0
sig   = 4:128:0:0:*,0:::0

; Stacks in userspace: recorded by t/capture/stacks.sh where nothing else is said. They are how the
; exit of a VPN or a proxy, a virtual machine's or a container's network shows itself.

; gVisor's netstack: Linux's layout without DF, a window of 20 MSS rounded down to the scale.
label = s:proxy:gVisor:
; before May 2023, also without SACK: the scale covers a buffer of 1 MiB
sig   = *:64:0:1460:29184,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1380:27584,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1240:24800,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1440:28800,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1360:27200,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1220:24384,5:mss,sok,ts,nop,ws::0
sig   = *:64:0:1460:29184,5:mss,nop,nop,ts,nop,ws::0
sig   = *:64:0:1380:27584,5:mss,nop,nop,ts,nop,ws::0
sig   = *:64:0:1240:24800,5:mss,nop,nop,ts,nop,ws::0
sig   = *:64:0:1440:28800,5:mss,nop,nop,ts,nop,ws::0
sig   = *:64:0:1360:27200,5:mss,nop,nop,ts,nop,ws::0
sig   = *:64:0:1220:24384,5:mss,nop,nop,ts,nop,ws::0
; since May 2023: the scale covers the limit of auto-tuning, 4 MiB. (Over IPv6 an MSS of 1440 gives
; 28800,7, as Linux 3.11 sends it.)
sig   = *:64:0:1460:29184,7:mss,sok,ts,nop,ws::0
sig   = *:64:0:1380:27520,7:mss,sok,ts,nop,ws::0
sig   = *:64:0:1240:24704,7:mss,sok,ts,nop,ws::0
sig   = *:64:0:1360:27136,7:mss,sok,ts,nop,ws::0
sig   = *:64:0:1220:24320,7:mss,sok,ts,nop,ws::0
; a limit of 8 MiB, as Tailscale sets it (wgengine/netstack/netstack_tcpbuf_default.go)
sig   = *:64:0:1460:29184,8:mss,sok,ts,nop,ws::0
sig   = *:64:0:1380:27392,8:mss,sok,ts,nop,ws::0
sig   = *:64:0:1240:24576,8:mss,sok,ts,nop,ws::0
sig   = *:64:0:1440:28672,8:mss,sok,ts,nop,ws::0
sig   = *:64:0:1360:27136,8:mss,sok,ts,nop,ws::0
sig   = *:64:0:1220:24320,8:mss,sok,ts,nop,ws::0
; pkg/tcpip/transport/tcp/connect.go since May 2026: DF on the SYN, and then no id (ipv4.go)
sig   = 4:64:0:1460:29184,7:mss,sok,ts,nop,ws:df:0
sig   = 4:64:0:1380:27520,7:mss,sok,ts,nop,ws:df:0
sig   = 4:64:0:1240:24704,7:mss,sok,ts,nop,ws:df:0
sig   = 4:64:0:1240:24576,8:mss,sok,ts,nop,ws:df:0

label = s:proxy:smoltcp:
; smoltcp 0.12, without and with timestamps: the window is the buffer's
sig   = *:64:0:*:*,*:mss,ws,sok,eol+2:df:0
sig   = *:64:0:*:*,*:mss,ws,sok,ts,eol+0:df:0

label = s:proxy:lwIP:
; lwIP 2.1.3 as Debian and GNU Hurd configure it; its first packet has the id 0
sig   = *:255:0:*:65535,1:mss,nop,ws::0
sig   = 4:255:0:*:65535,1:mss,nop,ws:id-:0
; ocproxy 1.60, OpenConnect's proxy
sig   = 4:255:0:1024:65534,0:mss::0
sig   = 4:255:0:1024:65534,0:mss:id-:0

label = s:other:lwIP:embedded
; lwIP, opt.h: TCP_WND is 4 * TCP_MSS, the TTL 255
sig   = *:255:0:*:mss*4,0:mss::0
; ESP-IDF, components/lwip/Kconfig: MSS 1440, window 5760, TTL 64
sig   = *:64:0:1440:5760,0:mss::0

label = s:proxy:libslirp:
; libslirp 4.7.0: port forwards of QEMU's user network and of slirp4netns. (ZMap's smallest probe is
; the same, but opens no connection.)
sig   = 4:64:0:*:65535,0:mss::0
sig   = 4:64:0:*:65535,0:mss:id-:0

label = s:proxy:passt:
; passt and pasta of 2023-03-09: port forwards of rootless containers and virtual machines
sig   = *:255:0:*:65535,8:mss,nop,ws:id-:0

label = s:proxy:SYNPROXY:netfilter
; Linux 6.18 (t/capture/synproxy.sh): made up from the client's ACK, so an acknowledgment number, of
; which p0f sees one bit, and an echoed timestamp
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,ack+,ts2+:0
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,ts2+:0
; of a client without timestamps
sig   = *:64:0:*:*,0:mss:df,ack+:0

; Load balancers, accelerators and other full proxies of TCP. The systems behind them are anybody's.

label = s:proxy:F5 BIG-IP:
; F5's profile "tcp" (terraform-provider-bigip): a TTL of 255, or 64 over IPv6; F5 Agility Labs'
; traces: a window of 3 segments, MSS, SACK and end. Satori: the same with timestamps
sig   = 4:255:0:*:mss*3,*:mss,nop,nop,ts,sok,eol+1:df,id+:0
sig   = 4:255:0:*:mss*3,0:mss,sok,eol+1:df,id+:0

label = s:proxy:Full TCP proxy:
; load balancers and carriers' accelerators: FreeBSD's options, which no system sends with such a TTL,
; and a window of few segments, as F5's init-rwnd (3, 10) is. No recording of these names its sender
sig   = 4:255:0:*:mss*3,*:mss,nop,ws,sok,ts:df,id+:0
sig   = 4:255:0:*:mss*10,*:mss,nop,ws,sok,ts:df,id+:0
sig   = 4:255:0:*:mss*16,*:mss,nop,ws,sok,ts:df,id+:0
sig   = *:64:0:*:mss*3,*:mss,nop,ws,sok,ts:df,id+:0
sig   = *:64:0:*:mss*10,*:mss,nop,ws,sok,ts:df,id+:0
sig   = *:64:0:*:mss*16,*:mss,nop,ws,sok,ts:df,id+:0

; nothing but the MSS and a window of 8190: p0f 2's Google Wireless Transcoder
sig   = 4:255:0:*:8190,0:mss::0

; p0f 2
label = s:proxy:Redline:T X
sig   = 4:255:0:*:65535,0:mss,nop,nop,sok::0

label = s:proxy:CacheFlow:CacheOS
sig   = 4:64:0:1460:65535,0:mss,nop,ws,nop,nop,ts::0

; Firmware and devices.

label = s:other:iPXE:
; iPXE 1.0.0 of 2019 (t/capture/firmware.sh)
sig   = *:64:0:*:65532,9:nop,nop,ts,nop,nop,sok,nop,ws,mss::0

label = s:other:EDK II:UEFI
; OVMF 2022.11 (t/capture/firmware.sh); over Ethernet and IPv4 it is ZMap's
sig   = *:255:0:*:65535,0:mss::0

label = s:other:FreeRTOS:FreeRTOS+TCP
; FreeRTOS_TCP_Transmission.c, FreeRTOSIPConfigDefaults.h: no DF, a receive stream of 4 MSS, of which
; the window is half; the MSS is 1400 where a router is to be passed
sig   = *:128:0:*:mss*2,0:mss,nop,ws,nop,nop,sok::0
sig   = *:128:0:*:mss*4,0:mss,nop,ws,nop,nop,sok::0

label = s:other:VMware ESXi:6.5
; Satori
sig   = 4:64:0:*:65535,9:mss,nop,ws,sok,ts:df,id+:0

label = s:other:Cisco IOS:
; p0f 2
sig   = 4:255:0:*:4128,0:mss:id-:0

label = s:other:Cisco ATA:186
; Satori
sig   = 4:255:0:1456:16000,0:mss:ack+:0

label = s:other:FortiGate:
; p0f 2
sig   = 4:64:0:1460:mss*4,0:ws,nop,sok,ts,mss:df,id+:0

label = s:other:Fitbit:Aria
; IoT Sentinel's captures
sig   = 4:64:0:1460:mss*6,0:mss,nop,ws,nop,nop,ts::0

label = s:other:Wi-Fi module:
; IoT Sentinel's captures of a Withings scale and an Ednet gateway
sig   = 4:255:0:1400:mss*6,0:mss::0
sig   = 4:255:0:1400:1500,0:mss::0

label = s:other:Brother:printer
; Satori
sig   = 4:64:0:1460:mss*6,0:mss,nop,ws,nop,nop,sok,nop,nop,ts::0

label = s:other:NETGEAR:WGR614
; Satori
sig   = 4:64:0:1460:8192,0:mss,nop,ws,nop,nop,ts::0

label = s:other:Xbox:360
; Satori
sig   = 4:64:0:1460:mss*12,0:mss,nop,ws,nop,nop,sok::0

label = s:other:Nintendo:3DS
; p0f 3
sig   = *:64:0:1360:32768,0:mss,nop,nop,sok:df,id+:0

label = s:other:Nintendo:Wii
; p0f 3. (Windows 98 sends Satori's other one, too.)
sig   = 4:64:0:1460:32768,0:mss,nop,nop,sok:df,id+:0

label = s:other:BlackBerry:
; p0f 3
sig   = *:128:0:1452:65535,0:mss,nop,nop,sok,nop,nop,ts::0

; Windows: TTL 128, DF and a counted id. Microsoft's documents print the SYNs in traces.

label = s:win:Windows:10 or 11
; Performance Tuning for Network Adapters: 64240 with a scale of 8 at autotuning level Normal
sig   = *:128:0:*:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:64240,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0
; the same rule, the most MSS within 64 KiB, at the MSS of IPv6 and PPPoE
sig   = *:128:0:*:mss*45,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:mss*45,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0
; WSL networking: Test-NetConnection on a virtual switch
sig   = *:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0

label = s:win:Windows:7 or 8
; KB4471134 (Server 2008 R2): 8192 with a scale of 8; Azure Monitor agent (Server 2012): with ECN
sig   = *:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0

label = g:win:Windows:
; other autotuning levels and buffers
sig   = *:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df,id+,ecn:0
; Set-NetTCPSetting -Timestamps Enabled
sig   = *:128:0:*:*,*:mss,nop,ws,sok,ts:df,id+:0
sig   = *:128:0:*:*,*:mss,nop,ws,sok,ts:df,id+,ecn:0
; p0f 3: Tcp1323Opts of XP and 2000, whose first timestamp is 0
sig   = *:128:0:*:*,*:mss,nop,ws,nop,nop,ts,nop,nop,sok:df,id+,ts1-:0
sig   = *:128:0:*:*,0:mss,nop,nop,ts,nop,nop,sok:df,id+,ts1-:0
; autotuning level Disabled: no scale; SackOpts=0: no SACK
sig   = *:128:0:*:*,0:mss,nop,nop,sok:df,id+:0
sig   = *:128:0:*:*,*:mss,nop,ws:df,id+:0

; Apple. macOS and iOS share xnu and its SYN: bsd/netinet/tcp_output.c. The window is TCP_MAXWIN,
; the scale the least that covers the largest receive buffer (tcp_subr.c, tcp_set_max_rwinscale).

label = s:unix:Mac OS X:macOS or iOS, 2017 and newer
; xnu-4903 and newer (macOS 10.14, iOS 12): 2 or 4 MiB; an atomic datagram has no id (ip_output.c)
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
; tcp_output.c, tcp_ecn_outbound: most interfaces ask for ECN
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0
; xnu-7195 and newer with less than 4 GiB of memory: 2 MiB; xnu-4570 (macOS 10.13): 1 MiB
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0
; xnu-11215 and newer in server mode: 8 MiB. T-Pot's p0f: 7 and 8 are iOS', too
sig   = *:64:0:*:65535,7:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,7:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0
sig   = *:64:0:*:65535,8:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,8:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0
; T-Pot's p0f: macOS 26 has no DF, and still no id
sig   = 4:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:id-,ecn:0
sig   = 4:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:id-,ecn:0
sig   = 4:64:0:*:65535,7:mss,nop,ws,nop,nop,ts,sok,eol+1:id-,ecn:0
sig   = 4:64:0:*:65535,8:mss,nop,ws,nop,nop,ts,sok,eol+1:id-,ecn:0

label = s:unix:Mac OS X:10.8 to 10.12 or iOS 6 to 10
; xnu-2050 to xnu-3789: 512 KiB, or 1 MiB with much memory; a random id
sig   = *:64:0:*:65535,4:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0
sig   = *:64:0:*:65535,4:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+,ecn:0
sig   = 4:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0
sig   = 4:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+,ecn:0

label = s:unix:Mac OS X:10.5 to 10.7
; xnu-1228 to xnu-1699: net.inet.tcp.win_scale_factor is 3
sig   = *:64:0:*:65535,3:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0

label = g:unix:Mac OS X:
; other buffers; net.inet.tcp.rfc1323=0
sig   = *:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = 4:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0
sig   = *:64:0:*:65535,0:mss,sok,eol+1:df:0
; no timestamps; the same as FreeBSD 11 with net.inet.tcp.rfc1323=2, which far fewer people have
sig   = *:64:0:*:65535,*:mss,nop,ws,sok,eol+1:df:0
sig   = 4:64:0:*:65535,*:mss,nop,ws,sok,eol+1:df,id+:0

; FreeBSD: sys/netinet/tcp_output.c, tcp_addoptions. The window is TCP_MAXWIN, the scale covers
; sb_max (tcp_usrreq.c).

label = s:unix:FreeBSD:11 and newer
; sb_max is 2 MiB; an atomic datagram has no id (ip_id.c, net.inet.ip.rfc6864)
sig   = *:64:0:*:65535,6:mss,nop,ws,sok,ts:df:0

label = s:unix:FreeBSD:9 or 10
; a random id
sig   = 4:64:0:*:65535,6:mss,nop,ws,sok,ts:df,id+:0

label = s:unix:FreeBSD:7 or 8
; sb_max is 256 KiB
sig   = *:64:0:*:65535,3:mss,nop,ws,sok,ts:df,id+:0

label = g:unix:FreeBSD:
; kern.ipc.maxsockbuf and net.inet.tcp.recvspace tuned
sig   = *:64:0:*:65535,*:mss,nop,ws,sok,ts:df:0
sig   = *:64:0:*:65535,*:mss,nop,ws,sok,ts:df,ecn:0

; OpenBSD: sys/netinet/tcp_output.c. A window of TCP_RECVSPACE (tcp_usrreq.c), a random id.

label = s:unix:OpenBSD:5.0 and newer
; SB_MAX is 2 MiB (sys/socketvar.h)
sig   = *:64:0:*:16384,6:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0

label = s:unix:OpenBSD:4.9 and older
; SB_MAX is 256 KiB
sig   = *:64:0:*:16384,3:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0

label = g:unix:OpenBSD:
sig   = *:64:0:*:*,*:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0

; NetBSD: sys/netinet/tcp_output.c. A window of tcp_recvspace, a scale that covers SB_MAX, 256 KiB.
; Its SYN is shorter than IP_MINFRAGSIZE and has no id (ip_output.c).

label = s:unix:NetBSD:
sig   = *:64:0:*:32768,3:mss,nop,ws,sok,nop,nop,nop,nop,ts:df:0

label = g:unix:NetBSD:
sig   = *:64:0:*:*,*:mss,nop,ws,sok,nop,nop,nop,nop,ts:df:0
sig   = *:64:0:*:*,*:mss,nop,ws,sok,nop,nop,nop,nop,ts:df,ecn:0

; Solaris and illumos: uts/common/inet/tcp/tcp_output.c. The receive buffer is rounded up to the MSS
; and shifted until it fits.

label = g:unix:Solaris:2.5 to 7
; p0f 2; Satori
sig   = 4:255:0:*:mss*6,0:mss:df,id+:0
sig   = 4:255:0:*:mss*17,0:mss:df,id+:0
sig   = 4:255:0:*:mss*44,0:mss:df,id+:0

label = s:unix:Solaris:10
; 49152 bytes (tcp_recv_hiwat), which need no scale and so get no timestamps
sig   = *:64:0:*:mss*34,0:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*34,0:mss,nop,nop,sok:df,id+:0

label = s:unix:Solaris:illumos
; 128000 bytes are 89 MSS of 1440 or 1452, halved. (88 of 1460 look like a Linux program's that
; asked for 64 KiB.)
sig   = *:64:0:1440:64080,1:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:1452:64614,1:mss,sok,ts,nop,ws:df,id+:0

; Linux: net/ipv4/tcp_output.c, tcp_syn_options for the layout, tcp_select_initial_window for the
; rest. The window is the largest multiple of the MSS in the initial receive space, the scale covers
; tcp_rmem[2]. Recorded by t/capture/linux.sh and t/capture/kernels.sh.

label = s:unix:Linux:Android
; AOSP, DataConfigManager (once DcTracker): tcp_rmem "524288 1048576 2097152" for LTE
sig   = *:64:0:*:65535,6:mss,sok,ts,nop,ws:df,id+:0
; "524288 2097152 4194304" for Wi-Fi (net.tcp.buffersize.wifi of device trees); a Linux program's with
; a large SO_RCVBUF is the same
sig   = *:64:0:*:65535,7:mss,sok,ts,nop,ws:df,id+:0
; up to 12582912 for LTE with carrier aggregation, 8388608 by config_wifi_tcp_buffers overlays
sig   = *:64:0:*:65535,8:mss,sok,ts,nop,ws:df,id+:0
; "2097152 6291456 16777216" for 5G
sig   = *:64:0:*:65535,9:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Linux:6.16 and newer
; net/ipv4/tcp.c, tcp_init: 128 KiB of receive space, up to 32 MiB; MTUs of 1500, 9000 and lo's
sig   = *:64:0:*:mss*44,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*46,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*47,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*49,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*50,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*51,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*53,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*7,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*1,10:mss,sok,ts,nop,ws:df,id+:0
; no timestamps
sig   = *:64:0:*:mss*44,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*46,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*47,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*49,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*50,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*51,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,10:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*53,10:mss,nop,nop,sok,nop,ws:df,id+:0

label = s:unix:Linux:4.20 and newer
; net/ipv4/tcp.c, tcp_init: the same space, up to 6 MiB, less with little memory; MTUs of 1500 to
; 1260, 9000 and lo's
sig   = *:64:0:*:mss*44,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*46,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*47,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*49,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*50,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*51,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*53,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*7,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*1,*:mss,sok,ts,nop,ws:df,id+:0
; without timestamps
sig   = *:64:0:*:mss*44,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*46,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*47,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*49,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*50,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*51,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*53,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*7,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*1,*:mss,nop,nop,sok,nop,ws:df,id+:0

label = s:unix:Linux:3.11 to 4.19
; tcp_default_init_rwnd: twice the initial congestion window of 10
sig   = *:64:0:*:mss*20,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*20,*:mss,nop,nop,sok,nop,ws:df,id+:0

label = s:unix:Linux:2.6.39 to 3.10
; TCP_DEFAULT_INIT_RCVWND is 10 (include/net/tcp.h)
sig   = *:64:0:*:mss*10,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*10,*:mss,nop,nop,sok,nop,ws:df,id+:0

label = g:unix:Linux:2.4 to 2.6.38
; p0f 3; 4 segments (tcp_select_initial_window). IoT Sentinel's captures: D-Link's, Edimax', TP-Link's
; and Belkin's hubs, cameras and plugs
sig   = *:64:0:*:mss*4,0:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,1:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,2:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,3:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,4:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,5:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,6:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,7:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,8:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,0:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,1:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:mss*4,2:mss,nop,nop,sok,nop,ws:df,id+:0
; p0f 3: BaiduSpider's, its timestamps overwritten
sig   = *:64:0:1460:mss*4,2:mss,sok,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,ws:df,id+:0
sig   = *:64:0:1460:mss*4,7:mss,sok,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,ws:df,id+:0

label = g:unix:Linux:
; 4.20's own windows (see there) without timestamps and SACK, and without timestamps and scaling: others
; send these options, too
sig   = *:64:0:*:mss*44,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*46,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*47,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*48,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*49,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*50,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*51,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*52,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*53,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*7,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*1,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:mss*44,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*45,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*46,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*47,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*48,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*49,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*50,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*51,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*52,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*53,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*7,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*1,0:mss,nop,nop,sok:df,id+:0
; any other buffer, net.ipv4.tcp_ecn, ip_no_pmtu_disc, tcp_timestamps, tcp_sack, tcp_window_scaling
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+,ecn:0
sig   = *:64:0:*:*,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:*,*:mss,nop,nop,sok,nop,ws:df,id+,ecn:0
sig   = *:64:0:*:*,*:mss,nop,nop,ts,nop,ws:df,id+:0
sig   = *:64:0:*:*,0:mss,sok,ts:df,id+:0
sig   = *:64:0:*:*,0:mss,nop,nop,ts:df,id+:0
sig   = *:64:0:*:*,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:*,*:mss,nop,ws:df,id+:0
; nothing but the MSS: many send that, so only with Linux's own windows
sig   = *:64:0:*:mss*44,0:mss:df,id+:0
sig   = *:64:0:*:mss*45,0:mss:df,id+:0
sig   = *:64:0:*:mss*46,0:mss:df,id+:0
sig   = *:64:0:*:mss*47,0:mss:df,id+:0
sig   = *:64:0:*:mss*48,0:mss:df,id+:0
sig   = *:64:0:*:mss*49,0:mss:df,id+:0
sig   = *:64:0:*:mss*50,0:mss:df,id+:0
sig   = *:64:0:*:mss*51,0:mss:df,id+:0
sig   = *:64:0:*:mss*52,0:mss:df,id+:0
sig   = *:64:0:*:mss*53,0:mss:df,id+:0
sig   = *:64:0:*:mss*29,0:mss:df,id+:0
sig   = *:64:0:*:mss*30,0:mss:df,id+:0
sig   = *:64:0:*:mss*31,0:mss:df,id+:0
sig   = *:64:0:*:mss*32,0:mss:df,id+:0
sig   = *:64:0:*:mss*33,0:mss:df,id+:0
sig   = *:64:0:*:mss*34,0:mss:df,id+:0
sig   = *:64:0:*:mss*35,0:mss:df,id+:0
sig   = *:64:0:*:mss*20,0:mss:df,id+:0
sig   = *:64:0:*:mss*10,0:mss:df,id+:0
sig   = *:64:0:*:mss*7,0:mss:df,id+:0
sig   = *:64:0:*:mss*4,0:mss:df,id+:0
sig   = *:64:0:*:mss*1,0:mss:df,id+:0
; 43690, half of the 87380 bytes of tcp_rmem[1] before 4.20, is less than lo's MSS
sig   = *:64:0:*:43690,0:mss:df,id+:0

; What is left and no system's.

label = g:proxy:Full TCP proxy:
; a full TCP proxy's options with other buffers
sig   = 4:255:0:*:*,*:mss,nop,ws,sok,ts:df,id+:0
; FreeBSD's options and window with an id, which FreeBSD has not sent since 11, and another scale than
; the older ones
sig   = 4:64:0:*:65535,*:mss,nop,ws,sok,ts:df,id+:0
; nothing but the MSS, with a TTL that no system has had since Solaris 7
sig   = 4:255:0:*:*,0:mss:df,id+:0

label = g:proxy:Full TCP proxy:or embedded device
; the same without DF, as lwIP's devices have it with other buffers
sig   = 4:255:0:*:*,0:mss::0
