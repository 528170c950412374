// Prints the SYNs of gVisor's netstack as rows: name, settings, hex.
package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
)

// Auto-tuning lets the receive buffer grow: the scale then covers its limit.
type settings struct {
	mtu   uint32
	sack  bool
	tuned bool
	limit int
}

type path struct {
	from, to string
	protocol tcpip.NetworkProtocolNumber
}

func address(text string) tcpip.Address {
	ip := net.ParseIP(text)
	if v4 := ip.To4(); v4 != nil {
		ip = v4
	}
	return tcpip.Address(ip)
}

func newStack(s settings, link stack.LinkEndpoint, p path) *stack.Stack {
	netstack := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol},
	})
	sack := tcpip.TCPSACKEnabled(s.sack)
	netstack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack)
	tuned := tcpip.TCPModerateReceiveBufferOption(s.tuned)
	netstack.SetTransportProtocolOption(tcp.ProtocolNumber, &tuned)
	buffer := tcpip.TCPReceiveBufferSizeRangeOption{
		Min: tcp.MinBufferSize, Default: tcp.DefaultReceiveBufferSize, Max: s.limit}
	netstack.SetTransportProtocolOption(tcp.ProtocolNumber, &buffer)
	netstack.CreateNIC(1, link)
	netstack.AddProtocolAddress(1, tcpip.ProtocolAddress{
		Protocol:          p.protocol,
		AddressWithPrefix: address(p.from).WithPrefix(),
	}, stack.AddressProperties{})
	netstack.SetRouteTable([]tcpip.Route{
		{Destination: header.IPv4EmptySubnet, NIC: 1},
		{Destination: header.IPv6EmptySubnet, NIC: 1},
	})
	return netstack
}

func syn(s settings, p path) []byte {
	link := channel.New(8, s.mtu, "")
	netstack := newStack(s, link, p)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	to := tcpip.FullAddress{NIC: 1, Addr: address(p.to), Port: 443}
	go gonet.DialContextTCP(ctx, netstack, to, p.protocol)
	packet := link.ReadContext(ctx)
	view := packet.ToView()
	return view.AsSlice()
}

// What the SYN says. The window is 20 MSS, rounded down to the scale: where nothing is lost by
// that, it is the window of Linux 3.11 to 4.19, and over IPv6 there is no DF to tell the two apart.
func name(s settings, p path) string {
	if s.mtu == 1500 && s.tuned && s.limit == tcp.MaxBufferSize && p.protocol == ipv6.ProtocolNumber {
		return "Linux"
	}
	return "gVisor"
}

func main() {
	paths := []path{
		{"192.0.2.2", "192.0.2.1", ipv4.ProtocolNumber},
		{"2001:db8::2", "2001:db8::1", ipv6.ProtocolNumber},
	}
	var all []settings
	for _, mtu := range []uint32{1500, 1420, 1280} {
		all = append(all,
			settings{mtu, false, false, tcp.MaxBufferSize},
			settings{mtu, true, false, tcp.MaxBufferSize},
			settings{mtu, true, true, tcp.MaxBufferSize},
			settings{mtu, true, true, 8 << 20})
	}
	for _, s := range all {
		for _, p := range paths {
			fmt.Printf("%s\tgVisor, MTU %d, SACK %t, auto-tuned %t up to %d MiB\t%x\n",
				name(s, p), s.mtu, s.sack, s.tuned, s.limit>>20, syn(s, p))
		}
	}
}
