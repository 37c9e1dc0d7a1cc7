#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One store, several users, machines and kinds of file systems: R1, R7, R8, C2, C6, C7."""

import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from harness import FULL, Running, World, plan, wait_for  # noqa: E402

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
    for a, b in pairs if FULL else pairs[::3]:
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
    for owner, mask in (((0, 0), 0o022), ((0, 0), 0o077), (ANNE, 0o077)):
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


plan(group_store, taken_over, others_store, closed_store, sticky)
