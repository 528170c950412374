-- Every connection with its SYN, its times, what it was taken for and what it claimed, for learning
-- machines: a row each, to be written as Parquet.
--
-- Addresses are anonymous, by Crypto-PAn (Xu, Fan, Ammar, Moon 2002): two that begin with the same bits
-- still do so, and nobody without the key can say which they were. `key` is 64 hexadecimal digits. Of
-- times there is the hour, and of networks no number: that would name them.
WITH
    toFixedString(substring(unhex({key:String}), 1, 32), 32) AS bytes,
    substring(bytes, 1, 16) AS secret,
    toUInt128('340282366920938463463374607431768211455') AS ones,
    reinterpretAsUInt128(reverse(substring(encrypt('aes-128-ecb', substring(bytes, 17, 16), secret), 1, 16)))
        AS pad,
    anonymous AS
    (
        SELECT
            client,
            bitShiftRight(toUInt128(client), 32) = 0xFFFF AS is_ipv4,
            bitShiftLeft(toUInt128(client), is_ipv4 ? 96 : 0) AS bits,
            -- A bit is flipped, or not, by those before it: the first bit of what AES makes of them, with
            -- the pad's in the place of the rest.
            bitXor(bits, arrayReduce('groupBitOr', arrayMap(
                position -> bitShiftLeft(toUInt128(ascii(encrypt('aes-128-ecb',
                    reverse(reinterpretAsFixedString(bitOr(
                        bitAnd(bits, bitNot(bitShiftRight(ones, position))),
                        bitAnd(pad, bitShiftRight(ones, position))))),
                    secret)) >= 128), 127 - position),
                range(is_ipv4 ? 32 : 128)))) AS hidden,
            is_ipv4
                ? IPv4NumToString(toUInt32(bitShiftRight(hidden, 96)))
                : IPv6NumToString(toFixedString(reverse(reinterpretAsFixedString(hidden)), 16)) AS address
        FROM (SELECT DISTINCT client FROM requests)
        WHERE throwIf(length({key:String}) != 64, 'key is not 64 hexadecimal digits') = 0
    )
SELECT
    toStartOfHour(toDateTime(time)) AS hour,
    server,
    address,
    toUInt8(part[1]) AS ip_version,
    ttl,
    toUInt8(part[3]) AS ip_options,
    mss,
    window,
    toUInt8(splitByChar(',', part[5])[2]) AS scale,
    part[6] AS layout,
    part[7] AS quirks,
    part[8] AS payload,
    signature,
    os AS label,
    os_class AS class,
    link,
    family,
    confidence,
    ua_family AS claim,
    os_mismatch,
    rtt,
    rtt_quality,
    tls_rtt,
    rtt_gap,
    hello_delay
FROM (SELECT *, splitByChar(':', signature) AS part FROM requests WHERE request = 1 AND signature != '') AS opened
INNER JOIN anonymous USING client
ORDER BY hour, server, address
-- The key is nobody else's: no log of queries has it.
SETTINGS log_queries = 0;
