-- Finds how common each signature is: the share of the last week's addresses that sent it.
-- Finds wrongly: an address that many people share counts once, and one of a person whose address
-- changes counts each time. A signature without the options that others tell by is many systems'.
WITH
    (SELECT max(day) FROM signature_days) AS latest,
    (SELECT uniqCombined64Merge(14)(addresses) FROM signature_days WHERE day > latest - 7) AS everybody
SELECT
    signature,
    max(os) AS os,
    max(family) AS family,
    uniqCombined64Merge(14)(addresses) AS addresses,
    round(100 * addresses / everybody, 3) AS percent,
    sum(connections) AS connections
FROM signature_days
WHERE day > latest - 7
GROUP BY signature
ORDER BY addresses DESC
LIMIT 100;
