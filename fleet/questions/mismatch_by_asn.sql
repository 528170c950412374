-- Finds networks where more addresses than elsewhere claim a system that their SYN contradicts. The gap
-- says how many milliseconds their clients are behind whoever opened the TCP connection.
-- Finds wrongly: carriers' NAT, where one forger among many people is enough for an address to count;
-- companies that send all their people through a proxy, private relays, laboratories with emulators.
WITH
    3 AS times,
    (SELECT max(day) FROM asn_days) AS latest,
    (
        SELECT uniqCombined64Merge(14)(contradicted) / uniqCombined64Merge(14)(judged)
        FROM asn_days
        WHERE day > latest - 7
    ) AS usual
SELECT
    asn,
    name,
    claims AS judged,
    lies AS contradicted,
    round(100 * lies / claims, 1) AS percent,
    round(100 * usual, 1) AS usual_percent,
    round(gaps[1] / 1000, 1) AS gap_median,
    round(gaps[2] / 1000, 1) AS gap_90
FROM
(
    SELECT
        asn,
        uniqCombined64Merge(14)(asn_days.judged) AS claims,
        uniqCombined64Merge(14)(asn_days.contradicted) AS lies,
        quantilesTDigestMerge(0.5, 0.9)(gap) AS gaps
    FROM asn_days
    WHERE day > latest - 7
    GROUP BY asn
) AS counted
LEFT JOIN (SELECT asn, any(name) AS name FROM networks GROUP BY asn) AS named USING asn
WHERE tcpfp_share_at_least(lies, claims) > times * usual
ORDER BY percent DESC;
