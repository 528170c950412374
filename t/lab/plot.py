"""Draws the lab's results as SVG: `python3 -m t.lab.plot RESULTS.tsv > plot.svg`.

Each connection is a point: the handshake's round trip to the right, TLS's upwards.
"""

import sys

from .distance import relay, results, tunnel

WIDTH, HEIGHT, MARGIN = 720, 560, 60
#: Milliseconds at the end of both axes, and between two lines of the grid.
END, STEP = 280, 40
#: nginx-conf/proxied_clients.conf has the same.
LIMIT = 30

REAL = {middle.name for middle in relay.REAL}
TUNNELS = {middle.name for middle in tunnel.REAL}
#: By the way's name: colour (Okabe and Ito's, which the colour-blind can tell apart) and shape.
SERIES = {
    "direct": ("#0072b2", "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z"),
    "transparent relay": ("#d55e00", "m-3-3h6v6h-6z"),
    "SOCKS5": ("#009e73", "m0-4l4 7h-8z"),
    "CONNECT": ("#cc79a7", "m0 4l4-7h-8z"),
    "danted, haproxy, microsocks, ssh, tinyproxy": ("#000000", "m-3-3l6 6m-6 0l6-6"),
    "WireGuard, OpenVPN": ("#e69f00", "m0-6l6 6-6 6-6-6z"),
}
NAMES = dict(zip(["direct", *relay.KINDS], SERIES))


def series(way):
    *_, real, tunnels = SERIES
    return real if way in REAL else tunnels if way in TUNNELS else NAMES[way]


def x(rtt):
    return MARGIN + rtt / END * (WIDTH - 2 * MARGIN)


def y(tls_rtt):
    return HEIGHT - MARGIN - tls_rtt / END * (HEIGHT - 2 * MARGIN)


def line(x1, y1, x2, y2, style):
    return f'<line x1="{x(x1):.1f}" y1="{y(y1):.1f}" x2="{x(x2):.1f}" y2="{y(y2):.1f}" {style}/>'


def text(x, y, words, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{words}</text>'


def marks(name, points):
    """A path through all points of a series, its shape at each."""
    colour, shape = SERIES[name]
    path = "".join(f"M{x:.1f} {y:.1f}{shape}" for x, y in points)
    return f'<path d="{path}" fill="{colour}" fill-opacity=".5" stroke="{colour}"/>'


def axes():
    for at in range(0, END + 1, STEP):
        yield line(at, 0, at, END, 'stroke="#ddd"')
        yield line(0, at, END, at, 'stroke="#ddd"')
        yield text(x(at), y(0) + 18, at, 'text-anchor="middle"')
        yield text(x(0) - 8, y(at) + 4, at, 'text-anchor="end"')
    yield text(x(END / 2), HEIGHT - 16, "$tcpfp_rtt, ms", 'text-anchor="middle"')
    yield text(0, 0, "$tcpfp_tls_rtt, ms",
               f'text-anchor="middle" transform="translate(18 {y(END / 2):.1f}) rotate(-90)"')
    yield line(0, 0, END, END, 'stroke="#555"')
    yield line(0, LIMIT, END - LIMIT, END, 'stroke="#555" stroke-dasharray="6 4"')
    yield text(x(END - LIMIT) - 30, y(END) + 16, f"a gap of {LIMIT} ms", 'text-anchor="end"')


def plot(rows):
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" ' \
          'font-family="sans-serif" font-size="13">'
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield from axes()
    for name in SERIES:
        yield marks(name, [
            (x(row["rtt"]), y(row["tls_rtt"])) for row in rows if series(row["way"]) == name
        ])
    top = HEIGHT - MARGIN - 20 * len(SERIES)
    yield f'<rect x="{WIDTH - MARGIN - 330}" y="{top - 8}" width="320" ' \
          f'height="{20 * len(SERIES) + 2}" fill="#fff" fill-opacity=".85"/>'
    for number, name in enumerate(SERIES):
        yield marks(name, [(WIDTH - MARGIN - 316, top + 4 + 20 * number)])
        yield text(WIDTH - MARGIN - 302, top + 8 + 20 * number, name)
    yield "</svg>"


if __name__ == "__main__":
    print(*plot(results.read(sys.argv[1])), sep="\n")
