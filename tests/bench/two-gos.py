#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two Gos or one: what a toolchain line in go.mod costs at each call of go.

usage: two-gos.py BUILD PROXY OUT.json [ROUNDS]

A project says `toolchain go1.27.4` where go1.26.11 is what would run.  Go then starts a
second Go: from its module cache, or as go1.27.4 from PATH, where the store has a link to
it; with a pin (`govern pin --from-mod`) the shim starts the right one at once.

Every round runs each case once, in random order, by posix_spawn; the figures are medians
over the rounds.  "second": the median of what a case took more in a round than the Go it
ends in, called by its path.  The time on a processor depends less on who else is busy.
The toolchains stay in BUILD/bench between runs.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

build, proxy, out = sys.argv[1:4]
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 100
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


def report(command, took):
    first = next(iter(took.values()))
    base = statistics.median(wall for wall, _ in first)
    print(f"go {command}")
    print(f"{'':28} {'median ms':>10} {'quartiles':>13} {'ratio':>6} {'second':>7} {'CPU ms':>7}")
    rows = []
    for name, times in took.items():
        low, median, high = statistics.quantiles((wall for wall, _ in times), n=4)
        second = statistics.median(t[0] - f[0] for t, f in zip(times, first))
        cpu = statistics.median(used for _, used in times)
        rows.append({"name": f"go {command}: {name}", "ms": median, "low": low, "high": high,
                     "ratio": median / base, "second_ms": second, "cpu_ms": cpu})
        print(f"{name:28} {median:10.2f} {low:6.2f}-{high:6.2f} {median / base:6.2f} "
              f"{second:7.2f} {cpu:7.2f}")
    return rows


def main():
    cases = prepare()
    rows = []
    print(f"a toolchain line: go{WANTED} is wanted where go{BASE} runs, {rounds} rounds in "
          "random order")
    for command in ("version", "list -m"):
        words = command.split()
        took = {name: [] for name in cases}
        for program, cwd, more in cases.values():
            run(program, words, cwd, more)  # warms the caches
        for _ in range(rounds):
            for name in random.sample(list(cases), len(cases)):
                program, cwd, more = cases[name]
                took[name].append(run(program, words, cwd, more))
        rows += report(command, took)
    with open(out, "w", encoding="utf-8") as f:
        json.dump({"schema": 1, "rounds": rounds, "rows": rows}, f, indent=2)


try:
    main()
finally:
    os.chdir("/")
    shutil.rmtree(scratch, ignore_errors=True)
