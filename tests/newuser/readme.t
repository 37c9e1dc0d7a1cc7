#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""README.md, word by word: the commands of its day one, typed into an interactive bash in a
home that is new, with small toolchains of the versions that it names."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import B, TOP, Rig, Tap
from terminal import Terminal

tap = Tap()
# What each command has to say, in the order of the page.
SAYS = {
    "build/bin/govern setup": r"\.bashrc: the PATH block added",
    'exec "$SHELL" -l': "",
    "govern install 1.27 1.26": r"go1\.27\.4 installed: proven[^\n]*\n"
                                r"go1\.26\.11 installed: proven",
    "govern default 1.27": r"go1\.27\.4 is the default",
    "cd ~/src/app": "",
    "govern pin 1.26": r"pinned 1\.26\.11 in \.go-version",
    "go build ./...": r"go version go1\.26\.11",
    "go +1.27 test ./...": r"go version go1\.27\.4",
    "govern matrix 1.26,1.27 -- go test ./...": r"go1\.26\.11 +passed[^\n]*\n"
                                                r"go1\.27\.4 +passed",
    "govern snapshot -o it-worked.json": "",
    "govern which --explain": r"/src/app/\.go-version: the pin\n[^\n]*toolchains/go1\.26\.11/",
    "govern verify": r"go1\.26\.11: proven, by the log\ngo1\.27\.4: proven, by the log",
    "govern setup --remove": r"\.bashrc: the PATH block taken out",
}


def commands():
    """The lines of the block below "Day one", without their comments."""
    with open(TOP + "/README.md", encoding="utf-8") as f:
        block = re.search(r"## Day one\n\n```sh\n(.*?)```", f.read(), re.S)[1]
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]


def day_one(rig):
    bad, home = [], rig.new_home()
    path = os.path.join(rig.dir, home)
    os.makedirs(path + "/src/app")
    os.symlink(B, path + "/build")
    with open(path + "/.bashrc", "w", encoding="ascii") as f:
        f.write("PS1='ready> '\nunset PROMPT_COMMAND\n")
    with open(path + "/.bash_profile", "w", encoding="ascii") as f:
        f.write(". ~/.bashrc\n")
    before = {n: open(os.path.join(path, n), "rb").read() for n in (".bashrc", ".bash_profile")}
    env = rig.env(home, PATH="/usr/bin:/bin")
    t = Terminal(["bash", "-i"], env, columns=400, rows=500, cwd=path)
    if not t.wait_for(r"ready>$"):
        return ["no prompt: %r" % t.screen()]
    for command in commands():
        tap.case()
        says = SAYS.pop(command, None)
        if says is None:
            bad.append("not known here: %s" % command)
            continue
        prompts = t.screen().count("ready>")
        t.type(command + "\n")
        for _ in range(6000):
            t.read(0.05)
            if t.screen().count("ready>") > prompts and t.screen().endswith("ready>"):
                break
        said = t.screen()[t.screen().rindex("ready> " + command):]
        if not re.search(says, said):
            bad.append("%s: %s" % (command, said))
        if re.search(r"^govern: ", said, re.M):
            bad.append("%s: an error: %s" % (command, said))
    t.type("exit\n")
    t.end(10)
    bad += ["never typed: %s" % c for c in SAYS]
    for name, text in before.items():
        if open(os.path.join(path, name), "rb").read() != text:
            bad.append("%s is not what it was" % name)
    with open(path + "/src/app/.go-version", "rb") as f:
        if f.read() != b"1.26.11\n":
            bad.append("the pin is not what the page says")
    return bad


def main():
    rig = Rig(["go1.27.3", "go1.27.4", "go1.26.11", "go1.26.9"])
    try:
        tap.check("day one: each command does what the page says", day_one(rig))
    finally:
        rig.close()
    return tap.end("the README's commands")


if __name__ == "__main__":
    sys.exit(main())
