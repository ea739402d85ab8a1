-- Sends the lines of a file as bodies, one after the other. @REF@ becomes a text that no other request has.
local bodies, place, made, mark = {}, 0, 0, ""

function init(args)
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  math.randomseed(tonumber(args[2]))
  place = math.random(#bodies)
  mark = args[2] .. "-"
end

function request()
  place = place % #bodies + 1
  local body = bodies[place]:gsub("@REF@", function()
    made = made + 1
    return mark .. made
  end)
  return wrk.format("POST", nil, nil, body)
end

function done(summary, latency, _)
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "refused": %d, "lost": %d, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
