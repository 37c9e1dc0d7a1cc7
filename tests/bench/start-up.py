#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long commands take that need no network, beside /bin/true.

usage: start-up.py BUILD OUT.json

Every round runs each command once, in random order, by posix_spawn; a figure is the median
over the rounds (BENCH_ROUNDS, 300), the spread that of the ratio over tenths of the run.
The stores are made up: one toolchain and 500, with receipts as long as real ones; lists of
releases come from the cache, the module proxy's list and the release feed's.
"""

import os
import statistics
import subprocess
import sys

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
rounds = int(os.environ.get("BENCH_ROUNDS", "300"))
govern = f"{build}/bin/govern"


def main():
    work = bench.scratch(build, "start-up-work")
    site = bench.Site(build, work, ["go1.22.5"])
    one, many, cwd = f"{work}/one", f"{work}/many", f"{work}/cwd"
    os.makedirs(cwd)
    site.make_store(govern, one, 1)
    site.make_store(govern, many, 500)
    feed = site.remember_lists(govern, one, releases=400)

    def case(name, label, root, *words, **more):
        argv = [govern, *(["--root", root] if root else []), *words]
        return name, label, argv, cwd, {**site.env, **more}

    cases = [
        ("true", "`/bin/true`", ["/bin/true"], cwd, site.env),
        case("version", "`govern --version`", None, "--version"),
        *(case(c, f"`govern {c}`", one, c)
          for c in ("current", "which", "default", "pin", "env", "list", "help")),
        case("available", "`govern available`, list of a module proxy", one, "available"),
        case("available_feed", "`govern available`, release feed", one, "available",
             GOVERN_CONFIG=feed),
        case("complete_commands", "completion of a command", one, "complete", "--", "in"),
        case("complete_installed", "completion of a toolchain", one, "complete", "--",
             "uninstall", "1"),
        case("complete_releases", "completion of a release", one, "complete", "--",
             "install", "1.2"),
        case("current_500", "`govern current`, 500 toolchains", many, "current"),
        case("list_500", "`govern list`, 500 toolchains", many, "list"),
        case("complete_500", "completion of a toolchain, 500 of them", many, "complete", "--",
             "uninstall", "1"),
    ]
    subprocess.run([govern, "--root", many, "list"], env=site.env, check=True,
                   stdout=subprocess.DEVNULL)  # what it remembers
    with open(f"{cwd}/.go-version", "w", encoding="ascii") as f:
        f.write("1.22.5\n")
    times = bench.interleave(build, cases, rounds)
    rows = []
    for name, label, *_ in cases:
        ratio, least, greatest = bench.ratios(lambda t, base: t / base, times[name],
                                              times["true"])
        rows.append({"case": name, "label": label,
                     "ms": round(statistics.median(times[name]) / 1e6, 2),
                     "ratio": round(ratio, 2), "least": round(least, 2),
                     "greatest": round(greatest, 2)})
    four = {"ratio": 4}
    goals = {name: four for name in ("version", "current", "which", "default", "pin", "env",
                                     "list", "help")}
    goals |= {"list_500": {"ms": 10}, "available": {"ms": 20}, "available_feed": {"ms": 20}}
    goals |= {name: {"ms": 5} for name in ("complete_commands", "complete_installed",
                                           "complete_releases", "complete_500")}
    bench.write(out, "start-up", "Commands that need no network",
                [["label", "command"], ["ms", "median, ms"], ["ratio", "beside `/bin/true`"],
                 ["least", "least"], ["greatest", "greatest"]], rows, goals=goals,
                notes=[f"{rounds} rounds, each runs every command once, in random order."],
                guard=[{"key": "ratio", "low": "least", "high": "greatest"}])


main()
