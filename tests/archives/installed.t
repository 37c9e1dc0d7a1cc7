#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile archives by the whole way of `govern install --from FILE`: exit status 4, the
reason in one line, nothing published, nothing left, within the caps of memory and disk.

Nothing else refuses them: --trust unproven, GOSUMDB=off.  Of disk an archive gets what the
policy promises, 64 MiB or twenty times its size: the store is a file system of that size.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import run

FULL = os.environ.get("TORTURE") == "full"
B = os.environ["B"]
GOVERN = f"{B}/bin/govern"
SANITIZED = b"__asan_init" in open(GOVERN, "rb").read()
# Of all processes of an install; what is held of names may be 16 MiB.
MEMORY_MIB, NAMES_MIB = 32, 56
DISK_SLACK = 6 << 20
FILES = {"tar.gz": "go1.22.5.linux-amd64.tar.gz", "module-zip": "v0.0.1-go1.22.5.linux-amd64.zip"}
# What a sound archive of a few files is not; and what is not even looked into.
NO_TOOLCHAIN = r"has no program|is not a program for|has no VERSION|holds '"
NO_ARCHIVE = r"neither a gzip nor a zip file"

# A process begins with the peak of the one that forked it: from a small one.
MEASURE = """
import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(pid, 0)
os.write(int(sys.argv[1]), b"%d" % used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


class Place:
    def __init__(self, top, mounted):
        self.top, self.mounted = top, mounted
        self.store = top + "/disk/store"
        for d in ("home", "files", "disk", "site"):
            os.mkdir(f"{top}/{d}")
        if mounted:
            subprocess.run(["mount", "-t", "tmpfs", "disk", top + "/disk"], check=True)
        subprocess.run(["tests/tools/mktoolchain.py", top + "/site", "go1.22.4"], check=True,
                       stdout=subprocess.DEVNULL)

    def govern(self, *args):
        read, write = os.pipe()
        got = subprocess.run(
            [sys.executable, "-ISc", MEASURE, str(write), GOVERN, "--root", self.store, *args],
            cwd=self.top, capture_output=True, check=False, pass_fds=(write,), timeout=300,
            env={"HOME": self.top + "/home", "PATH": os.environ["PATH"], "GOSUMDB": "off",
                 "GOPROXY": "off", "GOENV": "off", "LC_ALL": "C.UTF-8"})
        os.close(write)
        got.memory_mib = int(os.read(read, 32) or b"0") >> 10
        os.close(read)
        return got

    def install(self, file):
        return self.govern("-q", "install", "--trust", "unproven", "--from", file,
                           re.search(r"go(1[\d.]*\d)\.", os.path.basename(file))[1])

    def look(self):
        return {os.path.relpath(os.path.join(top, f), self.top)
                for top, dirs, files in os.walk(self.top) for f in dirs + files}

    def room_for(self, size):
        if self.mounted:
            room = self.used + max(64 << 20, 20 * size) + DISK_SLACK
            subprocess.run(["mount", "-o", f"remount,size={room}", self.top + "/disk"],
                           check=True)

    @property
    def used(self):
        st = os.statvfs(self.top + "/disk")
        return (st.f_blocks - st.f_bfree) * st.f_frsize


def faults_of(got, name, reason):
    said = got.stderr.decode(errors="backslashreplace")
    lines = said.splitlines()
    if got.returncode != 4:
        yield f"status {got.returncode}: {said}"
    elif not re.search(f"{reason}|{NO_ARCHIVE}" if reason else NO_TOOLCHAIN, said):
        yield f"refused for another reason than '{reason}': {said}"
    if got.stdout:
        yield f"said {got.stdout!r}"
    if not 1 <= len(lines) <= 2 or not said.startswith("govern: ") or \
            not all(line.isprintable() for line in lines):
        yield f"not one line and a hint, fit for a terminal: {said!r}"
    cap = NAMES_MIB if name.startswith("names-of") else MEMORY_MIB
    if not SANITIZED and got.memory_mib > cap:
        yield f"{got.memory_mib} MiB of memory, not {cap}"


def cases():
    heavy = () if FULL else ("tree-of-2-gib.tar.gz", "file-of-513-mib.tar.gz")
    for i, case in enumerate(run.all_cases(skip=heavy)):
        if FULL or i % 9 == 0:
            yield case


def suite(place):
    sound = place.top + "/site/go1.22.4.linux-amd64.tar.gz"
    bad, tried, most = [], 0, 0
    got = place.install(sound)
    if got.returncode != 0:
        bad.append(f"a sound one: {got.stderr.decode()}")
    file = f"{place.top}/files/{FILES['tar.gz']}"
    with open(file, "w") as f:
        f.write("no archive\n")
    place.install(file)  # makes the lock of the name, which stays
    os.unlink(file)
    before = place.look()
    for name, kind, _, data, reason in cases():
        file = f"{place.top}/files/{FILES[kind]}"
        with open(file, "wb") as f:
            f.write(data)
        place.room_for(len(data))
        got = place.install(file)
        os.unlink(file)
        tried += 1
        most = max(most, got.memory_mib)
        bad += [f"{name}: {fault}" for fault in faults_of(got, name, reason)]
        now = place.look()
        bad += [f"{name}: made {path}" for path in sorted(now - before)]
        bad += [f"{name}: took away {path}" for path in sorted(before - now)]
        before = now
    got = place.govern("list")
    if got.returncode != 0 or b"1.22.5" in got.stdout or b"1.22.4" not in got.stdout:
        bad.append(f"list: {got.stdout!r} {got.stderr!r}")
    for fault in bad[:40]:
        print("# " + fault.replace("\n", " "))
    how = "" if place.mounted else ", the disk not measured (only root mounts)"
    print(f"# tried {tried} cases of archives that are installed, bad states: {len(bad)}")
    print(f"# most memory: {most} MiB{how}")
    print(f"{'not ok' if bad else 'ok'} 1 - hostile archives, installed{how}")
    print("1..1")
    return 1 if bad else 0


def main():
    can_mount = os.geteuid() == 0 and subprocess.run(
        ["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if can_mount and "--mounted" not in sys.argv:
        os.execvp("unshare", ["unshare", "-m", sys.executable, __file__, "--mounted"])
    top = tempfile.mkdtemp(prefix="installed.")
    mounted = "--mounted" in sys.argv
    try:
        return suite(Place(top, mounted))
    finally:
        if mounted:
            subprocess.run(["umount", "-l", top + "/disk"], check=False)
        shutil.rmtree(top)


if __name__ == "__main__":
    sys.exit(main())
