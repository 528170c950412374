/* Prints the SYNs of lwIP as rows: name, settings, hex. */

#include <stdio.h>

#include "lwip/netif.h"
#include "lwip/prot/tcp.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"

struct connection {
    const char *to;
    u8_t type;
    u16_t mtu;
};

static struct netif wire;
static sys_sem_t done;

static err_t print(struct pbuf *packet)
{
    unsigned char bytes[120];
    u16_t len = pbuf_copy_partial(packet, bytes, sizeof bytes, 0);
    u16_t i, tcp = bytes[0] >> 4 == 4 ? (bytes[0] & 15) * 4 : 40;

    if (!(bytes[tcp + 13] & TCP_SYN))
        return ERR_OK;
    printf("lwIP\tlwIP 2.1.3 as Debian configures it, MTU %u\t", wire.mtu);
    for (i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
    return ERR_OK;
}

static err_t send4(struct netif *netif, struct pbuf *packet, const ip4_addr_t *to)
{
    LWIP_UNUSED_ARG(netif);
    LWIP_UNUSED_ARG(to);
    return print(packet);
}

static err_t send6(struct netif *netif, struct pbuf *packet, const ip6_addr_t *to)
{
    LWIP_UNUSED_ARG(netif);
    LWIP_UNUSED_ARG(to);
    return print(packet);
}

static err_t set_up(struct netif *netif)
{
    netif->output = send4;
    netif->output_ip6 = send6;
    return ERR_OK;
}

static void start(void *unused)
{
    ip4_addr_t address, mask, gateway;
    ip6_addr_t address6;
    s8_t slot;

    LWIP_UNUSED_ARG(unused);
    ip4addr_aton("192.0.2.2", &address);
    ip4addr_aton("255.255.255.0", &mask);
    ip4addr_aton("192.0.2.1", &gateway);
    netif_add(&wire, &address, &mask, &gateway, NULL, set_up, tcpip_input);
    ip6addr_aton("2001:db8::2", &address6);
    netif_add_ip6_address(&wire, &address6, &slot);
    netif_ip6_addr_set_state(&wire, slot, IP6_ADDR_PREFERRED);
    netif_set_default(&wire);
    netif_set_link_up(&wire);
    netif_set_up(&wire);
    sys_sem_signal(&done);
}

static err_t ignore(void *arg, struct tcp_pcb *pcb, err_t err)
{
    LWIP_UNUSED_ARG(arg);
    LWIP_UNUSED_ARG(pcb);
    return err;
}

static void connect(void *arg)
{
    struct connection *connection = arg;
    struct tcp_pcb *pcb = tcp_new_ip_type(connection->type);
    ip_addr_t to;

    wire.mtu = wire.mtu6 = connection->mtu;
    ipaddr_aton(connection->to, &to);
    if (tcp_connect(pcb, &to, 443, ignore) == ERR_OK)
        tcp_abort(pcb);
    sys_sem_signal(&done);
}

int main(void)
{
    struct connection connections[] = {
        {"192.0.2.1", IPADDR_TYPE_V4, 1500}, {"2001:db8::1", IPADDR_TYPE_V6, 1500},
        {"192.0.2.1", IPADDR_TYPE_V4, 1420}, {"2001:db8::1", IPADDR_TYPE_V6, 1420},
        {"192.0.2.1", IPADDR_TYPE_V4, 1280}, {"2001:db8::1", IPADDR_TYPE_V6, 1280},
    };
    unsigned i;

    if (sys_sem_new(&done, 0) != ERR_OK)
        return 1;
    tcpip_init(start, NULL);
    sys_arch_sem_wait(&done, 0);
    for (i = 0; i < sizeof connections / sizeof *connections; i++) {
        tcpip_callback(connect, &connections[i]);
        sys_arch_sem_wait(&done, 0);
    }
    return 0;
}
