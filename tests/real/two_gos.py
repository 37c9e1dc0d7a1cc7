#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each case twice, in the same small world: `go` is the shim, and `go` is the Go that the
store's default (or PATH) leads to, called by its path.  Both must print the same, byte for
byte, end the same and leave the same files.  Called by two-gos.t.

usage: two_gos.py BUILD STORE [CASE]

What is meant to differ, and is checked to be just that:
* GOROOT is removed by the shim: the other call goes without one from the start.
* The shim obeys a GOTOOLCHAIN that names an installed toolchain before any Go runs; so it
  is that toolchain to compare with where the other Go would not obey
  - because it is older than 1.21: then, if it is not installed, the shim says so;
  - in GOPATH mode (GO111MODULE), and for `go env GOTOOLCHAIN`, `go env -w GOTOOLCHAIN=…`
    and, from some Go on, `go env GOMOD`, and where -C leads nowhere;
  - with +auto and +path, where the Go that is named reads go.mod and not the other one:
    Go 1.21.0 takes `go 1.98` for go1.98, later ones for go1.98.0;
  - before it has looked for the go line of PKG in `go install PKG@VERSION` and `go run`:
    which Go does that, and when, differs between Gos.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import two_gos_cases
import two_gos_world

FULL = os.environ.get("TORTURE") == "full"
SEED = int(os.environ.get("TWO_GOS_SEED", "1"))
CASES = int(os.environ.get("TWO_GOS_CASES", "20000" if FULL else "200"))
B, STORE = sys.argv[1:3]
ONLY = int(sys.argv[3]) if len(sys.argv) > 3 else None
PLATFORM = subprocess.run([f"{B}/bin/govern", "env", "platform"], check=True,
                          capture_output=True, text=True).stdout.strip()
EXACT = re.compile(r"go1(?:\.(\d+)(\.\d+|rc\d+)?)?(-[a-z]+)?(\+auto|\+path)?")


def tree(version):
    return f"{STORE}/{PLATFORM}/toolchains/go{version}"


def make_prefix(prefix, default):
    """As the manager makes it, of toolchains that lie elsewhere."""
    for name in ("bin", "toolchains", "generations/1"):
        os.makedirs(f"{prefix}/{name}")
    for name in ("go", "gofmt"):
        shutil.copy(f"{B}/libexec/govern/go", f"{prefix}/bin/{name}")
    for version in two_gos_cases.BASES:
        name = f"go{version}"
        os.symlink(tree(version), f"{prefix}/toolchains/{name}")
        os.symlink(f"../toolchains/{name}/bin/go", f"{prefix}/bin/{name}")
    if default:
        os.symlink(f"../../toolchains/go{default}", f"{prefix}/generations/1/default")
    os.symlink("generations/1", f"{prefix}/current")


class Pair:
    """The two calls of one case, in the world of one job."""

    def __init__(self, case, scratch, job):
        self.case, self.scratch = case, scratch
        self.minor = int(case["base"].split(".")[1])
        self.world = f"{scratch}/{job}/world"
        # What -n prints depends on what has been built.
        built = case["command"] in two_gos_cases.BUILDING
        self.cache = f"{scratch}/{job}/{'built' if built else 'cache'}"
        self.prefix = f"{scratch}/{case['base'] if case['how'] == 'default' else 'none'}"

    def environment(self):
        case, path = self.case, f"{self.prefix}/bin:/usr/bin:/bin"
        if case["how"] == "path":
            path = f"{self.prefix}/bin:{tree(case['base'])}/bin:/usr/bin:/bin"
        env = {
            "PATH": path, "HOME": f"{self.world}/home", "TMPDIR": f"{self.world}/tmp",
            "PWD": self.cwd(), "GOCACHE": self.cache, "GOPATH": f"{self.world}/gopath",
            "GOPROXY": f"file://{self.scratch}/proxy", "GOSUMDB": "off",
            "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9",
        }
        other = two_gos_cases.BASES[0 if case["base"] != two_gos_cases.BASES[0] else 1]
        for name in ("GOTOOLCHAIN", "GOWORK", "GOENV", "GOFLAGS", "GO111MODULE", "GOROOT"):
            if case[name] is not None:
                env[name] = case[name].format(world=self.world, other=tree(other),
                                              same=tree(case["base"]))
        return env

    def cwd(self):
        return os.path.normpath(f"{self.world}/{self.case['cwd']}")

    def arguments(self):
        option = self.case["-C"]
        option = ["-C", option.format(world=self.world)] if option else []
        words = []
        for word in self.case["command"].split():
            words += option if word == "{C}" else [word.format(world=self.world)]
        return words

    def call(self, program, env):
        two_gos_world.build(self.world, self.case)
        done = subprocess.run(["go", *self.arguments()], executable=program, env=env,
                              cwd=self.cwd(), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=900)
        return (done.returncode, done.stdout.decode(errors="backslashreplace"),
                done.stderr.decode(errors="backslashreplace"),
                two_gos_world.snapshot(self.world))

    def named(self):
        """The version that GOTOOLCHAIN names and that the shim does not leave to the base."""
        found = EXACT.fullmatch(self.case["GOTOOLCHAIN"] or "")
        minor = int(found[1] or 0) if found else 0
        if not found or (not found[2] and minor >= 21):
            return None  # it names none, or a language version: no release
        if found[4] and minor < 21 <= self.minor:
            return None
        return self.case["GOTOOLCHAIN"].split("+")[0][2:]

    def goes_nowhere(self):
        """-C names a directory that is not in the world."""
        to = os.path.join(self.cwd(), (self.case["-C"] or ".").format(world=self.world))
        return (os.path.relpath(to, self.world) not in (".", "m", "m/pkg", "m/sub", "other")
                and "{C}" in self.case["command"])

    def is_before_go(self):
        """The shim obeys GOTOOLCHAIN where the base would not, or would do so later."""
        words = self.case["command"].replace("{C} ", "").split()
        return (self.minor < 21 or self.goes_nowhere()
                or (self.case["GOTOOLCHAIN"] or "").endswith(("+auto", "+path"))
                or self.case["GO111MODULE"] in ("off", "auto")
                or words[:1] == ["env"] and words[1] in ("GOTOOLCHAIN", "GOMOD", "-w")
                or (words and words[0] in ("install", "run") and "@" in words[-1]))

    def compare(self):
        """None, or how they differ."""
        env, base, missing = self.environment(), self.case["base"], None
        real = {k: v for k, v in env.items() if k != "GOROOT"}
        named = self.named() if self.is_before_go() else None
        if named in two_gos_cases.BASES:
            base = named
        elif named and self.minor < 21 and self.case["how"] == "default":
            missing = (f"govern: go{named} is not installed (asked for by GOTOOLCHAIN), and "
                       f"go{base} cannot fetch it\n")
        got = self.call(f"{self.prefix}/bin/go", env)
        if missing:
            if got[0] == 127 and got[1] == "" and got[2].startswith(missing):
                return None
            return self.describe(got, (127, "", missing, got[3]))
        want = self.call(f"{tree(base)}/bin/go", real)
        return None if got == want else self.describe(got, want)

    def describe(self, got, want):
        lines = [f"{k}={v!r}" for k, v in self.case.items()]
        lines.append(f"$ go {' '.join(self.arguments())}")
        for name, side in (("by its path", want), ("shim", got)):
            lines.append(f"-- {name}: status {side[0]}")
            lines += [f"stdout: {line}" for line in side[1].splitlines()[:12]]
            lines += [f"stderr: {line}" for line in side[2].splitlines()[:12]]
        lines += [f"file: {path}" for path in sorted(got[3].keys() | want[3].keys())
                  if got[3].get(path) != want[3].get(path)][:12]
        return "\n".join(lines)


def work(job, todo, scratch):
    """(number, how it differs) of each case that does."""
    bad = []
    for number, case in todo:
        how = Pair(case, scratch, job).compare()
        if how:
            bad.append((number, f"case {number} of seed {SEED}\n{how}"))
    return bad


def main():
    every = list(enumerate(two_gos_cases.cases(CASES, SEED, 0.025 if FULL else 0)))
    if ONLY is not None:
        every = [every[ONLY]]
    scratch = os.path.realpath(tempfile.mkdtemp(prefix="two-gos"))
    try:
        two_gos_world.make_proxy(f"{scratch}/proxy", PLATFORM,
                                 [f"go{v}" for v in two_gos_cases.BASES])
        make_prefix(f"{scratch}/none", None)
        for base in two_gos_cases.BASES:
            make_prefix(f"{scratch}/{base}", base)
        jobs = 2
        with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
            parts = [pool.submit(work, job, every[job::jobs], scratch) for job in range(jobs)]
            bad = dict(pair for part in parts for pair in part.result())
    finally:
        shutil.rmtree(scratch, onerror=two_gos_world.allow)
    for i, base in enumerate(two_gos_cases.BASES, 1):
        mine = [(n, case) for n, case in every if case["base"] == base]
        wrong = [bad[n] for n, _ in mine if n in bad]
        print(f"{'not ok' if wrong else 'ok'} {i} - go{base}: the shim without a pin is the "
              f"same as it, {len(mine)} cases")
        for how in wrong[:20]:
            print("# " + how.replace("\n", "\n#   "))
    print(f"1..{len(two_gos_cases.BASES)}")
    print(f"# tried {len(every)} cases of Go with and without the shim, different: {len(bad)}")
    return 1 if bad else 0


sys.exit(main())
