-- POST an idea, as any member. Argument: tokens.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   common.seed()
   tokens, made = common.lines(args[1]), 0
end

function request()
   made = made + 1
   local title = string.format("장바구니에서 쿠폰을 한 번에 %d", made)
   local body = string.rep("주문을 마치기 전에 쓸 수 있는 쿠폰을 모두 보여 주면 좋겠습니다. ", 10)
   local json = string.format('{"title":"%s","body":"%s","tags":["쿠폰"]}', title, body)
   return wrk.format("POST", "/v1/boards/bench/ideas", common.bearer(common.any(tokens)), json)
end
