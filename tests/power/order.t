#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The order in which commands write, make durable and publish, read from a trace; no root,
no file system of its own.  A file system may keep more than it must: what ext4 and xfs
happen to do with one fsync (tests/power/ext4.t, xfs.t) others need not."""
import os
import re
import subprocess
import sys
import tempfile

B = os.environ["B"]
OLD, NEW = "go1.21.0", "go1.22.5"


class Call:
    """One line of power-cut's log."""

    def __init__(self, line):
        self.n, self.name, self.path = line.split(" ", 2)
        self.text = line

    def is_sync(self):
        return self.name in ("fsync", "fdatasync", "syncfs")

    def matches(self, name, path):
        return re.fullmatch(name, self.name) and re.search(path + "$", self.path)


class Store:
    def __init__(self, directory):
        self.home = directory + "/home"
        self.directory = directory
        site = directory + "/site"
        os.makedirs(self.home + "/.config/govern")
        os.mkdir(self.home + "/w")
        with open(self.home + "/.config/govern/govern.ini", "w") as f:
            f.write("[sources]\norder = goproxy\n")
        for arguments in ([site, OLD], [site, NEW],
                          ["--flip", "src/runtime/runtime.go", directory + "/other", NEW]):
            subprocess.run(["python3", "tests/tools/mktoolchain.py", *arguments],
                           check=True, stdout=subprocess.DEVNULL)
        with open(site + "/hashes") as f:
            key = subprocess.run([B + "/tests/tools/mklog", site], stdin=f, check=True,
                                 capture_output=True, text=True).stdout.strip()
        self.log = directory + "/calls"
        self.env = {"HOME": self.home, "PATH": B + "/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                    "GOPROXY": "file://" + site, "GOSUMDB": key, "TERM": "dumb",
                    "ASAN_OPTIONS": "detect_leaks=0"}

    def trace(self, *words, **env):
        """What the command did, in order."""
        done = subprocess.run(
            [B + "/tests/tools/power-cut", "-l", self.log, self.directory,
             B + "/bin/govern", *words], cwd=self.home + "/w", env={**self.env, **env},
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError("%s: %d: %s" % (words, done.returncode, done.stderr))
        with open(self.log) as f:
            return [Call(line) for line in f.read().splitlines()]


def first(calls, name, path):
    for i, c in enumerate(calls):
        if c.matches(name, path):
            return i
    return None


def out_of_order(calls, *steps):
    """The steps are (call, end of its path), in the order they must be found in."""
    at, before = -1, "the beginning"
    for name, path in steps:
        i = first(calls[at + 1:], name, path)
        if i is None:
            return ["no %s of %s after %s" % (name, path, before)]
        at += 1 + i
        before = calls[at].text
    return []


def names_not_durable(calls):
    """A name that came or went is followed by an fsync of its directory before the next
    one, or a word about it, makes it count.  A file gets its name when its bytes are
    there."""
    bad, waiting = [], None
    for i, c in enumerate(calls):
        if c.is_sync() and waiting and c.path == os.path.dirname(waiting.path):
            waiting = None
        if waiting and (c.name.startswith("renameat") or c.path == "(stdout)"):
            bad.append("'%s' before an fsync of the directory of '%s'" % (c.text,
                                                                      waiting.text))
            waiting = None
        if not c.name.startswith(("renameat", "unlinkat", "rename", "unlink")):
            continue
        # What goes from the trash, a stage or a cache may come back, and an empty
        # directory: nobody sees it.
        if not re.search("/trash/|/staging/|/.cache/|/.tmp-|/libexec(/govern)?$", c.path):
            waiting = c
    if waiting:
        bad.append("no fsync of the directory of '%s'" % waiting.text)
    return bad


def files_not_durable(calls):
    """Each temporary file that is written is made durable before anything is renamed."""
    bad, written = [], set()
    for c in calls:
        if c.name.startswith("write") and re.search(r"/\.tmp-[0-9a-f]+$", c.path):
            written.add(c.path)
        if c.name == "fsync":
            written.discard(c.path)
        if c.name == "syncfs":
            written.clear()
        if c.name.startswith("renameat") and ".cache" not in c.path:
            bad += ["'%s' before an fsync of '%s'" % (c.text, w) for w in written
                    if os.path.dirname(w) == os.path.dirname(c.path)]
    return bad


def may_look_into_all():
    """Whether we may see which files a confined process has open (CAP_SYS_PTRACE)."""
    with open("/proc/self/status") as f:
        return int(re.search(r"(?m)^CapEff:\s*(\w+)", f.read())[1], 16) >> 19 & 1


def one_syncfs(calls):
    bad = []
    syncs = [c.text for c in calls if c.name == "syncfs"]
    if len(syncs) != 1:
        bad.append("%d syncfs: %s" % (len(syncs), syncs))
    bad += ["an fsync in the tree: " + c.text for c in calls
            if c.name == "fsync" and re.search("/staging/[^/]*/tree(/|$)", c.path)]
    fsyncs = sum(c.name == "fsync" for c in calls)
    print("# install: %d syncfs, %d fsync" % (len(syncs), fsyncs))
    if fsyncs > 44:  # four of them the journal's
        bad.append("%d fsync" % fsyncs)
    tree = [i for i, c in enumerate(calls) if re.search("/staging/[^/]*/tree/", c.path)]
    if not tree:
        bad.append("nothing was written into the tree")
    elif tree[-1] > first(calls, "syncfs", ""):
        bad.append("after the syncfs: " + calls[tree[-1]].text)
    return bad


PUBLISH = (
    ("syncfs", "/staging/[^/]*/tree"),
    ("fsync", r"/staging/[^/]*/\.tmp-[^/]*"), ("renameat2?", "/staging/[^/]*/manifest"),
    ("fsync", r"/staging/[^/]*/\.tmp-[^/]*"), ("renameat2?", "/staging/[^/]*/receipt.json"),
    ("fsync", "/staging/[^/]*"), ("fsync", "/staging"))
SEEN = (
    ("renameat2?", "/toolchains/go1.22.5"), ("fsync", "/toolchains"),
    ("renameat2?", "/receipts/[^/]*/go1.22.5.manifest"), ("fsync", "/receipts/[^/]*"),
    ("renameat2?", "/receipts/[^/]*/go1.22.5.json"), ("fsync", "/receipts/[^/]*"))
LINK = (("renameat2?", "/bin/go1.22.5"), ("fsync", "/bin"))
POINT = (
    ("symlinkat", r"/generations/\.tmp-[^/]*/1.22"),
    ("fsync", r"/generations/\.tmp-[^/]*/\.tmp-[^/]*"),
    ("fsync", r"/generations/\.tmp-[^/]*"), ("renameat2?", "/generations/[0-9]+"),
    ("fsync", "/generations"), ("renameat2?", "/current"), ("fsync", "/linux-[^/]*"))
REPORT = (("write", r"\(stdout\)"),)
SIGN = (("fsync", "/govern/journal"),
        ("renameat2?", "/journal-signed"), ("fsync", "/log-heads"),
        ("renameat2?", "/journal-signed.minisig"), ("fsync", "/log-heads"))
EXCHANGED = (
    ("renameat2", "/toolchains/go1.22.5"), ("fsync", "/toolchains"),
    ("fsync", "/staging/[^/]*"), ("renameat", "/staging/[^/]*/old"),
    ("fsync", "/staging/[^/]*"))
ASIDE = (
    ("renameat2?", "/staging/[^/]*/old.json"), ("fsync", "/receipts/[^/]*"),
    ("renameat2?", "/staging/[^/]*/old"), ("fsync", "/toolchains"))
GONE = (
    ("renameat2?", "/current"), ("fsync", "/linux-[^/]*"), ("renameat2?", "/trash/[^/]*"),
    ("fsync", "/trash"), ("fsync", "/toolchains"), ("unlinkat", "/bin/go1.22.5"),
    ("fsync", "/bin"), ("unlinkat", "/go1.22.5.manifest"), ("fsync", "/receipts/[^/]*"),
    ("unlinkat", "/go1.22.5.json"), ("fsync", "/receipts/[^/]*"))


def main():
    tests = []
    with tempfile.TemporaryDirectory(prefix="order-") as directory:
        store = Store(directory)
        try:
            store.trace("--version")
        except RuntimeError as e:
            print("1..0 # skip cannot trace: %s" % str(e).replace("\n", " "))
            return 0
        install = store.trace("install", "1.22.5")
        name = "install: one syncfs, after the last byte, and no fsync of its files"
        if may_look_into_all():
            tests += [(name, one_syncfs(install))]
        else:
            tests += [(name + " # skip we may not see what unpack writes", [])]
        tests += [
            ("install: bytes, tree, papers, pointers, report, each durable before the next",
             out_of_order(install, *PUBLISH, *SEEN, *LINK, *POINT, *REPORT))]
        again = store.trace("install", "1.22.5", "--force")
        # Where two names can change hands at once, what is the same need not go aside.
        way = EXCHANGED + SEEN[2:]
        if first(again, *EXCHANGED[0]) is None:
            way = ASIDE + SEEN
        tests += [
            ("install --force: what is replaced goes aside when the new one is durable",
             out_of_order(again, *PUBLISH, *way, *REPORT))]
        store.trace("uninstall", "1.22.5")
        store.trace("install", "1.22.5", "--from", directory + "/other", "--trust",
                    "unproven", GOSUMDB="off")
        other = store.trace("install", "1.22.5", "--force")
        tests += [
            ("install --force of another tree: its receipt goes aside, then itself",
             out_of_order(other, *PUBLISH, *ASIDE, *SEEN, *REPORT))]
        store.trace("install", "1.21.0", "--default")
        default = store.trace("default", "1.22.5")
        store.trace("default", "1.21.0")
        uninstall = store.trace("uninstall", "1.22.5")
        tests += [
            ("default: the generation, then the link to it, then the report",
             out_of_order(default, *POINT, *REPORT)),
            ("uninstall: pointers, then the tree, then what belongs to it, then the report",
             out_of_order(uninstall, *GONE, *REPORT))]
        sign = store.trace("journal", "--sign", "--key",
                           os.path.abspath("tests/fuzz/corpus/fuzz-minisign/plain-key"))
        tests += [
            ("journal --sign: what is signed, then the signature, then the report",
             out_of_order(sign, *SIGN, *REPORT))]
        commands = {"install": install, "journal --sign": sign, "install --force": again,
                    "install --force of another": other, "default": default,
                    "uninstall": uninstall}
        for words in ("pin 1.21.0", "pin --unset", "setup", "setup --remove"):
            commands[words] = store.trace(*words.split())
        for words, calls in commands.items():
            tests.append((words + ": files before their names, names before what follows",
                          files_not_durable(calls) + names_not_durable(calls)))
    print("1..%d" % len(tests))
    for number, (name, bad) in enumerate(tests, 1):
        print("%sok %d - %s" % ("not " if bad else "", number, name))
        for line in bad:
            print("#   " + line)
    worst = sum(len(bad) for _, bad in tests)
    print("# tried %d cases of the order of writes, bad states: %d" % (len(tests), worst))
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
