-- GET the address on the command line, as a visitor.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")
