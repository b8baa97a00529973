-- GET any idea, as any member. Arguments: ideas, tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   common.seed()
   ideas, tokens = common.lines(args[1]), common.lines(args[2])
end

function request()
   return wrk.format("GET", "/v1/ideas/" .. common.any(ideas), common.bearer(common.any(tokens)))
end
