-- GET the inbox with three filters and facets, as staff. Argument: tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")
local query = "/v1/triage/ideas?board=bench&category=open&unanswered_days=7&has_response=false&facets=true"

function init(args)
   common.seed()
   tokens = common.lines(args[1])
end

function request()
   return wrk.format("GET", query, common.bearer(common.any(tokens)))
end
