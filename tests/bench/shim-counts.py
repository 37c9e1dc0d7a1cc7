#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the shim asks of the kernel and of the processor: counts, the same at every run.

usage: shim-counts.py BUILD OUT.json

By ptrace (tests/bench/shim-cost.c), from the first instruction to the execve.
"""

import os
import shutil
import subprocess
import sys

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shim = f"{build}/libexec/govern/go"
KEYS = ("syscalls", "faults", "rss_kib", "mapped_kib", "instructions")


def count(program, argv, cwd, env):
    r = subprocess.run([program, *argv], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if r.returncode:
        sys.exit(f"shim-counts: {r.stderr.strip()}")
    told = dict(line.split() for line in r.stdout.splitlines())
    return {key: int(told[key]) for key in KEYS}


def main(work):
    cost = bench.compile(build, "shim-cost.c", "shim-cost")
    floor = bench.trampoline(build)
    one, many = bench.prefix(build, f"{work}/one"), bench.prefix(build, f"{work}/many")
    target = bench.make_store(one, shim, floor or cost)
    bench.make_store(many, shim, target, 500)
    here, bare = f"{work}/src", f"{work}/bare"
    up4, up16 = here + "/a" * 4, here + "/a" * 16
    os.makedirs(up16)
    os.makedirs(bare)
    with open(f"{here}/.go-version", "w", encoding="utf-8") as f:
        f.write("1.22.5\n")
    go = [f"{one}/bin/go"]
    cases = [("pin_here", "pin in the working directory", go, here),
             ("pin_up_4", "pin 4 levels up", go, up4),
             ("pin_up_16", "pin 16 levels up", go, up16),
             ("default", "no pin, the store's default", go, bare),
             ("pin_here_500", "pin in the working directory, 500 toolchains",
              [f"{many}/bin/go"], here)]
    if floor:
        cases.insert(0, ("floor", "empty trampoline (one execve)", [floor, target], here))
    rows = [{"case": name, "label": label, **count(cost, argv, cwd, bench.environment(cwd, f"{one}/bin"))}
            for name, label, argv, cwd in cases]
    bench.write(out, "shim-counts", "What the shim asks of the machine",
                [["label", "started"], ["syscalls", "system calls"], ["faults", "page faults"],
                 ["rss_kib", "touched, KiB"], ["mapped_kib", "mapped, KiB"],
                 ["instructions", "instructions"]], rows,
                guard=[{"key": "syscalls", "tolerance": 0}, {"key": "faults", "tolerance": 0},
                       {"key": "instructions", "tolerance": 0.05}],
                notes=["Counted from the first instruction to the execve, which is one of the system "
                       "calls. Instructions are the program's own, not the kernel's; they grow with "
                       "the lengths of the paths."])


scratch = bench.scratch(build, "counts-work")
try:
    main(scratch)
finally:
    shutil.rmtree(scratch, ignore_errors=True)
