#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an install costs, beside other ways to get the same files onto the disk.

usage: install.py BUILD UPSTREAM-PROXY OUT.json [RUNS]

All bytes come from a server on loopback.  The ways run in turn, in random order within each
round; each run writes into a fresh directory and nothing is deleted before the end, because
deleting trees makes the next ones slow on ext4.  Wall time and processor time of all
processes; memory is the highest sum of PSS of all processes of the run, sampled every 10 ms.
"""

import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

build, upstream, out = sys.argv[1:4]
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
version = "go1.24.1"
target = subprocess.run(
    [f"{build}/bin/govern", "env", "platform"], capture_output=True, text=True, check=True
).stdout.strip()
here = os.path.dirname(os.path.abspath(__file__))
work = f"{build}/bench/work"
os.makedirs(work, exist_ok=True)
cache = f"{build}/bench/proxy"
scratch = tempfile.mkdtemp(dir=work)


def serve():
    port_file = f"{scratch}/port"
    p = subprocess.Popen(
        [sys.executable, f"{here}/cache-proxy.py", cache, upstream, port_file],
        stdin=subprocess.PIPE,
    )
    while not os.path.exists(port_file):
        time.sleep(0.01)
        if p.poll() is not None:
            sys.exit("install.py: the server did not start")
    with open(port_file, encoding="ascii") as f:
        return p, f"http://127.0.0.1:{f.read()}"


def tree_pss(root):
    """Sum of PSS of a process and its descendants, in KiB."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    total = 0
    for pid in parents:
        p = pid
        while p and p != root:
            p = parents.get(p, 0)
        if p != root:
            continue
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
                for line in f:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        except OSError:
            continue
    return total


def measure(argv, env, watch):
    started = time.monotonic()
    p = subprocess.Popen(
        argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    peak = 0
    done = threading.Event()

    def sample():
        nonlocal peak
        while not done.is_set():
            peak = max(peak, tree_pss(p.pid))
            done.wait(0.01)

    thread = threading.Thread(target=sample)
    if watch:
        thread.start()
    message = p.stderr.read()
    _, status, usage = os.wait4(p.pid, 0)
    wall = time.monotonic() - started
    done.set()
    if watch:
        thread.join()
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        sys.exit(f"install.py: {argv}: {message.decode(errors='replace')}")
    return {"wall": wall, "user": usage.ru_utime, "sys": usage.ru_stime, "pss_mib": peak / 1024}


def main():
    server, url = serve()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GO", "XDG_"))}
    env.update(
        GOPROXY=url, GOENV="off", GOFLAGS="", HOME=f"{scratch}/home",
        XDG_CACHE_HOME=f"{scratch}/cache", no_proxy="127.0.0.1", NO_PROXY="127.0.0.1",
    )
    os.makedirs(env["HOME"])
    count = 0

    def fresh():
        nonlocal count
        count += 1
        d = f"{scratch}/{count}"
        os.mkdir(d)
        return d

    def install(*more):
        return [f"{build}/bin/govern", "--root", fresh(), "install", *more, version]

    # Warm-up: fills the proxy's directory; its tree becomes the tarball.
    warm = install()
    measure(warm, env, False)
    base = f"golang.org/toolchain/@v/v0.0.1-{version}.{target}"
    tarball = f"{cache}/{version}.{target}.tar.gz"
    if not os.path.exists(tarball):
        tree = f"{warm[2]}/{target}/toolchains"
        subprocess.run(
            ["tar", "-C", tree, f"--transform=s,^{version},go,", "--sort=name", "--owner=0",
             "--group=0", "-czf", tarball + ".new", version], check=True)
        os.rename(tarball + ".new", tarball)
    zip_url, tar_url = f"{url}/{base}.zip", f"{url}/{version}.{target}.tar.gz"
    go = shutil.which("go", path=env.get("PATH"))
    ways = {
        "govern install, module zip (durable, proven)": lambda: install(),
        "govern install, tarball (durable, proven)": lambda: install("--from", tar_url),
        "curl | tar xz": lambda: ["sh", "-c", f"curl -fsS {tar_url} | tar -C {fresh()} -xz"],
        "curl | tar xz, then sync": lambda: [
            "sh", "-c", f"d={fresh()} && curl -fsS {tar_url} | tar -C $d -xz && sync -f $d"],
        "cp -r of the tree": lambda: ["cp", "-r", f"{warm[2]}/{target}/toolchains/{version}", fresh()],
    }
    if shutil.which("unzip"):
        ways["curl, then unzip"] = lambda: [
            "sh", "-c", f"d={fresh()} && curl -fsS -o $d/x.zip {zip_url} && unzip -q -d $d $d/x.zip"]
    if go:
        ways["Go's own GOTOOLCHAIN download"] = lambda: [
            "env", "-C", "/", f"GOTOOLCHAIN={version}", f"GOMODCACHE={fresh()}", go, "version"]
    results = {name: [] for name in ways}
    for round_number in range(runs + 1):
        names = list(ways)
        random.shuffle(names)
        for name in names:
            # The first round warms up and is the one in which memory is sampled: looking
            # costs time.
            got = measure(ways[name](), env, round_number == 0)
            results[name].append(got)
    server.stdin.close()
    server.wait()
    base_wall = statistics.median(r["wall"] for r in results["curl | tar xz"][1:])
    print(f"install of {version} {target} from loopback, {runs} runs each, medians")
    print(f"{'':46} {'wall s':>7} {'min-max':>11} {'ratio':>6} {'user':>6} {'sys':>6} {'MiB':>6}")
    table = []
    for name, all_runs in results.items():
        timed = all_runs[1:]
        med = {k: statistics.median(r[k] for r in timed) for k in ("wall", "user", "sys")}
        walls = [r["wall"] for r in timed]
        row = dict(name=name, **med, min=min(walls), max=max(walls),
                   ratio=med["wall"] / base_wall, pss_mib=all_runs[0]["pss_mib"])
        table.append(row)
        print(f"{name:46} {row['wall']:7.2f} {row['min']:5.2f}-{row['max']:5.2f} "
              f"{row['ratio']:6.2f} {row['user']:6.2f} {row['sys']:6.2f} {row['pss_mib']:6.1f}")
    with open(out, "w", encoding="utf-8") as f:
        json.dump({"schema": 1, "version": version, "platform": target, "runs": runs,
                   "cpus": os.cpu_count(), "kernel": platform.release(), "rows": table}, f, indent=2)
    shutil.rmtree(scratch, ignore_errors=True)


main()
