#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives an archive to `unpack` and looks at what became of it.

Each case: the verdict, and for a refusal the reason (so that it is not refused for something
else); no death by signal; in the tree nothing but files and directories with the modes of
the rule.

    run.py --write DIRECTORY NAME...

Writes archives to files.
"""
import collections
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile

import tarballs
import zips

DONE, REFUSED, FAILED = 1, 2, 3

# verdict None: no answer.
Answer = collections.namedtuple("Answer", "status verdict entries size sentence")


def unpack(program, kind, prefix, data, tree):
    tree_fd = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    answer, theirs = os.pipe()

    def place():
        high = [os.dup2(tree_fd, 30), os.dup2(theirs, 31)]
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    child = subprocess.Popen([program, kind, prefix], stdin=subprocess.PIPE, bufsize=0,
                             preexec_fn=place, close_fds=False)
    os.close(theirs)
    os.close(tree_fd)
    view = memoryview(data)
    try:
        while view:
            view = view[child.stdin.write(view[:1 << 20]):]
    except BrokenPipeError:
        pass
    child.stdin.close()
    got = b""
    while chunk := os.read(answer, 8192):
        got += chunk
    os.close(answer)
    child.wait()
    if len(got) < 24:
        return Answer(child.returncode, None, 0, 0, repr(got))
    verdict, _, _, entries, size = struct.unpack("<IIIIQ", got[:24])
    sentence = got[24:].split(b"\0")[0].decode(errors="backslashreplace")
    return Answer(child.returncode, verdict, entries, size, sentence)


MEASURE = """
import os, sys
pid = os.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[1], os.O_RDONLY), 3)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 4)
    os.execv(sys.argv[2], sys.argv[2:])
print(os.wait4(pid, 0)[2].ru_maxrss)
"""


def memory(program, kind, prefix, data, tree):
    """KiB.  A process starts with the peak of the one that forked it: from a small one."""
    with tempfile.TemporaryFile() as f:
        f.write(data)
        f.seek(0)
        got = subprocess.run([sys.executable, "-ISc", MEASURE, tree, program, kind, prefix],
                             stdin=f, stdout=subprocess.PIPE, check=True)
    return int(got.stdout)


def is_program(path):
    base = path.rsplit("/", 1)[-1]
    return (path.startswith(("bin/", "pkg/tool/")) or
            path.endswith((".bash", ".sh", ".pl", ".rc")) or
            re.fullmatch(r"go_.[^/]*_.[^/]*_exec", base) is not None)


def tree_faults(tree):
    for top, dirs, files in os.walk(tree):
        for name in dirs + files:
            path = os.path.join(top, name)
            rel = os.path.relpath(path, tree)
            mode = os.lstat(path).st_mode
            want = 0o755 if name in dirs or is_program(rel) else 0o644
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                yield f"made something of type {stat.S_IFMT(mode):o}: {rel}"
            elif stat.S_IMODE(mode) != want:
                yield f"mode {stat.S_IMODE(mode):o} of {rel}"
            elif any(ord(c) < 32 for c in name):
                yield f"control character in {rel!r}"


def verdict_faults(got, reason):
    if reason is None:
        if (got.status, got.verdict) != (0, DONE):
            yield f"not accepted: status {got.status}, {got.sentence}"
        elif not got.entries or not got.size:
            yield f"{got.entries} entries, {got.size} bytes"
    elif (got.status, got.verdict) != (1, REFUSED):
        yield f"not refused: status {got.status}, verdict {got.verdict}, {got.sentence}"
    elif not re.search(reason, got.sentence):
        yield f"refused for another reason than '{reason}': {got.sentence}"
    if not got.sentence.isprintable():
        yield f"sentence not fit for a terminal: {got.sentence!r}"


def all_cases(skip=(), only=None):
    """(file name, kind, prefix, bytes, reason)"""
    for ending, kind, prefix, cases in ((".tar.gz", "tar.gz", "go/", tarballs.cases()),
                                        (".zip", "module-zip", zips.PREFIX, zips.cases())):
        for name, data, reason in cases:
            name += ending
            if name in skip or only is not None and name not in only:
                continue
            # What takes long to make is made when it is wanted.
            yield name, kind, prefix, data() if callable(data) else data, reason


def write(directory, names):
    for name, _, _, data, _ in all_cases(only=names):
        with open(os.path.join(directory, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit("usage: run.py --write DIRECTORY NAME...")
    write(sys.argv[2], sys.argv[3:])
