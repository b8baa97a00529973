#!/usr/bin/env python3
"""Measures Madang against its budgets and prints one Markdown report. docs/PERFORMANCE.md says what each line means.

Every budget is a ratio of two figures of the same run, because a figure by itself says more about the machine. What is
compared is measured in turn, several rounds of each, and the median counts, so that a machine that slows down for a
while slows both.
"""

import argparse
import os
import platform
import shlex
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import loop
from cluster import Cluster, free_port
from server import CONNECTIONS, HERE, THREADS, Measured, Server, median, wrk

PROGRAM = os.path.join(HERE, "../../target/release/madang")
SIZES = {"small": (1_000, 1_000, 10_000), "large": (100_000, 10_000, 1_000_000)}
ENGINES = ("sqlite", "postgres")
TOP = "/v1/ideas?sort=top"
# What growth is measured of.
GROWING = ("top page, visitor", "top page, member", "one idea, member", "search, member", "vote, spread", "vote, one idea")


def main():
    options = arguments()
    wrk()
    # Being told to stop ends the server and the cluster as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = options.keep or tempfile.mkdtemp(prefix="madang-bench-")
    os.makedirs(folder, exist_ok=True)
    # PostgreSQL's own user must be able to reach its folder in here.
    os.chmod(folder, 0o755)
    cluster = Cluster(folder) if "postgres" in options.engines else None
    try:
        measured, starts = measure_all(options, folder, cluster)
        version = cluster.sql("postgres", "SHOW server_version") if cluster else None
    finally:
        if cluster:
            cluster.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    budgets = judged(measured, starts, options)
    print("\n".join(report(options, version, measured, budgets)))
    sys.exit(1 if any(not met for _, _, _, met in budgets) and not options.quick else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small data, a second each: does it all still run?")
    parser.add_argument("--seconds", type=int, default=5, help="how long each measure takes in each round (5)")
    parser.add_argument("--rounds", type=int, default=3, help="how many rounds (3)")
    parser.add_argument("--keep", metavar="DIR", help="keep the seeded databases here and use those that are here")
    parser.add_argument("--only", choices=ENGINES, help="one database engine instead of both")
    options = parser.parse_args()
    options.engines = (options.only,) if options.only else ENGINES
    options.sizes = ("small",) if options.quick else ("small", "large")
    options.keep = options.keep and os.path.abspath(options.keep)
    if options.quick:
        options.seconds, options.rounds = 1, 1
    return options


def note(text):
    """Progress goes to standard error: the report alone is on standard output."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Data:
    """A seeded database and the copy that the measuring changes."""

    def __init__(self, engine, size, folder, cluster):
        self.engine, self.cluster = engine, cluster
        self.name = f"{engine} {size}"
        self.folder = os.path.join(folder, f"{engine}-{size}")
        self.master, self.copy = (
            (f"bench_{size}", f"run_{size}") if cluster else (self.path("master.db"), self.path("run.db")))
        seeded = self.path("seeded")
        if not os.path.exists(seeded):
            self._seed(SIZES[size])
            open(seeded, "w", encoding="ascii").close()
        self._make_copy()

    def path(self, name):
        return os.path.join(self.folder, name)

    def url(self, database):
        return self.cluster.url(database) if self.cluster else f"sqlite://{database}"

    def server(self, database=None):
        return Server(os.path.abspath(PROGRAM), free_port(), self.url(database or self.copy), self.folder)

    def _seed(self, size):
        note(f"seeding {self.name}")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        if self.cluster:
            self.cluster.sql("postgres", f"DROP DATABASE IF EXISTS {self.master}", f"CREATE DATABASE {self.master}")
        began = time.perf_counter()
        self.server(self.master).command("seed", *size)
        note(f"seeded {self.name} in {time.perf_counter() - began:.0f} s")
        if self.cluster:
            # What autovacuum does within minutes, so that it does not do it while we measure.
            self.cluster.sql(self.master, "VACUUM (FREEZE, ANALYZE)")

    def _make_copy(self):
        if self.cluster:
            self.cluster.sql("postgres", f"DROP DATABASE IF EXISTS {self.copy}",
                             f"CREATE DATABASE {self.copy} TEMPLATE {self.master}", "CHECKPOINT")
            return
        with sqlite3.connect(self.master) as master:
            master.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for copy in (self.copy, self.path("loop.db")):
            for end in ("-wal", "-shm"):
                if os.path.exists(copy + end):
                    os.remove(copy + end)
            shutil.copyfile(self.master, copy)
        os.sync()

    def drop(self):
        """The copies are as large as the data."""
        if self.cluster:
            self.cluster.sql("postgres", f"DROP DATABASE {self.copy} WITH (FORCE)")
            return
        for copy in (self.copy, self.path("loop.db")):
            for end in ("", "-wal", "-shm"):
                if os.path.exists(copy + end):
                    os.remove(copy + end)


def measure_all(options, folder, cluster):
    """Every figure by (engine, size, name), and the seconds to ready and megabytes on SQLite."""
    measured, starts = {}, None
    for engine in options.engines:
        for size in options.sizes:
            data = Data(engine, size, folder, cluster if engine == "postgres" else None)
            if engine == "sqlite" and size == options.sizes[-1]:
                starts = cold_starts(data)
            for name, figures in measure(data, options).items():
                measured[engine, size, name] = Measured(*(median(column) for column in zip(*figures)))
            data.drop()
    return measured, starts


def cold_starts(data):
    """The median seconds from the start of the process to ready, and the megabytes of an idle server."""
    server, took = data.server(), []
    for _ in range(5):
        took.append(server.start())
        server.stop()
    with server:
        time.sleep(5)
        return median(took), server.memory()


def measure(data, options):
    """The figures of each round by name."""
    figures, seconds = {}, options.seconds
    server = data.server()
    server.command("seed", 0, 0, 0)
    if data.cluster:
        data.cluster.number_rows(data.copy)
    with server:
        steps = http_steps(server) | other_steps(data, server)
        note(f"{data.name}: warming up")
        for step in steps.values():
            step(1)
        for number in range(options.rounds):
            for name, step in steps.items():
                found = step(seconds)
                note(f"{data.name} {number + 1}/{options.rounds} {name}: {found.rate:.0f}/s, p50 {found.p50:.2f} ms")
                figures.setdefault(name, []).append(found)
    return figures


def http_steps(server):
    """What is asked of the server, by name."""
    status, page = server.ask("GET", TOP)
    assert status == 200 and page.count(b'"excerpt"') == 20, page
    tokens, ideas, queries = server.file("tokens"), server.file("ideas"), server.file("queries")
    status, made = server.ask("POST", "/v1/boards/bench/ideas", server.lines("tokens")[0], {"title": "hot", "body": ""})
    assert status == 201, made
    server.hot = made.split(b'"id":"')[1].split(b'"')[0].decode()
    hot = f"/v1/ideas/{server.hot}/vote"
    return {
        "static body": lambda seconds: server.wrk("get.lua", f"/bench/static?bytes={len(page)}", seconds),
        "top page, visitor": lambda seconds: server.wrk("get.lua", TOP, seconds),
        "top page, member": lambda seconds: server.wrk("mine.lua", TOP, seconds, tokens),
        "one idea, member": lambda seconds: server.wrk("idea.lua", "/", seconds, ideas, tokens),
        "search, member": lambda seconds: server.wrk("search.lua", "/", seconds, queries, tokens),
        "inbox, staff": lambda seconds: server.wrk("inbox.lua", "/", seconds, server.file("staff")),
        "create": lambda seconds: server.wrk("create.lua", "/", seconds, tokens),
        "vote, spread": lambda seconds: server.wrk("vote_spread.lua", "/", seconds, ideas, tokens),
        "vote, one idea": lambda seconds: server.wrk("vote_hot.lua", hot, seconds, tokens, str(THREADS)),
    }


def other_steps(data, server):
    """What the votes are compared with: the same transactions without a server before them."""
    if not data.cluster:
        return {"bare loop": lambda seconds: Measured(loop.votes_per_second(data.path("loop.db"), seconds), 0, 0)}
    runs = iter(range(1, 1_000))
    variables = {"members": len(server.lines("tokens")), "ideas": len(server.lines("ideas")), "hot": server.hot}

    def pgbench(script):
        path = os.path.join(HERE, script)
        return lambda seconds: Measured(
            data.cluster.pgbench(data.copy, path, seconds, CONNECTIONS, next(runs), **variables), 0, 0)

    return {"pgbench, spread": pgbench("vote_spread.sql"), "pgbench, one idea": pgbench("vote_hot.sql")}


def judged(measured, starts, options):
    """Each budget: what, what was found, what must be reached, and whether it was."""
    largest, budgets = options.sizes[-1], []

    def ratio(what, engine, name, against, least):
        if engine in options.engines:
            found = measured[engine, largest, name].rate / measured[engine, largest, against].rate
            budgets.append((f"{what}, {engine}", f"{found:.2f}", f"≥ {least}", found >= least))

    for engine in ENGINES:
        ratio("top page of a visitor / static body", engine, "top page, visitor", "static body", 0.5)
    ratio("spread votes / pgbench", "postgres", "vote, spread", "pgbench, spread", 0.7)
    ratio("votes for one idea / pgbench", "postgres", "vote, one idea", "pgbench, one idea", 0.7)
    ratio("spread votes / bare loop", "sqlite", "vote, spread", "bare loop", 0.7)
    for engine in options.engines:
        inbox, top = (measured[engine, largest, name].p50 for name in ("inbox, staff", "top page, member"))
        budgets.append((f"p50 inbox with three filters and facets / top page, member, {engine}", f"{inbox / top:.2f}",
                        "≤ 5", inbox / top <= 5))
    if len(options.sizes) > 1:
        for engine in options.engines:
            for name in GROWING:
                small, large = (measured[engine, size, name].p50 for size in options.sizes)
                budgets.append((f"p50 large / small: {name}, {engine}", f"{large / small:.2f}", "≤ 1.5",
                                large / small <= 1.5))
    if starts:
        seconds, megabytes = starts
        budgets.append(("cold start to ready, sqlite", f"{seconds * 1e3:.0f} ms", "≤ 100 ms", seconds <= 0.1))
        budgets.append(("idle memory, sqlite", f"{megabytes:.1f} MB", "≤ 40 MB", megabytes <= 40))
    return budgets


def report(options, version, measured, budgets):
    """The lines of the report."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpus:
        models = [line.split(":")[1].strip() for line in cpus if line.startswith("model name")]
    postgres = f", PostgreSQL {version}" if version else ""
    yield f"`{shlex.join(['python3', 'tests/bench/run.py', *sys.argv[1:]])}` on {time.strftime('%Y-%m-%d')}"
    yield (f"{os.cpu_count()} × {models[0] if models else platform.machine()}, {platform.system()} "
           f"{platform.release()}{postgres}, {CONNECTIONS} connections, {options.rounds} rounds of {options.seconds} s\n")
    sizes = {size: "{:,} / {:,} / {:,}".format(*SIZES[size]) for size in options.sizes}
    yield "| database | ideas / members / votes | measure | per second | p50 ms | p99 ms |"
    yield "|---|---|---|---:|---:|---:|"
    for (engine, size, name), found in measured.items():
        times = f"{found.p50:.2f} | {found.p99:.2f}" if found.p50 else " | "
        yield f"| {engine} | {sizes[size]} | {name} | {found.rate:,.0f} | {times} |"
    yield "\n| budget | found | must reach | |"
    yield "|---|---:|---:|---|"
    for what, found, bound, met in budgets:
        yield f"| {what} | {found} | {bound} | {'met' if met else '**not met**'} |"


if __name__ == "__main__":
    main()
