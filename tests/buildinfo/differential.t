#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`govern inspect` and `go version -m` say the same of the same files.

Always: executables of a few hundred bytes (binaries.py) whole and damaged, and Go's own
programs, by one start of each program.  TORTURE=full: each bit and each prefix of the small
ones, and binaries that real Gos build for many platforms, in pieces; there Go's debug/buildinfo
answers through a program of its own (oracle.go), which takes the damage in memory.

The same means: the same answer, or none of both.  `govern` may refuse more: text with a NUL or,
where it is quoted, with bytes that are no UTF-8.
"""

import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import binaries

B = pathlib.Path(os.environ["B"])
HERE = pathlib.Path(__file__).resolve().parent
FULL = os.environ.get("TORTURE") == "full"
TOOL = str(B / "tests/tools/buildinfo")
PLATFORMS = (
    "linux/amd64 linux/arm64 linux/386 linux/riscv64 linux/s390x linux/mips linux/ppc64 linux/arm"
    " windows/amd64 windows/386 windows/arm64 darwin/amd64 darwin/arm64 freebsd/amd64"
).split()
# The last of each line that differs in what it writes, and the newest.
VERSIONS = "1.13.15 1.16.15 1.17.13 1.18.10 1.19.13 1.20.14 1.21.13 1.22.12 1.24.13 latest".split()

tests = 0
bad = 0


def report(name, problems):
    global tests, bad
    tests += 1
    for p in problems[:10]:
        print("# " + p)
    print("%sok %d - %s" % ("not " if problems else "", tests, name))
    bad += bool(problems)
    sys.stdout.flush()


# -- whole programs ----------------------------------------------------------------------------


def unquote(s):
    """strconv.Unquote, of what strconv.Quote writes."""
    if s[:1] == "`":
        return s[1:-1]
    return json.loads(re.sub(r"\\x(..)", r"\\u00\1", s)) if s[:1] == '"' else s


def said_by_go(directory):
    """What `go version -m` prints: a line for each file, and lines with a tab for each fact."""
    out = subprocess.run(
        ["go", "version", "-m", str(directory)], capture_output=True, check=False
    ).stdout.decode("utf-8", "replace")
    files, lines, path = {}, [], None
    for line in re.split("\n(?=[\t/])", out):
        if line.startswith("\t"):
            if line.strip():  # there is an empty one behind each "=>"
                files[path].append(line[1:].rstrip("\n"))
        elif ": " in line:
            path, _, version = line.rstrip("\n").partition(": ")
            files[path] = ["go\t" + version]
    return files


def said_by_govern(directory):
    out = subprocess.run(
        [str(B / "bin/govern"), "inspect", "--json", "--quiet", str(directory)],
        capture_output=True, check=False,
    )
    if out.returncode < 0:
        report("govern inspect ended by a signal", [str(out.returncode)])
    files = {}
    for f in json.loads(out.stdout)["files"]:
        if "go_version" not in f:
            continue
        lines = ["go\t" + f["go_version"]]
        if f["package"]:
            lines.append("path\t" + f["package"])
        for word, m in [("mod", f["main"])] + [("dep", m) for m in f["modules"]]:
            if m:
                new = m.get("replaced_by")
                sum_ = "\t" + (m["sum"] or "") if not new else ""
                lines.append("%s\t%s\t%s%s" % (word, m["path"] or "", m["version"] or "", sum_))
                if new:
                    parts = (new["path"] or "", new["version"] or "", new["sum"] or "")
                    lines.append("=>\t%s\t%s\t%s" % parts)
        lines += [("build", s["key"], s["value"]) for s in f["settings"]]
        files[f["path"]] = lines
    return files


def parse_settings(lines):
    out = []
    for line in lines:
        m = isinstance(line, str) and re.fullmatch(r'build\t(".*?"|`.*?`|[^=]*)=(.*)', line, re.S)
        out.append(("build", unquote(m[1]), unquote(m[2])) if m else line)
    return out


def compare(directory):
    go, govern = said_by_go(directory), said_by_govern(directory)
    problems = []
    for path in sorted(go.keys() | govern.keys()):
        a, b = parse_settings(go.get(path, [])), govern.get(path, [])
        if a != b:
            unlike = [line for line in a if line not in b], [line for line in b if line not in a]
            problems.append("%s: only go %.300r, only govern %.300r" % (path, *unlike))
    return problems, len(go)


def damaged(content, seed, n):
    """Some prefixes, and some with one bit changed that no text has."""
    r = random.Random(seed)
    yield content[:-1]
    for _ in range(n):
        yield content[: r.randrange(len(content))]
        at = r.randrange(min(len(content), 200))
        yield content[:at] + bytes([content[at] ^ 1 << r.randrange(7)]) + content[at + 1 :]


def small(work):
    top = work / "small"
    binaries.main([str(top)])
    for name, content in binaries.all_of_them().items():
        for i, piece in enumerate(damaged(content, name, 4)):
            path = top / ("%s.%d" % (name, i))
            path.write_bytes(piece)
            path.chmod(0o755)
    problems, n = compare(top)
    files = len(list(top.iterdir()))
    missing = ["go version -m reads only %d of %d" % (n, files)] if n < len(binaries.all_of_them()) else []
    report("%d small executables, %d of them damaged" % (files, files - len(binaries.all_of_them())),
           problems + missing)
    return files


def gos_own(goroot):
    problems, n = compare(pathlib.Path(goroot) / "bin")
    report("Go's own programs", problems or ([] if n else ["none"]))
    return n


# -- TORTURE=full -------------------------------------------------------------------------------


def answers(program, path, commands):
    out = subprocess.run(
        [program, str(path)], input="\n".join(commands) + "\n", capture_output=True, text=True
    )
    if out.returncode:
        return ["died: %d %s" % (out.returncode, out.stderr[:200])]
    return out.stdout.splitlines()


def is_refused_text(answer):
    strings = [bytes.fromhex(s) for s in re.split("[.;]", answer[3:]) if s]
    return any(b"\0" in s or "\ufffd".encode() in s for s in strings)


def piecewise(oracle, path, commands, counts):
    problems = []
    ours, theirs = answers(TOOL, path, commands), answers(oracle, path, commands)
    if len(ours) != len(commands) or len(theirs) != len(commands):
        return ["%s: %s %s" % (path, ours[-1:], theirs[-1:])]
    for command, a, b in zip(commands, ours, theirs):
        if a == b:
            counts["the same answer" if a != "no" else "refused by both"] += 1
        elif a == "no" and is_refused_text(b):
            counts["refused by govern alone"] += 1
        else:
            counts["different"] += 1
            problems.append("%s, %s: %.80s, not %.80s" % (path.name, command, a, b))
    return problems


def each_bit(n):
    return ["whole"] + ["cut %d" % i for i in range(n)] + [
        "flip %d %d" % (i, bit) for i in range(n) for bit in range(8)
    ]


def some_bits(path):
    n, r = path.stat().st_size, random.Random(path.name)
    head = min(n, 4096)
    return (
        ["whole"]
        + ["cut %d" % i for i in range(0, head, 16)]
        + ["cut %d" % r.randrange(n) for _ in range(64)]
        + ["flip %d %d" % (i, r.randrange(8)) for i in range(head)]
        + ["flip %d %d" % (r.randrange(n), r.randrange(8)) for _ in range(1000)]
    )


def environment(work, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GO") or k == "GOPROXY"}
    env.update(HOME=str(work), GOCACHE=str(work / "cache"), GOFLAGS="", GOTOOLCHAIN="local",
               CGO_ENABLED="0", GOPATH=str(work / "gopath"), GO111MODULE="on", **more)
    return env


def toolchains(work):
    """Those that a module proxy gives, by govern itself; else the one in PATH."""
    proxy = os.environ.get("TEST_GOPROXY")
    if proxy:
        env = dict(os.environ, GOVERN_ROOT=str(B / "tests/real-store"), GOPROXY=proxy)
        govern = str(B / "bin/govern")
        subprocess.run([govern, "setup", "--no-rc"], env=env, capture_output=True, check=False)
        for version in VERSIONS:
            if subprocess.run([govern, "install", version], env=env, capture_output=True).returncode:
                continue
            out = subprocess.run([govern, "run", version, "--", "go", "env", "GOROOT"], env=env,
                                 capture_output=True, text=True, check=False)
            if out.returncode == 0:
                yield version, out.stdout.strip() + "/bin/go"
    yield "PATH", shutil.which("go")


def build_all(work):
    source = work / "hello"
    (source / "near").mkdir(parents=True)
    (source / "go.mod").write_text(
        "module example.com/hello\n\ngo 1.13\n\nrequire example.com/near v0.0.0\n\n"
        "replace example.com/near => ./near\n"
    )
    (source / "main.go").write_text(
        'package main\n\nimport "example.com/near"\n\nfunc main() { near.Say() }\n'
    )
    (source / "near/go.mod").write_text("module example.com/near\n\ngo 1.13\n")
    (source / "near/near.go").write_text('package near\n\nfunc Say() { println("hello") }\n')
    for version, go in toolchains(work):
        newest = version in ("PATH", "latest")
        for platform in PLATFORMS if newest else PLATFORMS[:5] + ["windows/amd64", "darwin/amd64"]:
            goos, goarch = platform.split("/")
            flavours = {"plain": [], "stripped": ["-trimpath", "-ldflags=-s -w"]}
            if newest:
                flavours["pie"] = ["-buildmode=pie"]
            for name, flags in flavours.items():
                out = work / ("%s-%s-%s-%s" % (version, goos, goarch, name))
                subprocess.run([go, "build", *flags, "-o", str(out), "."], cwd=source,
                               env=environment(work, GOOS=goos, GOARCH=goarch), capture_output=True)
                if out.exists():
                    yield out
                    out.unlink()
        if newest and shutil.which("cc"):
            for mode, name in (("c-archive", "a.a"), ("c-shared", "a.so")):
                out = work / name
                env = environment(work)
                env["CGO_ENABLED"] = "1"
                subprocess.run([go, "build", "-buildmode=" + mode, "-o", str(out), "."], cwd=source,
                               env=env, capture_output=True)
                if out.exists():
                    yield out
                    out.unlink()


def full(work):
    oracle, counts, n = str(work / "oracle"), collections.Counter(), 0
    subprocess.run(["go", "build", "-o", oracle, str(HERE / "oracle.go")], check=True,
                   env=environment(work), cwd=work)
    problems = []
    for name, content in binaries.all_of_them().items():
        path = work / "one"
        path.write_bytes(content)
        problems += piecewise(oracle, path, each_bit(len(content)), counts)
    report("each bit and each prefix of the small executables", problems)
    problems = []
    for path in build_all(work):
        problems += piecewise(oracle, path, some_bits(path), counts)
        n += 1
    report("%d binaries of real Gos, whole and damaged" % n, problems or ([] if n else ["none"]))
    for what, count in sorted(counts.items()):
        print("# %s: %d" % (what, count))
    return sum(counts.values())


def main():
    go = os.environ.get("TEST_GO") or shutil.which("go")
    if not go:
        print("1..0 # skip no go to compare with")
        return 0
    os.environ["PATH"] = os.path.dirname(go) + ":" + os.environ.get("PATH", "")
    os.environ["GOTOOLCHAIN"] = "local"
    version = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True).stdout
    number = re.match(r"go1\.(\d+)", version)
    if not number or int(number[1]) < 22:
        print("1..0 # skip %s reads less than we do" % (version.strip() or "an old go"))
        return 0
    goroot = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="govern-buildinfo-") as work:
        tried = small(pathlib.Path(work)) + gos_own(goroot)
        if FULL:
            tried += full(pathlib.Path(work))
            subprocess.run(["chmod", "-R", "u+w", work], check=False)  # Go's module cache
    print("# tried %d cases of executables, bad states: %d" % (tried, bad))
    print("1..%d" % tests)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
