-- Finds one stack that comes from a hundred addresses or more to five servers or more within a minute,
-- ten times as many as in its usual minute: a campaign, whatever it asks for.
-- Finds wrongly: a crowd of one system that follows a link or an appointment, and programs that all ask
-- for their update at the same second.
WITH
    100 AS enough_addresses,
    5 AS enough_servers,
    10 AS times,
    (SELECT max(requests.time) FROM requests) AS latest,
    (SELECT greatest(min(requests.time), latest - INTERVAL 7 DAY) FROM requests) AS since,
    dateDiff('minute', since, latest) + 1 AS minutes
SELECT
    signature,
    minute,
    addresses,
    servers,
    requests,
    failed_logins,
    round(usual, 1) AS usual_addresses
FROM
(
    SELECT
        signature,
        toStartOfMinute(time) AS minute,
        uniq(client) AS addresses,
        uniq(server) AS servers,
        count() AS requests,
        countIf(login = 'failed') AS failed_logins,
        sum(addresses) OVER (PARTITION BY signature) / minutes AS usual
    FROM requests
    WHERE time > since AND signature != ''
    GROUP BY signature, minute
)
WHERE addresses >= enough_addresses AND servers >= enough_servers AND addresses > times * usual
ORDER BY addresses DESC;
