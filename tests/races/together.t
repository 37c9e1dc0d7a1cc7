#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many commands at once on one store, some of them killed: C1, C3-C5, C9-C12."""

import collections
import ctypes
import fcntl
import os
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from harness import B, FULL, GOVERN, TOOLS, World, plan, wait_for  # noqa: E402

SEED = 20240604


def settled(world, want_clean=True):
    """What is wrong with a store when nobody is at work on it."""
    bad = []
    r = world.run("verify")
    if r.status != 0 or "not as it was" in r.err:
        bad.append(r)
    listed = [line.split()[0] for line in world.run("list").out.splitlines()[0:]
              if line.startswith("go1")]
    trees = sorted(os.listdir(world.path("toolchains")))
    links = sorted(e for e in os.listdir(world.path("bin")) if e.startswith("go1"))
    papers = sorted(e[:-5] for e in os.listdir("%s/receipts/%s" % (
        world.root, world.platform)) if e.endswith(".json"))
    if not sorted(listed) == trees == links == papers:
        bad.append("listed %s, trees %s, links %s, receipts %s" % (
            listed, trees, links, papers))
    numbers = sorted(int(e) for e in os.listdir(world.path("generations")) if e.isdigit())
    now = os.readlink(world.path("current"))
    if now != "generations/%d" % numbers[-1]:
        bad.append("current is %s, the newest generation %d" % (now, numbers[-1]))
    for pointer in os.listdir(world.path("current/")):
        to = world.path("current/" + pointer)
        if os.path.islink(to) and not os.path.isdir(to):
            bad.append("pointer %s leads nowhere: %s" % (pointer, os.readlink(to)))
    if want_clean:
        bad += ["left: " + e for e in world.leftovers()]
    for name in trees:
        r = world.run("version", program=world.path("bin/" + name))
        if r.status != 0 or name not in r.out:
            bad.append(r)
    return bad


def same_version(tap):
    """C1, C11: one downloads, the others wait for it and are content."""
    world = World(["go1.22.5"], pad=200000)
    rounds, bad = (20 if FULL else 1), []
    for _ in range(rounds):
        running = [world.start("install", "1.22.5") for _ in range(32)]
        results = [p.result() for p in running]
        bad += [r for r in results if r.status != 0]
        done = sum("installed: proven" in r.out + r.err for r in results)
        already = sum("already installed" in r.out + r.err for r in results)
        if (done, already) != (1, 31):
            bad.append("%d installed it, %d found it there" % (done, already))
        asked = world.downloads()
        if len(asked) != 1:
            bad.append("downloads: %d" % len(asked))
        bad += settled(world)
        r = world.run("uninstall", "1.22.5")
        if r.status != 0:
            bad.append(r)
    tap.tried("32 processes installing one version", rounds * 32, bad)
    world.close()


def many_versions(tap):
    """16 versions of four lines at once: each once, and the pointers know all of them."""
    versions = ["go1.%d.%d" % (line, patch) for line in (20, 21, 22, 23) for patch in (1, 2, 3, 4)]
    world = World(versions)
    rounds, bad = (10 if FULL else 1), []
    for _ in range(rounds):
        running = [world.start("install", v[2:]) for v in versions]
        bad += [r for r in (p.result() for p in running) if r.status != 0]
        asked = collections.Counter(world.downloads())
        if sorted(asked.values()) != [1] * 16:
            bad.append("downloads: %s" % asked)
        bad += settled(world)
        want = {"1.20": "go1.20.4", "1.21": "go1.21.4", "1.22": "go1.22.4",
                "1.23": "go1.23.4", "latest": "go1.23.4"}
        got = {p: os.path.basename(os.readlink(world.path("current/" + p))) for p in want
               if os.path.islink(world.path("current/" + p))}
        if got != want:
            bad.append("pointers: %s" % got)
        running = [world.start("uninstall", v[2:]) for v in versions]
        bad += [r for r in (p.result() for p in running) if r.status != 0]
        bad += settled(world)
        if os.listdir(world.path("toolchains")):
            bad.append("left: %s" % os.listdir(world.path("toolchains")))
    tap.tried("16 versions installed and uninstalled at once", rounds * 32, bad)
    world.close()


def expected(r):
    """Whether a user who knows that others are at work would not wonder."""
    if r.status == 0:
        return True
    said = r.err
    # Another removed it, or has not yet brought it: 3.  It became the default, or runs: 4.
    return ((r.status == 3 and ("is not installed" in said or "has no default" in said)) or
            (r.status == 4 and r.what.split()[1] == "uninstall" and
             (" is the default" in said or "in use by process" in said)))


def mixed(tap):
    """C10: everything at once, and processes that are killed."""
    rng = random.Random(SEED)
    versions = ["1.21.7", "1.22.4", "1.22.5"]
    world = World(["go" + v for v in versions], pad=100000)
    commands = ([["install", v] for v in versions] * 3 + [["install", "--force", "1.22.5"]] +
                [["uninstall", v] for v in versions] + [["uninstall", "--force", "1.22.4"]] +
                [["default", v] for v in versions] + [["default", "--unset"]] +
                [["verify"], ["verify", "1.22.5"], ["list"], ["current"]])
    turns, bad, killed = (1500 if FULL else 60), [], 0
    running = []
    for turn in range(turns):
        command = rng.choice(commands)
        p = world.start(*command)
        running.append((p, rng.random() < 0.2, time.monotonic() + rng.random() * 0.06))
        while len(running) >= 8 or (turn == turns - 1 and running):
            for entry in list(running):
                process, doomed, when = entry
                if doomed and time.monotonic() >= when and process.process.poll() is None:
                    process.kill()
                if process.process.poll() is None:
                    continue
                running.remove(entry)
                r = process.result()
                killed += r.status == -9
                if not (doomed and r.status == -9) and not expected(r):
                    bad.append("turn %d (seed %d): %s" % (turn, SEED, r))
            time.sleep(0.002)
    # The next command heals; what is younger than an hour could still be somebody's.
    for path in world.leftovers():
        if ".tmp-" in path and not path.startswith(("staging", "trash")):
            os.utime(path, (1, 1), follow_symlinks=False)
    for v in versions:
        r = world.run("install", v)
        if r.status != 0:
            bad.append(r)
    r = world.run("default", "1.22.5")
    if r.status != 0:
        bad.append(r)
    bad += settled(world, want_clean=False)
    bad += ["left: " + e for e in world.leftovers() if "generations/.tmp-" not in e]
    tap.tried("commands at once, %d of them killed" % killed, turns, bad)
    world.close()


def killed_in_download(tap):
    """C3: who is killed lets go at once, and no child of his holds on."""
    world = World(["go1.22.5"], pad=1000000, slow=0.3)
    rounds, bad = (10 if FULL else 1), []
    for _ in range(rounds):
        first = world.start("install", "1.22.5")
        wait_for(lambda: world.downloads())
        second = world.start("install", "1.22.5")
        time.sleep(0.3)
        first.kill()
        first.result()
        r = second.result()
        if r.status != 0:
            bad.append(r)
        bad += settled(world)
        world.run("uninstall", "1.22.5")
    tap.tried("holders of a lock killed while they download", rounds, bad)
    world.close()


def lock_replaced(tap):
    """C4, C5: somebody removes the locks, against the rules, while one is held."""
    world = World(["go1.22.5"], pad=1000000, slow=0.1)
    bad = []
    first = world.start("install", "1.22.5")
    wait_for(lambda: world.downloads())
    for e in os.listdir(world.root + "/locks"):
        os.unlink(world.root + "/locks/" + e)
    results = [world.start("install", "1.22.5").result() for _ in range(2)]
    bad += [r for r in results if r.status != 0]
    # Whose lock was taken away may lose its stage with it, and nothing else.
    r = first.result()
    results.append(r)
    if r.status != 0 and (r.status != 1 or "cannot publish a toolchain" not in r.err):
        bad.append(r)
    bad += settled(world)
    tap.tried("locks removed while they are held", len(results), bad)
    world.close()


def hold_lock(world, name):
    f = open("%s/locks/%s_%s" % (world.root, world.platform, name), "r+")
    fcntl.flock(f, fcntl.LOCK_EX)
    return f


def all_wait(running):
    def waiting():
        for p in running:
            p.err.seek(0)
            if "waiting for another" not in p.err.read().decode():
                return False
        return True
    wait_for(waiting)


def gone_meanwhile(tap):
    """Commands that waited for a lock find another store than the one they looked at."""
    world = World(["go1.22.4", "go1.22.5"])
    world.run("install", "1.22.4", "1.22.5")
    with hold_lock(world, "go1.22.5"):
        one, every, uninstall = (world.start(*c) for c in (
            ["verify", "1.22.5"], ["verify"], ["uninstall", "1.22.5"]))
        all_wait([one, every, uninstall])
        os.rename(world.path("toolchains/go1.22.5"), world.dir + "/gone")
        os.unlink(world.path("bin/go1.22.5"))
        os.unlink("%s/receipts/%s/go1.22.5.json" % (world.root, world.platform))
    for p, status, says in ((one, 3, "go1.22.5 is not installed"), (every, 0, ""),
                            (uninstall, 3, "go1.22.5 is not installed")):
        r = p.result()
        tap.ok(r.status == status and says in r.err, "gone while waiting: " + r.what[len(B):], r)

    with hold_lock(world, "go1.22.4"):
        uninstall = world.start("uninstall", "1.22.4")
        all_wait([uninstall])
        world.run("default", "1.22.4")
    r = uninstall.result()
    tap.ok(r.status == 4 and "is the default" in r.err,
           "it became the default while uninstall waited", r)
    world.close()


def default_and_uninstall(tap):
    """A default set while its toolchain goes: it stays, or the default goes with it."""
    world = World(["go1.22.4", "go1.22.5"])
    world.run("install", "1.22.4")
    rounds, bad = (300 if FULL else 8), []
    for _ in range(rounds):
        running = [world.start("install", "1.22.5")]
        r = running[0].result()
        bad += [r] if r.status else []
        running = [world.start("default", "1.22.5") for _ in range(3)]
        running += [world.start("uninstall", "--force", "1.22.5")]
        running += [world.start("default", "1.22.5") for _ in range(3)]
        bad += [r for r in (p.result() for p in running) if not expected(r)]
        default = world.path("current/default")
        if os.path.islink(default) and not os.path.isdir(default):
            bad.append("the default leads to %s, which is gone" % os.readlink(default))
            world.run("default", "--unset")
    tap.tried("defaults set while their toolchain goes", rounds * 7, bad)
    world.close()


def in_use(tap):
    """C9: a toolchain that runs is kept; with --force who runs from it still ends well."""
    world = World(["go1.22.5"], go="/usr/bin/cat")
    bad = []
    world.run("install", "1.22.5")
    # It runs until something was written there.
    os.mkfifo(world.dir + "/until")
    build = world.start(world.dir + "/until",
                        program=world.path("toolchains/go1.22.5/bin/go"))
    wait_for(lambda: os.path.basename(os.readlink("/proc/%d/exe" % build.process.pid)) == "go")
    r = world.run("uninstall", "1.22.5")
    if r.status != 4 or "is in use by process %d (go)" % build.process.pid not in r.err:
        bad.append(r)
    if not os.path.exists(world.path("toolchains/go1.22.5/VERSION")):
        bad.append("what is in use was touched")
    r = world.run("uninstall", "--force", "1.22.5")
    if r.status != 0 or build.process.poll() is not None:
        bad.append(r)
    open(world.dir + "/until", "w").close()
    r = build.result()
    bad += [r] if r.status != 0 else []
    bad += ["left: " + e for e in world.leftovers()]
    tap.tried("uninstalls of what is in use", 2, bad)
    world.close()


def switches(tap):
    """C12: the default changes all the time, and no start of the shim fails."""
    world = World(["go1.22.4", "go1.22.5"])
    for args in (["install", "1.22.4", "1.22.5"], ["default", "1.22.4"], ["setup"]):
        r = world.run(*args)
        if r.status != 0:
            return tap.ok(False, "a store for switches", r)
    starts = 100000 if FULL else 3000
    storm = world.start(str(starts), "4", world.path("bin/go"), "version",
                        program=TOOLS + "spawn-loop")
    bad, n = [], 0
    while storm.process.poll() is None:
        r = world.run("default", "1.22.4" if n % 2 else "1.22.5")
        n += 1
        if r.status != 0:
            bad.append(r)
    r = storm.result()
    if r.status != 0:
        bad.append(r)
    if n < 2:
        bad.append("only %d switches" % n)
    bad += settled(world)
    tap.tried("starts of the shim beside %d switches" % n, starts, bad)
    world.close()


def rolled_back(tap):
    """The default and its line go back and forth, and no start of the shim fails."""
    world = World(["go1.22.4", "go1.22.5"])
    for args in (["install", "1.22.4", "--default"], ["setup"],
                 ["install", "1.22.5", "--default"]):
        r = world.run(*args)
        if r.status != 0:
            return tap.ok(False, "a store for rollbacks", r)
    with open(world.root + "/govern.ini", "w") as f:
        f.write("[store]\nkeep_generations = 0\n")
    starts = 10000 if FULL else 300
    bad, n = [], 0
    for version in "", "+1.22", "+latest":
        storm = world.start(str(starts), "4", world.path("bin/go"), *filter(None, [version]),
                            "version", program=TOOLS + "spawn-loop")
        while storm.process.poll() is None:
            for args in (["rollback"], ["gc"]):
                r = world.run(*args)
                if r.status != 0:
                    bad.append(r)
            n += 1
        r = storm.result()
        if r.status != 0:
            bad.append(r)
    if n < 3:
        bad.append("only %d rollbacks" % n)
    bad += settled(world)
    tap.tried("starts of the shim beside %d rollbacks" % n, 3 * starts, bad)
    world.close()


def can_exchange(directory):
    """Whether two names can change hands in one step there (renameat2(2))."""
    names = [directory + "/exchange-a", directory + "/exchange-b"]
    for name in names:
        os.mkdir(name)
    done = ctypes.CDLL(None).renameat2(-1, names[0].encode(), -1, names[1].encode(), 2)
    for name in names:
        os.rmdir(name)
    return done == 0


def replaced(tap):
    """A toolchain is installed again, and again, and is never away meanwhile."""
    world = World(["go1.22.5"])
    if not can_exchange(world.dir):
        world.close()
        return tap.skip("starts beside reinstalls", "no RENAME_EXCHANGE here")
    for args in (["install", "1.22.5"], ["setup"]):
        r = world.run(*args)
        if r.status != 0:
            return tap.ok(False, "a store for reinstalls", r)
    starts, bad, n = (40000 if FULL else 2000), [], 0
    storms = [world.start(str(starts), "2", world.path("bin/go"), "+1.22.5", "version",
                          program=TOOLS + "spawn-loop"),
              world.start(str(starts // 4), "1", GOVERN, "run", "1.22.5", "--", "true",
                          program=TOOLS + "spawn-loop")]
    while any(storm.process.poll() is None for storm in storms):
        r = world.run("install", "--force", "1.22.5")
        n += 1
        if r.status != 0:
            bad.append(r)
    bad += [r for r in (storm.result() for storm in storms) if r.status != 0]
    if n < 2:
        bad.append("only %d reinstalls" % n)
    bad += settled(world)
    tap.tried("starts beside %d reinstalls" % n, starts + starts // 4, bad)
    world.close()


def line_loses_its_newest(tap):
    """A pin names a line while its newest patch comes and goes: the next one runs."""
    world = World(["go1.22.4", "go1.22.5"])
    for args in (["install", "1.22.4", "1.22.5"], ["setup"]):
        r = world.run(*args)
        if r.status != 0:
            return tap.ok(False, "a store with a line", r)
    with open(world.home + "/w/.go-version", "w") as f:
        f.write("1.22\n")
    starts = 50000 if FULL else 2000
    storm = world.start(str(starts), "4", world.path("bin/go"), "version",
                        program=TOOLS + "spawn-loop")
    bad, n = [], 0
    while storm.process.poll() is None:
        r = world.run(*(["install", "1.22.5"] if n % 2 else
                        ["uninstall", "--force", "1.22.5"]))
        n += 1
        if r.status != 0:
            bad.append(r)
    r = storm.result()
    if r.status != 0:
        bad.append(r)
    if n < 2:
        bad.append("only %d changes" % n)
    tap.tried("starts by a line whose newest patch came and went %d times" % n, starts, bad)
    world.close()


plan(same_version, many_versions, mixed, killed_in_download, lock_replaced, gone_meanwhile,
     default_and_uninstall, in_use, switches, rolled_back,
     replaced, line_loses_its_newest)
