#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the cost of things grows with what they work on: curves, not points.

usage: growth.py BUILD OUT.json

Each curve is one interleaved run over growing sizes, every point the median of its rounds.
Of each: what one more costs in the lower half of the range and in the upper half.  When that
is the same, the work grows and nothing else.  tests/bench/plot draws the points.
"""

import os
import random
import statistics
import subprocess
import sys
import time

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
share = float(os.environ.get("BENCH_SHARE", "1"))
govern, shim = f"{build}/bin/govern", f"{build}/libexec/govern/go"
work = bench.scratch(build, "growth-work")
rows, skipped = [], []


def curve(name, label, unit, rounds, points):
    """points: [(size, argv, cwd, env)]"""
    cases = [(f"{name}_{size}", None, argv, cwd, env) for size, argv, cwd, env in points]
    times = bench.interleave(build, cases, max(3, round(rounds * share)))
    sizes = [p[0] for p in points]
    series = [times[f"{name}_{size}"] for size in sizes]
    add(name, label, unit, sizes, series)


def add(name, label, unit, sizes, series):
    middle = min(range(1, len(sizes) - 1),
                 key=lambda i: abs(sizes[i] - (sizes[0] + sizes[-1]) / 2))

    def lower(a, b, _):
        return (b - a) / (sizes[middle] - sizes[0])

    def upper(_, b, c):
        return (c - b) / (sizes[-1] - sizes[middle])

    three = series[0], series[middle], series[-1]
    medians = [statistics.median(s) / 1e6 for s in series]
    each = [f(*(statistics.median(s) for s in three)) / 1e3 for f in (lower, upper)]
    rows.append({"case": name, "label": label, "unit": unit, "from": sizes[0], "to": sizes[-1],
                 "ms_from": round(medians[0], 2), "ms_to": round(medians[-1], 2),
                 "lower": round(each[0], 2), "upper": round(each[1], 2),
                 "points": [[s, round(m, 3)] for s, m in zip(sizes, medians)]})


def shims():
    target = bench.trampoline(build)
    if not target:
        skipped.append(["the shim's curves", "no trampoline is written for this machine"])
        return
    one = bench.prefix(build, f"{work}/one")
    bench.make_store(one, shim, target)
    top = f"{work}/src"
    os.makedirs(top)
    with open(f"{top}/.go-version", "w", encoding="ascii") as f:
        f.write("1.22.5\n")
    points = []
    for levels in (0, 2, 4, 8, 16, 24, 32, 48, 64):
        cwd = f"{top}/{'d/' * levels}".rstrip("/")
        os.makedirs(cwd, exist_ok=True)
        points.append((levels, [f"{one}/bin/go"], cwd,
                       bench.environment(cwd, f"{one}/bin")))
    curve("shim_levels", "`go`, the pin so many levels up", "level", 600, points)
    points = []
    for n in (1, 100, 200, 300, 400, 500):
        prefix = bench.prefix(build, f"{work}/shim{n}")
        bench.make_store(prefix, shim, target, n)
        points.append((n, [f"{prefix}/bin/go"], top, bench.environment(top, f"{prefix}/bin")))
    curve("shim_toolchains", "`go`, so many toolchains installed", "toolchain", 600, points)


def lists():
    site = bench.Site(build, f"{work}/lists", ["go1.22.5"])
    cwd = f"{work}/cwd"
    os.makedirs(cwd)
    roots = []
    for n in (1, 100, 200, 300, 400, 500):
        root = f"{work}/lists/{n}"
        site.make_store(govern, root, n)
        site.govern(govern, root, "list")
        roots.append((n, root))
    for name, label, words in (
            ("list", "`govern list`", ["list"]),
            ("current", "`govern current`", ["current"]),
            ("complete", "completion of a toolchain", ["complete", "--", "uninstall", "1"])):
        curve(name, f"{label}, so many toolchains", "toolchain", 60,
              [(n, [govern, "--root", root, *words], cwd, site.env) for n, root in roots])


def journals():
    """Records are made by what makes records: a tag that comes and goes."""
    site = bench.Site(build, f"{work}/journal", ["go1.22.5"])
    points, made, root = [], 0, f"{work}/journal/0"
    site.govern(govern, root, "install", "1.22.5")
    for n in (50, 100, 200, 300, 400):
        grown = f"{work}/journal/{n}"
        subprocess.run(["cp", "-a", root, grown], check=True)
        for i in range(made, n, 2):
            site.govern(govern, grown, "tag", "again", "1.22.5")
            site.govern(govern, grown, "tag", "--delete", "again")
        made, root = n, grown
        points.append((n, grown))
    for name, label, words in (("journal_check", "`govern journal --check`", ["journal", "--check"]),
                               ("journal_tail", "`govern journal -n 10`", ["journal", "-n", "10"])):
        curve(name, f"{label}, so many records", "record", 60,
              [(n, [govern, "--root", grown, *words], work, site.env) for n, grown in points])


def collections():
    """Trash is empty after the first time, so each round has trash of its own."""
    site = bench.Site(build, f"{work}/gc", ["go1.22.5"])
    sizes = (10, 100, 200, 300, 400, 500)
    series = {n: [] for n in sizes}
    for i in range(max(3, round(7 * share))):
        for n in random.sample(sizes, len(sizes)):
            root = f"{work}/gc/root{n}"
            if i == 0:
                site.govern(govern, root, "install", "1.22.5")
            for t in range(n):
                for d in "abcde":
                    os.makedirs(f"{root}/trash/{i}{t:x}/{d}")
                    with open(f"{root}/trash/{i}{t:x}/{d}/file", "w", encoding="ascii") as f:
                        f.write("x")
            began = time.perf_counter_ns()
            site.govern(govern, root, "gc")
            series[n].append(time.perf_counter_ns() - began)
    add("gc", "`govern gc`, so many trees of ten in the trash", "tree", sizes,
        [series[n] for n in sizes])


def installs():
    """Each install into a store of its own; nothing is removed in between."""
    sizes = (1, 10, 20, 40, 60, 80)
    sites = {n: bench.Site(build, f"{work}/install{n}", ["go1.22.5"], "--pad", str(n << 20))
             for n in sizes}
    series = {n: [] for n in sizes}
    for i in range(max(3, round(5 * share))):
        for n in random.sample(sizes, len(sizes)):
            began = time.perf_counter_ns()
            sites[n].govern(govern, f"{work}/install{n}/root{i}", "-q", "install", "1.22.5")
            series[n].append(time.perf_counter_ns() - began)
    add("install", "`govern install`, an archive of so many MiB", "MiB", sizes,
        [series[n] for n in sizes])


def verifies():
    points = []
    for n in (100, 2000, 4000, 6000, 8000, 10000):
        site = bench.Site(build, f"{work}/verify{n}", ["go1.22.5"], "--files", str(n))
        root = f"{work}/verify{n}/root"
        site.govern(govern, root, "install", "1.22.5")
        points.append((n, [govern, "--root", root, "-q", "--offline", "verify"], work, site.env))
    curve("verify", "`govern verify`, so many files", "file", 10, points)


def main():
    for part in (shims, lists, verifies, journals, collections, installs):
        part()
    bench.write(out, "growth", "How costs grow",
                [["label", "what, of FROM to TO"], ["from", "from"], ["to", "to"], ["ms_from", "ms at first"],
                 ["ms_to", "ms at last"], ["lower", "one more, lower half, µs"],
                 ["upper", "one more, upper half, µs"]], rows,
                notes=["Nothing grows faster than its work when the last two columns agree. "
                       "The points: ![growth](growth.svg)"], skipped=skipped)


main()
