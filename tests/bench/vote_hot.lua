-- One idea: the members of this thread vote for it one after the other, then take their votes back in the same order,
-- so each request changes the same counter. Arguments: tokens, number of threads. The address is that of the vote.
local common = dofile(os.getenv("BENCH_LUA") .. "/common.lua")

function init(args)
   local all, threads = common.lines(args[1]), tonumber(args[2])
   tokens, turn, method = {}, 0, "PUT"
   for nth = thread_number, #all, threads do tokens[#tokens + 1] = all[nth] end
end

function request()
   turn = turn + 1
   if turn > #tokens then
      turn, method = 1, method == "PUT" and "DELETE" or "PUT"
   end
   return wrk.format(method, nil, common.bearer(tokens[turn]))
end
