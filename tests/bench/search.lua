-- Search a board for each query of the list in turn, as any member. Arguments: queries, tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   common.seed()
   queries, tokens = common.lines(args[1]), common.lines(args[2])
   turn = math.random(#queries)
end

function request()
   turn = turn % #queries + 1
   local path = "/v1/boards/bench/ideas?q=" .. common.encoded(queries[turn])
   return wrk.format("GET", path, common.bearer(common.any(tokens)))
end
