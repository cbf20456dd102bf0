-- Counts what one holder has let through of one client's quota and grants it a share of what is left.
-- All of it happens at once: nobody else's script runs in between, and the counter never exists without an expiry.
--
-- KEYS[1]  the client's counter for the window: a hash
--            used, held   of all holders: counted against the limit; of that, granted but perhaps not spent
--            <holder>     "sequence used held" of one
-- KEYS[2]  the client's strikes: a hash
-- ARGV     1 window number  2 window ms  3 limit  4 time to live ms  5 holder  6 sequence
--          7 spent  8 held  9 need  10 waiting  11 what all holders together may hold unspent
--          12 what one may who is the only one  13 what that one keeps when it is called back
--          14 the channel on which leases are called back  15 the client
-- answers  {verdict, now in us, window, granted, left, elsewhere, unspent elsewhere,
--           offences, window start, quiet from, blocked until}
--          verdict: 0 counted, 1 another window, 2 late, 3 blocked

local asked_window, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
local sequence, spent, held = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local need, waiting, spare_max = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local sole_max, kept = tonumber(ARGV[12]), tonumber(ARGV[13])

local time = redis.call('TIME')
local now_us = time[1] * 1000000 + time[2]
local window_us = ARGV[2] * 1000
local window = math.floor(now_us / window_us)

local strikes = redis.call('HMGET', KEYS[2], 'offences', 'window_start', 'quiet_from', 'blocked_until')
for i = 1, 4 do strikes[i] = tonumber(strikes[i]) or 0 end

local function answer(verdict, granted, left, elsewhere, unspent_elsewhere)
  return {verdict, now_us, window, granted, left, elsewhere, unspent_elsewhere,
          strikes[1], strikes[2], strikes[3], strikes[4]}
end

if window ~= asked_window then return answer(1, 0, 0, 0, 0) end

local counter = redis.call('HMGET', KEYS[1], 'used', 'held', ARGV[5])
local old_sequence, old_used, old_held = 0, 0, 0
if counter[3] then
  local a, b, c = string.match(counter[3], '(%d+) (%d+) (%d+)')
  old_sequence, old_used, old_held = tonumber(a), tonumber(b), tonumber(c)
end
if sequence <= old_sequence then return answer(2, 0, 0, 0, 0) end
if strikes[4] * 1000 > now_us then return answer(3, 0, 0, 0, 0) end

-- The others', by what they last said; then the asker's own, by what it says now.
local elsewhere = (tonumber(counter[1]) or 0) - old_used
local unspent_elsewhere = (tonumber(counter[2]) or 0) - old_held
local claimed = spent + held
local left = math.max(0, limit - elsewhere - claimed)

-- Somebody holds as much as if he were alone, and no longer is.
local called_back = unspent_elsewhere > spare_max

local granted, unspent = 0, held
if need > 0 and left >= need then
  granted = math.min(left, need + waiting)
  -- Something to spend without asking: an equal share of what may lie unspent, less and less near the end.
  local holders = math.max(1, redis.call('HLEN', KEYS[1]) - 2)
  if counter[1] and not counter[3] then holders = holders + 1 end
  -- Where it is all with one, what that one keeps is what lies there from now on.
  local lies = called_back and holders == 2 and kept or unspent_elsewhere
  local may_lie = holders == 1 and sole_max or spare_max
  local spare = math.min(may_lie - lies, math.ceil(may_lie / holders), math.floor((left - granted) / 2))
  if spare > 0 then granted = granted + spare end
  unspent = math.max(0, granted - need - waiting)
end

redis.call('HSET', KEYS[1], 'used', elsewhere + claimed + granted, 'held', unspent_elsewhere + unspent,
           ARGV[5], string.format('%d %d %d', sequence, claimed + granted, unspent))
if not counter[1] then
  local rest_ms = math.ceil(((window + 1) * window_us - now_us) / 1000)
  redis.call('PEXPIRE', KEYS[1], math.max(tonumber(ARGV[4]), rest_ms))
end
-- Not heard, it is said again with the next question.
if called_back then redis.pcall('PUBLISH', ARGV[14], ARGV[15]) end
return answer(0, granted, left - granted, elsewhere, unspent_elsewhere)
