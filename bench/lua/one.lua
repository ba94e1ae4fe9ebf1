-- One request, again and again, for wrk. What it asks is said after `--`:
--   get
--   post BODY AUTHORIZATION
--   introspect FILE AUTHORIZATION     one line of FILE a token: each is asked about in turn
--   userinfo FILE                     the same, as bearer
local form = "application/x-www-form-urlencoded"

local function lines(file)
   local all = {}
   for line in io.lines(file) do all[#all + 1] = line end
   return all
end

-- Requests made beforehand, one after the other. wrk sends a single one by itself, without asking Lua each time.
local function in_turn(all)
   local at = 0
   request = function()
      at = at % #all + 1
      return all[at]
   end
end

function init(args)
   local what = args[1]
   if what == "post" then
      wrk.method, wrk.body = "POST", args[2]
      wrk.headers["Content-Type"], wrk.headers["Authorization"] = form, args[3]
   elseif what == "introspect" then
      local headers = { ["Content-Type"] = form, ["Authorization"] = args[3], ["Host"] = wrk.headers["Host"] }
      local all = lines(args[2])
      for i, token in ipairs(all) do all[i] = wrk.format("POST", nil, headers, "token=" .. token) end
      in_turn(all)
   elseif what == "userinfo" then
      local all = lines(args[2])
      for i, token in ipairs(all) do
         all[i] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token, ["Host"] = wrk.headers["Host"] })
      end
      in_turn(all)
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      '{"requests":%d,"microseconds":%d,"p50":%d,"p95":%d,"p99":%d,"errors":%d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), latency:percentile(99),
      e.connect + e.read + e.write + e.status + e.timeout))
end
