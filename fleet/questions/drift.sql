-- Finds signatures that grew or shrank from the week before to this one, against the growth of the middle
-- signature: by half a point of all addresses at least, and by more than chance makes of so many.
-- Finds wrongly: a campaign of many addresses is a growth, too. Holidays change who comes. A network that
-- begins to change SYNs on the way moves all its clients to other signatures.
WITH
    0.005 AS share,
    5 AS deviations,
    (SELECT max(day) FROM signature_days) AS latest,
    weeks AS
    (
        SELECT
            signature,
            max(os) AS system,
            uniqCombined64MergeIf(14)(addresses, day > latest - 7) AS now,
            uniqCombined64MergeIf(14)(addresses, day <= latest - 7) AS before
        FROM signature_days
        WHERE day > latest - 14
        GROUP BY signature
    ),
    (SELECT median(now / before) FROM weeks WHERE before >= 50) AS growth,
    (SELECT sum(now) FROM weeks) AS everybody
SELECT
    signature,
    system AS os,
    before,
    now,
    round(before * growth) AS expected,
    round(100 * (now - before * growth) / everybody, 2) AS points
FROM weeks
WHERE abs(now - before * growth)
    >= greatest(share * everybody, deviations * sqrt(now + before * growth * growth))
ORDER BY abs(points) DESC;
