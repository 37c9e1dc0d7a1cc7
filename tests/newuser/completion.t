#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completion in the real shells, on a terminal: what a person gets who presses Tab."""

import concurrent.futures
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import B, TOP, Rig, Tap
from terminal import ESCAPE, Terminal

tap = Tap()

# The program, how it starts without anybody's configuration, how it takes the completion in.
SHELLS = [
    ("bash", ["--norc", "--noprofile", "-i"], "source <(govern completion bash)"),
    ("zsh", ["-f", "-i"],
     "autoload -U compinit && compinit -u -D; source <(govern completion zsh)"),
    ("zsh", ["-f", "-i"],
     "fpath=(%s/completions $fpath); autoload -U compinit && compinit -u -D" % TOP),
    ("fish", ["--no-config", "-i"], "govern completion fish | source"),
]
# What is typed, what the line is then (a regular expression).
ONE = [
    ("govern uninst\t", r"govern uninstall $"),
    ("govern list --plat\t", r"govern list --platform $"),
    ("govern list --platform=linux-am\t", r"govern list --platform=linux-amd64 $"),
    ("govern list --platform linux-am\t", r"govern list --platform linux-amd64 $"),
    ("govern --offline uninstall 1.21\t", r"govern --offline uninstall 1\.21\.9 $"),
    ("govern default go1.21\t", r"govern default go1\.21\.9 $"),
    ("govern default @pr\t", r"govern default @prod $"),
    ("govern tag pr\t", r"govern tag prod $"),
    ("govern bundle --platforms darwin-amd64,linux-lo\t",
     r"govern bundle --platforms darwin-amd64,linux-loong64 $"),
    ("govern uninstall 1.21.9 1.22.5 1.2\t", r"govern uninstall 1\.21\.9 1\.22\.5 1\.22\.3 $"),
    ("govern install --from ./an-ar\t", r"govern install --from \./an-archive\.zip $"),
    ("govern --root ./a-dir\t", r"govern --root \./a-directory/? ?$"),
    ("govern run 1.21.9 mkfif\t", r"govern run 1\.21\.9 mkfifo $"),
    ("govern run 1.21.9 -- mkfif\t", r"govern run 1\.21\.9 -- mkfifo $"),
    ("govern install oldst\t", r"govern install oldstable $"),
    ("govern install 1.23\t", r"govern install 1\.23"),
    ("govern help comple\t", r"govern help completion $"),
    ("govern install --from gopro\t", r"govern install --from goproxy $"),
    ("govern matrix 1.22.5,1.21\t", r"govern matrix 1\.22\.5,1\.21\.9 $"),
    ("govern diff ./an-ar\t", r"govern diff \./an-archive\.zip $"),
    ("govern policy check ./a-d\t", r"govern policy check \./a-directory/? ?$"),
    ("govern setup --auto-upgrade we\t", r"govern setup --auto-upgrade weekly $"),
]
# What is typed, words that are shown.
MANY = [
    ("govern uninstall 1.22.\t\t", ["1.22.5", "1.22.3"]),
    ("govern install 1.23.\t\t", ["1.23.0", "1.23.4"]),
    ("govern inst\tall 1.2\t\t", ["1.23", "1.22", "1.21"]),
]
# How long nothing has to come until a shell has said all, in seconds.  A loaded machine
# pauses longer: then it is tried again, with more of it.
PATIENCE = (0.1, 1, 5)
MARK = "@@ "
HOME, END = "\x01", "\x05"


def settle(t, seconds=PATIENCE[0]):
    """Until nothing more comes."""
    quiet = 0
    while quiet < 2:
        before = len(t.raw)
        t.read(seconds)
        quiet = quiet + 1 if len(t.raw) == before else 0


def plain(raw):
    text = ESCAPE.sub(b"", raw).decode(errors="replace")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", text.replace("\r\n", "\n"))


def start(rig, home, shell, arguments, take_in, cwd):
    more = {"PS1": MARK, "PS2": "", "PROMPT": MARK, "RPROMPT": "", "SHELL": shell,
            "fish_greeting": "", "ZDOTDIR": cwd}
    t = Terminal([shell, *arguments], rig.env(home, **more), columns=120, cwd=cwd)
    if shell == "fish":
        t.type("function fish_prompt; echo -n '%s'; end; set fish_autosuggestion_enabled 0\n"
               % MARK)
    t.read(0.3)
    t.type(take_in + "; echo re''ady\n")
    if not t.wait_for(r"(?m)^ready"):
        return None, t
    settle(t)
    return t, t


def line_after(t, keys, out, patience):
    """What the line is after these keys.  The shell itself tells: it becomes the argument
    of a printf."""
    t.type(keys)
    settle(t, patience)
    t.type(HOME + "printf %s '" + END + "' >line\n")
    for _ in range(60):
        t.read(patience / 2)
        if os.path.exists(out):
            settle(t, patience)
            with open(out, encoding="utf-8") as f:
                line = f.read()
            os.unlink(out)
            return line
    t.type("\x03")
    settle(t, patience)
    return None


def shown_after(t, keys, words, patience):
    """Which of the words are missing in what is shown after these keys, and what is."""
    t.raw = b""
    t.type(keys)
    t.read(3 * patience)
    settle(t, patience)
    text = plain(t.raw)
    t.type("\x03")
    settle(t, patience)
    return [w for w in words if not re.search(r"(?<![\d.])%s(?![\d.])" % re.escape(w),
                                              text)], text


def one_shell(rig, home, shell, arguments, take_in, cwd):
    """What is wrong."""
    t, failed = start(rig, home, shell, arguments, take_in, cwd)
    if not t:
        failed.hang_up()
        return ["does not start: %r" % failed.screen()]
    bad = []
    for keys, want in ONE:
        tap.case()
        for patience in PATIENCE:
            line = line_after(t, keys, os.path.join(cwd, "line"), patience)
            # zsh takes the blank back that it added when the cursor goes elsewhere.
            if line is not None and re.match(want, line + " " * (shell == "zsh")):
                break
        else:
            bad.append("%r gives %r" % (keys, line))
    for keys, words in MANY:
        tap.case()
        for patience in PATIENCE:
            missing, text = shown_after(t, keys, words, patience)
            if not missing:
                break
        bad += ["%r does not show %s: %r" % (keys, w, text) for w in missing]
    t.type("\x03exit\n")
    t.hang_up()
    return bad


def try_shell(rig, home, number):
    shell, arguments, take_in = SHELLS[number]
    name = "completion in %s, %s" % (shell, "by fpath" if "fpath" in take_in else "sourced")
    if not shutil.which(shell, path="/usr/bin:/bin"):
        tap.skip(name, "no %s" % shell)
        return
    cwd = os.path.join(rig.dir, "cwd%d" % number)
    os.makedirs(cwd + "/a-directory")
    open(cwd + "/an-archive.zip", "w", encoding="ascii").close()
    tap.check(name, one_shell(rig, home, shell, arguments, take_in, cwd))


def main():
    rig = Rig(["go1.21.9", "go1.22.3", "go1.22.5", "go1.23.0", "go1.23.4"])
    try:
        home = "home"
        rig.govern(home, "install", "1.21.9", "1.22.3", "1.22.5")
        rig.govern(home, "available")
        rig.govern(home, "tag", "prod", "1.22.5")
        with concurrent.futures.ThreadPoolExecutor(len(SHELLS)) as pool:
            list(pool.map(lambda n: try_shell(rig, home, n), range(len(SHELLS))))
    finally:
        rig.close()
    return tap.end("Tabs in shells")


sys.exit(main())
