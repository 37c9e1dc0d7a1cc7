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
