# SPDX-License-Identifier: Apache-2.0
"""What two-gos.t tries: one value of each axis makes a case.

The core axes (which Go, GOTOOLCHAIN, the go line, the toolchain line) are tried in full
product; for each such case the others are drawn, by a seed, from their values, of which the
first is the usual one.
"""
import itertools
import random

BASES = ("1.20.14", "1.21.0", "1.25.14", "1.26.11", "1.27.4")

GOTOOLCHAIN = (
    None, "", "local", "auto", "path", "local+auto", "local+path", "default",
    "go1.20.14", "go1.21.0", "go1.25.14", "go1.27.4", "go1.27.4+auto", "go1.21.0+auto",
    "go1.25.14+path", "go1.20.14+auto",
    "go1.26.5", "go1.26.5+path", "go1.26rc1", "go1.99.1", "go1.99.1+path", "go1.21.0-custom",
    "1.25.14", "go1.25", "go1.25.14+local", "go1.25.14+", "auto+auto", "go1", "gojunk",
    "../go1.25.14", " go1.25.14", "GO1.25.14",
)
GO_LINE = (None, "1.16", "1.20", "1.21", "1.21.0", "1.25.14", "1.26rc1", "1.27", "1.27.4",
           "1.99.1", "1.98", "banana")
TOOLCHAIN_LINE = (None, "default", "go1.20.14", "go1.25.14", "go1.27.4", "go1.26.5",
                  "go1.26rc1", "go1.99.1", "go1.27.4-custom", "local")

SIDE = {
    "mod": ("there", "there", "there", "there", "none"),
    "how": ("default", "default", "path"),
    "cwd": ("m", "m", "m/pkg", "m/sub", "other", ""),
    "sub": ((None, None), ("1.21", "go1.25.14"), ("1.27.4", None), ("1.20", "go1.99.1")),
    "work": (None, None, None, ("1.21", None), ("1.25.14", None), ("1.21", "go1.27.4"),
             (None, None), ("1.99.1", "go1.99.1"), ("banana", None)),
    "GOWORK": (None, None, None, "off", "auto", "", "{world}/elsewhere.work",
               "{world}/absent.work", "elsewhere.work"),
    "goenv": ("", "", "", "GOTOOLCHAIN=local\n", "GOTOOLCHAIN=go1.25.14\n",
              "GOTOOLCHAIN=go1.21.0+auto\n", "GOTOOLCHAIN=path\n", "GOTOOLCHAIN=junk\n",
              "GOFLAGS=-mod=mod\n", "GOWORK=off\n", "GOROOT=/nonexistent\n"),
    "GOENV": (None, None, None, None, "off", "{world}/absent.env"),
    "GOFLAGS": (None, None, None, "-mod=mod", "-mod=readonly", "-modfile=alt.mod", "-trimpath",
                "-banana", "-modcacherw"),
    "GO111MODULE": (None, None, None, None, None, None, None, "on", "auto", "off"),
    "GOROOT": (None, None, None, "", "{other}", "{same}", "/nonexistent"),
    "-C": (None, None, None, None, "sub", "../other", "{world}/m", "absent"),
}

# {C} is where -C DIR goes; a command without it is tried without.
COMMANDS = (
    "{C} version", "version {C}", "env {C} GOVERSION GOROOT GOTOOLCHAIN GOMOD GOWORK GOFLAGS",
    "env GOTOOLCHAIN", "env GOMOD", "env -w GOTOOLCHAIN=go1.25.14", "env -w GOTOOLCHAIN=",
    "env -u GOTOOLCHAIN", "list {C} -m", "list {C} ./...", "{C} list -m -json",
    "list -f {{{{.Module}}}} {C}", "build {C} -n -p=1 -o out .",
    "run {C} -n -p=1 .", "mod {C} tidy", "mod edit -toolchain=go1.25.14 {C}", "mod graph {C}",
    "mod download -json {C}", "work use {C} .", "work sync {C}", "work init",
    "get {C} example.com/lib@v1.0.0", "get example.com/lib@v1.3.0", "get example.com/lib@v1.4.0",
    "get go@1.25.14", "get toolchain@go1.27.4", "get toolchain@none", "get {C} example.com/lib",
    "mod init example.com/new", "fmt -n {C} ./...", "help build", "help", "", "nonsense",
    "-C", "tool -n compile", "doc {C} -short", "clean -n {C}", "bug -h",
    *(f"install {{C}} -n -p=1 example.com/tool@v1.{i}.0" for i in range(7)),
    *(f"run -n -p=1 {{C}} example.com/tool@v1.{i}.0" for i in range(7)),
    "install -n -p=1 example.com/lib@v1.0.0", "run example.com/absent@v1.0.0",
    "install -n -p=1 -modcacherw example.com/tool@v1.3.0",
    "install example.com/tool@v1.9.0", "install -n -p=1 example.com/tool@latest",
)

# These compile, for seconds where nothing is in the build cache: in the full run only.
BUILDING = (
    "build {C} -o {world}/out .", "run {C} .", "vet {C} .", "install {C} .", "test {C} ./...",
    *(f"install {{C}} example.com/tool@v1.{i}.0" for i in (0, 2, 3, 4)),
    *(f"run {{C}} example.com/tool@v1.{i}.0" for i in (0, 1, 3, 4)),
)


def draw(rng, core, building):
    base, gotoolchain, go, toolchain = core
    case = {"base": base, "GOTOOLCHAIN": gotoolchain, "go": go, "toolchain": toolchain}
    case.update((name, rng.choice(values)) for name, values in SIDE.items())
    case["command"] = rng.choice(BUILDING if rng.random() < building else COMMANDS)
    return case


def cases(n, seed, building):
    """All cases, or `n` of them, among which each value of each axis is; `building` is the
    share of those that compile."""
    rng = random.Random(seed)
    core = list(itertools.product(BASES, GOTOOLCHAIN, GO_LINE, TOOLCHAIN_LINE))
    rng.shuffle(core)
    drawn = [draw(rng, c, building) for c in core]
    if n >= len(drawn):
        return drawn
    wanted = {(name, value) for case in drawn for name, value in case.items()}
    chosen = []
    for case in drawn:
        if wanted & set(case.items()):
            wanted -= set(case.items())
            chosen.append(case)
    taken = {id(case) for case in chosen}
    rest = (case for case in drawn if id(case) not in taken)
    return chosen + list(itertools.islice(rest, max(0, n - len(chosen))))
