; The signatures that ngx-tcpfp knows by itself, in p0f's syntax.
;
; Each signature is written from the source that its comment names: the system's own source code or
; documentation, an RFC, or a recording made by a script of t/capture.
;
; The order: tools first, then stacks in userspace, then systems, each from the special to the
; general. A generic label (g:) is taken only where no specific one (s:) fits.
; IPv6: `*` serves both versions (df, id+ and id- are no concern of IPv6). No signature lists `flow`.

classes = win,unix,other

[mtu]

; Ethernet, RFC 894
label = Ethernet
sig   = 1500

; RFC 2516, 7: eight bytes of PPPoE and PPP
label = PPPoE
sig   = 1492
; NTT East's FLET'S technical reference: PPPoE over an L2TP of its own
sig   = 1454

; RFC 2784: 20 bytes of IPv4 and 4 of GRE; RFC 2890 with a key: 8
label = GRE
sig   = 1476
sig   = 1472

; RFC 4213, 3.2: 20 bytes of IPv4; over PPPoE
label = IPv6 over IPv4 or IP in IP
sig   = 1480
sig   = 1472

; RFC 8200, 5: the least MTU of IPv6, and what tunnels choose to be safe (Tailscale, WARP, Teredo)
label = smallest IPv6 MTU, tunnel or VPN
sig   = 1280

; wg-quick(8): 80 bytes less than the path, 1500 or PPPoE's 1492
label = WireGuard
sig   = 1420
sig   = 1412
; only 60 less where the outer packet is IPv4
sig   = 1440
sig   = 1432

label = IPsec
; AWS Site-to-Site VPN, best practices: AES-GCM 1446; AES-CBC with SHA1 1438, SHA2 1422 and 1406
sig   = 1446
sig   = 1438
sig   = 1422
sig   = 1406

; Windows, KB826159: 1400 on VPN connections
label = Windows VPN (PPTP, L2TP or IKEv2)
sig   = 1400

; RFC 7348: 50 bytes of VXLAN; with an outer IPv6 70
label = VXLAN
sig   = 1450
sig   = 1430

; RFC 6333, 5.3: 40 bytes of IPv6. Google Cloud VPC's default is the same
label = DS-Lite, L2TP or Google Cloud
sig   = 1460

; 3GPP TS 29.281: 20 bytes of IPv4, 8 of UDP and 8 of GTP-U
label = GTP
sig   = 1464
; 3GPP TS 23.060, annex C: what a mobile terminal should use
sig   = 1358

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
; Linux: the MSS is cut to 65535 bytes less the headers (net/ipv4/tcp_output.c), lo itself has 65536
sig   = 65535
; BSD's lo0: FreeBSD and macOS 16384 (sys/net/if_loop.c), OpenBSD 32768, NetBSD 33624
sig   = 16384
sig   = 32768
sig   = 33624

[tcp:request]

; Tools that write their own SYN. Recorded by t/capture/tools.sh.

label = s:!:Nmap:SYN scan
sys   = @unix,@win
; nmap 7.93 -sS: the TTL is 37 to 59 at random
sig   = 4:59-:0:1460:1024,0:mss::0
; nmap 7.93 -6 -sS
sig   = 6:255:0:1460:1024,0:mss::0

label = s:!:masscan:
sys   = @unix,@win
; masscan 1.3.2
sig   = 4:255:0:0:1024,0:::0

label = s:!:ZMap:
sys   = @unix
; zmap 2.1.1
sig   = 4:255:0:0:65535,0:::0

label = s:!:hping3:
sys   = @unix
; hping3 3.a2 -S: the acknowledgment number is random
sig   = 4:64:0:0:512,0::ack+:0
sig   = 4:64:0:0:512,0:::0

label = s:!:Nping:
sys   = @unix,@win
; nping 0.7.93 --tcp
sig   = 4:64:0:0:1480,0:::0

label = s:!:Scapy:
sys   = @unix,@win
; scapy 2.5.0 IP()/TCP()
sig   = 4:64:0:0:8192,0::seq-:0

; Windows. TTL 128, DF and a counted id.

label = s:win:Windows:10 or 11
; Microsoft, Performance Tuning for Network Adapters: the trace of a SYN with autotuning normal
sig   = *:128:0:*:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:64240,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0
sig   = *:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+,ecn:0
sig   = *:128:0:*:mss*44,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:mss*45,8:mss,nop,ws,nop,nop,sok:df,id+:0

label = s:win:Windows:7 or 8
; Microsoft, KB4471134: the trace of a SYN of Windows Server 2008 R2
sig   = *:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:8192,2:mss,nop,ws,nop,nop,sok:df,id+:0

label = g:win:Windows:
; the same layout with another window; with timestamps (Set-NetTCPSetting -Timestamps Enabled)
sig   = *:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:128:0:*:*,*:mss,nop,ws,sok,ts:df,id+:0
sig   = *:128:0:*:*,0:mss,nop,nop,sok:df,id+:0

; Apple. One SYN for macOS and iOS: xnu, bsd/netinet/tcp_output.c. The scale is the smallest that
; covers the largest receive buffer (tcp_set_max_rwinscale); the window is TCP_MAXWIN.

label = s:unix:Mac OS X:macOS or iOS, 2017 and newer
; xnu-4570 and newer: the id of an atomic datagram is 0 (ip_output.c, rfc6864)
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,ecn:0

label = s:unix:Mac OS X:10.8 to 10.12 or iOS 6 to 10
; xnu-2050 to xnu-3789: 512 KiB or 1 MiB of receive buffer, a random id
sig   = *:64:0:*:65535,4:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0
sig   = *:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0

label = s:unix:Mac OS X:10.5 to 10.7
; xnu-1228 to xnu-1699: net.inet.tcp.win_scale_factor is 3
sig   = *:64:0:*:65535,3:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0

label = g:unix:Mac OS X:
sig   = *:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0
sig   = *:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0
; net.inet.tcp.rfc1323=0
sig   = *:64:0:*:65535,0:mss,sok,eol+1:df:0

; FreeBSD: sys/netinet/tcp_output.c, tcp_addoptions. The scale covers sb_max (tcp_subr.c).

label = s:unix:FreeBSD:11 and newer
; sb_max is 2 MiB; the id of an atomic datagram is 0 (ip_id.c, net.inet.ip.rfc6864)
sig   = *:64:0:*:65535,6:mss,nop,ws,sok,ts:df:0

label = s:unix:FreeBSD:9 or 10
sig   = *:64:0:*:65535,6:mss,nop,ws,sok,ts:df,id+:0

label = s:unix:FreeBSD:7 or 8
; sb_max is 256 KiB
sig   = *:64:0:*:65535,3:mss,nop,ws,sok,ts:df,id+:0

; OpenBSD: sys/netinet/tcp_output.c.

label = s:unix:OpenBSD:
sig   = *:64:0:*:16384,6:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0
sig   = *:64:0:*:16384,3:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0

; NetBSD: sys/netinet/tcp_output.c. A SYN is shorter than IP_MINFRAGSIZE, its id is 0 (ip_output.c).

label = s:unix:NetBSD:
sig   = *:64:0:*:32768,3:mss,nop,ws,sok,nop,nop,nop,nop,ts:df:0

; Solaris and illumos: uts/common/inet/tcp/tcp_output.c, tcp_xmit_mp_aux_iss. The receive buffer,
; 128000 bytes or 49152 before 2013, is rounded up to the MSS.

label = s:unix:Solaris:illumos
sig   = *:64:0:*:mss*44,1:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Solaris:10 or 11
sig   = *:64:0:*:mss*34,0:mss,nop,ws,nop,nop,sok:df,id+:0
sig   = *:64:0:*:mss*34,0:mss,nop,nop,sok:df,id+:0

; Linux: net/ipv4/tcp_output.c, tcp_syn_options and tcp_options_write. The window is the largest
; multiple of the MSS in the initial receive window, the scale covers tcp_rmem[2].

label = s:unix:Linux:6.16 and newer
; net/ipv4/tcp.c: tcp_rmem[1] is 128 KiB, tcp_rmem[2] 32 MiB
sig   = *:64:0:*:mss*44,10:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,10:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Linux:4.20 and newer
; net/ipv4/tcp.c: tcp_rmem[1] is 128 KiB, tcp_rmem[2] 6 MiB
sig   = *:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:mss*45,7:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Linux:3.11 to 4.19
; tcp_default_init_rwnd: twice the initial congestion window of 10
sig   = *:64:0:*:mss*20,*:mss,sok,ts,nop,ws:df,id+:0

label = s:unix:Linux:3.0 to 3.10
; TCP_DEFAULT_INIT_RCVWND is 10
sig   = *:64:0:*:mss*10,*:mss,sok,ts,nop,ws:df,id+:0

label = g:unix:Linux:
; any buffers; options switched off by net.ipv4.tcp_timestamps, tcp_sack, tcp_window_scaling
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
sig   = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+,ecn:0
sig   = *:64:0:*:*,*:mss,nop,nop,sok,nop,ws:df,id+:0
sig   = *:64:0:*:*,*:mss,nop,nop,ts,nop,ws:df,id+:0
sig   = *:64:0:*:*,*:mss,nop,ws:df,id+:0
sig   = *:64:0:*:*,0:mss,sok,ts:df,id+:0
sig   = *:64:0:*:*,0:mss,nop,nop,ts:df,id+:0
sig   = *:64:0:*:*,0:mss,nop,nop,sok:df,id+:0
sig   = *:64:0:*:*,0:mss:df,id+:0
