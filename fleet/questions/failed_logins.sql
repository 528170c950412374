-- Finds signatures whose logins failed from 50 addresses or more within a day, and from a larger share of
-- addresses than with other signatures: guessing that is spread so thin that no address stands out.
-- Finds wrongly: a program whose saved password is no longer right.
WITH
    50 AS enough,
    2 AS times,
    (SELECT max(time) FROM requests) AS latest,
    logins AS
    (
        SELECT
            signature,
            uniqIf(client, login = 'failed') AS failing,
            uniq(client) AS trying,
            countIf(login = 'failed') AS failures,
            uniqIf(server, login = 'failed') AS servers
        FROM requests
        WHERE time > latest - INTERVAL 1 DAY AND login != ''
        GROUP BY signature
    ),
    -- The median, which a campaign of a few signatures does not move.
    (SELECT median(failing / trying) FROM logins WHERE trying >= 20) AS usual
SELECT
    signature,
    failing AS addresses,
    servers,
    round(failures / failing, 1) AS failures_an_address,
    round(100 * failing / trying, 1) AS percent,
    round(100 * usual, 1) AS usual_percent
FROM logins
WHERE addresses >= enough AND tcpfp_share_at_least(failing, trying) > times * usual
ORDER BY addresses DESC;
