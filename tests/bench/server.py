"""The server under test: started, asked, measured with wrk, ended."""

import http.client
import json
import os
import re
import shutil
import subprocess
import time
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 16
THREADS = 1


class Measured(NamedTuple):
    """Requests per second, and milliseconds that half and 99 of 100 requests took at most."""

    rate: float
    p50: float
    p99: float


def median(values):
    return sorted(values)[len(values) // 2]


class Server:
    """`madang serve` over one database. Used as a context, so that it ends whatever happens."""

    def __init__(self, program, port, database_url, data_dir):
        self.port, self.data_dir, self.program = port, data_dir, program
        # Nothing of the caller's own settings: the figures belong to the defaults.
        self.variables = {name: value for name, value in os.environ.items()
                          if not name.startswith(("MADANG_", "DATABASE_"))}
        self.variables.update({
            "DATABASE_URL": database_url, "MADANG_DATA_DIR": data_dir, "MADANG_LISTEN": f"127.0.0.1:{port}",
            "MADANG_RATE_LIMITS": "off", "MADANG_JOBS": "off", "RUST_LOG": "warn",
        })
        self.process = None

    def command(self, *arguments):
        """Runs another command of the program on the same database, its lines shown."""
        subprocess.run([self.program, *map(str, arguments)], env=self.variables, cwd=self.data_dir, check=True)

    def start(self):
        """Starts it and returns the seconds until it said that it is ready."""
        began = time.perf_counter()
        with open(os.path.join(self.data_dir, "serve.log"), "ab") as log:
            self.process = subprocess.Popen([self.program, "serve"], env=self.variables, cwd=self.data_dir,
                                            stdout=log, stderr=log)
        while time.perf_counter() - began < 30:
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return time.perf_counter() - began
            except OSError:
                time.sleep(0.0005)
            if self.process.poll() is not None:
                break
        raise SystemExit(f"bench: the server did not start; see {self.data_dir}/serve.log")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(40)
            self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def memory(self):
        """Megabytes that are resident."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) / 1024

    def ask(self, method, path, token=None, body=None):
        """One request: the status and the bytes of the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        read = answer.status, answer.read()
        connection.close()
        return read

    def file(self, name):
        return os.path.join(self.data_dir, f"bench-{name}.txt")

    def lines(self, name):
        with open(self.file(name), encoding="utf-8") as lines:
            return lines.read().split("\n")[:-1]

    def wrk(self, script, path, seconds, *arguments):
        """Loads the server with a script and fails on any answer above 399 or any that did not come."""
        command = [wrk(), "-c", str(CONNECTIONS), "-t", str(THREADS), "-d", f"{seconds}s", "--timeout", "10s",
                   "--latency", "-s", f"{HERE}/{script}", f"http://127.0.0.1:{self.port}{path}", "--", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60,
                              env={**os.environ, "BENCH_LUA": HERE})
        found = re.search(r"^REPORT (.*)$", done.stdout, re.MULTILINE)
        if done.returncode != 0 or not found:
            raise SystemExit(f"bench: wrk failed with {script}: {done.stdout}{done.stderr}")
        report = json.loads(found[1])
        if report["bad"] or report["lost"] or not report["requests"]:
            raise SystemExit(f"bench: {script} {path}: {report}; see {self.data_dir}/serve.log")
        return Measured(report["requests"] / report["seconds"], report["p50_ms"], report["p99_ms"])


def wrk():
    """The load generator."""
    return shutil.which("wrk") or exit("bench: wrk is not installed (on Debian: apt-get install wrk)")
