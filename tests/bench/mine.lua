-- GET the top page, as any member: such pages are never kept. Argument: tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   common.seed()
   tokens = common.lines(args[1])
end

function request()
   return wrk.format("GET", nil, common.bearer(common.any(tokens)))
end
