# SPDX-License-Identifier: Apache-2.0
"""What two-gos.t runs Go in: a module proxy of files, and a small world of modules that is
made afresh, at the same path, for each of the two calls that are compared."""
import hashlib
import os
import shutil
import stat
import zipfile

# In the proxy alone, never installed: a shell script that says how it was called.
FETCHED = "go1.99.1"
SAYS = """#!/bin/sh
echo "%s:$*:"
env | grep ^GO | grep -v ^GOTOOLCHAIN_INTERNAL_SWITCH_COUNT | sort
case $1 in nonsense) exit 7 ;; esac
""" % FETCHED
MAIN = "package main\n\nfunc main() { println(\"%s\") }\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


# -- the module proxy -----------------------------------------------------------------------
def add_version(proxy, module, version, files):
    at = f"{proxy}/{module}/@v"
    gomod = files.get("go.mod", f"module {module}\n")
    write(f"{at}/{version}.info", '{"Version":"%s","Time":"2024-01-01T00:00:00Z"}\n' % version)
    write(f"{at}/{version}.mod", gomod)
    with zipfile.ZipFile(f"{at}/{version}.zip", "w") as z:
        for name, text in files.items():
            z.writestr(f"{module}@{version}/{name}", text)


def make_proxy(proxy, platform, listed):
    """`listed` are toolchains that it names and does not have: installed ones come by PATH."""
    for i, lines in enumerate(("go 1.20\n", "go 1.21\n\ntoolchain go1.25.14\n", "go 1.26.3\n",
                               "go 1.27.4\n", f"go {FETCHED[2:]}\n", "go 1.98\n", "")):
        for name, package in (("tool", MAIN % f"tool {i}"), ("lib", "package lib\n")):
            module = f"example.com/{name}"
            add_version(proxy, module, f"v1.{i}.0", {
                "go.mod": f"module {module}\n\n{lines}", f"{name}.go": package})
    add_version(proxy, "golang.org/toolchain", f"v0.0.1-{FETCHED}.{platform}", {
        "bin/go": SAYS, "bin/gofmt": SAYS, "lib/none": "", "pkg/tool/none": "",
        "go.env": "GOTOOLCHAIN=auto\n"})
    write(f"{proxy}/golang.org/toolchain/@v/list",
          "".join(f"v0.0.1-{name}.{platform}\n" for name in (*listed, FETCHED)))
    for name in ("tool", "lib"):
        write(f"{proxy}/example.com/{name}/@v/list",
              "".join(f"v1.{i}.0\n" for i in range(7)))


# -- the world ------------------------------------------------------------------------------
def lines_of(go, toolchain):
    return "".join(f"{word} {value}\n\n" for word, value in
                   (("go", go), ("toolchain", toolchain)) if value is not None)


def build(world, case):
    """m is a module with another one, sub, inside; other has none."""
    shutil.rmtree(world, onerror=allow)
    for name in ("home", "tmp", "other", "m/pkg", "m/sub"):
        os.makedirs(f"{world}/{name}")
    if case["mod"] != "none":
        write(f"{world}/m/go.mod",
              "module example.com/m\n\n" + lines_of(case["go"], case["toolchain"]))
        write(f"{world}/m/alt.mod", "module example.com/m\n\ngo 1.25.14\n")
        write(f"{world}/m/sub/go.mod", "module example.com/sub\n\n" + lines_of(*case["sub"]))
    write(f"{world}/m/main.go", MAIN % "m")
    write(f"{world}/m/pkg/pkg.go", "package pkg\n")
    write(f"{world}/m/sub/main.go", MAIN % "sub")
    if case["work"] is not None:
        write(f"{world}/go.work", lines_of(*case["work"]) + "use ./m\n")
    write(f"{world}/elsewhere.work", lines_of("1.25.14", None) + f"use {world}/m\n")
    # Else Go starts a process that writes counters when it likes.
    write(f"{world}/home/.config/go/telemetry/mode", "off\n")
    if case["goenv"]:
        write(f"{world}/home/.config/go/env", case["goenv"])


def allow(remove, path, why):
    """Go's module cache may not be written; for shutil.rmtree."""
    if isinstance(why[1], FileNotFoundError):
        return
    os.chmod(os.path.dirname(path), 0o700)
    if os.path.isdir(path) and not os.path.islink(path):
        os.chmod(path, 0o700)
    remove(path)


def snapshot(world):
    """All that a command may have left: names, kinds, content."""
    found = {}
    for at, dirs, files in os.walk(world):
        dirs.sort()
        for name in sorted(files):
            path = f"{at}/{name}"
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                with open(path, "rb") as f:
                    found[path] = hashlib.sha256(f.read()).hexdigest()
            else:
                found[path] = stat.filemode(mode)
        for name in dirs:
            found[f"{at}/{name}"] = "directory"
    return found
