-- What stays of requests when they are gone, by day or hour. No address is in it, only sketches that
-- count how many there were: docs/fleet.md says what such a sketch tells. Every statement may be
-- run again; what was written into `requests` before the first time is not counted.

CREATE TABLE IF NOT EXISTS signature_days
(
    day Date,
    signature LowCardinality(String),
    os SimpleAggregateFunction(max, String),
    family SimpleAggregateFunction(max, String),
    requests SimpleAggregateFunction(sum, UInt64),
    connections SimpleAggregateFunction(sum, UInt64),
    addresses AggregateFunction(uniqCombined64(14), IPv6)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (signature, day)
TTL day + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS requests_to_signature_days TO signature_days AS
SELECT
    toDate(time) AS day,
    signature,
    max(toString(requests.os)) AS os,
    max(toString(requests.family)) AS family,
    count() AS requests,
    countIf(request = 1) AS connections,
    uniqCombined64State(14)(client) AS addresses
FROM requests
WHERE syn_status = 'saved'
GROUP BY day, signature;

-- Rates are of addresses, because one address may ask as often as it likes.
CREATE TABLE IF NOT EXISTS asn_days
(
    day Date,
    asn UInt32,
    requests SimpleAggregateFunction(sum, UInt64),
    connections SimpleAggregateFunction(sum, UInt64),
    addresses AggregateFunction(uniqCombined64(14), IPv6),
    -- With a claim that could be held against a SYN, and with one that contradicted it.
    judged AggregateFunction(uniqCombined64(14), IPv6),
    contradicted AggregateFunction(uniqCombined64(14), IPv6),
    gap AggregateFunction(quantilesTDigest(0.5, 0.9), Nullable(UInt32))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (asn, day)
TTL day + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS requests_to_asn_days TO asn_days AS
SELECT
    toDate(time) AS day,
    asn,
    count() AS requests,
    countIf(request = 1) AS connections,
    uniqCombined64State(14)(client) AS addresses,
    uniqCombined64StateIf(14)(client, os_mismatch IS NOT NULL) AS judged,
    uniqCombined64StateIf(14)(client, ifNull(os_mismatch, 0) = 1) AS contradicted,
    quantilesTDigestState(0.5, 0.9)(rtt_gap) AS gap
FROM requests
GROUP BY day, asn;

CREATE TABLE IF NOT EXISTS family_days
(
    day Date,
    family LowCardinality(String),
    server LowCardinality(String),
    requests SimpleAggregateFunction(sum, UInt64),
    connections SimpleAggregateFunction(sum, UInt64),
    addresses AggregateFunction(uniqCombined64(14), IPv6)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (family, server, day)
TTL day + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS requests_to_family_days TO family_days AS
SELECT
    toDate(time) AS day,
    family,
    server,
    count() AS requests,
    countIf(request = 1) AS connections,
    uniqCombined64State(14)(client) AS addresses
FROM requests
GROUP BY day, family, server;

CREATE TABLE IF NOT EXISTS syn_hours
(
    hour DateTime('UTC'),
    server LowCardinality(String),
    syn_status LowCardinality(String),
    connections UInt64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (server, syn_status, hour)
TTL hour + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS requests_to_syn_hours TO syn_hours AS
SELECT
    toStartOfHour(toDateTime(time)) AS hour,
    server,
    syn_status,
    countIf(request = 1) AS connections
FROM requests
GROUP BY hour, server, syn_status;
