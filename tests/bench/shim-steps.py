#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where each microsecond of the shim goes, with the pin in the working directory.

usage: shim-steps.py BUILD OUT.json

The trampoline is built once for each of the shim's steps (trampoline.c, STEPS): each build
does one thing more than the one before, so that what it adds is what the thing costs, in a
process that has just begun.  What is left of the shim is what it does by itself.

One more does what the shim would do on LEVELS levels further up: no walk costs less there.
"""

import os
import shutil
import statistics
import sys

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
rounds = int(os.environ.get("BENCH_ROUNDS", "3000"))
shim = f"{build}/libexec/govern/go"
# As trampoline.c numbers them, from 1.
STEPS = ("32 KiB of text mapped, not one page", "a page of stack", "statfs: there is a /proc",
         "openat2: .go-version, no link", "pread: what is in it",
         "openat2: the toolchain's go, and no link leads there",
         "access: it is not denied")
LEVELS = 8


def main(work):
    ladder = [bench.trampoline(build, n) for n in range(len(STEPS) + 1)]
    up = bench.trampoline(build, len(STEPS) + 1)
    if None in ladder or not up:
        sys.exit("shim-steps: skipped, no trampoline is written for this machine")
    one = bench.prefix(build, f"{work}/one")
    target = bench.make_store(one, shim, ladder[0])
    here = f"{work}/src" + "/a" * LEVELS
    os.makedirs(here)
    with open(f"{here}/.go-version", "w", encoding="utf-8") as f:
        f.write("1.22.5\n")
    env = bench.environment(here, f"{one}/bin")
    go, mark = f"{one}/bin/go", os.path.dirname(os.path.dirname(target)) + ".denied"
    cases = [("direct", "the program itself", [target], here, env)]
    for n, program in enumerate([*ladder, up]):
        step = f"{work}/step{n}" # its pages lie as the shim's do
        shutil.copy(program, step)
        cases.append((f"step_{n}", "", [step, target, mark], here, env))
    cases.append(("shim", "", [go], here, env))
    os.sync()
    times = bench.interleave(build, cases, rounds)

    names = ["direct", *(f"step_{n}" for n in range(len(ladder))), "shim"]
    labels = ["execve of the trampoline, and its end (the floor)", *STEPS,
              "instructions of its own, two variables more"]
    rows = []
    for before, after, label in zip(names, names[1:], labels):
        added, low, high = bench.ratios(lambda a, b: (a - b) / 1e3, times[after], times[before])
        rows.append({"case": after, "label": label, "us": round(added, 2), "low": round(low, 2),
                     "high": round(high, 2)})
    rows.append({"case": "sum", "label": "all that the shim adds", "us": round(
        (statistics.median(times["shim"]) - statistics.median(times["direct"])) / 1e3, 2)})
    level, low, high = bench.ratios(lambda u, s: (u - s) / LEVELS / 1e3, times[f"step_{len(ladder)}"],
                                    times[names[-2]])
    rows.append({"case": "level", "label": "two names that are not there, on a level further up",
                 "us": round(level, 2), "low": round(low, 2), "high": round(high, 2)})
    steps, low, high = bench.ratios(lambda s, f, d: (s - d) / (f - d), times[names[-2]],
                                    times["step_0"], times["direct"])
    bench.write(out, "shim-steps", "Where the shim's microseconds go",
                [["label", "for"], ["us", "µs"], ["low", "least"], ["high", "greatest"]], rows,
                rounds=rounds,
                notes=["The pin lies in the working directory. Each line is the difference between a "
                       "trampoline that does the thing and one that does not; least and greatest over "
                       "tenths of the run.",
                       f"The steps without the shim's own instructions: {steps:.2f} times the "
                       f"trampoline ({low:.2f} to {high:.2f})."])


scratch = bench.scratch(build, "steps-work")
try:
    main(scratch)
finally:
    shutil.rmtree(scratch, ignore_errors=True)
