#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives that mean harm: none gets through the policy, and none gets out without it.

The archives are those of tarballs.py and zips.py; each says why it must be refused.  The
names of the tests are the rows of what an unpacker with libarchive's "secure" flags alone
lets pass.  Arguments: only these parts (by_policy, by_landlock, ...).
"""
import ctypes
import os
import re
import shutil
import stat
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import escapes
import run
import zips
import tarballs
from outside import Outside

FULL = os.environ.get("TORTURE") == "full"
B = os.environ["B"]
UNPACK = f"{B}/libexec/govern/unpack"
BELIEVING = f"{B}/tests/archives/believing"
SANITIZED = b"__asan_init" in open(UNPACK, "rb").read()

# What each row is about: archives by name.  An archive counts for the first that fits.
ROWS = (
    ("sound archives pass", None),
    ("devices and FIFOs", r"device|fifo"),
    ("symbolic and hard links", r"link"),
    ("sparse files", r"sparse"),
    ("the same name twice, in another case, in another normal form, a file as a directory",
     r"twice|case|combining|normal-form|clash|file-as-|parent-as-|directory-(then|after)"
     r"|file-(then|with)|as-(file|directory)"),
    ("another top directory, absolute, with dots", r"absolute|parent|dot|prefix|top|wrong-ver"),
    ("control characters, not UTF-8, backslashes",
     r"newline|escape|control|delete|separator|utf8|latin|overlong|surrogate|unicode|backslash"
     r"|slash|nul\b"),
    ("names and trees without end", r"component|path-1025|depth|long-name|names-of|empty-name"),
    ("bombs and what is larger than the caps", r"bomb|mib|gib|100001|huge"),
    ("gzip: trailer, members, what follows, what is no gzip", r"gzip|raw-tar|xz|zlib|text"),
    ("pax and GNU headers that contradict", r"pax|volume|gnu|acl|vendor|unknown|go-mod|long"),
    ("tar: no end, more after the end, sizes that lie",
     r"\.tar\.gz$"),
    ("zip: local headers against the central directory", r"central|local|descriptor|two-places"),
    ("zip: before, between and behind", r"before|between|behind|end|spanning|comment|second"),
    ("zip: encryption, methods, zip64, the rest", r""),
)
# Seconds each: in the full run only.
HEAVY = () if FULL else ("tree-of-2-gib.tar.gz", "file-of-513-mib.tar.gz")

tried = bad = number = 0


def tap(faults, name):
    global number, bad
    number += 1
    bad += len(faults)
    for fault in faults:
        print("# " + fault)
    print(f"{'not ok' if faults else 'ok'} {number} - {name}", flush=True)


def skip(name, why):
    global number
    number += 1
    print(f"ok {number} - {name} # skip {why}", flush=True)


def disk_of(tree):
    return sum(os.lstat(os.path.join(top, f)).st_blocks * 512
               for top, _, files in os.walk(tree) for f in files)


def check(outside, name, kind, prefix, data, reason):
    outside.fresh_tree()
    got = run.unpack(UNPACK, kind, prefix, data, outside.tree)
    yield from run.verdict_faults(got, reason)
    yield from run.tree_faults(outside.tree)
    # The policy's promise about disk: 64 MiB free, then twenty times the archive.
    if disk_of(outside.tree) > max(64 << 20, 20 * len(data)) + (4 << 20):
        yield f"took {disk_of(outside.tree)} bytes of disk"
    yield from outside.changes()


def row_of(name, reason):
    if reason is None:
        return 0
    return next(i for i, (_, what) in enumerate(ROWS) if what is not None and
                re.search(what, name))


def by_policy(work):
    global tried
    outside = Outside(os.path.join(work, "policy"))
    faults = [[] for _ in ROWS]
    counts = [0] * len(ROWS)
    for name, kind, prefix, data, reason in run.all_cases(skip=HEAVY):
        row = row_of(name, reason)
        counts[row] += 1
        for fault in check(outside, name, kind, prefix, data, reason):
            faults[row].append(f"{name}: {fault}")
    tried += sum(counts)
    for (name, _), count, wrong in zip(ROWS, counts, faults):
        if not count:
            wrong = ["no archive of this kind"]
        tap(wrong, f"{name} ({count})")


def bounded_memory(work):
    """24 MiB whatever the archive holds; 48 for names, 16 MiB of which may be held."""
    global tried
    name = "memory stays bounded"
    if SANITIZED:
        skip(name, "a sanitizer has its own memory")
        return
    caps = {"names-of-17-mib.tar.gz": 48, "100001-entries.tar.gz": 24, "sizes.zip": 24,
            "sizes.tar.gz": 24, "bomb.zip": 24, "bomb.tar.gz": 24,
            "bomb-of-headers.tar.gz": 24, "file-of-513-mib.tar.gz": 24,
            "pax-oversized.tar.gz": 24, "extra-huge.zip": 24, "plain.zip": 24}
    outside = Outside(os.path.join(work, "memory"))
    faults = []
    for case, kind, prefix, data, _ in run.all_cases(skip=HEAVY, only=caps):
        tried += 1
        outside.fresh_tree()
        used = run.memory(UNPACK, kind, prefix, data, outside.tree)
        if used > caps[case] << 10:
            faults.append(f"{case}: {used} KiB, not {caps[case]} MiB")
    tap(faults, name)


def twins():
    """Entries that a tarball and a zip can both hold."""
    file, directory = b"x", None
    for name, path, _ in tarballs.names():
        path = path if isinstance(path, bytes) else path.encode()
        if path.startswith(b"go/") and not path.endswith(b"/"):
            yield name, [(path[3:], file)]
    yield "sound", [("src/a", file), ("src/d", directory), ("src/d/b", file)]
    yield "twice", [("a", file), ("a", file)]
    yield "case", [("readme", file), ("README", file)]
    yield "case-not-ascii", [("äfoo", file), ("Äfoo", file)]
    yield "case-of-directory", [("Src/a", file), ("src/b", file)]
    yield "file-as-parent", [("a", file), ("a/b", file)]
    yield "parent-as-file", [("a/b", file), ("a", file)]
    yield "directory-as-file", [("a", directory), ("a", file)]
    yield "file-as-directory", [("a", file), ("a", directory)]
    yield "directory-twice", [("a", directory), ("a", directory)]
    yield "depth-64", [("d/" * 63 + "f", file)]
    yield "depth-65", [("d/" * 64 + "f", file)]
    yield "component-255", [("c" * 255, file)]
    yield "component-256", [("c" * 256, file)]
    yield "programs", [("bin/x", file), ("src/x.bash", file), ("src/x", file)]
    yield "uncovered", [("test/a", file), ("test/A", file)]
    yield "bomb", [("a", bytes(80 << 20))]
    for size in (0, 1, 65535, 65536, 65537):
        yield f"size-{size}", [("a", tarballs.noise(size))]


def as_bytes(name):
    return name if isinstance(name, bytes) else name.encode()


def as_tar(entries):
    body = b""
    for name, data in entries:
        name = b"go/" + as_bytes(name)
        if data is None:
            body += tarballs.directory(name + b"/")
        elif len(name) > 99:
            body += tarballs.pax((b"path", name)) + tarballs.file("go/x", data)
        else:
            body += tarballs.file(name, data)
    return tarballs.gzip(tarballs.file("go/VERSION", b"go1.22.5\n") + body + tarballs.END)


def as_zip(entries):
    return zips.archive(start=[zips.Entry(b"go/VERSION", b"go1.22.5\n", bare=True)] + [
        zips.Entry(b"go/" + as_bytes(n) + b"/", b"", bare=True, method=0, flags=0,
                   attributes=0o40755 << 16 | 16) if data is None else
        zips.Entry(b"go/" + as_bytes(n), data, bare=True) for n, data in entries])


def listing(tree):
    return sorted((os.path.relpath(os.path.join(top, n), tree),
                   stat.filemode(os.lstat(os.path.join(top, n)).st_mode),
                   os.lstat(os.path.join(top, n)).st_size if n in files else 0)
                  for top, dirs, files in os.walk(tree) for n in dirs + files)


def same_verdict(work):
    global tried
    outside = Outside(os.path.join(work, "twins"))
    faults = []
    for name, entries in twins():
        tried += 1
        seen = []
        for kind, data in (("tar.gz", as_tar(entries)), ("zip", as_zip(entries))):
            outside.fresh_tree()
            got = run.unpack(UNPACK, kind, "go/", data, outside.tree)
            seen.append((got.status, got.verdict, got.sentence,
                         listing(outside.tree) if got.verdict == run.DONE else None))
        if seen[0] != seen[1]:
            faults.append(f"{name}: {seen[0]} as tar.gz, {seen[1]} as zip")
        faults += outside.changes()
    tap(faults, "a tar.gz and a zip of the same entries get the same verdict")


def kernel_has_landlock():
    return ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1) > 0


def foreign_kinds(tree):
    return [f"made {os.path.relpath(os.path.join(top, n), tree)}, a "
            f"{stat.filemode(os.lstat(os.path.join(top, n)).st_mode)}"
            for top, dirs, files in os.walk(tree) for n in dirs + files
            if not stat.S_IFMT(os.lstat(os.path.join(top, n)).st_mode) in
            (stat.S_IFREG, stat.S_IFDIR)]


def by_landlock(work):
    global tried
    names = ("Landlock and seccomp alone: what reaches out gets nowhere",
             "Landlock and seccomp alone: every archive of the policy's list")
    if not kernel_has_landlock():
        for name in names:
            skip(name, "no Landlock here")
        return
    place = os.path.join(work, "landlock")
    outside = Outside(place)
    faults, count = [], 0
    for i, (name, kind, data) in enumerate(escapes.cases(place)):
        if not FULL and i % 3:
            continue
        tried += 1
        count += 1
        outside.fresh_tree()
        got = run.unpack(BELIEVING, kind, "go/", data, outside.tree)
        wrong = outside.changes() + foreign_kinds(outside.tree)
        if got.status < 0:
            wrong.append(f"died of signal {-got.status}")
        faults += [f"{name}: {fault}" for fault in wrong]
        if wrong:  # what was changed may hide what the next one does
            shutil.rmtree(place)
            outside = Outside(place)
    tap(faults, f"{names[0]} ({count})")
    if faults:
        skip(names[1], "they would reach what is not ours")
        return
    # Not what would only fill the tree, and what is deeper than os.walk() goes.
    heavy = re.compile("bomb|mib|gib|100001|depth-2000")
    for i, (name, kind, prefix, data, _) in enumerate(run.all_cases(skip=HEAVY)):
        if heavy.search(name) or not FULL and i % 8:
            continue
        tried += 1
        outside.fresh_tree()
        got = run.unpack(BELIEVING, kind, prefix, data, outside.tree)
        faults += [f"{name}: {f}" for f in outside.changes() + foreign_kinds(outside.tree)]
        if got.status < 0:
            faults.append(f"{name}: died of signal {-got.status}")
    tap(faults, names[1])


def main():
    os.umask(0o077)  # modes are by rule, whatever this is
    work = tempfile.mkdtemp()
    try:
        for part in by_policy, bounded_memory, same_verdict, by_landlock:
            if not sys.argv[1:] or part.__name__ in sys.argv:
                part(work)
    finally:
        shutil.rmtree(work)
    print(f"# tried {tried} cases of hostile archives, bad states: {bad}")
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
