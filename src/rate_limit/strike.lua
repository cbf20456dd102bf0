-- Keeps a client's strikes, unless this window or a later one is already counted, and answers with what is kept.
--
-- KEYS[1]  the client's strikes: a hash
-- ARGV     1 offences  2 window start  3 quiet from  4 blocked until  5 time to live ms
-- answers  {offences, window start, quiet from, blocked until}

local kept = redis.call('HMGET', KEYS[1], 'offences', 'window_start', 'quiet_from', 'blocked_until')
for i = 1, 4 do kept[i] = tonumber(kept[i]) or 0 end
if kept[1] > 0 and kept[2] >= tonumber(ARGV[2]) then return kept end

redis.call('HSET', KEYS[1], 'offences', ARGV[1], 'window_start', ARGV[2],
           'quiet_from', ARGV[3], 'blocked_until', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])}
