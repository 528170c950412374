"""Made-up traffic of a fleet of servers, 32 days of it, with campaigns hidden in it.

The SYNs and what the module says of them are real (stacks.py). Who comes when and from where is made
by ClickHouse from hashes of numbers: the same lines each time."""

from dataclasses import dataclass
from itertools import accumulate
from string import Template

from . import stacks

DAYS = 32
#: 2026-01-01, midnight.
START = 1_767_225_600
SERVERS = 60
NETWORKS = 256
#: Latitude and longitude of where people and servers are: server 37 is in city 7.
CITIES = [
    (40.7, -74.0), (51.5, -0.1), (35.7, 139.7), (-33.9, 151.2), (52.5, 13.4), (48.9, 2.3), (37.8, -122.4),
    (-23.5, -46.6), (1.3, 103.8), (19.1, 72.9), (55.8, 37.6), (59.3, 18.1), (41.9, 12.5), (40.4, -3.7),
    (30.0, 31.2), (-26.2, 28.0), (6.5, 3.4), (25.2, 55.3), (41.0, 29.0), (13.8, 100.5), (37.6, 127.0),
    (39.9, 116.4), (22.3, 114.2), (43.7, -79.4), (19.4, -99.1), (-34.6, -58.4), (4.7, -74.1), (50.1, 14.4),
    (47.5, 19.0), (53.3, -6.3),
]
#: Networks that rent out their clients' connections.
RENTED = (241, 242, 243)
#: The server that machines read.
MIRROR = 57
#: The day from which half of the clients with the first stack have the second.
UPDATE_DAY = 25

CHANCE = "(of, purpose) -> sipHash64(of, purpose) / 18446744073709551616. AS chance"

#: Whoever has a machine. Three in ten share the address of a neighbour, one in fifty is behind the NAT
#: of a carrier.
CLIENTS = """
CREATE TABLE clients ENGINE = Memory AS
WITH
    $chance,
    $shares AS shares,
    $families AS families,
    $versions AS versions,
    chance(intDiv(number, 2), 'home') < 0.3 ? number - number % 2 : number AS home,
    number % 50 = 7 AS is_carried,
    is_carried ? 200 : toUInt32(floor($networks * pow(chance(home, 'network'), 2))) AS network
SELECT
    number AS id,
    network % 30 AS city,
    toUInt32(least(arrayFirstIndex(sum -> sum > chance(number, 'stack'), shares), $stacks) - 1) AS stack,
    multiIf(
        versions[stack + 1] = 6,
        toString(toIPv6(concat('2001:db8:', lower(hex(network)), ':', lower(hex(intDiv(home, 65536) + 1)),
            '::', lower(hex(home % 65536 + 1))))),
        is_carried, concat('100.64.0.', toString(intDiv(number, 50) % 40)),
        concat('10.', toString(network), '.', toString(intDiv(home, 256) % 256), '.',
            toString(home % 256))) AS client,
    toUInt32(floor($paths * chance(home, 'path'))) AS path,
    2000 + 25000 * pow(chance(home, 'access'), 2) AS access,
    network IN $rented AND chance(number, 'rented') < 0.4 AS is_rented,
    multiIf(
        is_rented OR chance(number, 'forged') < 0.02,
        ['Windows', 'Apple', 'Android', 'Linux'][1 + toUInt8(floor(4 * chance(number, 'another')))],
        families[stack + 1] = 'Other' OR chance(number, 'robot') < 0.1, '',
        families[stack + 1]) AS claim
FROM numbers($clients)
"""

#: What they do on a day. Three requests are a connection.
VISITS = """
WITH
    $chance,
    $latitudes AS latitudes,
    $longitudes AS longitudes,
    chance(connection, 'hour') AS x,
    -- By day some three times as many as at night, by the sun.
    x + 0.08 * sin(2 * pi() * x) + 1 - longitudes[city + 1] / 360 AS turn,
    -- Half of the time at a server near by.
    toUInt32(chance(connection, 'near') < 0.5
        ? city + 30 * (connection % 2) : floor($servers * chance(connection, 'server'))) AS host,
    chance(connection, 'odd') < 0.001 AS is_odd,
    host = $mirror AND chance(connection, 'machine') < 0.8 AS is_machine
SELECT
    connection,
    request,
    $start + 86400 * (turn - floor(turn)) * 0.9999 + (request - 1) * 0.8 AS at,
    host AS server,
    client,
    toUInt32(multiIf(
        is_machine, $linux,
        is_odd, $odd + floor($odds * chance(connection, 'which')),
        clients.stack = 0 AND $is_updated AND chance(id, 'update') < 0.5, 1,
        clients.stack)) AS stack,
    is_odd AND NOT is_machine ? 0 : clients.path AS path,
    is_machine OR is_odd ? '' : clients.claim AS claim,
    -- Cities are no points, and the way is no straight line.
    geoDistance(longitudes[city + 1] + 6 * chance(id, 'east') - 3,
        latitudes[city + 1] + 6 * chance(id, 'north') - 3,
        longitudes[host % 30 + 1], latitudes[host % 30 + 1]) / 1000 AS kilometres,
    14 * kilometres + access - 1500 * log(1 - chance(connection, 'jitter')) AS rtt,
    is_rented ? 60000 + 90000 * chance(id, 'behind') : 0. AS behind,
    multiIf(
        request != 3 OR chance(connection, 'login') > 0.1, '',
        chance(connection, 'wrong') < 0.08, 'failed', 'passed') AS login,
    chance(connection, 'missing') < 0.002 AS is_missing
FROM
(
    SELECT
        intDiv(number, 3) AS connection,
        number % 3 + 1 AS request,
        toUInt64(floor($clients * pow(sipHash64(connection, 'client') / 18446744073709551616., 2))) AS id
    FROM numbers($first, $count)
) AS visits
INNER JOIN clients USING id
"""

#: Rows of the same columns, of nobody else.
CAMPAIGN = """
SELECT
    1000000000000 + $number * 1000000 + number AS connection, 1 AS request, toFloat64($at) AS at,
    toUInt32($server) AS server, $client AS client, toUInt32($stack) AS stack, toUInt32($path) AS path,
    '' AS claim, 0. AS kilometres, toFloat64($rtt) AS rtt, 0. AS behind, '$login' AS login, $is_missing AS is_missing
FROM numbers($count)
"""

LINES = """
INSERT INTO FUNCTION file({file:String}, JSONEachRow)
WITH
    $chance,
    chance(connection, 'quality') AS quality,
    -- Eight in ten connections speak TLS.
    chance(connection, 'tls') < 0.8 AS has_tls,
    toUInt32(behind - 2000 * log(1 - chance(connection, 'think')) + 200) AS gap
SELECT
    concat(toString(toUInt32(at)), '.', leftPad(toString(toUInt16(1000 * (at - floor(at)))), 3, '0'))
        AS time,
    concat('web', leftPad(toString(rows.server), 2, '0'), '.example.net') AS server,
    client,
    toString(rows.request) AS request,
    multiIf(login = 'failed', '401', login = 'passed', '302',
        chance(connection, toString(rows.request)) < 0.05, '404', '200') AS status,
    login,
    is_missing ? 'missing' : 'saved' AS syn_status,
    $known,
    ua_family,
    is_missing ? '' : arrivals.os_mismatch AS os_mismatch,
    is_missing ? '' : arrivals.os_mismatch_p AS os_mismatch_p,
    toString(toUInt32(rows.rtt)) AS rtt,
    multiIf(is_missing, 'cookie', quality < 0.9, 'ok', quality < 0.95, 'mixed', quality < 0.98, 'retrans',
        'upper_bound') AS rtt_quality,
    has_tls ? toString(toUInt32(rows.rtt) + gap) : '' AS tls_rtt,
    has_tls ? toString(gap) : '' AS rtt_gap,
    toString(toUInt32(0.1 * rows.rtt + 500 * chance(connection, 'hello'))) AS hello_delay
FROM ($rows) AS rows
INNER JOIN arrivals USING stack, path, claim
ORDER BY at
SETTINGS output_format_json_escape_forward_slashes = 0
"""


@dataclass
class Campaign:
    """Requests that somebody hides among the others. What is text is an expression of `number`."""

    day: int
    count: int
    second: str
    server: str
    client: str
    stack: str
    path: str = "number % 8"
    rtt: str = "20000 + number % 90000"
    login: str = ""
    is_missing: int = 0


class Traffic:
    """So many requests, beside those of the campaigns."""

    def __init__(self, run, rows):
        """`run` runs a statement of ClickHouse's, with parameters."""
        self.run, self.rows = run, rows
        self.stacks = stacks.honest()
        self.honest = len(self.stacks)
        self.linux, self.android, self.apple = (
            next(n for n, stack in enumerate(self.stacks) if stack.family == family)
            for family in ("Linux", "Android", "Apple"))
        self.gvisor, self.smoltcp, self.odd = (self.honest + n for n in range(3))
        self.stacks += stacks.new() + stacks.odd(self.stacks[self.linux])
        self.campaigns = self._campaigns()
        self._tables()

    def signature(self, stack):
        return self.stacks[stack].signature()

    def _campaigns(self):
        address = "concat('{}.', toString(intDiv(number{}, 256)), '.', toString(number{} % 256))"
        everyone = f"number * 7919 % {self.honest}"
        return {
            # Within 60 seconds, across the border of a minute.
            "5,000 addresses": Campaign(
                31, 5000, "51640 + number * 60 / 5000", "number % 50", address.format("172.16", "", ""),
                str(self.linux)),
            "1,000 addresses": Campaign(
                31, 1000, "30000 + number * 60 / 1000", "number % 20", address.format("172.20", "", ""),
                str(self.gvisor)),
            "300 addresses": Campaign(
                28, 300, "70800 + number * 50 / 300", "number % 10", address.format("172.21", "", ""),
                str(self.android), login="failed"),
            # One or two of each, over all of the last day.
            "guessing": Campaign(
                31, 600, "number * 140", "number % 25",
                address.format("172.22", " % 400", " % 400"), str(self.apple), login="failed"),
            # One stack on a day that nobody had before.
            "a new tool": Campaign(
                31, 60, "number * 1300", "number % 5", address.format("172.23", "", ""), str(self.smoltcp)),
            # A stack that looks common, by the connections of one address.
            "one busy address": Campaign(
                27, 3000, "number * 28", "3", "'172.24.0.1'", str(self.odd)),
            # Each of 30 addresses, with the SYNs of every system, within five minutes.
            "many systems": Campaign(
                29, 1800, "40000 + intDiv(number, 60) * 600 + number % 60 * 5", "number * 11 % 15",
                "concat('172.25.0.', toString(intDiv(number, 60) + 1))", everyone, rtt="200000 + number % 1000"),
            # Two servers answer with SYN cookies for three hours, from nine o'clock on.
            "a flood": Campaign(
                30, 600, "32400 + number * 18", "12 + number % 2 * 21", address.format("172.27", "", ""),
                str(self.android), is_missing=1),
            # Each of 20 addresses, three milliseconds from New York, Moscow and Seoul.
            "exits everywhere": Campaign(
                28, 120, "number * 600", "number % 3 * 10",
                "concat('172.26.0.', toString(intDiv(number, 6) + 1))", str(self.linux), "0",
                "3000 + number % 7 * 100"),
        }

    def _tables(self):
        honest = self.stacks[:self.honest]
        columns = ", ".join(f"{key} String" for key in stacks.KEYS)
        self.run(f"CREATE TABLE arrivals (stack UInt32, path UInt32, claim String, {columns}) ENGINE = Memory")
        self.run("INSERT INTO arrivals VALUES " + ", ".join(
            str(tuple(row)) for row in stacks.arrivals(self.stacks, self.odd)))
        self.run(self._text(
            CLIENTS, shares=list(accumulate(stack.share for stack in honest)), stacks=self.honest,
            families=[stack.family for stack in honest], versions=[stack.version for stack in honest],
            rented=RENTED,
            networks=NETWORKS, paths=len(stacks.PATHS)))

    def _text(self, template, **more):
        return Template(template).substitute(chance=CHANCE, clients=self.clients, **more)

    @property
    def clients(self):
        """How many have a machine."""
        return max(self.rows // 10, 1000)

    def write(self, day, file):
        """Writes the log of a day, of all servers."""
        first, end = (self.rows * (day + n) // DAYS // 3 * 3 for n in range(2))
        start = START + 86400 * day
        rows = [self._text(
            VISITS, latitudes=[place[0] for place in CITIES], longitudes=[place[1] for place in CITIES],
            servers=SERVERS, mirror=MIRROR, start=start, linux=self.linux, odd=self.odd, odds=stacks.ODD,
            is_updated=int(day >= UPDATE_DAY), first=first, count=end - first)]
        rows += [
            Template(CAMPAIGN).substitute(
                number=number, at=f"{start} + {it.second}", server=it.server, client=it.client,
                stack=it.stack, path=it.path, rtt=it.rtt, login=it.login, is_missing=it.is_missing,
                count=it.count)
            for number, it in enumerate(self.campaigns.values()) if it.day == day]
        known = ", ".join(
            f"is_missing ? '' : arrivals.{key} AS {key}" for key in stacks.KEYS[:stacks.KEYS.index("ua_family")])
        self.run(self._text(LINES, rows=" UNION ALL ".join(rows), known=known), file=str(file))


@dataclass
class Hidden:
    """What a question has to find: values of one column, or of several, and what it is known to find
    besides."""

    key: tuple
    found: set
    wrongly: frozenset = frozenset()

    def among(self, rows):
        """The rows of a question's answer, by key."""
        answers = {}
        for row in rows:
            key = tuple(row[name] for name in self.key)
            answers.setdefault(key[0] if len(key) == 1 else key, []).append(row)
        return answers


def hidden(traffic):
    """By question. Of prevalence nothing is hidden."""
    def signatures(*numbers):
        return {traffic.signature(number) for number in numbers}

    return {
        "burst": Hidden(("signature",), signatures(traffic.linux, traffic.gvisor, traffic.android)),
        # Two of the campaigns may be large enough to show.
        "drift": Hidden(("signature",), signatures(0, 1), signatures(traffic.linux, traffic.gvisor)),
        "failed_logins": Hidden(("signature",), signatures(traffic.apple)),
        "families_by_server": Hidden(("server",), {f"web{MIRROR}.example.net"}),
        "families_of_address": Hidden(("address",), {f"172.25.0.{n}" for n in range(1, 31)}),
        "mismatch_by_asn": Hidden(("name",), {f"Network {n}" for n in RENTED}, {"Carrier"}),
        "missing": Hidden(("server", "hour"), {
            (f"web{server}.example.net", f"2026-01-31 {hour:02}:00:00")
            for server in (12, 33) for hour in (9, 10, 11)}),
        "never_seen": Hidden(("signature",), signatures(traffic.gvisor, traffic.smoltcp)),
        "no_place": Hidden(("address",), {f"172.26.0.{n}" for n in range(1, 21)}),
    }


def servers():
    """The CSV of where the servers are."""
    rows = (f"web{n:02}.example.net,{CITIES[n % 30][0]},{CITIES[n % 30][1]}" for n in range(SERVERS))
    return "server,latitude,longitude\n" + "\n".join(rows) + "\n"


def networks():
    """The CSV of which network is whose."""
    rows = [f"10.{n}.0.0/16,{64512 + n},Network {n}" for n in range(NETWORKS)]
    rows += [f"2001:db8:{n:x}::/48,{64512 + n},Network {n}" for n in range(NETWORKS)]
    rows += ["100.64.0.0/10,64900,Carrier", "172.16.0.0/12,64901,Hosting"]
    return "network,asn,name\n" + "\n".join(rows) + "\n"
