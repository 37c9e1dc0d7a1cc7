# SPDX-License-Identifier: Apache-2.0
"""What the benches share.  Not a bench itself.

A bench is a program `tests/bench/NAME.py BUILD OUT.json` that writes one table:

  {"schema": 1, "bench": NAME, "title": …, "date": …, "machine": …, "repeat": …,
   "columns": [[KEY, HEADING], …],   the table, made by tests/bench/table
   "rows": [{"case": NAME, KEY: VALUE, …}, …],
   "notes": [sentence, …],
   "skipped": [[what, why], …],
   "guard": [{"key": KEY, "low": KEY, "high": KEY} or {"key": KEY, "tolerance": FRACTION}]}

A guard says which figure of each row tests/bench/check compares: one with a measured
spread, or a count that does not depend on the machine's mood.
"""

import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TENTHS = 10


def machine():
    model, memory = platform.machine(), 0
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as f:
        memory = int(f.readline().split()[1]) >> 20
    return {"processor": model, "processors": os.cpu_count(), "memory_gib": memory,
            "kernel": f"{platform.system()} {platform.release()}", "arch": platform.machine()}


def file_system(path):
    r = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False)
    return r.stdout.strip() or "unknown"


def write(out, bench, title, columns, rows, **more):
    table = {"schema": 1, "bench": bench, "title": title,
             "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
             "machine": machine(), "repeat": f"make bench BENCH={bench}",
             "columns": columns, "rows": rows, "notes": [], "skipped": [], "guard": [], **more}
    with open(out, "w", encoding="utf-8") as f:
        json.dump(table, f, indent=1, ensure_ascii=False)
        f.write("\n")


def compile(build, source, name, *flags):
    """A C program of this directory, below BUILD/bench."""
    program = f"{build}/bench/{name}"
    cc = os.environ.get("CC", "cc").split()
    subprocess.run([*cc, "-D_GNU_SOURCE", *(flags or ["-O2"]), "-o", program, f"{HERE}/{source}"],
                   check=True)
    return program


def trampoline(build, steps=0):
    """The floor, or with the first of the shim's steps; None where there is none."""
    try:
        return compile(build, "trampoline.c", f"trampoline-{steps}", "-Os", "-static", "-nostdlib",
                       "-fno-pie", "-no-pie", "-fno-stack-protector", "-Wl,-z,norelro",
                       "-Wl,-z,noseparate-code", "-Wl,--build-id=none", "-s", f"-DSTEPS={steps}")
    except subprocess.CalledProcessError:
        return None


def scratch(build, name):
    """An empty directory, by the name that the kernel has for it."""
    path = os.path.realpath(f"{build}/bench/{name}")
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def prefix(build, root):
    """Where the store `root` has this platform: as it is named, the shim trusts its own name."""
    platform = subprocess.check_output([f"{build}/bin/govern", "env", "platform"], text=True)
    return f"{root}/{platform.strip()}"


def make_store(prefix, shim, target, toolchains=1):
    """A store whose toolchains are `target`; go1.22.5 first, then go1.30.0 and on."""
    os.makedirs(f"{prefix}/bin")
    for name in ("go", "gofmt"):
        shutil.copy(shim, f"{prefix}/bin/{name}")
    for i in range(toolchains):
        name = f"go1.{30 + i // 10}.{i % 10}" if i else "go1.22.5"
        program = f"{prefix}/toolchains/{name}/bin/go"
        os.makedirs(os.path.dirname(program))
        shutil.copy(target, program)
        os.truncate(program, 10 << 20)  # as large as no shim is, which the resolver looks at
    os.makedirs(f"{prefix}/generations/1")
    for pointer in ("default", "1.22"):
        os.symlink("../../toolchains/go1.22.5", f"{prefix}/generations/1/{pointer}")
    os.symlink("generations/1", f"{prefix}/current")
    return f"{prefix}/toolchains/go1.22.5/bin/go"


def environment(cwd, *path, **more):
    """As many variables as a shell has."""
    return {"PATH": ":".join([*path, "/usr/local/bin:/usr/bin:/bin"]), "PWD": cwd,
            "HOME": "/nonexistent", "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "LOGNAME": "user", "USER": "user", "SHELL": "/bin/sh", "EDITOR": "vi",
            "XDG_RUNTIME_DIR": "/run/user/1000", "SHLVL": "1", "HOSTNAME": "bench", **more}


def interleave(build, cases, rounds):
    """{name: nanoseconds of each round}.  A case: name, label, argv, cwd, env."""
    program = compile(build, "interleave.c", "interleave")
    said = []
    for name, _, argv, cwd, env in cases:
        said += [f"case {name}", f"cwd {cwd}"]
        said += [f"env {k}={v}" for k, v in env.items()] + [f"arg {word}" for word in argv]
    out = f"{build}/bench/interleave.out"
    r = subprocess.run([program, str(rounds), out], input="\n".join(said) + "\n", text=True,
                       stdout=subprocess.DEVNULL, check=False)
    if r.returncode:
        sys.exit("the run failed")
    times = {}
    with open(out, encoding="utf-8") as f:
        for line in f:
            name, _, values = line.partition("\t")
            times[name] = [int(v) for v in values.split()]
    os.unlink(out)
    return times


def tenths(values):
    n = max(1, len(values) // TENTHS)
    return [values[i:i + n] for i in range(0, n * min(TENTHS, len(values)), n)]


def ratios(value_of, *series):
    """value_of(medians) over the whole run, and its least and greatest over tenths of it."""
    whole = value_of(*(statistics.median(s) for s in series))
    parts = [value_of(*(statistics.median(p) for p in part))
             for part in zip(*(tenths(s) for s in series))]
    return whole, min(parts), max(parts)


class Site:
    """A place to download from, with a checksum database of its own, and stores of what is
    there.  `env` is what a person has."""

    def __init__(self, build, work, versions, *options):
        self.work, self.dir, self.first = work, f"{work}/site", versions[0]
        for v in versions:
            subprocess.run([sys.executable, f"{HERE}/../tools/mktoolchain.py", *options,
                            self.dir, v], check=True, stdout=subprocess.DEVNULL)
        with open(f"{self.dir}/hashes", "rb") as f:
            key = subprocess.run([f"{build}/tests/tools/mklog", self.dir],
                                 stdin=f, check=True, stdout=subprocess.PIPE, text=True).stdout
        home = f"{work}/home"
        os.makedirs(home, exist_ok=True)
        self.env = {"HOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                    "GOPROXY": f"file://{self.dir}", "GOSUMDB": key.strip()}

    def govern(self, govern, root, *words, **more):
        return subprocess.run([govern, "--root", root, *words], env={**self.env, **more},
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout

    def make_store(self, govern, root, n):
        """One toolchain by `govern install`; the others are its receipt under other names,
        the proof as long as that of a log of 60 million records."""
        self.govern(govern, root, "install", self.first[2:])
        platform = self.govern(govern, root, "env", "platform").strip()
        receipts = f"{root}/receipts/{platform}"
        with open(f"{receipts}/{self.first}.json", encoding="utf-8") as f:
            receipt = json.load(f)
        receipt["record"]["proof"] = ["A" * 43 + "="] * 26
        for i in range(n):
            name = f"go1.{30 + i // 10}.{i % 10}" if i else self.first
            os.makedirs(f"{root}/{platform}/toolchains/{name}/bin", exist_ok=True)
            with open(f"{receipts}/{name}.json", "w", encoding="utf-8") as f:
                f.write(json.dumps({**receipt, "name": name}, indent=2))
        self.govern(govern, root, "default", self.first[2:])

    def remember_lists(self, govern, root, releases):
        """Has the list of a module proxy and the release feed put into the cache.  Returns a
        govern.ini that takes the second."""
        names = [f"go1.{5 + i // 16}.{i % 16}" for i in range(releases)]
        platforms = ["linux-amd64", "linux-arm64", "linux-386", "linux-s390x", "darwin-amd64",
                     "darwin-arm64", "windows-amd64", "windows-arm64", "freebsd-amd64",
                     "openbsd-amd64", "netbsd-amd64", "plan9-386", "linux-ppc64le",
                     "linux-mips", "linux-mipsle", "linux-riscv64"]
        top = f"{self.work}/lists"
        os.makedirs(f"{top}/golang.org/toolchain/@v")
        with open(f"{top}/golang.org/toolchain/@v/list", "w", encoding="ascii") as f:
            f.writelines(f"v0.0.1-{n}.{p}\n" for n in names for p in platforms)
        with open(f"{top}/feed", "w", encoding="ascii") as f:
            json.dump([{"version": n, "stable": True, "files": [
                {"filename": f"{n}.{p}.tar.gz", "os": p.split("-")[0],
                 "arch": p.split("-")[1], "version": n, "sha256": "0" * 64,
                 "size": 70000000, "kind": "archive"} for p in platforms]} for n in names], f,
                      indent=1)
        port = f"{self.work}/port"
        server = subprocess.Popen([sys.executable, f"{HERE}/../tools/serve.py", top, port])
        try:
            while not os.path.exists(port) or not os.path.getsize(port):
                time.sleep(0.05)
            with open(port, encoding="ascii") as f:
                url = "http://127.0.0.1:" + f.read().strip()
            ini = f"{self.work}/feed.ini"
            with open(ini, "w", encoding="ascii") as f:
                f.write(f"[sources]\norder = godev\n[godev]\nfeed = {url}/feed\n")
            self.env["GOPROXY"] = url
            self.govern(govern, root, "available")
            self.govern(govern, root, "available", GOVERN_CONFIG=ini)
        finally:
            server.terminate()
            server.wait()
        return ini
