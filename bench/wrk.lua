-- Sends the lines of a file, one request each: bodies, or paths where the method is GET. @REF@ becomes a text that no
-- other request has. Arguments: file, seed, method, mean pause in ms before each request of a connection (0: none),
-- "last" where the time is to end with the last answer: what is under way when wrk stops would else count as nothing.
-- Such requests are few and large, and the first of them are made before the time begins: making one is not serving it.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } span; int clock_gettime(int, span *);")
local lines, place, made, mark, method = {}, 0, 0, "", "POST"
local threads = {}
local AHEAD, ahead = 64, {}
began, ended = 0, 0 -- of a thread; done() reads them

local function now()
  local at = ffi.new("span[1]")
  ffi.C.clock_gettime(1, at) -- CLOCK_MONOTONIC
  return tonumber(at[0].s) + tonumber(at[0].ns) / 1e9
end

function setup(thread) threads[#threads + 1] = thread end

function init(args)
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
  math.randomseed(tonumber(args[2]))
  place = math.random(#lines)
  mark, method = args[2] .. "-", args[3]
  local pause = tonumber(args[4])
  if pause > 0 then
    -- wrk asks for it only where it is there. Exponential pauses: requests come in as they do from many independent
    -- askers, sometimes several at once.
    function delay() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end
  end
  if args[5] == "last" then
    function response() ended = now() end
    for turn = AHEAD, 1, -1 do ahead[turn] = made_request() end
  end
end

function request()
  if began == 0 then began = now() end
  return table.remove(ahead) or made_request()
end

function made_request()
  place = place % #lines + 1
  if method == "GET" then return wrk.format("GET", lines[place]) end
  local body = lines[place]:gsub("@REF@", function()
    made = made + 1
    return mark .. made
  end)
  return wrk.format("POST", nil, nil, body)
end

function done(summary, latency, _)
  local seconds, last = summary.duration / 1e6, threads[1]:get("ended")
  if last > 0 then seconds = last - threads[1]:get("began") end
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "refused": %d, "lost": %d, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, seconds, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
