#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pictures in README.md, docs/*.svg, drawn from a real run: a bash on a terminal, a
loopback server, toolchains that are stand-ins (tests/tools/mktoolchain.py), padded to some
megabytes.  `--draw` (make shots) writes them.  Without it: what the pictures show is
what comes now, but for numbers; with small toolchains, which take less time.

In the pictures the test's own directory is left out of paths, and dates, times and rates are
always the same: only what changed in govern changes them."""

import html
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from picture import draw
from rig import B, TOP, Rig, Tap
from terminal import Terminal

DRAW = "--draw" in sys.argv
SIZE = 24000000 if DRAW else 600000
SAME = ((r"\d{4}-\d\d-\d\d", "2026-01-31"), (r"in +[\d.]+ s", "in 2.0 s"),
        (r"[\d.]+ [kM]?B/s( +\d+ [smh] left)?", "24.0 MB/s  1 s left"))
SESSION = [
    "govern install 1.23 1.22",
    "govern default 1.23",
    "go version",
    "cd src/app && govern pin 1.22.5 && go version",
    "govern current",
    "govern list",
    "govern verify --offline",
]


def same(cells, text):
    """A row with the numbers that differ from run to run made equal, as wide as it was."""
    line = "".join(c for c, _ in cells)
    for pattern, value in SAME + ((re.escape(text), ""),):
        for m in reversed(list(re.finditer(pattern, line))):
            value_now = value.rjust(len(m[0])) if value else ""
            style = cells[m.start()][1]
            cells[m.start():m.end()] = [(c, style) for c in value_now]
            line = line[:m.start()] + value_now + line[m.end():]
    return cells


def shell(rig, columns, **more):
    os.makedirs(rig.dir + "/home/you/src/app", exist_ok=True)
    bin_dir = rig.root("home/you") + "/" + rig.platform + "/bin"
    env = rig.env("home/you", PS1="\\[\\e[32m\\]$\\[\\e[0m\\] ", **more)
    t = Terminal(["bash", "--norc", "--noprofile", "-i"],
                 {**env, "PATH": bin_dir + ":" + env["PATH"]}, cwd=rig.dir + "/home/you",
                 columns=columns, rows=50)
    t.wait_for(r"\$$")
    return t


def session(rig):
    # As much wider as what the picture leaves out is long: no row breaks for that.
    t = shell(rig, 80 + len(rig.dir))
    for command in SESSION:
        t.type(command + "\n")
        t.wait_for(r"(?s)%s\n.*\n\$$" % re.escape(command))
    t.cells.pop()  # the last prompt
    return t


def progress(rig):
    t = shell(rig, 80, GOPROXY=rig.hold("shot", SIZE * 2 // 5))
    t.type("govern install -j4 1.21 1.22.3 1.20.9\n")
    for row in (r"go1.21.9 +[1-9]\d%", r"go1.22.3 +[1-9]\d%", "go1.20.9 +done"):
        t.wait_for(row)
    t.read(0.2)
    screen = [list(row) for row in t.cells]
    rig.release("shot")
    t.wait_for(r"\n\$$")
    t.cells = screen
    return t


def structure(svg):
    """The texts of a picture, without numbers, units and what their width moves."""
    texts = [html.unescape(re.sub("<[^>]*>", " ", row))
             for row in re.findall("<text y.*</text>", svg)]
    return [re.sub(r"\s+", " ", re.sub(r"[=>]+ *|\d+|\b[kM]?B\b|amd64|arm64", "0", row))
            for row in texts]


def main():
    tap = Tap()
    rig = Rig({"go1.23.4": SIZE, "go1.22.5": SIZE * 9 // 10, "go1.21.9": SIZE,
               "go1.22.3": SIZE * 3 // 4, "go1.20.9": 0})
    try:
        rig.serve()
        rig.govern("home/you", "setup", "--no-rc")
        for name, take, title in (("session", session, "two Gos, one directory each"),
                                  ("progress", progress, "three at once")):
            tap.case()
            t = take(rig)
            svg = draw([same(row, rig.dir) for row in t.cells], 80, title)
            t.type("exit\n")
            t.end()
            path = "%s/docs/%s.svg" % (TOP, name)
            if DRAW:
                with open(path, "w", encoding="utf-8") as f:
                    f.write(svg)
            with open(path, encoding="utf-8") as f:
                kept = structure(f.read())
            bad = [] if kept == structure(svg) else [
                "run make shots: kept: %s\nnow: %s" % ("\n".join(kept),
                                                       "\n".join(structure(svg)))]
            tap.check("docs/%s.svg shows what govern shows" % name, bad)
    finally:
        rig.close()
    return tap.end("pictures")


if __name__ == "__main__":
    sys.exit(main())
