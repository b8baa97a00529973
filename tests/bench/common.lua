-- What the scripts share: lists read from files, a random choice, and the report the driver reads.
-- wrk's own count of failures is used (errors.status counts answers above 399), because a response() function here
-- would cost more than some of the answers.

local common = {}

function common.lines(path)
   local found = {}
   for line in io.lines(path) do
      if line ~= "" then found[#found + 1] = line end
   end
   return found
end

function common.encoded(text)
   return (text:gsub("[^%w]", function(c) return string.format("%%%02X", c:byte()) end))
end

function common.any(list)
   return list[math.random(#list)]
end

function common.bearer(token)
   return { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end

-- Each thread gets a number, for scripts that must not share members, and chance of its own.
local threads = 0
function setup(thread)
   threads = threads + 1
   thread:set("thread_number", threads)
end

function common.seed()
   math.randomseed(os.time() * 64 + (thread_number or 1))
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\nREPORT {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "bad": %d, "lost": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
      errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end

return common
