#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast the commands of govern start that need no network, beside /bin/true.

usage: start-up.py BUILD OUT.json [ROUNDS]

Every round runs each command once, in random order, by posix_spawn; the figure is the
median over the rounds.  The store is a made-up one with one toolchain, and one with 200.
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

build, out = sys.argv[1:3]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 300
govern = f"{build}/bin/govern"
here = os.path.dirname(os.path.abspath(__file__))
os.makedirs(f"{build}/bench", exist_ok=True)
scratch = tempfile.mkdtemp(dir=f"{build}/bench")
env = {"HOME": f"{scratch}/home", "PATH": "/usr/bin:/bin", "GOPROXY": "off"}


def make_store(root, names):
    """Real receipts: one toolchain is installed from files made here, the rest are copies."""
    site, first = f"{scratch}/site", names[-1]
    subprocess.run([sys.executable, f"{here}/../tools/mktoolchain.py", site, first],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run([govern, "-q", "--root", root, "install", "--trust", "unproven",
                    "--from", site, first], env={**env, "GOSUMDB": "off"}, check=True,
                   stderr=subprocess.DEVNULL)
    platform = subprocess.run([govern, "env", "platform"], env=env, check=True,
                              capture_output=True, text=True).stdout.strip()
    prefix, receipts = f"{root}/{platform}", f"{root}/receipts/{platform}"
    with open(f"{receipts}/{first}.json", encoding="utf-8") as f:
        receipt = f.read()
    for name in names[:-1]:
        shutil.copytree(f"{prefix}/toolchains/{first}", f"{prefix}/toolchains/{name}")
        with open(f"{receipts}/{name}.json", "w", encoding="utf-8") as f:
            f.write(receipt.replace(first, name))
    subprocess.run([govern, "-q", "--root", root, "default", first[2:]], env=env, check=True)


def run(argv):
    devnull = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    began = time.perf_counter_ns()
    pid = os.posix_spawn(argv[0], argv, env, file_actions=devnull)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter_ns() - began
    if status:
        sys.exit(f"start-up.py: {argv}: status {status}")
    return took / 1e6


def main():
    os.makedirs(env["HOME"])
    os.chdir(env["HOME"])
    make_store(f"{scratch}/one", ["go1.22.5"])
    make_store(f"{scratch}/many", [f"go1.21.{i}" for i in range(200)])
    ways = {"/bin/true": ["/bin/true"], "govern --version": [govern, "--version"]}
    for command in ("current", "which", "list", "default", "env"):
        ways[f"govern {command}"] = [govern, "--root", f"{scratch}/one", command]
    ways["govern current, 200 toolchains"] = [govern, "--root", f"{scratch}/many", "current"]
    ways["govern list, 200 toolchains"] = [govern, "--root", f"{scratch}/many", "list"]
    took = {name: [] for name in ways}
    for _ in range(rounds):
        for name in random.sample(list(ways), len(ways)):
            took[name].append(run(ways[name]))
    base = statistics.median(took["/bin/true"])
    print(f"start of a command, {rounds} rounds in random order; goal: `govern --version` and")
    print("`govern current` within 4 times /bin/true")
    rows = []
    print(f"{'':34} {'median ms':>10} {'quartiles':>13} {'ratio':>6}")
    for name, times in took.items():
        low, median, high = statistics.quantiles(times, n=4)
        rows.append({"name": name, "ms": median, "low": low, "high": high, "ratio": median / base})
        print(f"{name:34} {median:10.2f} {low:6.2f}-{high:6.2f} {median / base:6.2f}")
    with open(out, "w", encoding="utf-8") as f:
        json.dump({"schema": 1, "rounds": rounds, "rows": rows}, f, indent=2)


try:
    main()
finally:
    shutil.rmtree(scratch, ignore_errors=True)
