-- Finds hours in which the kernel of a server kept no SYN of ten connections or more, and of more than one
-- in twenty: SYN cookies under a flood, or connections from before a restart.
-- Finds wrongly: a server whose backlog is too short for its visitors.
WITH
    10 AS enough,
    5 AS least,
    (SELECT max(syn_hours.hour) FROM syn_hours) AS latest
SELECT
    server,
    hour,
    sumIf(syn_hours.connections, syn_status = 'missing') AS missing,
    sum(syn_hours.connections) AS connections,
    round(100 * missing / connections, 1) AS percent
FROM syn_hours
WHERE hour > latest - INTERVAL 7 DAY
GROUP BY server, hour
HAVING missing >= enough AND 100 * tcpfp_share_at_least(missing, connections) > least
ORDER BY hour, server;
