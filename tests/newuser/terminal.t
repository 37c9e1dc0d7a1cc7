#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""govern on a terminal: what a person sees while it installs and afterwards; Ctrl-C, Ctrl-Z,
a closed window, a window of any width, two windows at once, no colours.  Arguments: only
these of them (interrupted, progress, ...)."""

import concurrent.futures
import os
import re
import signal
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import B, FULL, Rig, Tap
from terminal import Terminal

GOVERN = B + "/bin/govern"
# Some of an archive, and nearly all of it.
SOME, MORE = 1 << 16, 9 << 16
DONE = re.compile(r"(go[\d.]+)installed:proven,fromgoproxy,[\d.]+MBin[\d.]+s")
tap = Tap()


def run(rig, home, *args, columns=80, **more):
    tap.case()
    return Terminal([GOVERN, *args], rig.env(home, **more), columns=columns, cwd=rig.dir)


def whole(rig, home, names):
    """The store afterwards: these toolchains, proven, and nothing begun."""
    bad = ["left: %s" % x for x in rig.leftovers(home)]
    r = rig.govern(home, "verify", "--offline")
    if r.returncode != 0:
        bad.append("verify: %d: %s" % (r.returncode, r.stderr))
    got = re.findall(r"^(\S+): proven", r.stdout, re.M)
    if sorted(got) != sorted(names):
        bad.append("installed: %s, not %s" % (got, names))
    return bad


def progress(rig):
    """Lines while it works, each in one row, and only what was done in the end."""
    bad = []
    widths = [80, 20, 200, 1, 2, 13, 14, 40] if FULL else [80, 20]
    for columns in widths:
        home = rig.new_home()
        url = rig.hold("progress", SOME)
        t = run(rig, home, "install", "1.22.5", "1.22.3", columns=columns, GOPROXY=url)
        if columns >= 20:
            if not t.wait_for(r"go1.22.5 +[1-9]"):
                bad.append("%d columns: no progress: %r" % (columns, t.screen()))
            if not t.wait_for(r"go1.22.3 +[1-9]"):
                bad.append("%d columns: no second line: %r" % (columns, t.screen()))
            if len(t.screen().splitlines()) != 2:
                bad.append("%d columns: not two rows: %r" % (columns, t.screen()))
        rig.hold("progress", MORE)
        if columns == 80 and not t.wait_for(
                rb"% +\[[=> ]+\] +[\d.]+ [kM]B of 1.1 MB +[\d.]+ [kM]B/s +\d+ s left"):
            bad.append("no rate: %r" % t.raw)
        rig.release("progress")
        if t.end() != 0:
            bad.append("%d columns: status %s: %r" % (columns, t.status, t.screen()))
        # Where a narrow window wraps, blanks are lost.
        text = re.sub(r"\s", "", t.screen())
        if sorted(DONE.findall(text)) != ["go1.22.3", "go1.22.5"] or DONE.sub("", text):
            bad.append("%d columns: in the end: %r" % (columns, t.screen()))
        bad += ["%d columns: %r" % (columns, s) for s in t.strange - {"m"}]
        bad += whole(rig, home, ["go1.22.3", "go1.22.5"])
    tap.check("progress: a row for each, and nothing but what was done in the end", bad)


def resized(rig):
    bad, home = [], rig.new_home()
    t = run(rig, home, "install", "1.22.5", GOPROXY=rig.hold("resized", SOME))
    t.wait_for(r"go1.22.5 +[1-9]")
    for columns in (120, 30, 80):
        t.resize(columns)
        t.read(0.15)
    rig.release("resized")
    if t.end() != 0 or "installed: proven" not in t.screen():
        bad.append("status %s: %r" % (t.status, t.screen()))
    tap.check("progress: the window changes its size meanwhile", bad)


def dull(rig):
    """TERM=dumb and NO_COLOR."""
    bad = []
    t = run(rig, rig.new_home(), "install", "1.22.5", TERM="dumb")
    if t.end() != 0 or b"\x1b" in t.raw or not DONE.fullmatch(
            re.sub(r"\s", "", t.screen())):
        bad.append("TERM=dumb: %r" % t.raw)
    home = rig.new_home()
    for more, colour in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        t = run(rig, home, "default", "1.99", **more)
        if t.end() != 3 or (b"\x1b[" in t.raw) != colour:
            bad.append("%s: status %s: %r" % (more, t.status, t.raw))
        if t.screen() != "govern: no installed toolchain is '1.99'\n" \
                "hint: govern install 1.99":
            bad.append("%s: %r" % (more, t.screen()))
    t = run(rig, home, "install", "1.22.5", "-q")
    if t.end() != 0 or t.raw:
        bad.append("-q: %r" % t.raw)
    tap.check("TERM=dumb, NO_COLOR, -q: no escapes, no colour, no word", bad)


def until(rig, home, seconds, *args):
    """An install after so long; or in the middle, when something is there that could be
    left."""
    if seconds != "progress":
        t = run(rig, home, *args)
        t.read(seconds)
        return t
    t = run(rig, home, *args, GOPROXY=rig.hold(home.split()[1], SOME))
    t.wait_for(r"go1.22.5 +[1-9]")
    return t


def interrupted(rig):
    """Ctrl-C at any time: dies by the signal, nothing half-done, and again it succeeds."""
    bad = []
    times = [i / 20 for i in range(0, 40)] if FULL else [0.02, 0.3, 0.7]
    for seconds in times + ["progress"]:
        home = rig.new_home()
        t = until(rig, home, seconds, "install", "1.22.5", "1.22.3")
        t.type("\x03")
        status = t.end()
        if status != -signal.SIGINT and (status != 0 or seconds == "progress"):
            bad.append("after %s: status %s: %r" % (seconds, status, t.screen()))
        if status != 0 and re.search(r"\d[kM]?B of", t.screen()):
            bad.append("after %s: progress stays: %r" % (seconds, t.screen()))
        bad += ["after %s: left: %s" % (seconds, x) for x in rig.leftovers(home)]
        r = rig.govern(home, "install", "1.22.5", "1.22.3")
        if r.returncode != 0:
            bad.append("after %s, again: %s" % (seconds, r.stderr))
        bad += whole(rig, home, ["go1.22.3", "go1.22.5"])
    tap.check("Ctrl-C: dies by the signal, nothing is left, again it succeeds", bad)


def hung_up(rig):
    bad = []
    for seconds in [0.1, 0.5, 1.0, 1.5, "progress"] if FULL else [0.5, "progress"]:
        home = rig.new_home()
        t = until(rig, home, seconds, "install", "1.22.5")
        status = t.hang_up()
        if status != -signal.SIGHUP and (status != 0 or seconds == "progress"):
            bad.append("after %s: status %s" % (seconds, status))
        bad += ["after %s: left: %s" % (seconds, x) for x in rig.leftovers(home)]
    tap.check("the window is closed: dies by SIGHUP, nothing is left", bad)


def stopped(rig):
    """Ctrl-Z and fg in a shell with job control."""
    bad, home = [], rig.new_home()
    tap.case()
    t = Terminal(["bash", "--norc", "-i"],
                 rig.env(home, PS1="$ ", GOPROXY=rig.hold("stopped", SOME)), cwd=rig.dir)
    t.wait_for(r"\$$")
    t.type("govern install 1.22.5\n")
    if not t.wait_for(r"go1.22.5 +[1-9]"):
        bad.append("no progress: %r" % t.screen())
    t.type("\x1a")
    if not t.wait_for("Stopped"):
        bad.append("not stopped: %r" % t.screen())
    rig.release("stopped")
    t.read(0.5)
    t.type("fg\n")
    if not t.wait_for("go1.22.5 installed: proven"):
        bad.append("it does not go on: %r" % t.screen())
    t.type("exit\n")
    t.end()
    bad += whole(rig, home, ["go1.22.5"])
    tap.check("Ctrl-Z stops it and fg lets it go on", bad)


def two_windows(rig):
    """The second one says what it waits for, and fetches nothing."""
    bad, home = [], rig.new_home()
    before = len([r for r in rig.requests() if r.split()[1].endswith("go1.27.1.%s.zip" %
                                                                     rig.platform)])
    url = rig.hold("windows", SOME)
    one = run(rig, home, "install", "1.27.1", GOPROXY=url)
    if not one.wait_for(r"go1.27.1 +[1-9]"):
        bad.append("no progress: %r" % one.screen())
    two = run(rig, home, "install", "1.27.1", GOPROXY=url)
    if not two.wait_for("go1.27.1 +waiting for another govern"):
        bad.append("the second says nothing: %r" % two.screen())
    rig.release("windows")
    if one.end() != 0 or two.end() != 0:
        bad.append("status %s and %s: %r %r" % (one.status, two.status, one.screen(),
                                                two.screen()))
    if two.screen() != "go1.27.1 is already installed (proven)":
        bad.append("the second: %r" % two.screen())
    after = len([r for r in rig.requests() if r.split()[1].endswith("go1.27.1.%s.zip" %
                                                                    rig.platform)])
    if after - before != 1:
        bad.append("%d downloads" % (after - before))
    # Ctrl-C in the one that waits ends it, and not the other.
    home = rig.new_home()
    rig.hold("windows", SOME)
    one = run(rig, home, "install", "1.27.1", GOPROXY=url)
    one.wait_for(r"go1.27.1 +[1-9]")
    two = run(rig, home, "install", "1.27.1", GOPROXY=url)
    two.wait_for("waiting for another govern")
    two.type("\x03")
    if two.end() != -signal.SIGINT:
        bad.append("Ctrl-C while it waits: %s" % two.status)
    rig.release("windows")
    if one.end() != 0:
        bad.append("the other one: %s: %r" % (one.status, one.screen()))
    bad += whole(rig, home, ["go1.27.1"])
    tap.check("two windows: the second says that it waits; one download", bad)


def piped(rig):
    """stdout into a pipe whose reader leaves, stderr the terminal."""
    bad, home = [], rig.new_home()
    for command in ("govern install 1.22.5 | cat", "govern help | head -n 1",
                    "govern list | head -c 1", "govern install 1.22.3 | true"):
        tap.case()
        t = Terminal(["sh", "-c", command + "; echo; echo end"], rig.env(home), cwd=rig.dir)
        if t.end() != 0 or not t.screen().endswith("end"):
            bad.append("%s: %s: %r" % (command, t.status, t.screen()))
        if "B of 1.1" in t.screen():
            bad.append("%s: progress stays: %r" % (command, t.screen()))
    bad += whole(rig, home, ["go1.22.3", "go1.22.5"])
    tap.check("into a pipe whose reader leaves: nothing hangs, nothing is lost", bad)


def main():
    rig = Rig(["go1.22.5", "go1.22.3", "go1.27.1"], pad=1 << 20)
    try:
        rig.serve("--slow", "/golang.org/toolchain/@v/v0.0.1-go=0.08")
        # Most of it is waiting; what comes first takes longest.
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(suite, rig) for suite in (
                    interrupted, progress, two_windows, stopped, piped, hung_up, resized,
                    dull) if not sys.argv[1:] or suite.__name__ in sys.argv]:
                done.result()
    finally:
        rig.close()
    return tap.end("terminals")


if __name__ == "__main__":
    sys.exit(main())
