#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One store, several users, machines and kinds of file systems: R1, R7, R8, C2, C6, C7."""

import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from harness import FULL, TOOLS, Running, World, plan, wait_for  # noqa: E402

GROUP = 2000000070
ANNE, BERT, CLEO = ((2000000000 + n, GROUP) for n in (71, 72, 73))
STRANGER = (2000000079, 2000000079)
UMASKS = (0o022, 0o027, 0o077, 0o002)


def need_users(tap, name):
    """Whether other users can be played here, and reach what the build made."""
    if os.geteuid() != 0:
        tap.skip(name, "only root can act as several users")
    elif Running(["/usr/bin/test", "-x", os.environ["B"] + "/bin/govern"], {}, "/",
                 user=STRANGER).result().status != 0:
        tap.skip(name, "other users cannot reach the build directory")
    else:
        return True
    return False


class Users:
    """A world whose store several users see, each with a home."""

    def __init__(self, versions, owner=(0, 0), mode=0o755, **how):
        self.world = World(versions, **how)
        os.mkdir(self.world.root)
        os.chown(self.world.root, *owner)
        os.chmod(self.world.root, mode)
        self.homes = {u: self.world.new_home(u) for u in (ANNE, BERT, CLEO, STRANGER)}
        self.homes[(0, 0)] = self.world.new_home()
        for u, home in self.homes.items():
            for at, dirs, files in os.walk(home):
                for e in dirs + files:
                    os.chown(at + "/" + e, *u)

    def start(self, user, *args, **how):
        return self.world.start(*args, home=self.homes[user], user=user, **how)

    def run(self, user, *args, **how):
        return self.start(user, *args, **how).result()


def want(bad, status, r, *says):
    if r.status != status or r.crashed() or not all(s in r.out + r.err for s in says):
        bad.append("wanted status %d and %s: %s" % (status, list(says), r))


def group_store(tap):
    """R8: a set-gid directory of a group; each member with any umask."""
    name = "a group's store, by umasks"
    if not need_users(tap, name):
        return
    pairs = [(a, b) for a in UMASKS for b in UMASKS]
    bad, cases = [], 0
    for a, b in pairs if FULL else pairs[::5]:
        cases += 1
        before = len(bad)
        u = Users(["go1.21.7", "go1.22.4", "go1.22.5"], ANNE, 0o2775)
        w = u.world
        want(bad, 0, u.run(ANNE, "install", "1.22.4", "--default", umask=a))
        want(bad, 0, u.run(BERT, "install", "1.22.5", umask=b))
        want(bad, 0, u.run(BERT, "default", "1.22.5", umask=b))
        want(bad, 0, u.run(ANNE, "install", "1.21.7", umask=a))
        want(bad, 0, u.run(ANNE, "default", "1.22.4", umask=a))
        for who, mask in ((ANNE, a), (BERT, b), (STRANGER, 0o077)):
            want(bad, 0, u.run(who, "verify", umask=mask), "go1.21.7: proven",
                 "go1.22.4: proven", "go1.22.5: proven")
            want(bad, 0, u.run(who, "list", umask=mask), "1.22.5")
            for v in ("go1.21.7", "go1.22.4", "go1.22.5"):
                want(bad, 0, u.run(who, "version", program=w.path("bin/" + v)), v)
        # One's own goes, and the lines follow; another's stays, pointers and all.
        pointers = os.readlink(w.path("current"))
        r = u.run(BERT, "uninstall", "1.21.7", umask=b)
        want(bad, 1, r, "cannot remove go1.21.7: it belongs to user %d" % ANNE[0], "hint: ")
        r = u.run(BERT, "install", "--force", "1.21.7", umask=b)
        want(bad, 1, r, "belongs to user %d" % ANNE[0])
        if os.readlink(w.path("current")) != pointers:
            bad.append("a refused uninstall changed the pointers")
        want(bad, 0, u.run(BERT, "uninstall", "1.22.5", umask=b))
        want(bad, 0, u.run(ANNE, "uninstall", "1.21.7", umask=a))
        want(bad, 0, u.run(ANNE, "verify", umask=a), "go1.22.4: proven")
        bad += ["left: " + e for e in w.leftovers()]
        for at, dirs, files in os.walk(w.root):
            for e in dirs + files:
                mode = os.lstat(at + "/" + e).st_mode
                if mode & 0o002 and not os.path.islink(at + "/" + e):
                    bad.append("everybody may write %s/%s" % (at, e))
        if len(bad) > before:
            bad.insert(before, "umasks %03o and %03o:" % (a, b))
        w.close()
    tap.tried(name, cases, bad)


def taken_over(tap):
    """C3, R8: what one member's killed command left is put right by another's."""
    name = "members killed, and others going on"
    if not need_users(tap, name):
        return
    bad = []
    masks = UMASKS if FULL else UMASKS[2:3]
    for mask in masks:
        u = Users(["go1.22.5"], ANNE, 0o2775, pad=1000000, slow=0.3)
        w = u.world
        first = u.start(ANNE, "install", "1.22.5", umask=mask)
        wait_for(w.downloads)
        time.sleep(0.3)
        first.kill()
        first.result()
        want(bad, 0, u.run(BERT, "install", "1.22.5", umask=mask), "installed: proven")
        want(bad, 0, u.run(BERT, "verify"), "proven")
        left = [e for e in w.leftovers() if not e.startswith("trash/")]
        want(bad, 0, u.run(ANNE, "default", "1.22.5", umask=mask))
        bad += ["left: " + e for e in left]
        w.close()
    tap.tried(name, len(masks), bad)


def others_store(tap):
    """R8: a store of root, or of another user, seen by who may only read it."""
    name = "commands in a store of somebody else"
    if not need_users(tap, name):
        return
    bad, cases = [], 0
    owners = ((ANNE, 0o077), ((0, 0), 0o077), ((0, 0), 0o022))
    for owner, mask in owners if FULL else owners[:2]:
        u = Users(["go1.22.4", "go1.22.5"], owner)
        w = u.world
        whose = "belongs to " + ("root" if owner[0] == 0 else "user %d" % owner[0])
        want(bad, 0, u.run(owner, "install", "1.22.4", "--default", umask=mask))
        want(bad, 0, u.run(owner, "setup", umask=mask))
        before = sorted(os.listdir(w.path("generations")))
        for args, status, says in (
                (["list"], 0, ["1.22.4"]), (["current"], 0, ["go1.22.4"]),
                (["which"], 0, ["toolchains/go1.22.4/bin/go"]),
                (["verify"], 0, ["go1.22.4: proven"]),
                (["verify", "--offline"], 0, ["go1.22.4: proven"]),
                (["install", "1.22.4"], 0, ["already installed"]),
                (["run", "1.22.4", "go", "version"], 0, ["go1.22.4"]),
                (["default"], 0, ["go1.22.4"]), (["env"], 0, []),
                (["install", "1.22.5"], 1, [whose, "--root DIR"]),
                (["uninstall", "1.22.4", "--force"], 1, [whose, "run it as"]),
                (["default", "--unset"], 1, [whose, "--root DIR"])):
            cases += 1
            r = u.run(STRANGER, *args)
            want(bad, status, r, *says)
        r = u.run(STRANGER, "version", program=w.path("bin/go"))
        want(bad, 0, r, "go1.22.4")
        if sorted(os.listdir(w.path("generations"))) != before:
            bad.append("a refused command made a generation")
        w.close()
    tap.tried(name, cases, bad)


def closed_store(tap):
    """R8: its owner's umask closed it to all others: they are told."""
    name = "commands in a store that is closed"
    if not need_users(tap, name):
        return
    u = Users(["go1.22.5"], ANNE, 0o700)
    bad = []
    want(bad, 0, u.run(ANNE, "install", "1.22.5", umask=0o077))
    for args in (["list"], ["install", "1.22.5"], ["verify"], ["default", "1.22.5"]):
        r = u.run(BERT, *args)
        want(bad, 1, r, u.world.root, "Permission denied", "hint: ")
    tap.tried(name, 4, bad)
    u.world.close()


def sticky(tap):
    """R8: a store below, and a store that is, a directory as /tmp."""
    name = "stores in sticky directories"
    if not need_users(tap, name):
        return
    bad = []
    u = Users(["go1.22.5"], (0, 0), 0o1777)
    below = u.world.root + "/anne"
    want(bad, 0, u.run(ANNE, "install", "1.22.5", "--default", root=below))
    want(bad, 0, u.run(ANNE, "verify", root=below), "proven")
    want(bad, 1, u.run(BERT, "install", "--force", "1.22.5", root=below),
         "belongs to user %d" % ANNE[0])
    want(bad, 0, u.run(ANNE, "uninstall", "--force", "1.22.5", root=below))
    u.world.close()
    u = Users(["go1.22.5"], (0, 0), 0o1777)
    want(bad, 0, u.run(ANNE, "install", "1.22.5", "--default"))
    want(bad, 0, u.run(ANNE, "default", "1.22.5"))
    want(bad, 0, u.run(ANNE, "verify"), "proven")
    want(bad, 0, u.run(BERT, "verify"), "proven")
    want(bad, 0, u.run(BERT, "version", program=u.world.path("bin/go1.22.5")), "go1.22.5")
    want(bad, 1, u.run(BERT, "install", "--force", "1.22.5"), "belongs to ", "hint: ")
    want(bad, 1, u.run(BERT, "uninstall", "--force", "1.22.5"), "belongs to ", "hint: ")
    want(bad, 0, u.run(ANNE, "uninstall", "--force", "1.22.5"))
    u.world.close()
    tap.tried(name, 2, bad)


# -- file systems ---------------------------------------------------------------------------

def need_mount(tap, name, *, fuse=False):
    if os.geteuid() != 0:
        tap.skip(name, "only root mounts file systems")
    elif fuse and not os.access("/dev/fuse", os.W_OK):
        tap.skip(name, "no /dev/fuse")
    elif subprocess.run(["unshare", "-m", "true"], check=False,
                        stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip(name, "this sandbox lets nobody mount")
    else:
        return True
    return False


class Machines:
    """Machines that share one store as on NFS: tests/tools/stalefs.c."""

    def __init__(self, world, n, *options):
        self.world, self.servers = world, []
        self.source = world.dir + "/shared"
        os.makedirs(self.source, exist_ok=True)
        for i in range(n):
            at = "%s/machine%d" % (world.dir, i)
            os.makedirs(at, exist_ok=True)
            p = subprocess.Popen([TOOLS + "stalefs", *options, self.source, at],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.servers.append((p, at))
            if p.stdout.readline() != b"mounted\n":
                raise OSError("stalefs does not mount")
        self.roots = [at + "/store" for _, at in self.servers]
        self.homes = [world.new_home() for _ in self.servers]

    def start(self, i, *args, **how):
        return self.world.start(*args, root=self.roots[i], home=self.homes[i], **how)

    def run(self, i, *args, **how):
        return self.start(i, *args, **how).result()

    def go(self, i, **env):
        return self.run(i, "version", program=self.world.path("bin/go", self.roots[i]), env=env)

    def close(self):
        for p, at in self.servers:
            subprocess.run(["umount", "-l", at], check=False)
            p.stdin.close()
            p.wait(10)


def stale_names(tap):
    """C12 and 2.8: a machine that still believes what was there half a minute ago."""
    name = "starts and commands with names and attributes 30 s old"
    if not need_mount(tap, name, fuse=True):
        return
    w = World(["go1.21.7", "go1.22.4", "go1.22.5"])
    m = Machines(w, 2, "-t", "30")
    bad, cases = [], 0
    try:
        want(bad, 0, m.run(0, "install", "1.22.4", "--default"))
        want(bad, 0, m.run(0, "setup"))
        want(bad, 0, m.go(1), "go1.22.4")
        # An absence that is believed.
        want(bad, 127, m.go(1, GOVERN_VERSION="1.22.5"), "go1.22.5 is not installed")
        want(bad, 127, m.go(1, GOVERN_VERSION="1.21"), "1.21")
        for v in ("go1.22.5", "go1.21.7"):
            os.path.exists(w.path("toolchains/" + v, m.roots[1]))
        want(bad, 0, m.run(0, "install", "1.22.5", "1.21.7"))
        want(bad, 0, m.go(1, GOVERN_VERSION="1.22.5"), "go1.22.5")
        want(bad, 0, m.go(1, GOVERN_VERSION="1.21"), "go1.21.7")
        want(bad, 0, m.run(1, "list"), "1.21.7", "1.22.5")
        # A switch is seen some time, and what is there meanwhile runs.
        want(bad, 0, m.run(0, "default", "1.22.5"))
        want(bad, 0, m.go(1), "go1.22.")
        # Who has just run it may go on with what is gone; nobody fails.
        want(bad, 0, m.go(1, GOVERN_VERSION="1.22"), "go1.22.")
        want(bad, 0, m.run(0, "default", "1.22.4"))
        want(bad, 0, m.go(0, GOVERN_VERSION="1.22"), "go1.22.5")
        want(bad, 0, m.run(0, "uninstall", "1.22.5"))
        want(bad, 0, m.go(1, GOVERN_VERSION="1.22"), "go1.22.")
        want(bad, 0, m.go(1), "go1.22.4")
        # A `current` that is believed leads to what is gone, and was never looked at.
        m.close()
        m = Machines(w, 2, "-t", "30")
        want(bad, 0, m.run(0, "install", "1.22.5"))
        want(bad, 0, m.run(0, "default", "1.22.4"))
        want(bad, 0, m.go(1), "go1.22.4")
        want(bad, 0, m.run(0, "uninstall", "1.22.5"))
        want(bad, 0, m.go(1, GOVERN_VERSION="1.22"), "go1.22.4")
        cases += 25
        # Each builds on the other's generations.
        for i in range(40 if FULL else 4):
            v = ("1.22.4", "1.21.7")[i // 2 % 2]
            want(bad, 0, m.run(i % 2, "default", v))
            r = m.run(i % 2, "default")
            want(bad, 0, r, v)
            cases += 2
        for i in (0, 1):
            want(bad, 0, m.run(i, "install", "1.22.5"))
            want(bad, 0, m.run(1 - i, "verify"), "go1.22.5: proven")
            want(bad, 0, m.run(1 - i, "uninstall", "1.22.5"))
            want(bad, 0, m.run(i, "install", "1.22.5"))
            want(bad, 0, m.run(i, "install", "--force", "1.22.5"))
            want(bad, 0, m.run(i, "uninstall", "1.22.5"))
            cases += 6
        # What came in while a hook was running, and is believed absent, stays.
        hook = m.source + "/store/hooks/pre-install.d/wait"
        os.makedirs(os.path.dirname(hook))
        with open(hook, "w") as f:
            f.write("#!/bin/sh\n[ -e $HOME/slow ] || exit 0\n: >$HOME/there\n"
                    "until [ -e $HOME/go-on ]; do sleep 0.05; done\n")
        os.chmod(hook, 0o755)
        home = m.homes[1]
        open(home + "/slow", "w").close()
        later = m.start(1, "install", "1.22.5")
        wait_for(lambda: os.path.exists(home + "/there"))
        want(bad, 0, m.run(0, "install", "1.22.5"), "installed: proven")
        tree = w.path("toolchains/go1.22.5", m.source + "/store")
        was = os.stat(tree).st_ino
        open(home + "/go-on", "w").close()
        want(bad, 0, later.result(), "already installed")
        if os.stat(tree).st_ino != was:
            bad.append("what another machine had installed was thrown away")
        cases += 2
        bad += ["left: " + e for e in w.leftovers(m.source + "/store")]
    finally:
        m.close()
    tap.tried(name, cases, bad)
    w.close()


def older_head(tap):
    """A5: a machine that was shown less, and still believes the head of before."""
    name = "heads remembered by two machines, the older one saved last"
    if not need_mount(tap, name, fuse=True):
        return
    w = World(["go1.21.7", "go1.22.4", "go1.22.5"])
    with open(w.site + "/hashes", "rb") as f:
        records = f.readlines()
    # What the log was when it had one record, and two.
    shown, held, log = [], w.dir + "/held", w.dir + "/later"
    for n in (1, 2):
        site = "%s/site%d" % (w.dir, n)
        os.mkdir(site)
        subprocess.run([TOOLS + "mklog", site], input=b"".join(records[:n]), check=True,
                       stdout=subprocess.DEVNULL)
        shown.append(site + "/sumdb/sum.test.example")
    os.mkdir(held)
    with open(held + "/tile", "w") as f:
        f.write("0")
    server = subprocess.Popen(["python3", "tests/tools/serve.py", "--log", log, "--hold", held,
                               shown[1], w.dir + "/second"], stdin=subprocess.DEVNULL)
    m, bad = Machines(w, 2, "-t", "30"), []
    try:
        wait_for(lambda: os.path.exists(w.dir + "/second"))
        with open(w.dir + "/second") as f:
            second = "%s http://127.0.0.1:%s" % (w.key, f.read())
        first = "%s file://%s" % (w.key, shown[0])
        want(bad, 0, m.run(1, "install", "1.21.7", env={"GOSUMDB": first}))
        # It knows the head, and waits for what leads on from there.
        slow = m.start(1, "verify", "1.21.7", env={"GOSUMDB": second})
        wait_for(lambda: os.path.exists(log) and "/tile/" in open(log).read())
        want(bad, 0, m.run(0, "install", "1.22.5"))
        os.unlink(held + "/tile")
        want(bad, 0, slow.result(), "go1.21.7: proven")
        with open(m.source + "/store/log-heads/sum.test.example") as f:
            size = f.read().splitlines()[1]
        if size != "3":
            bad.append("the head is of %s records again, and was of 3" % size)
    finally:
        m.close()
        server.kill()
        server.wait()
    tap.tried(name, 3, bad)
    w.close()


def locks_of_all_kinds(tap):
    """C2, C6, C7: locks as on NFS, per machine only, and none; no O_TMPFILE, no flags."""
    name = "installs on two machines by kinds of locks"
    if not need_mount(tap, name, fuse=True):
        return
    bad, cases = [], 0
    n = 16 if FULL else 4
    for kind, most in (("nfs", 1), ("local", 2), ("none", n)):
        for _ in range(5 if FULL else 1):
            w = World(["go1.22.4", "go1.22.5"], pad=100000)
            m = Machines(w, 2, "-t", "30", "-l", kind)
            before = len(bad)
            try:
                running = [m.start(i % 2, "install", "1.22.5") for i in range(n)]
                for p in running:
                    r = p.result()
                    # C7: it is said where there are none.
                    if ("has no locks" in r.err) != (kind == "none"):
                        bad.append("what is said of locks: " + r.err)
                    # Two machines that cannot see each other's locks take each other's
                    # stages for leftovers: docs/SECURITY.md.
                    if kind != "local" or not ("cannot publish a toolchain" in r.err or
                                               "cannot make a staging directory" in r.err):
                        want(bad, 0, r, "go1.22.5")
                asked = len(w.downloads())
                if not 1 <= asked <= most:
                    bad.append("downloads: %d" % asked)
                want(bad, 0, m.run(0, "default", "1.22.5"))
                for i in (0, 1):
                    want(bad, 0, m.run(i, "verify"), "go1.22.5: proven")
                r = m.run(0, "-q", "verify")
                want(bad, 0, r)
                if r.err:
                    bad.append("said with -q: " + r.err)
                bad += ["left: " + e for e in w.leftovers(m.source + "/store")]
                # Killed in the middle: another goes on.
                first = m.start(0, "install", "1.22.4")
                wait_for(w.downloads)
                first.kill()
                first.result()
                want(bad, 0, m.run(1, "install", "1.22.4"), "installed: proven")
                want(bad, 0, m.run(0, "verify"), "go1.22.4: proven")
                want(bad, 0, m.run(0, "uninstall", "1.22.4"))
                # Killed between tree and receipt, as it would be where nobody may heal it.
                os.makedirs(w.path("toolchains/go1.22.4/bin", m.source + "/store"))
                want(bad, 0, m.run(1, "install", "1.22.4"), "installed: proven")
                want(bad, 0, m.run(0, "verify"), "go1.22.4: proven")
                cases += n + 8
            finally:
                m.close()
            if len(bad) > before:
                bad.insert(before, "locks: " + kind)
            w.close()
    tap.tried(name, cases, bad)


def quota(tap):
    """R1: the user's share is used up, in the middle of an install."""
    name = "installs over quota"
    if not need_mount(tap, name, fuse=True):
        return
    w = World(["go1.22.4", "go1.22.5"], pad=3000000)
    bad = []
    m = Machines(w, 1)
    try:
        want(bad, 0, m.run(0, "install", "1.22.4", "--default"))
    finally:
        m.close()
    shares = (0, 1, 100, 500000, 2000000, 3000500)[::1 if FULL else 2]
    for share in shares:
        m = Machines(w, 1, "-q", str(share))
        try:
            want(bad, 1, m.run(0, "install", "1.22.5"), "Disk quota exceeded", "hint: ")
            want(bad, 0, m.run(0, "verify"), "go1.22.4: proven")
        finally:
            m.close()
        bad += ["left: " + e for e in w.leftovers(m.source + "/store")
                if not e.startswith("trash/")]
    m = Machines(w, 1)
    try:
        want(bad, 0, m.run(0, "install", "1.22.5"))
        bad += ["left: " + e for e in w.leftovers(m.source + "/store")]
    finally:
        m.close()
    tap.tried(name, len(shares), bad)
    w.close()


def full_disk(tap):
    """R1: no space, or no inodes, in the middle of an install; then there is again."""
    name = "installs on a full disk"
    if not need_mount(tap, name):
        return
    w = World(["go1.22.4", "go1.22.5"], pad=3000000)
    at = w.dir + "/disk"
    os.mkdir(at)
    bad, cases = [], 0
    root = at + "/store"
    limits = ["size=%dk" % k for k in range(3300, 5700, 300 if FULL else 900)]
    limits += ["nr_inodes=%d" % n for n in range(53, 87, 2 if FULL else 11)]
    for limit in limits:
        cases += 1
        before = len(bad)
        # Room for the first in any case.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3300k", "disk", at], check=True)
        try:
            want(bad, 0, w.run("install", "1.22.4", "--default", root=root))
            subprocess.run(["mount", "-o", "remount," + limit, at], check=True)
            r = w.run("install", "1.22.5", root=root)
            want(bad, 1, r, "No space left on device", "hint: free some space")
            want(bad, 0, w.run("version", root=root, program=w.path("bin/go1.22.4", root)),
                 "go1.22.4")
            want(bad, 0, w.run("verify", root=root), "go1.22.4: proven")
            bad += ["left: " + e for e in w.leftovers(root)]
            subprocess.run(["mount", "-o", "remount,size=20m,nr_inodes=10000", at],
                           check=True)
            want(bad, 0, w.run("install", "1.22.5", root=root))
            want(bad, 0, w.run("verify", root=root), "go1.22.5: proven")
            bad += ["left: " + e for e in w.leftovers(root)]
        finally:
            subprocess.run(["umount", "-l", at], check=False)
        if len(bad) > before:
            bad.insert(before, limit)
    tap.tried(name, cases, bad)
    w.close()


def read_only(tap):
    """R7: what only reads works, and writes nothing; what does not says why."""
    name = "commands in a store on a read-only file system"
    if not need_mount(tap, name):
        return
    w = World(["go1.22.4", "go1.22.5"])
    bad, cases = [], 0
    want(bad, 0, w.run("install", "1.22.4", "--default"))
    want(bad, 0, w.run("setup"))
    subprocess.run(["mount", "--bind", w.root, w.root], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", w.root], check=True)
        for args, status, says in (
                (["list"], 0, ["1.22.4"]), (["current"], 0, ["go1.22.4"]),
                (["which"], 0, ["toolchains/go1.22.4/bin/go"]),
                (["verify"], 0, ["go1.22.4: proven"]),
                (["verify", "--offline"], 0, ["go1.22.4: proven"]),
                (["install", "1.22.4"], 0, ["already installed"]),
                (["run", "1.22.4", "go", "version"], 0, ["go1.22.4"]),
                (["default"], 0, ["go1.22.4"]), (["available"], 0, ["1.22.5"]),
                (["install", "1.22.5"], 1, ["can only be read", "--root DIR"]),
                (["uninstall", "--force", "1.22.4"], 1, ["can only be read", "--root DIR"]),
                (["default", "--unset"], 1, ["can only be read", "--root DIR"])):
            cases += 1
            want(bad, status, w.run(*args), *says)
        # Not even an attempt to write.
        trace = w.dir + "/trace"
        r = w.run("-f", "-o", trace, "-e", "trace=%file", w.path("bin/go"), "version",
                  program="/usr/bin/strace")
        want(bad, 0, r, "go1.22.4")
        with open(trace) as f:
            bad += ["the shim writes: " + line for line in f
                    if "O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line]
    finally:
        subprocess.run(["umount", "-l", w.root], check=False)
    tap.tried(name, cases + 1, bad)
    w.close()


plan(group_store, taken_over, others_store, closed_store, sticky, stale_names, older_head,
     locks_of_all_kinds, quota, full_disk, read_only)
