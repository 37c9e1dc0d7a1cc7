#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The instructions that the shim runs with the pin in the working directory, by function.

usage: shim-instructions.py BUILD OUT.json [VARIABLE=VALUE…]

By valgrind's callgrind, on a shim of the same objects that has names
(BUILD/tests/bench/shim-named).  The paths are as long on every machine, the environment is
fixed (and the VARIABLES), so the count depends on the compiler only.  Exit status 77, and
why, where it cannot be counted.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
more = dict(word.split("=", 1) for word in sys.argv[3:])


def skip(why):
    print(why)
    sys.exit(77)


def count(work):
    prefix, cwd = bench.prefix(build, f"{work}/root"), f"{work}/src"
    shim = f"{build}/tests/bench/shim-named"
    bench.make_store(prefix, shim, shutil.which("true"))
    os.makedirs(cwd)
    with open(f"{cwd}/.go-version", "w", encoding="utf-8") as f:
        f.write("1.22.5\n")
    env = bench.environment(cwd, f"{prefix}/bin", **more)
    r = subprocess.run(["valgrind", "--tool=callgrind", "--dump-before=execve", "-q",
                        f"--callgrind-out-file={work}/calls", f"{prefix}/bin/go", "version"],
                       cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                       text=True, timeout=60, check=False)
    if not os.path.exists(f"{work}/calls.1"):
        sys.exit(f"shim-instructions: callgrind counted nothing: {r.stderr[-2000:]}")
    shown = subprocess.run(["callgrind_annotate", "--threshold=100", f"{work}/calls.1"], text=True,
                           capture_output=True, check=True).stdout
    functions = {}
    for number, name in re.findall(r"^ *([\d,]+) \([ \d.]+%\)  \S*?:(\S+)", shown, re.M):
        name = re.sub(r"(\.(constprop|part|isra)\.\d+|'\d+)+$", "", name)
        functions[name] = functions.get(name, 0) + int(number.replace(",", ""))
    return functions


def main(work):
    functions = count(work)
    order = sorted(functions, key=functions.get, reverse=True)
    first, rest = order[:15], order[15:]
    total = sum(functions.values())
    rows = [{"case": "all", "label": "all", "instructions": total, "total": total}]
    rows += [{"case": name, "label": f"`{name}`", "instructions": functions[name]} for name in first]
    rows.append({"case": "rest", "label": f"{len(rest)} others",
                 "instructions": sum(functions[name] for name in rest)})
    bench.write(out, "shim-instructions", "Instructions of the shim",
                [["label", "function"], ["instructions", "instructions"]], rows,
                guard=[{"key": "total", "tolerance": 0.05}],
                notes=["The pin lies in the working directory. By callgrind, which knows no openat2: "
                       "the shim asks as it does on an old kernel, which is more. `make check` compares the sum."])


if platform.machine() != "x86_64":
    skip("the count that is kept is of x86_64")
if not shutil.which("valgrind") or not shutil.which("callgrind_annotate"):
    skip("valgrind is not installed")
with open(f"{build}/config.mk", encoding="utf-8") as config:
    if not re.search(r"^SHIM_CC := .*musl", config.read(), re.M):
        skip("the count that is kept is of a shim with musl")
with tempfile.TemporaryDirectory(dir="/tmp", prefix="govern-") as scratch:
    main(scratch)
