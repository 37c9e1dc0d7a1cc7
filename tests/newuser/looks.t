#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What govern looks like: screens of a terminal against looks/*.golden, logs, colours, narrow
and broken terminals, and names that try to command one.  `looks.t --keep` writes the golden
files anew; other arguments: only these of them (progress, colours, ...)."""

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import B, TOP, Rig, Tap
from terminal import Terminal

GOVERN = B + "/bin/govern"
GOLDEN = os.path.join(TOP, "tests/newuser/looks")
KEEP = "--keep" in sys.argv
FILES = {"go1.22.5": 1 << 20, "go1.22.3": 700000, "go1.21.9": 0, "go1.20.9": 0}
SOME = 400000
tap = Tap()

# ESC, an 8-bit CSI, C1 in UTF-8, an override of direction, an isolate, a line separator.
EVIL = "\x1b[31m\x1b]0;x\x07\u009b2J\u202egpj\u2066\u2028\x7f"


def run(rig, home, *args, **more):
    tap.case()
    size = {k: more.pop(k) for k in ("columns", "rows", "cwd") if k in more}
    return Terminal([GOVERN, *args], rig.env(home, **more), **{"cwd": rig.dir, **size})


def steady(text):
    """Without what differs from run to run; as wide as it was where columns count."""
    text = re.sub(r" {2,}[\d.]+ [kM]?B/s( +\d+ [smh] left)?", "    1.0 MB/s  1 s left", text)
    return re.sub(r"in [\d.]+ s", "in 1.0 s", text)


def golden(name, screen):
    path = os.path.join(GOLDEN, name + ".golden")
    if KEEP:
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(screen)
    with open(path, encoding="utf-8") as f:
        want = f.read()
    if screen == want:
        return []
    return ["%s.golden, wanted:\n%s\n%s: got:\n%s" % (name, want, name, screen)]


def progress(rig):
    """Two that download, one that failed, one that is done; and what stays."""
    bad = []
    for columns in (40, 80, 200):
        t = run(rig, rig.new_home(), "install", "-j4", "1.22.5", "1.22.3", "1.21.9", "1.20.9",
                columns=columns, GOPROXY=rig.hold("looks", SOME))
        there = (r"go1.22.5 +43%", r"go1.22.3 +65%", "go1.21.9 +failed", "go1.20.9 +done")
        if not all(t.wait_for(row) for row in there):
            bad.append("%d columns: %s" % (columns, t.screen()))
        t.read(0.3)
        during = steady(t.screen())
        rig.release("looks")
        if t.end() != 3:
            bad.append("%d columns: status %s" % (columns, t.status))
        bad += golden("progress-%d" % columns,
                      "%s\n%s\n%s\n" % (during, "-" * columns, steady(t.screen())))
        bad += ["%d columns: %s" % (columns, s) for s in t.strange - {"m"}]
    tap.check("progress at 40, 80 and 200 columns, and what stays of it", bad)


def odd_terminals(rig):
    """No size, no TERM, a row of screen, stdout and stderr closed."""
    bad, one = [], r"go1.22.5 installed: proven, from goproxy, 1.1 MB in [\d.]+ s"
    for name, kind, drawn in (("0 columns", {"columns": 0, "rows": 0}, True),
                              ("COLUMNS=30", {"COLUMNS": "30"}, True),
                              ("COLUMNS=x", {"COLUMNS": "x"}, True),
                              ("1 row", {"rows": 1}, False),
                              ("no TERM", {"TERM": None}, False),
                              ("TERM empty", {"TERM": ""}, False)):
        t = run(rig, rig.new_home(), "install", "1.22.5", GOPROXY=rig.hold("looks", SOME),
                **kind)
        seen = t.wait_for(r"go1.22.5 +43%", 20 if drawn else 1)
        if seen != drawn:
            bad.append("%s: %r" % (name, t.raw))
        if "COLUMNS=30" == name and len(t.screen()) > 29:
            bad.append("%s: %r" % (name, t.screen()))
        rig.release("looks")
        if t.end() != 0 or not re.fullmatch(one, t.screen()):
            bad.append("%s: status %s: %r" % (name, t.status, t.screen()))
        if "TERM" in name and b"\x1b" in t.raw:
            bad.append("%s: escapes: %r" % (name, t.raw))
    for closing, status in ((">&-", 1), ("2>&-", 0), (">/dev/full", 1), ("<&-", 0)):
        home = rig.new_home()
        tap.case()
        t = Terminal(["sh", "-c", "%s install 1.22.3 %s; echo =$?" % (GOVERN, closing)],
                     rig.env(home), cwd=rig.dir)
        t.end()
        if "=%d" % status not in t.screen() or b"B of 0" in t.raw:
            bad.append("%s: %r" % (closing, t.screen()))
        if rig.govern(home, "verify", "--offline").returncode != 0:
            bad.append("%s: it is not installed" % closing)
    tap.check("a terminal without a size or a name, closed output: it goes on", bad)


def resized(rig):
    """Narrower and wider in the middle of it: two rows again at once, and nothing left."""
    bad = []
    t = run(rig, rig.new_home(), "install", "1.22.5", "1.22.3",
            GOPROXY=rig.hold("looks", SOME))
    t.wait_for(r"go1.22.3 +65%")
    for columns in (30, 120, 20, 80):
        t.resize(columns)
        t.read(0.5)
        rows = t.screen().splitlines()
        if len(rows) != 2 or max(map(len, rows)) >= columns:
            bad.append("%d columns: %r" % (columns, rows))
    rig.release("looks")
    if t.end() != 0 or len(t.screen().splitlines()) != 2:
        bad.append("in the end: %r" % t.screen())
    tap.check("a window that changes its size: two rows, and nothing left of the old ones", bad)


def colours(rig):
    """Where they are, and where not; what a log gets is the final lines, as they are."""
    bad, home = [], rig.new_home()
    cases = [("default 1.99", {}, True), ("--color never default 1.99", {}, False),
             ("default 1.99", {"NO_COLOR": "1"}, False), ("default 1.99", {"NO_COLOR": ""}, True),
             ("--color always default 1.99", {"NO_COLOR": "1"}, True),
             ("default 1.99", {"TERM": "dumb"}, False), ("default 1.99", {"TERM": None}, False)]
    for words, more, colour in cases:
        t = run(rig, home, *words.split(), **more)
        t.end()
        want = [("govern:", "red"), ("hint:", "bold")] if colour else []
        got = [("".join(c for c, s in row if s), *{x for _, s in row for x in s})
               for row in t.cells if any(s for _, s in row)]
        if got != want or t.screen() != "govern: no installed toolchain is '1.99'\n" \
                "hint: govern install 1.99":
            bad.append("%s %s: %r" % (words, more, t.raw))
    log = rig.dir + "/log of it"
    for words, escapes in (("install 1.22.5 1.21.9", False),
                           ("--color always install 1.22.3 1.21.9", True)):
        tap.case()
        t = Terminal(["sh", "-c", 'govern %s >"$1" 2>&1' % words, "-", log],
                     rig.env(home, GOPROXY=rig.url + "/looks"), cwd=rig.dir)
        t.end()
        with open(log, encoding="utf-8") as f:
            text = f.read()
        plain = re.sub(r"\x1b\[\d*m", "", text)
        if t.screen() or (plain != text) != escapes or not re.fullmatch(
                r"go1.22.[35] installed: proven, from goproxy, [\d.]+ [kM]B in [\d.]+ s\n"
                r"govern: there is no go1.21.9 .*\nhint: govern available --all\n", plain):
            bad.append("%s: %r, on the terminal: %r" % (words, text, t.screen()))
    tap.check("colours where they are wanted; in a log the final lines and nothing else", bad)


def is_tame(raw, newline="\r\n"):
    """What of it could command a terminal, our own colours and progress left out."""
    text = re.sub(r"\x1b\[\d*[mAJK]", "", raw.decode(errors="surrogateescape"))
    return {c for c in text if c not in newline and (
        unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") or
        unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI",
                                         "FSI", "PDI"))}


def hostile_tree(rig, home):
    """A directory, a tree that is adopted, and a record, all with names like EVIL."""
    here = os.path.join(rig.dir, "w" + EVIL.replace("/", ""))
    goroot = here + "/go1.22.5"
    os.makedirs(goroot)
    subprocess.run(["tar", "-xzf", "%s/go1.22.5.%s.tar.gz" % (rig.site, rig.platform), "-C",
                    goroot, "--strip-components=1"], check=True)
    with open(goroot + "/src/" + EVIL, "w", encoding="ascii"):
        pass
    with open(here + "/.go-version", "w", encoding="utf-8") as f:
        f.write("1.20.9\n")
    os.mkdir(here + "/bad")
    with open(here + "/bad/.go-version", "w", encoding="utf-8") as f:
        f.write("1.22" + EVIL + "\n")
    for args in (("install", "1.20.9"), ("setup", "--no-rc"),
                 ("adopt", "--trust", "unproven", goroot), ("tag", "x", "1.20.9")):
        rig.govern(home, *args)
    with open(rig.root(home) + "/journal", "a", encoding="utf-8") as f:
        f.write(json.dumps({"time": EVIL, "event": EVIL, "version": EVIL, "user": EVIL,
                            "host": EVIL, "command": EVIL, "before": EVIL},
                           ensure_ascii=False) + "\n")
    return here


def commands(rig):
    """Names in files and what a server says, in all that is printed: text, JSON, the shim."""
    bad, home = [], rig.new_home()
    here = hostile_tree(rig, home)
    server = rig.url + "/evil"
    shim = rig.root(home) + "/" + rig.platform + "/bin/go"
    tries = [(GOVERN, *w.split()) for w in (
        "list", "list -v", "list --json", "current", "current --json", "which",
        "which --explain", "which --explain --json", "env", "env --json", "doctor",
        "doctor --json", "journal", "journal -v", "journal --json", "journal --check", "verify",
        "verify --json", "prune -n", "prune -n --json", "gc -n", "pin", "tag", "tag x",
        "adopt --all -n", "import")]
    tries += [(GOVERN, "default", EVIL), (GOVERN, "tag", EVIL, "1.20.9"), (shim, "version"),
              (GOVERN, EVIL), (GOVERN, "adopt", here), (GOVERN, "prune", "-n", "--scan", here),
              (GOVERN, "install", "--from", server, "1.22.3"),
              (GOVERN, "install", "1.22.3"), (GOVERN, "install", "1.22.3", "--from", here),
              (GOVERN, "install", "1.22.3", "--from", EVIL)]
    for argv in tries:
        for where in (here, here + "/bad"):
            tap.case()
            t = Terminal(list(argv), rig.env(home, GOPROXY=server), cwd=where)
            t.end()
            wrong = is_tame(t.raw)
            if wrong or t.strange - {"m"}:
                bad.append("%s: %s: %r" % (" ".join(argv), sorted(wrong), t.raw))
            if "--json" in argv:
                json.loads(t.raw[t.raw.index(b"{"):t.raw.rindex(b"}") + 1])
    # A script gets the path as it is.
    got = rig.govern(home, "which", **{"GOVERN_VERSION": "system", "PATH": here + "/go1.22.5/bin"})
    if got.stdout != here + "/go1.22.5/bin/go\n":
        bad.append("which, into a pipe: %r" % got)
    tap.check("nothing that a name says reaches the terminal as a command", bad)


MATRIX = r"""echo begun; printf '\033[31mnow \303\274\n'; echo $$ >pid
until [ -e over ]; do sleep .05; done; [ $GOVERN_VERSION = go1.22.3 ]"""


def matrix(rig):
    """A row for each command with the last line it wrote, then a table; Ctrl-C ends it."""
    bad, home, over = [], rig.new_home(), rig.dir + "/over"
    rig.govern(home, "install", "1.22.3", "1.20.9")
    for columns in (40, 80):
        t = run(rig, home, "matrix", "1.22.3,1.20", "-j1", "--logs", "logs", "--", "sh", "-c",
                MATRIX, columns=columns)
        if not t.wait_for(r"^go1.22.3 +[\d.]+ s +\?\[31mnow ü\ngo1.20.9 +waiting$"):
            bad.append("%d columns: %r" % (columns, t.screen()))
        with open(over, "w", encoding="ascii"):
            pass
        want = (r"go1.20.9: the end of logs/go1.20.9.log\n *begun\n *\?\[31mnow ü\n"
                r"VERSION +RESULT +TIME%s\ngo1.22.3 +passed +[\d.]+ s%s\n"
                r"go1.20.9 +failed, status 1 +[\d.]+ s%s\n"
                r"govern: the command failed with 1 of 2 toolchains")
        logs = (" +LOG", " +logs/go1.22.3.log", " +logs/go1.20.9.log")
        if t.end() != 1 or columns == 80 and not re.fullmatch(want % logs, t.screen()):
            bad.append("%d columns, in the end: %r" % (columns, t.screen()))
        bad += ["%d columns: %s" % (columns, s) for s in t.strange - {"m"}]
        os.unlink(over)
    t = run(rig, home, "matrix", "1.22.3,1.20", "-j1", "--logs", "logs", "--", "sh", "-c", MATRIX)
    t.wait_for("now ü")
    t.type("\x03")
    if t.end() != -2 or not re.search(r"go1.22.3 +not finished.*\ngo1.20.9 +not run.*\n"
                                      "interrupted, not finished: go1.22.3, go1.20.9$",
                                      t.screen()):
        bad.append("Ctrl-C: %s: %r" % (t.status, t.screen()))
    with open(rig.dir + "/pid", encoding="ascii") as f:
        if os.path.exists("/proc/" + f.read().strip()):
            bad.append("Ctrl-C: the command goes on")
    tap.check("a command with two toolchains: rows, a table, Ctrl-C", bad)


def narrow(rig):
    """A narrow window: no line is blanks, none ends with some, and sentences are broken at
    blanks."""
    bad, home = [], rig.new_home()
    rig.govern(home, "install", "1.22.3", "1.20.9", "--default")
    rig.govern(home, "tag", "a-name-for-it-that-is-rather-long", "1.22.3")
    binary = TOP + "/tests/fuzz/corpus/fuzz-buildinfo/elf-64-inline-le-section"
    tables = ["list", "generations", "generations --diff 1 2", "journal", "tag", "env",
              "prune -n", "available", "ps", "inspect " + binary]
    sentences = ["doctor", "doctor --cross linux-arm64", "help", "help matrix", "help build"]
    for columns in (40, 80):
        for words in tables + sentences:
            t = run(rig, home, *words.split(), columns=columns)
            t.end()
            lines = re.sub(r"\x1b\[\d*[mAJK]", "", t.raw.decode()).split("\r\n")
            wrong = [l for l in lines if l != l.rstrip()]
            if words in sentences:
                # A message, and a command to paste, is one line: where the terminal breaks
                # it, it is still copied, looked up and broken anew as one.
                wrong += [l for l in lines if len(l) > columns and " " in l[8:columns] and
                          not re.match(r"govern: |  fix:|  \w+ .*\[", l)]
            bad += ["%s at %d columns: %r" % (words, columns, l) for l in wrong]
    tap.check("tables and sentences in a narrow window", bad)


def wide(rig):
    """Names that take more columns than characters, and fewer: the columns behind stay."""
    bad, home, here = [], rig.new_home(), os.path.join(rig.dir, "wide")
    names = ["plain", "工具/程序", "한글/프로그램", "🦫", "e\u0301te\u0301", "ｗｉｄｅ"]
    for name in names:
        path = os.path.join(here, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(TOP + "/tests/fuzz/corpus/fuzz-buildinfo/elf-64-inline-le-section", path)
    for columns in (80, 200):
        t = run(rig, home, "inspect", ".", columns=columns, cwd=here)
        t.end()
        rows = [[c for c, _ in row] for row in t.cells]
        at = {i for row in rows for i in range(len(row)) if "".join(row[i:i + 7]) == "example"}
        if len(at) != 1 or len(t.screen().splitlines()) != 1 + len(names):
            bad.append("%d columns: %s: %s" % (columns, sorted(at), t.screen()))
    tap.check("a table with wide characters, and with some that take no column", bad)


def upgrade(rig):
    """What is checked has a row meanwhile, for that takes minutes; nothing is left of it."""
    bad, home = [], rig.new_home()
    rig.govern(home, "install", "1.22.3", "--default")
    t = run(rig, home, "upgrade")
    t.end()
    if b"go1.22.5  checking\x1b[K" not in t.raw or "checking" in t.screen():
        bad.append("%r" % t.raw)
    said = rig.govern(home, "upgrade")
    if "checking" in said.stdout + said.stderr:
        bad.append("%r" % said)
    tap.check("an upgrade shows what is checked", bad)


def main():
    rig = Rig(FILES)
    only = [a for a in sys.argv[1:] if not a.startswith("-")]
    try:
        rig.serve("--body", "/evil/=%s" % EVIL, "--status", "/looks/golang.org/toolchain/@v/v0.0.1-go1.21.9.%s.zip=404" %
                  rig.platform)
        for suite in (progress, odd_terminals, resized, colours, narrow, wide, matrix, upgrade,
                      commands):
            if not only or suite.__name__ in only:
                suite(rig)
    finally:
        rig.close()
    return tap.end("looks")


if __name__ == "__main__":
    sys.exit(main())
