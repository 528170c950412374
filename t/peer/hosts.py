"""Hosts that connect again and again: one machine or several behind an address, and what can
change about them from one SYN to the next."""

from dataclasses import dataclass, replace
from random import Random

from . import aim, mutate
from .packet import TIMESTAMPS

#: Unix seconds of the first SYN.
START = 1_500_000_000
#: Hosts that are active by turns.
SPAN_MS = 60 * 60 * 1000

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

#: Milliseconds between two SYNs of a host, many at a bound of one of p0f's rules.
GAPS = [
    0, 1, 5, 24, 25, 26, 50, 99, 100, 101, 200, 1000, 2500, 10_000, MINUTE, 5 * MINUTE,
    10 * MINUTE - 1, 10 * MINUTE, 10 * MINUTE + 1, HOUR, DAY - 1, DAY, DAY + 1,
]
#: Ticks a second, some beyond what p0f believes.
FREQUENCIES = [
    0.5, 0.7, 1, 2, 7, 10, 11, 12, 50, 53, 63, 64, 100, 117, 250, 300, 512, 533, 1000, 1024, 1499,
    1501, 5000,
]
#: What the clock is off by at times, some of it at a bound within a tenth of a second.
JUMPS = [-151, -150, -149, -5, -1, 149, 150, 151, 100_000, -100_000, 1 << 31]

PORTS = range(1024, 65536)


@dataclass(frozen=True)
class Case:
    """A SYN when it comes."""

    host: int
    version: int
    #: Unix milliseconds.
    time: int
    headers: bytes
    rest: bytes
    #: It is the one before, sent again.
    is_repeated: bool
    changes: tuple

    def __str__(self):
        return ", ".join([f"host {self.host}", *self.changes])


def cases(database, count, seed):
    """The SYNs of `count` hosts, in the order of time."""
    random = Random(seed)
    found = [case for host in range(count) for case in _host(host, database, random)]
    # Of one millisecond those of a host stay in their order.
    return sorted(found, key=lambda case: case.time)


def client(host, version):
    """The address of a host."""
    if version == 4:
        return f"10.{host >> 16}.{host >> 8 & 255}.{host & 255}"
    return f"2001:db8:1::{host >> 16:x}:{host & 0xffff:x}"


# --- machines

class Machine:
    """A stack, with a clock and a way to choose ports."""

    def __init__(self, packet, may_be_tool, random):
        self.packet, self.may_be_tool, self.random = packet, may_be_tool, random
        self.frequency = random.choice(FREQUENCIES)
        self.boot = random.choice([0, 1 << 31, (1 << 32) - 50_000, random.randrange(1 << 32)])
        self.clock = random.choice(["steady"] * 6 + ["drawn", "jumping", "stopped"])
        self.next_port = random.choice(["up"] * 4 + ["drawn", "down"])
        self.port = random.choice(PORTS)

    def tsval(self, time):
        """What the clock shows at a time in milliseconds."""
        random = self.random
        if self.clock == "drawn":
            return random.randrange(1 << 32)
        if self.clock == "jumping" and random.random() < 0.2:
            self.boot += random.choice(JUMPS)
        ticks = 0 if self.clock == "stopped" else int((time - START * 1000) * self.frequency / 1000)
        return self.boot + ticks

    def connect(self):
        """The port of the next connection."""
        random = self.random
        match self.next_port:
            case "up":
                self.port += random.choice([1, 1, 2, 7, 64, 1000])
            case "down":
                self.port -= random.choice([1, 62, 63, 64, 65, 1000])
            case _:
                self.port = random.choice(PORTS)
        self.port = PORTS[(self.port - PORTS[0]) % len(PORTS)]
        return self.port


def _machine(database, version, random):
    if random.random() < 0.08:
        packet, may_be_tool = mutate.anything(random), True
    else:
        signature = random.choice(database.signatures)
        packet = aim.at(signature, database.mtus, random)
        # What the signature leaves open may make it one of a tool's.
        tools = (known for known in database.signatures if known.is_tool)
        may_be_tool = any(tool.layout == signature.layout for tool in tools)
        if random.random() < 0.3:
            _change(packet, random.choice(mutate.CHANGES), random)
            may_be_tool = True
    packet.version = version
    return Machine(packet, may_be_tool, random)


def _change(packet, change, random):
    change(packet, random)
    return change.__name__


# --- what changes from one SYN to the next

def ttl_by_hops(packet, random):
    packet.ttl = (packet.ttl + random.choice([-3, -2, -1, 1, 2, 3])) % 256


def far(packet, random):
    packet.ttl = max(0, packet.ttl - random.choice([4, 5, 6, 8, 9, 10, 11, 20]))


def clock(packet, random):
    _tell_time(packet, lambda tsval: tsval + random.choice(JUMPS))


def _tell_time(packet, change):
    where = packet.find(TIMESTAMPS)
    if where is not None and len(packet.options[where]) == 10:
        option = packet.options[where]
        tsval = change(int.from_bytes(option[2:6], "big")) % (1 << 32)
        packet.options[where] = option[:2] + tsval.to_bytes(4, "big") + option[6:]


COMMON = [
    ttl_by_hops, ttl_by_hops, far, clock, mutate.mss, mutate.ip_ecn, mutate.no_path_mtu_discovery,
    mutate.near_ttl, mutate.own_time,
]


def _host(host, database, random):
    """A host's SYNs: mostly what its machines always send, in an order by chance."""
    version = random.choice([4, 4, 6])
    machines = [_machine(database, version, random) for _ in range(random.choice([1, 1, 1, 2, 2, 3]))]
    gaps = random.sample(GAPS, random.randint(1, 4))
    unrest = random.choice([0, 0, 0.05, 0.3, 0.8])
    order = random.choice(["drawn", "turns", "moves"])
    time = START * 1000 + random.randrange(SPAN_MS)
    count = random.choice([2, 3, 5, 10, 20, 40, 80])
    for number in range(count):
        match order:
            case "drawn":
                machine = random.choice(machines)
            case "turns":
                machine = machines[number % len(machines)]
            case _:
                machine = machines[number * len(machines) // count]
        case = _syn(host, version, machine, time, unrest, random)
        yield case
        # p0f looks at the SYN of a tool again whenever it comes.
        if not machine.may_be_tool and not case.changes and random.random() < 0.05:
            time += random.choice([1, 200, 1000, 3000])
            yield replace(case, time=time, is_repeated=True)
        time += random.choice(gaps)


def _syn(host, version, machine, time, unrest, random):
    packet = replace(machine.packet, options=list(machine.packet.options))
    packet.seq = packet.seq and random.randrange(1, 1 << 32)
    _tell_time(packet, lambda _: machine.tsval(time))
    changes = []
    while random.random() < unrest:
        change = random.choice(random.choice([COMMON, mutate.CHANGES]))
        changes.append(_change(packet, change, random))
        unrest /= 2
    packet.version = version
    server = random.choice(["192.0.2.1", "192.0.2.2"] if version == 4 else ["2001:db8::1"])
    ports = machine.connect(), random.choice([80, 443])
    headers, rest = packet.on_wire(client(host, version), server, *ports)
    return Case(host, version, time, headers, rest, False, tuple(changes))
