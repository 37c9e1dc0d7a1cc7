#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two Gos or one: what a toolchain line in go.mod costs at each call of go.

usage: two-gos.py BUILD OUT.json

BENCH_PROXY is the module proxy that the toolchains come from.

A project says `toolchain go1.27.4` where go1.26.11 is what would run.  Go then starts a
second Go: from its module cache, or as go1.27.4 from PATH, where the store has a link to
it; with a pin (`govern pin --from-mod`) the shim starts the right one at once.

Every round runs each case once, in random order, by posix_spawn; the figures are medians
over the rounds.  "second": the median of what a case took more in a round than the Go it
ends in, called by its path.  The time on a processor depends less on who else is busy.
The toolchains stay in BUILD/bench between runs.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench

build, out = sys.argv[1:3]
proxy = os.environ["BENCH_PROXY"]
rounds = int(os.environ.get("BENCH_ROUNDS", "100"))
BASE, WANTED = "1.26.11", "1.27.4"
govern = f"{build}/bin/govern"
kept = f"{build}/bench/two-gos"
os.makedirs(kept, exist_ok=True)
scratch = tempfile.mkdtemp(dir=f"{build}/bench")
env = {"HOME": f"{scratch}/home", "PATH": "/usr/bin:/bin", "GOPROXY": proxy,
       "XDG_CACHE_HOME": f"{kept}/cache", "GOMODCACHE": f"{kept}/mod",
       "GOCACHE": f"{kept}/cache/go-build", "GOPATH": f"{scratch}/gopath",
       **{name: os.environ[name] for name in ("SSL_CERT_FILE",) if name in os.environ}}


def call(*argv, cwd=None, **more):
    return subprocess.run(argv, cwd=cwd, env={**env, **more}, check=True,
                          capture_output=True, text=True).stdout.strip()


def make_store(name, default):
    """A store with both, whose shim runs `default` where nothing is pinned."""
    root = f"{kept}/{name}"
    call(govern, "--root", root, "setup", "--no-rc")
    call(govern, "--root", root, "install", BASE, WANTED)
    call(govern, "--root", root, "default", default)
    return f"{root}/{call(govern, 'env', 'platform')}"


def make_project(name, toolchain):
    project = f"{scratch}/{name}"
    os.makedirs(project)
    with open(f"{project}/go.mod", "w", encoding="utf-8") as f:
        f.write(f"module example.com/{name}\n\ngo 1.21\n{toolchain}")
    with open(f"{project}/main.go", "w", encoding="utf-8") as f:
        f.write("package main\n\nfunc main() {}\n")
    return project


def run(program, words, cwd, more):
    devnull = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    os.chdir(cwd)
    given = {**env, "GOPROXY": "off", "PWD": cwd, **more}
    began = time.perf_counter_ns()
    pid = os.posix_spawn(program, ["go", *words], given, file_actions=devnull)
    _, status, used = os.wait4(pid, 0)
    took = time.perf_counter_ns() - began
    if status:
        sys.exit(f"two-gos.py: {program} {words} in {cwd}: status {status}")
    return took / 1e6, (used.ru_utime + used.ru_stime) * 1e3


def prepare():
    """Name of a case: program, directory, variables."""
    os.makedirs(f"{env['HOME']}/.config/go/telemetry")
    with open(f"{env['HOME']}/.config/go/telemetry/mode", "w", encoding="utf-8") as f:
        f.write("off\n")
    old, new = make_store("store", BASE), make_store("newest", WANTED)
    line = make_project("line", f"\ntoolchain go{WANTED}\n")
    pinned = make_project("pinned", f"\ntoolchain go{WANTED}\n")
    call(govern, "--root", f"{kept}/store", "pin", "--from-mod", cwd=pinned)
    base, wanted = (f"{old}/toolchains/go{v}/bin/go" for v in (BASE, WANTED))
    links = {"PATH": f"{old}/bin:{env['PATH']}"}
    asked = {"GOTOOLCHAIN": f"go{WANTED}"}
    # Go's own: downloaded by it, once.
    call(base, "version", cwd=line)
    cases = {
        "the right go, by its path": (wanted, line, {"GOTOOLCHAIN": "local"}),
        "shim, pin --from-mod": (f"{old}/bin/go", pinned, links),
        "shim, it is the default": (f"{new}/bin/go", line, links),
        "shim, GOTOOLCHAIN=goX": (f"{old}/bin/go", line, {**links, **asked}),
        "shim, no pin, goX link": (f"{old}/bin/go", line, links),
        "shim, no pin, module cache": (f"{old}/bin/go", line, {}),
        "other go, goX link in PATH": (base, line, links),
        "other go, module cache": (base, line, {}),
        "other go, GOTOOLCHAIN=goX": (base, line, asked),
    }
    for name, (program, cwd, more) in cases.items():
        said = subprocess.run(["go", "version"], executable=program, cwd=cwd, check=True,
                              env={**env, "GOPROXY": "off", "PWD": cwd, **more},
                              capture_output=True, text=True).stdout
        if f" go{WANTED} " not in said:
            sys.exit(f"two-gos.py: {name}: {said}")
    return cases


def rows_of(command, took):
    first, *_ = took.values()
    rows = []
    for name, times in took.items():
        ratio, low, high = bench.ratios(lambda a, b: a / b, [t[0] for t in times],
                                        [t[0] for t in first])
        rows.append({
            "case": f"{command}: {name}", "label": f"`go {command}`: {name}",
            "ms": statistics.median(wall for wall, _ in times), "ratio": ratio, "low": low,
            "high": high, "second_ms": statistics.median(t[0] - f[0] for t, f in zip(times, first)),
            "cpu_ms": statistics.median(used for _, used in times)})
    return rows


def main():
    cases = prepare()
    rows = []
    for command in ("version", "list -m"):
        words = command.split()
        took = {name: [] for name in cases}
        for program, cwd, more in cases.values():
            run(program, words, cwd, more)  # warms the caches
        for _ in range(rounds):
            for name in random.sample(list(cases), len(cases)):
                program, cwd, more = cases[name]
                took[name].append(run(program, words, cwd, more))
        rows += rows_of(command, took)
    bench.write(out, "two-gos", "Two Gos, one start",
                [["label", "started"], ["ms", "median, ms"], ["ratio", "beside the right go"],
                 ["low", "least"], ["high", "greatest"], ["second_ms", "more, ms"],
                 ["cpu_ms", "processor time, ms"]],
                rows, rounds=rounds, guard=[{"key": "ratio", "low": "low", "high": "high"}],
                notes=[f"A toolchain line asks for go{WANTED} where go{BASE} is what runs; "
                       f"{rounds} rounds in random order. Least and greatest over tenths of the "
                       "run."])


try:
    main()
finally:
    os.chdir("/")
    shutil.rmtree(scratch, ignore_errors=True)
