-- Finds addresses that can be at no place: light could not go from one server to the address and on to
-- another server in half of their two round trips. Whoever answers is then at several places: a proxy
-- with exits near many servers, anycast, forged routes.
-- Finds wrongly: an address that moved within the week, as those of mobile networks may; all clients of
-- a server whose position is wrong or which has a proxy in front. Such a server is in every row.
WITH
    -- Kilometres a microsecond, in vacuum. Glass has two thirds of that.
    0.299792458 AS speed,
    (SELECT max(requests.time) FROM requests) AS latest
SELECT
    replaceOne(toString(client), '::ffff:', '') AS address,
    count() AS pairs,
    argMax(here, apart - reach) AS server,
    argMax(there, apart - reach) AS other_server,
    round(max(apart - reach)) AS kilometres_too_many,
    any(asn) AS asn
FROM
(
    SELECT
        client,
        asn,
        arrayJoin(seen) AS one,
        arrayJoin(arrayFilter(place -> place.1 > one.1, seen)) AS other,
        one.1 AS here,
        other.1 AS there,
        geoDistance(one.3, one.4, other.3, other.4) / 1000 AS apart,
        speed * (one.2 + other.2) / 2 AS reach
    FROM
    (
        SELECT client, any(network) AS asn, groupArray((server, nearest, longitude, latitude)) AS seen
        FROM
        (
            SELECT client, server, min(rtt) AS nearest, any(requests.asn) AS network
            FROM requests
            WHERE time > latest - INTERVAL 7 DAY AND rtt_quality IN ('ok', 'mixed', 'late')
            GROUP BY client, server
        ) AS visits
        INNER JOIN (SELECT * FROM servers FINAL) AS places USING server
        GROUP BY client
        HAVING length(seen) > 1
    )
)
WHERE apart > reach
GROUP BY client
ORDER BY pairs DESC, kilometres_too_many DESC;
