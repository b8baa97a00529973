-- PUT a vote of any member on any idea: most pairs are new, so most requests store one. Arguments: ideas, tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   common.seed()
   ideas, tokens = common.lines(args[1]), common.lines(args[2])
end

function request()
   return wrk.format("PUT", "/v1/ideas/" .. common.any(ideas) .. "/vote", common.bearer(common.any(tokens)))
end
