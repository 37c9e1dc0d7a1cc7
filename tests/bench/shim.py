#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the shim adds to the start of a program, beside what an empty trampoline adds.

usage: shim.py BUILD OUT.json

Every round starts each case once, in random order, by posix_spawn and waitpid; a figure is
the median over all rounds (BENCH_ROUNDS, 3000), less the median of starting the program
itself.  The program does nothing.  The spread is that of the ratio over tenths of the run.
"""

import os
import shutil
import statistics
import subprocess
import sys

import bench

build, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
rounds = int(os.environ.get("BENCH_ROUNDS", "3000"))
shim = f"{build}/libexec/govern/go"
work = bench.scratch(build, "shim-work")
SLOW = 100  # microseconds that the slow file system takes for each name

skipped = []


def pin(directory, text, name=".go-version"):
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/{name}", "w", encoding="utf-8") as f:
        f.write(text)
    return directory


def local_cases(target):
    """name, what a person reads, argv, cwd, env"""
    one, many = bench.prefix(build, f"{work}/one"), bench.prefix(build, f"{work}/many")
    bench.make_store(many, shim, target, 500)
    here = pin(f"{work}/src", "1.22.5\n")
    up4, up16, bare = f"{here}/{'a/' * 4}"[:-1], f"{here}/{'a/' * 16}"[:-1], f"{work}/bare"
    system = f"{work}/system"
    os.makedirs(up16)
    os.makedirs(bare)
    # a store without a default, and a go elsewhere in PATH
    none = bench.prefix(build, f"{work}/none")
    shutil.copytree(one, none, symlinks=True)
    os.unlink(f"{none}/generations/1/default")
    os.makedirs(f"{system}/bin")
    os.makedirs(f"{system}/pkg/tool")
    shutil.copy(f"{one}/toolchains/go1.22.5/bin/go", f"{system}/bin/go")

    def case(name, label, prefix, cwd, **env):
        path = [f"{prefix}/bin"] + ([f"{system}/bin"] if prefix == none else [])
        return name, label, [f"{prefix}/bin/go"], cwd, bench.environment(cwd, *path, **env)

    tools = pin(f"{work}/tools", "nodejs 22.1.0\ngolang 1.22.5\n", ".tool-versions")
    fallbacks = pin(f"{work}/fallbacks", "1.99.1\n1.98.2\n1.22.5\n")
    line = pin(f"{work}/line", "1.22\n")
    return [
        case("pin_here", "pin in the working directory", one, here),
        case("pin_up_4", "pin 4 levels up", one, up4),
        case("pin_up_16", "pin 16 levels up", one, up16),
        case("default", "no pin, the store's default", one, bare),
        case("system", "no pin, no default: the next go in PATH", none, bare),
        case("tool_versions", "`.tool-versions` in the working directory", one, tools),
        case("fallbacks", "three versions in the pin, the third is there", one, fallbacks),
        case("line", "pin of a line, `1.22`", one, line),
        case("variable", "GOVERN_VERSION", one, bare, GOVERN_VERSION="1.22.5"),
        case("pin_here_500", "pin in the working directory, 500 toolchains", many, here),
        case("default_500", "the store's default, 500 toolchains", many, bare),
    ]


def peer_cases(target):
    """Other managers, where they are: none is ever needed."""
    cases = []
    for name, hint in (("mise", "npm install -g @jdxcode/mise"), ("asdf", "no package of Debian or npm"),
                       ("goenv", "no package of Debian or npm")):
        program = shutil.which(name)
        if not program:
            skipped.append([name, f"not in PATH ({hint})"])
            continue
        if name != "mise":
            skipped.append([name, "is here, but this bench does not know how to set it up"])
            continue
        data = f"{work}/mise"
        os.makedirs(f"{data}/installs/go/1.22.5/bin")
        os.makedirs(f"{data}/shims")
        shutil.copy(target, f"{data}/installs/go/1.22.5/bin/go")
        os.symlink(os.path.realpath(program), f"{data}/shims/go")
        cwd = pin(f"{work}/mise-src", "golang 1.22.5\n", ".tool-versions")
        env = bench.environment(cwd, f"{data}/shims", HOME=f"{work}/mise-home",
                                MISE_DATA_DIR=data, MISE_OFFLINE="1")
        os.makedirs(f"{work}/mise-home")
        cases.append((f"peer_{name}", f"{name}, `.tool-versions` in the working directory",
                      [f"{data}/shims/go"], cwd, env))
    return cases


class Slow:
    """The same tree behind FUSE: each name that is asked for takes SLOW µs."""

    def __enter__(self):
        self.at, self.server = f"{work}/slow", None
        os.makedirs(self.at)
        program = f"{build}/tests/tools/stalefs"
        why = None
        if os.geteuid() != 0:
            why = "needs root"
        elif not os.path.exists("/dev/fuse"):
            why = "there is no /dev/fuse"
        elif not os.path.exists(program):
            why = f"{program} is not built"
        if not why:
            self.server = subprocess.Popen([program, "-t", "0", "-d", str(SLOW), f"{work}/served", self.at],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if self.server.stdout.readline() != b"mounted\n":
                why = "it cannot be mounted"
                self.server = None
        if why:
            skipped.append(["slow file system", why])
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.stdin.close()
            self.server.wait()
            subprocess.run(["umount", self.at], stderr=subprocess.DEVNULL, check=False)

    def cases(self):
        if not self.server:
            return []
        store, here = bench.prefix(build, f"{self.at}/store"), f"{self.at}/src"
        env = bench.environment(here, f"{store}/bin")
        program = f"{store}/toolchains/go1.22.5/bin/go"
        up = f"{here}/a/a/a/a"
        return [
            ("slow_direct", "slow file system: the program itself", [program], here, env),
            ("slow_floor", "slow file system: empty trampoline", [f"{self.at}/floor", program], here, env),
            ("slow_here", "slow file system: pin in the working directory", [f"{store}/bin/go"], here, env),
            ("slow_up_4", "slow file system: pin 4 levels up", [f"{store}/bin/go"], up,
             bench.environment(up, f"{store}/bin")),
        ]


def group_of(name):
    """Each of these has a program itself and a trampoline of its own."""
    return next((g for g in ("slow_", "peer_") if name.startswith(g)), "")


def rows_of(cases, times):
    rows = []
    for name, label, *_ in cases:
        group = group_of(name)
        direct, floor, these = times[f"{group}direct"], times[f"{group}floor"], times[name]
        row = {"case": name, "label": label, "median_us": round(statistics.median(these) / 1e3, 1),
               "added_us": round((statistics.median(these) - statistics.median(direct)) / 1e3, 1)}
        if not name.endswith("direct"):
            whole, low, high = bench.ratios(lambda t, d, f: (t - d) / (f - d), these, direct, floor)
            row["ratio"] = round(whole, 3)
            if not group: # too few rounds for a spread
                row.update(low=round(low, 3), high=round(high, 3))
        rows.append(row)
    level, low, high = bench.ratios(lambda u, h, d, f: (u - h) / 16 / (f - d), times["pin_up_16"],
                                    times["pin_here"], times["direct"], times["floor"])
    added = (statistics.median(times["pin_up_16"]) - statistics.median(times["pin_here"])) / 16e3
    rows.append({"case": "level", "label": "each level further up", "added_us": round(added, 2),
                 "ratio": round(level, 4), "low": round(low, 4), "high": round(high, 4)})
    return rows


def main():
    floor = bench.trampoline(build)
    if not floor:
        sys.exit("shim: skipped, no trampoline is written for this machine")
    one = bench.prefix(build, f"{work}/one")
    target = bench.make_store(one, shim, floor)
    here = f"{work}/src"
    env = bench.environment(here, f"{one}/bin")
    base = [("direct", "the program itself", [target], here, env),
            ("floor", "empty trampoline (one execve)", [floor, target], here, env)]
    cases = base + local_cases(floor)
    peers = peer_cases(floor)
    pin(f"{work}/served/src", "1.22.5\n")
    os.makedirs(f"{work}/served/src/a/a/a/a")
    bench.make_store(bench.prefix(build, f"{work}/served/store"), shim, floor)
    shutil.copy(floor, f"{work}/served/floor")
    times = bench.interleave(build, cases, rounds)
    if peers:
        times.update(bench.interleave(build, [(f"peer_{c[0]}", *c[1:]) for c in base] + peers,
                                      rounds // 10))
    with Slow() as slow:
        behind = slow.cases()
        if behind:
            times.update(bench.interleave(build, behind, rounds // 10))
    rows = rows_of(cases + peers + behind, times)
    bench.write(out, "shim", "What the shim adds to the start of a program",
                [["label", "started"], ["median_us", "median, µs"], ["added_us", "added, µs"],
                 ["ratio", "beside the trampoline"], ["low", "least"], ["high", "greatest"]],
                rows, rounds=rounds, file_system=bench.file_system(work), skipped=skipped,
                guard=[{"key": "ratio", "low": "low", "high": "high"}],
                goals={"pin_here": {"ratio": 1.25}, "level": {"added_us": 2}},
                notes=[f"{rounds} rounds, each starts every case once, in random order; other "
                       "managers and the slow file system in runs of their own, a tenth as long.",
                       "Goal: the pin in the working directory at most 1.25 times the trampoline, "
                       "each level further up at most 2 µs.",
                       f"On the slow file system each name that the kernel asks for takes {SLOW} µs, "
                       "every time."])


try:
    main()
finally:
    shutil.rmtree(work, ignore_errors=True)
