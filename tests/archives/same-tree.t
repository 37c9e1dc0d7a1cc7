#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What unpack accepts is to everybody else the same tree.

For sound archives, and for archives with a few bytes changed (the same ones each time):
either refused, or what Python, tar and unzip make of it.
"""
import io
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import run
import tarballs
import zips

FULL = os.environ.get("TORTURE") == "full"
B = os.environ["B"]
UNPACK = f"{B}/libexec/govern/unpack"
UNCOVERED = {"api", "doc", "misc", "test", ".github"}
PREFIX = zips.PREFIX

tried = bad = number = 0


def tap(faults, name):
    global number, bad
    number += 1
    bad += len(faults)
    for fault in faults[:20]:
        print("# " + fault)
    print(f"{'not ok' if faults else 'ok'} {number} - {name}", flush=True)


def tree_of(directory):
    """Path to content; None for a directory."""
    seen = {}
    for top, dirs, files in os.walk(directory):
        for n in dirs:
            seen[os.path.relpath(os.path.join(top, n), directory)] = None
        for n in files:
            with open(os.path.join(top, n), "rb") as f:
                seen[os.path.relpath(os.path.join(top, n), directory)] = f.read()
    return seen


def with_parents(seen):
    for path in list(seen):
        while "/" in path:
            path = path.rsplit("/", 1)[0]
            seen.setdefault(path, None)
    return seen


def by_rule(seen, module):
    """A reader's tree as govern installs it."""
    if module:
        return {("/".join(p.split("/")[:-1] + ["go.mod"]) if p.split("/")[-1] == "_go.mod"
                 else p): d for p, d in seen.items()}
    return {p: d for p, d in seen.items() if p.split("/")[0] not in UNCOVERED}


def python_tar(data):
    seen = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as t:
        for m in t:
            path = m.name.rstrip("/")[len("go/"):]
            if path:
                seen[path] = t.extractfile(m).read() if m.isreg() else None
    return with_parents(seen)


def python_zip(data):
    seen = {}
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        for m in z.infolist():
            name = m.filename if m.flag_bits & 1 << 11 else m.filename.encode("cp437").decode()
            path = name[len(PREFIX):]
            if path:
                seen[path.rstrip("/")] = None if path.endswith("/") else z.read(m)
    return with_parents(seen)


def by_program(argv, data, top, work):
    directory = os.path.join(work, "theirs")
    os.makedirs(directory)
    try:
        with open(os.path.join(work, "archive"), "wb") as f:
            f.write(data)
        subprocess.run(argv + [os.path.join(work, "archive")], cwd=directory, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["chmod", "-R", "u+rwX", directory], check=True)
        return tree_of(os.path.join(directory, top))
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", directory], check=True)
        shutil.rmtree(directory)


def readers(kind):
    if kind == "tar.gz":
        yield "Python", lambda data, work: python_tar(data)
        yield "tar", lambda data, work: by_program(["tar", "-xzf"], data, "go", work)
        return
    yield "Python", lambda data, work: python_zip(data)
    if shutil.which("unzip"):
        yield "unzip", lambda data, work: by_program(["unzip", "-qq"], data, PREFIX, work)


def ours(kind, data, work):
    tree = os.path.join(work, "ours")
    os.makedirs(tree)
    try:
        got = run.unpack(UNPACK, kind, "go/" if kind == "tar.gz" else PREFIX, data, tree)
        return got, tree_of(tree)
    finally:
        shutil.rmtree(tree)


def compare(name, kind, data, work, which=None):
    """None: refused.  Else what differs."""
    global tried
    tried += 1
    got, mine = ours(kind, data, work)
    if got.verdict == run.REFUSED and got.status == 1:
        return None
    if (got.status, got.verdict) != (0, run.DONE):
        return [f"{name}: status {got.status}, {got.sentence}"]
    faults = []
    for reader, read in readers(kind):
        if which and reader not in which:
            continue
        try:
            theirs = by_rule(read(data, work), kind == "module-zip")
        except (OSError, ValueError, subprocess.SubprocessError, tarfile.TarError,
                zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as e:
            faults.append(f"{name}: {reader} cannot read what was accepted: {e}")
            continue
        if theirs != mine:
            faults.append(f"{name}: not what {reader} makes of it: " + ", ".join(
                sorted(p for p in set(mine) | set(theirs)
                       if mine.get(p, 0) != theirs.get(p, 0))[:4]))
    return faults


def sound(work):
    faults = []
    for name, kind, cases in (("tar.gz", "tar.gz", tarballs), ("zip", "module-zip", zips)):
        for case, data in cases.sound():
            # unzip takes names without a flag for those of a PC of 1981.
            which = ("Python",) if case == "no-utf8-flag" else None
            got = compare(f"{case}.{name}", kind, data, work, which)
            faults += [f"{case}.{name}: refused"] if got is None else got
    tap(faults, "sound archives: the tree that tar, unzip and Python make")


def changed_tar(dice):
    """A few bytes of a header are others, and its checksum fits."""
    parts = [tarballs.directory("go/"), tarballs.file("go/VERSION", b"go1.22.5\n"),
             tarballs.pax((b"path", b"go/src/a.go"), (b"mtime", b"1.5")),
             tarballs.file("go/x", b"package a\n"),
             tarballs.long_name("go/" + "d" * 60 + "/" + "f" * 60),
             tarballs.file("go/" + "d" * 50, b"y" * 600, magic=b"ustar  \0")]
    body = bytearray(b"".join(parts) + tarballs.END)
    heads, at = [], 0
    for part in parts:
        heads += [at]
        if part in (parts[2], parts[4]):
            heads += [at + 512]  # what the header is about, too
        at += len(part)
    head = dice.choice(heads)
    for _ in range(dice.randint(1, 3)):
        # Not modes, owners and times, which mean nothing here and are not looked at.
        at = head + dice.choice([dice.randrange(100), dice.randrange(124, 136),
                                 dice.randrange(148, 512), 156, dice.randrange(257, 265),
                                 dice.randrange(345, 500)])
        body[at] = dice.choice([0, 0x20, 0x2f, 0x30 + dice.randrange(10), 0x80, 0xff,
                                dice.randrange(256), body[at] ^ 1 << dice.randrange(8)])
    if dice.random() < 0.9 and body[head + 257:head + 262] == b"ustar":
        block = body[head:head + 512]
        block[148:156] = b" " * 8
        body[head + 148:head + 156] = b"%06o\0 " % sum(block)
    return tarballs.gzip(bytes(body))


def changed_zip(dice):
    body = bytearray(zips.archive(start=[
        zips.Entry("VERSION", b"go1.22.5\n"), zips.Entry("a", b"aaa" * 50, flags=0),
        zips.Entry("b", b"stored", method=0, flags=0), zips.Entry("src/_go.mod", b"module\n")]))
    signatures = [i for i in range(len(body) - 4) if body[i:i + 2] == b"PK"]
    for _ in range(dice.randint(1, 3)):
        at = min(dice.choice(signatures) + dice.randrange(50), len(body) - 1)
        body[at] = dice.choice([0, 1, 0x2f, 0xff, dice.randrange(256),
                                body[at] ^ 1 << dice.randrange(8)])
    return bytes(body)


def changed(work, kind, make, times):
    faults, accepted = [], 0
    for seed in range(times):
        data = make(random.Random(seed))
        got = compare(f"seed {seed}", kind, data, work)
        if got is not None:
            accepted += 1
            faults += got
    if not accepted:
        faults.append("nothing was accepted: that shows nothing")
    tap(faults, f"{times} changed {kind}: refused, or the same tree ({accepted})")


def main():
    work = tempfile.mkdtemp()
    try:
        sound(work)
        changed(work, "tar.gz", changed_tar, 5000 if FULL else 100)
        changed(work, "module-zip", changed_zip, 5000 if FULL else 100)
    finally:
        shutil.rmtree(work)
    print(f"# tried {tried} cases of archives read twice, bad states: {bad}")
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
