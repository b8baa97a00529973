"""A throw-away PostgreSQL cluster with durable settings, and pgbench against it."""

import glob
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time

SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "512MB",
    "max_connections": "100", "max_wal_size": "4GB", "listen_addresses": "127.0.0.1",
}


def free_port():
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find(program):
    """A PostgreSQL program: the newest of those installed, else the one in the PATH."""
    installed = glob.glob(f"/usr/lib/postgresql/*/bin/{program}")
    newest = sorted(installed, key=lambda path: float(path.split("/")[4]))
    found = newest[-1] if newest else shutil.which(program)
    if not found:
        raise SystemExit(f"bench: {program} is not installed (on Debian: apt-get install postgresql)")
    return found


class Cluster:
    """Ends with `stop`, which takes its folder away unless it is to be kept."""

    def __init__(self, keep):
        self.port = free_port()
        self.folder = os.path.join(keep, "postgres") if keep else tempfile.mkdtemp(prefix="madang-bench-pg-")
        self.kept = bool(keep)
        os.makedirs(self.folder, exist_ok=True)
        self.data = os.path.join(self.folder, "data")
        self.become = self._unprivileged()
        if not os.path.exists(self.data):
            self._run("initdb", "-D", self.data, "-A", "trust", "-U", "madang", "-E", "UTF8", "--locale=C.UTF-8",
                      become=self.become)
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [find("postgres"), "-D", self.data, "-p", str(self.port), "-k", self.folder, *settings]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=self.become)
        self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-t", "30", tries=100)

    def _unprivileged(self):
        """What a child does first when we are root, because initdb refuses root."""
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(self.folder, user.pw_uid, user.pw_gid)

        def become():
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)

        return become

    @staticmethod
    def _run(program, *arguments, tries=1, become=None):
        for attempt in range(tries):
            done = subprocess.run([find(program), *arguments], preexec_fn=become, cwd="/",
                                  capture_output=True, text=True)
            if done.returncode == 0:
                return done.stdout
            if attempt + 1 < tries:
                time.sleep(0.1)
        raise SystemExit(f"bench: {program} failed: {done.stderr.strip()}")

    def url(self, database):
        return f"postgres://madang@127.0.0.1:{self.port}/{database}"

    def sql(self, database, *commands):
        """Runs each command by itself and returns the last one's rows as text."""
        each = [part for command in commands for part in ("-c", command)]
        return self._run("psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), *each).strip()

    def number_rows(self, database):
        """Numbers sessions and ideas, so that pgbench can pick any at the price of one index probe."""
        for name, source in (("bench_sessions", "sessions"), ("bench_ideas", "ideas")):
            self.sql(database,
                     f"DROP TABLE IF EXISTS {name}",
                     f"CREATE UNLOGGED TABLE {name} AS SELECT (row_number() OVER ())::int AS n, id FROM {source}",
                     f"ALTER TABLE {name} ADD PRIMARY KEY (n) INCLUDE (id)", f"VACUUM ANALYZE {name}")

    def pgbench(self, database, script, seconds, clients, run, **variables):
        """Runs a script and returns transactions per second, failing on any error."""
        variables = {**variables, "run": run, "n": 0}
        given = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
        said = self._run("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
                         "-f", script, *given, self.url(database))
        return float(re.search(r"tps = ([\d.]+)", said)[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        if not self.kept:
            shutil.rmtree(self.folder)
