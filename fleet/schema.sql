-- The tables of a fleet. Every statement may be run again.
--
-- lines -> requests -> the rollups: who writes a line into the first fills all of them.

-- What nginx writes, by nginx-conf/fleet_log.conf: text, empty where a value is absent. Nothing is
-- kept here.
CREATE TABLE IF NOT EXISTS lines
(
    time String,
    server String,
    client String,
    request String,
    status String,
    login String,
    syn_status String,
    p0f String,
    window String,
    os String,
    os_class String,
    link String,
    family String,
    confidence String,
    ua_family String,
    os_mismatch String,
    os_mismatch_p String,
    rtt String,
    rtt_quality String,
    tls_rtt String,
    rtt_gap String,
    hello_delay String
)
ENGINE = Null;

-- Where servers stand, in degrees: yours to fill. `server` is $hostname.
CREATE TABLE IF NOT EXISTS servers
(
    server String,
    latitude Float64,
    longitude Float64
)
ENGINE = ReplacingMergeTree
ORDER BY server;

-- Which network is whose: yours to fill, from a CSV of prefix, number and name.
CREATE TABLE IF NOT EXISTS networks
(
    network String,
    asn UInt32,
    name String
)
ENGINE = ReplacingMergeTree
ORDER BY network;

-- The longest prefix that an address has. SYSTEM RELOAD DICTIONARY asns reads a new CSV at once.
CREATE DICTIONARY IF NOT EXISTS asns
(
    network String,
    asn UInt32 DEFAULT 0,
    name String DEFAULT ''
)
PRIMARY KEY network
SOURCE(CLICKHOUSE(TABLE 'networks'))
LAYOUT(IP_TRIE)
LIFETIME(MIN 3600 MAX 7200);

-- One row a request, each with what is known of its connection. NULL is absent, as is an empty
-- word. An address of IPv4 is ::ffff:192.0.2.1.
CREATE TABLE IF NOT EXISTS requests
(
    time DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD),
    server LowCardinality(String),
    client IPv6 CODEC(ZSTD),
    -- 0 if no network has the address.
    asn UInt32 CODEC(ZSTD),
    -- Which request of its connection, from 1 on.
    request UInt32 CODEC(ZSTD),
    status UInt16 CODEC(ZSTD),
    login LowCardinality(String),
    syn_status LowCardinality(String),
    -- $tcpfp_p0f without what paths change: the TTL is the one that it started with, the MSS is *.
    -- p0f's database takes it as it is.
    signature LowCardinality(String),
    ttl Nullable(UInt8) CODEC(ZSTD),
    mss Nullable(UInt16) CODEC(ZSTD),
    window Nullable(UInt16) CODEC(ZSTD),
    os LowCardinality(String),
    os_class LowCardinality(String),
    link LowCardinality(String),
    family LowCardinality(String),
    confidence Nullable(UInt8) CODEC(ZSTD),
    ua_family LowCardinality(String),
    os_mismatch Nullable(UInt8) CODEC(ZSTD),
    os_mismatch_p Nullable(UInt8) CODEC(ZSTD),
    -- Microseconds, as are all that follow but for the word.
    rtt Nullable(UInt32) CODEC(ZSTD),
    rtt_quality LowCardinality(String),
    tls_rtt Nullable(UInt32) CODEC(ZSTD),
    rtt_gap Nullable(UInt32) CODEC(ZSTD),
    hello_delay Nullable(UInt32) CODEC(ZSTD)
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (signature, time)
-- Addresses are data of persons: a day goes as a whole once it is over by so much.
TTL toDateTime(time) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS lines_to_requests TO requests AS
WITH
    splitByChar(':', p0f) AS part,
    toUInt8OrNull(splitByChar('+', part[2])[1]) AS received,
    multiIf(received <= 32, '32', received <= 64, '64', received <= 128, '128', '255') AS initial
SELECT
    toDateTime64(toDecimal64OrZero(lines.time, 3), 3, 'UTC') AS time,
    server,
    toIPv6OrDefault(lines.client) AS client,
    dictGet('asns', 'asn', client) AS asn,
    toUInt32OrZero(lines.request) AS request,
    toUInt16OrZero(lines.status) AS status,
    login,
    syn_status,
    if(p0f = '', '', arrayStringConcat(
        [part[1], initial, part[3], '*', part[5], part[6], part[7], part[8]], ':')) AS signature,
    received AS ttl,
    -- p0f writes 0 where the option is missing.
    nullIf(toUInt16OrNull(part[4]), 0) AS mss,
    toUInt16OrNull(lines.window) AS window,
    os,
    os_class,
    link,
    family,
    toUInt8OrNull(lines.confidence) AS confidence,
    ua_family,
    toUInt8OrNull(lines.os_mismatch) AS os_mismatch,
    toUInt8OrNull(lines.os_mismatch_p) AS os_mismatch_p,
    toUInt32OrNull(lines.rtt) AS rtt,
    rtt_quality,
    toUInt32OrNull(lines.tls_rtt) AS tls_rtt,
    toUInt32OrNull(lines.rtt_gap) AS rtt_gap,
    toUInt32OrNull(lines.hello_delay) AS hello_delay
FROM lines;

-- The least share that so many of so many show: the lower end of Wilson's interval of 99%.
CREATE FUNCTION IF NOT EXISTS tcpfp_share_at_least AS (some, of) ->
    (least(some / of, 1) + 3.318 / of
        - 2.576 * sqrt((least(some / of, 1) * (1 - least(some / of, 1)) + 1.659 / of) / of))
    / (1 + 6.636 / of);
