#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an install costs, beside other ways to get the same files onto the disk.

usage: install.py BUILD OUT.json

BENCH_PROXY is the module proxy that the bytes come from once; BENCH_RUNS how many rounds.
All bytes come from a server on loopback; with BENCH_NETWORK=1 some ways run from the network
too.  The ways run in turn, in random order within each round; each run writes into a fresh
directory and nothing is deleted before the end, because deleting trees makes the next ones
slow on ext4.

Each run: wall time, processor time of all its processes, and the bytes that they wrote to
files (what was deleted before it reached the disk does not count).  The round before the
first samples memory, the highest sum of PSS of all processes, every 10 ms, and looking costs
time, so it is not timed.  `limit` is limit.c.  Where there is perf(1), one more run of each
way tells what its processor time went into: a table of its own, install-parts, beside
OUT.json.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench

build, out = os.path.abspath(sys.argv[1]), sys.argv[2]
upstream = os.environ["BENCH_PROXY"].split(",")[0].split("|")[0].rstrip("/")
runs = int(os.environ.get("BENCH_RUNS", "5"))
version = "go1.24.1"
others = ("go1.23.7", "go1.22.12")  # for several at once
target = subprocess.run(
    [f"{build}/bin/govern", "env", "platform"], capture_output=True, text=True, check=True
).stdout.strip()
here = os.path.dirname(os.path.abspath(__file__))
cache = f"{build}/bench/proxy"
os.makedirs(f"{build}/bench/work", exist_ok=True)
scratch = tempfile.mkdtemp(dir=f"{build}/bench/work")

GOVERN, TAR, CURL = "govern install, module zip", "govern install, tarball", "curl | tar xz"
GO, LIMIT, UNZIP = "Go's own GOTOOLCHAIN download", "limit", "curl, then unzip"
AT_ONCE, IN_TURN = "three toolchains at once", "three toolchains in turn"


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


def compile_limit():
    """The libraries are govern's: zlib, and for SHA-256 what core/trust/sha256.c finds."""
    root = os.path.dirname(os.path.dirname(here))
    program = f"{build}/bench/limit"
    subprocess.run(
        [*os.environ.get("CC", "cc").split(), "-std=gnu17", "-D_GNU_SOURCE", "-O2", f"-I{root}",
         "-o", program, f"{here}/limit.c", f"{root}/core/trust/sha256.c", "-lsodium", "-lz",
         "-ldl", "-pthread"], check=True)
    return program


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


def written():
    """Bytes that our children, those that have ended, made dirty in files."""
    with open("/proc/self/io", encoding="ascii") as f:
        io = dict(line.split(": ") for line in f)
    return int(io["write_bytes"]) - int(io["cancelled_write_bytes"])


def measure(argv, env, watch=False):
    before = written()
    started = time.monotonic()
    p = subprocess.Popen(
        argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
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
    answer = p.stdout.read()
    _, status, usage = os.wait4(p.pid, 0)
    wall = time.monotonic() - started
    done.set()
    if watch:
        thread.join()
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode != 0:
        sys.exit(f"install.py: {argv}: {message.decode(errors='replace')}")
    got = {"wall": wall, "user": usage.ru_utime, "sys": usage.ru_stime,
           "written_mib": (written() - before) / (1 << 20), "pss_mib": peak / 1024}
    if argv[0].endswith("/limit"):
        got["parts"] = json.loads(answer)
        got["wall"] = got["parts"]["wall"]  # without the zip's way into memory
    return got


# -- what processor time goes into ------------------------------------------------------------

HASHES = ("libcrypto", "libsodium", "sha256")
INFLATES = ("libz", "gzip", "libdeflate", "inflate", "crc32")
MAKES = ("openat", "write", "mkdirat", "mkdir", "fchmod", "fchmodat", "utimensat", "futimens",
         "close", "newfstatat", "unlinkat", "fchown", "fchownat", "umask")
CARRIES = ("read", "recvfrom", "recvmsg", "sendmsg", "poll", "splice")


def part_of(program, frames):
    call = ""
    for frame in frames:
        for name in frame.split():
            if name.startswith(("__x64_sys_", "__arm64_sys_")):
                call = name.split("_sys_", 1)[1].split("+")[0]
            elif name.startswith(("ksys_read", "ksys_write")):
                call = name[5:].split("+")[0]
    top = frames[0].lower() if frames else ""
    if "sync" in call:
        return "sync"
    if program in ("fetch", "curl"):
        return "download"
    if call:
        if program == "govern" and call in ("openat", "read", "newfstatat", "close", "getdents64"):
            return "hash"  # it reads the tree back
        if program == "govern" and call == "write":
            return "download"  # to the unpacker, and what is kept for another time
        return "write" if call in MAKES else "download" if call in CARRIES else "other"
    if any(name in top for name in HASHES):
        return "hash"
    if any(name in top for name in INFLATES) or program == "gzip":
        return "inflate"
    return "other"


def split(argv, env):
    """Seconds of processor time by part, or nothing without a perf that may count."""
    data = f"{scratch}/perf.data"
    record = ["perf", "record", "-q", "-o", data, "-e", "cpu-clock", "-F", "1000", "-g", "--"]
    r = subprocess.run(record + argv, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                       check=False)
    if r.returncode:
        return {}
    text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,ip,sym,dso"],
                          capture_output=True, text=True, check=False).stdout
    parts = {}
    for sample in text.split("\n\n"):
        lines = sample.strip().split("\n")
        if lines[0]:
            part = part_of(lines[0].strip(), lines[1:])
            parts[part] = parts.get(part, 0) + 0.001
    return {name: round(seconds, 3) for name, seconds in sorted(parts.items())}


# -- the ways ---------------------------------------------------------------------------------

count = 0


def fresh():
    global count
    count += 1
    d = f"{scratch}/{count}"
    os.mkdir(d)
    return d


def install(*more):
    return [f"{build}/bin/govern", "--root", fresh(), "install", *more]


def sh(script):
    return ["sh", "-c", script.replace("DIR", fresh())]


def make_tarball(url, env):
    """From the tree that the module zip makes, as Go packs it.  Its URL, and the tree."""
    warm = install(version)
    measure(warm, env)
    tree = f"{warm[2]}/{target}/toolchains"
    tarball = f"{version}.{target}.tar.gz"
    if not os.path.exists(f"{cache}/{tarball}"):
        subprocess.run(
            ["tar", "-C", tree, f"--transform=s,^{version},go,", "--sort=name", "--owner=0",
             "--group=0", "-czf", f"{cache}/{tarball}.new", version], check=True)
        os.rename(f"{cache}/{tarball}.new", f"{cache}/{tarball}")
    return f"{url}/{tarball}", f"{tree}/{version}", warm[2]


def all_ways(url, env):
    tar_url, tree, store = make_tarball(url, env)
    zip_path = f"golang.org/toolchain/@v/v0.0.1-{version}.{target}.zip"
    limit, go = compile_limit(), shutil.which("go", path=env.get("PATH"))
    three = [version, *others]
    ways = {
        GOVERN: lambda: install(version),
        TAR: lambda: install("--from", tar_url, version),
        CURL: lambda: sh(f"curl -fsS {tar_url} | tar -C DIR -xz"),
        CURL + ", then sync": lambda: sh(f"curl -fsS {tar_url} | tar -C DIR -xz && sync -f DIR"),
        LIMIT: lambda: [limit, f"{cache}/{zip_path}", fresh()],
        "cp -r of the tree": lambda: ["cp", "-r", tree, fresh()],
        "download alone": lambda: ["curl", "-fsS", "-o", "/dev/null", f"{url}/{zip_path}"],
        "govern verify": lambda: [f"{build}/bin/govern", "--root", store, "verify", version],
        AT_ONCE: lambda: install(*three),
        IN_TURN: lambda: sh("; ".join(
            f"{build}/bin/govern --root DIR install {v} || exit 1" for v in three)),
    }
    if shutil.which("unzip"):
        ways[UNZIP] = lambda: sh(
            f"curl -fsS -o DIR/x.zip {url}/{zip_path} && unzip -q -d DIR DIR/x.zip")
    if go:
        ways[GO] = lambda: [
            "env", "-C", "/", f"GOTOOLCHAIN={version}", f"GOMODCACHE={fresh()}", go, "version"]
    if os.environ.get("BENCH_NETWORK"):
        direct = f"GOPROXY={upstream}"
        ways["network: " + GOVERN] = lambda: ["env", direct, *install(version)]
        ways["network: " + UNZIP] = lambda: sh(
            f"curl -fsS -o DIR/x.zip {upstream}/{zip_path} && unzip -q -d DIR DIR/x.zip")
        ways["network: download alone"] = lambda: [
            "curl", "-fsS", "-o", "/dev/null", f"{upstream}/{zip_path}"]
        if go:
            ways["network: " + GO] = lambda: [
                "env", "-C", "/", direct, f"GOTOOLCHAIN={version}", f"GOMODCACHE={fresh()}", go,
                "version"]
    return ways


# -- the table --------------------------------------------------------------------------------

def beside(label, case, got, a, b):
    """How long `a` takes beside `b`, by the rounds in which both ran."""
    walls = [[r["wall"] for r in got[name][1:]] for name in (a, b)]
    each = [x / y for x, y in zip(*walls)]
    return {"case": case, "label": label, "ratio": statistics.median(walls[0]) /
            statistics.median(walls[1]), "low": min(each), "high": max(each)}


def summary(name, got):
    row = {"case": name, "label": name, **{
        k: statistics.median(r[k] for r in got[name][1:])
        for k in ("wall", "user", "sys", "written_mib")}}
    row["pss_mib"] = got[name][0]["pss_mib"]
    if not name.startswith("network: "):
        row.update({k: v for k, v in beside("", "", got, name, CURL).items()
                    if k in ("ratio", "low", "high")})
    return row


def comparisons(got):
    yield beside("the module zip beside the limit", "zip_limit", got, GOVERN, LIMIT)
    if GO in got:
        yield beside("the module zip beside Go's own", "zip_go", got, GOVERN, GO)
        yield beside("the tarball beside Go's own", "tar_go", got, TAR, GO)
    yield beside("three at once beside in turn", "three", got, AT_ONCE, IN_TURN)
    if "network: " + GOVERN in got:
        yield beside("network: the module zip beside the download alone", "zip_network", got,
                     "network: " + GOVERN, "network: download alone")
        if GO in got:
            yield beside("network: the module zip beside Go's own", "go_network", got,
                         "network: " + GOVERN, "network: " + GO)


GOALS = {GOVERN: {"ratio": 0.8, "pss_mib": 64}, TAR: {"ratio": 1, "pss_mib": 64},
         "zip_limit": {"ratio": 1.3}, "zip_go": {"ratio": 0.4}, "tar_go": {"ratio": 0.4},
         "three": {"ratio": 1}}


def write_parts(parts, skipped):
    names = ("download", "inflate", "write", "hash", "sync", "other")
    bench.write(f"{os.path.dirname(out)}/install-parts.json", "install-parts",
                "What an install's processor time goes into",
                [["label", "way"], *([n, f"{n}, s"] for n in names)],
                [{"case": way, "label": way, **got} for way, got in parts.items()],
                repeat="make bench BENCH=install", skipped=skipped,
                notes=["Sampled by perf in one run more of each way; of the limit, its own clock."])


def main():
    server, url = serve()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GO", "XDG_"))}
    env.update(
        GOPROXY=url, GOENV="off", GOFLAGS="", HOME=f"{scratch}/home",
        XDG_CACHE_HOME=f"{scratch}/cache",
    )
    for name in ("no_proxy", "NO_PROXY"):
        env[name] = "127.0.0.1"
    os.makedirs(env["HOME"])
    ways = all_ways(url, env)
    results = {name: [] for name in ways}
    for round_number in range(runs + 1):
        names = list(ways)
        random.shuffle(names)
        for name in names:
            results[name].append(measure(ways[name](), env, round_number == 0))
    skipped, parts = [], {}
    if not shutil.which("perf"):
        skipped.append(["what the time goes into", "there is no perf(1)"])
    for name in (GOVERN, TAR, CURL, UNZIP):
        got = split(ways[name](), env) if name in ways and not skipped else None
        if got:
            parts[name] = got
    limits = [r["parts"] for r in results[LIMIT][1:]]
    parts[LIMIT] = {k: statistics.median(p[k] for p in limits) for k in limits[0]
                    if k not in ("files", "bytes", "threads", "wall")}
    server.stdin.close()
    server.wait()
    write_parts(parts, skipped)
    skipped = [[name, "not in PATH"] for way, name in ((UNZIP, "unzip"), (GO, "go")) if way not in ways]
    bench.write(out, "install", f"An install of {version}, {target}",
                [["label", "way"], ["wall", "wall, s"], ["ratio", "beside `curl \\| tar xz`"],
                 ["low", "least"], ["high", "greatest"], ["user", "user, s"], ["sys", "system, s"],
                 ["written_mib", "written, MiB"], ["pss_mib", "memory, MiB"]],
                [*(summary(name, results) for name in ways), *comparisons(results)],
                goals=GOALS, rounds=runs, skipped=skipped, file_system=bench.file_system(scratch),
                guard=[{"key": "ratio", "low": "low", "high": "high"}],
                notes=[f"From a server on loopback; medians of {runs} rounds, least and greatest "
                       "ratios of one round. govern's installs are proven and durable: synced "
                       "before they are published. Memory: all processes together, sampled."])
    shutil.rmtree(scratch, ignore_errors=True)


main()
