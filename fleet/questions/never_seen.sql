-- Finds signatures of the last day that nobody sent in the 30 days before it: new tools and new
-- stacks, from 20 addresses on.
-- Finds wrongly: a new release of a system, a router that now changes the options of all behind it.
WITH
    20 AS enough,
    (SELECT max(day) FROM signature_days) AS latest
SELECT
    signature,
    max(os) AS os,
    max(family) AS family,
    uniqCombined64Merge(14)(addresses) AS addresses,
    sum(connections) AS connections
FROM signature_days
WHERE day = latest
    AND signature NOT IN (
        SELECT signature FROM signature_days WHERE day >= latest - 30 AND day < latest)
GROUP BY signature
HAVING addresses >= enough
ORDER BY addresses DESC;
