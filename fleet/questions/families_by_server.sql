-- Finds servers whose visitors are of other families than the middle server's: `difference` is the share
-- of them, in percent, that there are too many of some families, and `most` is the first of these.
-- Something in front of a server that ends TCP makes all of them one family.
-- Finds wrongly: a server with visitors of its own, such as the one of an application for phones.
WITH
    30 AS least,
    100 AS enough,
    (SELECT max(day) FROM family_days) AS latest
SELECT
    server,
    any(here) AS visitors,
    round(100 * sum(greatest(share - usual, 0)), 1) AS difference,
    argMax(family, share - usual) AS most
FROM
(
    SELECT server, family, here, share, median(share) OVER (PARTITION BY family) AS usual
    FROM
    (
        SELECT
            server,
            family,
            uniqCombined64Merge(14)(addresses) AS count,
            sum(count) OVER (PARTITION BY server) AS here,
            count / here AS share
        FROM family_days
        WHERE day > latest - 7 AND family != ''
        GROUP BY server, family
    )
)
GROUP BY server
HAVING visitors >= enough AND difference >= least
ORDER BY difference DESC;
