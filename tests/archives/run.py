#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives every archive to `unpack` and looks at what became of it.

    run.py UNPACK DIRECTORY [NAME...]

Each case: the verdict, and for a refusal the reason (so that it is not refused for something
else); no death by signal; nothing outside the tree; inside nothing but files and
directories with the modes of the rule.  Prints what is wrong, and one line at the end;
leaves 1 when anything was.

    run.py --write DIRECTORY NAME...

Writes archives to files.
"""
import os
import re
import shutil
import stat
import struct
import subprocess
import sys

import tarballs
import zips

DONE, REFUSED, FAILED = 1, 2, 3


def unpack(program, kind, prefix, data, tree):
    """(exit status, verdict, entries, bytes, sentence)"""
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
        return child.returncode, None, 0, 0, repr(got)
    verdict, _, _, entries, size = struct.unpack("<IIIIQ", got[:24])
    sentence = got[24:].split(b"\0")[0].decode(errors="backslashreplace")
    return child.returncode, verdict, entries, size, sentence


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


def faults(program, work, kind, prefix, data, reason):
    tree = os.path.join(work, "store", "tree")
    os.makedirs(tree)
    status, verdict, entries, size, sentence = unpack(program, kind, prefix, data, tree)
    if reason is None:
        if (status, verdict) != (0, DONE):
            yield f"not accepted: status {status}, {sentence}"
        elif not entries or not size:
            yield f"{entries} entries, {size} bytes"
    elif (status, verdict) != (1, REFUSED):
        yield f"not refused: status {status}, verdict {verdict}, {sentence}"
    elif not re.search(reason, sentence):
        yield f"refused for another reason than '{reason}': {sentence}"
    if not sentence.isprintable():
        yield f"sentence not fit for a terminal: {sentence!r}"
    yield from tree_faults(tree)
    shutil.rmtree(os.path.join(work, "store"))
    left = sorted(os.listdir(work))
    if left != ["canary"] or open(os.path.join(work, "canary")).read() != "untouched":
        yield f"touched what lies outside: {left}"


def all_cases():
    """(file name, kind, prefix, bytes, reason)"""
    for name, data, reason in tarballs.cases():
        yield name + ".tar.gz", "tar.gz", "go/", data, reason
    for name, data, reason in zips.cases():
        yield name + ".zip", "module-zip", zips.PREFIX, data, reason


def write(directory, names):
    for name, _, _, data, _ in all_cases():
        if name in names:
            with open(os.path.join(directory, name), "wb") as f:
                f.write(data)


def main():
    if sys.argv[1] == "--write":
        return write(sys.argv[2], sys.argv[3:])
    program, work = os.path.abspath(sys.argv[1]), sys.argv[2]
    only = sys.argv[3:]
    os.umask(0o077)  # modes are by rule, whatever this is
    with open(os.path.join(work, "canary"), "w") as f:
        f.write("untouched")
    count = bad = 0
    for name, kind, prefix, data, reason in all_cases():
        if only and name not in only:
            continue
        count += 1
        for fault in faults(program, work, kind, prefix, data, reason):
            bad += 1
            print(f"{name}: {fault}")
    print(f"{count} archives tried, {bad} wrong")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
