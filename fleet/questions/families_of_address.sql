-- Finds addresses that are surely of three families or more, at three servers or more, within ten
-- minutes: machines that send the SYNs of several systems, and proxies with several systems behind.
-- Finds wrongly: the NAT of an office or a carrier whose people visit many servers of the fleet.
WITH
    3 AS enough_families,
    3 AS enough_servers,
    80 AS sure,
    (SELECT max(time) FROM requests) AS latest
SELECT
    replaceOne(toString(client), '::ffff:', '') AS address,
    any(network) AS asn,
    max(families) AS most_families,
    max(servers) AS most_servers,
    count() AS times
FROM
(
    SELECT
        client,
        toStartOfTenMinutes(time) AS start,
        any(asn) AS network,
        uniqExact(family) AS families,
        uniqExact(server) AS servers
    FROM requests
    WHERE time > latest - INTERVAL 7 DAY AND confidence >= sure
    GROUP BY client, start
    HAVING families >= enough_families AND servers >= enough_servers
)
GROUP BY client
ORDER BY most_families DESC, most_servers DESC, address;
