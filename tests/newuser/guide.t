#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/guide/en, word by word: each block of commands is run, page by page, each page in a
home that is new, with small toolchains of the versions that it names.  The Chinese pages
have the same blocks (tests/guide).

What a comment in front of a block says:
    <!-- not run: WHY -->           why it cannot be
    <!-- exit 0 or 1: WHY -->       other ends than 0 are right
    <!-- file: PATH -->             the block is that file
    <!-- output -->                 what the block before it printed
    <!-- goes on -->                a recipe's second part
    <!-- new machine -->            in a home that is new, without a module proxy
Settings (ini) without a file have to be valid ones.  Of recipes (yaml, groovy, dockerfile)
the commands are run, each recipe in a home of its own, as its CI system runs them."""

import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reader import Page
from rig import TOP, Rig, Tap

tap = Tap()
GUIDE = TOP + "/docs/guide/en/"


def blocks(page):
    """Line, comments in front of it, language and text of each block."""
    said, fence, start = [], None, 0
    with open(GUIDE + page, encoding="utf-8") as f:
        for number, line in enumerate(f.read().splitlines(), 1):
            if fence is not None:
                if line == "```":
                    yield start, said, fence, text
                    said, fence = [], None
                else:
                    text += line + "\n"
            elif line.startswith("```"):
                fence, text, start = line[3:], "", number
            elif line.startswith("<!--"):
                said.append(line[4:-3].strip())
            elif line:
                said = []


def yaml_commands(text):
    """What `run:` and `command:` hold, and the lists below `script:` and `before_script:`."""
    found, lines = [], text.splitlines()
    for i, line in enumerate(lines):
        m = re.match(r"(\s*)(?:- )?(run|command|script|before_script):\s*(.*)$", line)
        if not m:
            continue
        below = []
        for after in lines[i + 1:]:
            if not after.startswith(m[1] + " "):
                break
            below.append(after.strip())
        if m[2] in ("run", "command"):
            found.append("\n".join(below) if m[3] == "|" else m[3])
        else:
            found += [b[2:] for b in below if b.startswith("- ")]
    return found


def docker_commands(text):
    lines = text.replace("\\\n", " ").splitlines()
    envs = ["export " + line[4:] for line in lines if line.startswith("ENV ")]
    runs = [line[4:] for line in lines if re.match(r"RUN (govern|go) ", line)]
    return envs[:-1] + runs + envs[-1:] if envs else runs


def new_job(rig, page):
    """As a CI system starts one: a new home, and the checkout."""
    checkout = os.path.join(rig.dir, "checkout")
    shutil.rmtree(checkout, ignore_errors=True)
    shutil.copytree(page.cwd, checkout, symlinks=True)
    with open(checkout + "/.go-version", "w", encoding="ascii") as f:
        f.write("1.26.11\n")
    job = Page(rig, checkout)
    job.env.update(CI="true", CI_PROJECT_DIR=checkout, GITHUB_PATH=job.home + "/path",
                   BASH_ENV=job.home + "/bash-env")
    return job


def recipe(rig, page, commands, goes_on):
    """The commands of a job, and what a step hands to the next."""
    if not goes_on:
        page.job = new_job(rig, page)
    job, bad = page.job, [] if commands else ["no commands were found in it"]
    for command in commands:
        tap.case()
        bad += job.run(command)
        if os.path.exists(job.home + "/path"):
            with open(job.home + "/path", encoding="utf-8") as f:
                job.env["PATH"] = f.read().strip() + ":" + job.env["PATH"]
            os.unlink(job.home + "/path")
    # What the commands before have set up is the Go that is pinned.
    if not bad and "ci/with-go" not in commands[-1]:
        bad = job.run("go version")
    if not bad and not job.said.endswith("go version go1.26.11 %s\n" % rig.platform.replace(
            "-", "/")):
        bad = ["go is another one: %s" % job.said]
    return bad


def run_block(rig, page, said, language, text):
    how = dict(s.partition(":")[::2] for s in said)
    if "not run" in how:
        return [] if how["not run"].strip() else ["it does not say why"]
    if "file" in how:
        page.file(how["file"].strip(), text)
        return []
    if "output" in how:
        shown = page.said.replace(page.home, "/home/me").replace(
            rig.platform.replace("-", "/"), "linux/amd64")
        return [] if shown == text else ["it said: %s" % shown]
    tap.case()
    if "new machine" in how:
        page.move(GOPROXY="off")
    if language == "sh":
        return page.run(text, (0, 1) if "exit 0 or 1" in how else (0,))
    if language == "ini":
        return page.settings(text)
    if language == "yaml":
        return recipe(rig, page, yaml_commands(text), "goes on" in how)
    if language == "groovy":
        return recipe(rig, page, re.findall(r"\bsh '([^']*)'", text), "goes on" in how)
    if language == "dockerfile":
        return recipe(rig, page, docker_commands(text), "goes on" in how)
    return [] if language == "text" else ["nobody knows how to run %r" % language]


# What is there when somebody begins to read the page.
def other_managers(rig, page):
    tree = page.home + "/.goenv/versions/1.26.9"
    os.makedirs(tree)
    subprocess.run(["tar", "-xzf", "%s/go1.26.9.%s.tar.gz" % (rig.site, rig.platform), "-C", tree,
                    "--strip-components=1"], check=True)
    with open(page.home + "/.goenv/version", "w", encoding="ascii") as f:
        f.write("1.26.9\n")


def a_repository(rig, page):
    del rig
    page.run("git init -q . && echo 1.26.9 >.go-version && git add .go-version\n"
             "govern setup --no-rc; PATH=$(govern env prefix)/bin:$PATH")


BEFORE = {"coming-from.md": other_managers, "teams-and-ci.md": a_repository}


def main():
    rig = Rig(["go1.27.4", "go1.26.11", "go1.26.9"])
    rig.serve()
    try:
        for name in sorted(os.listdir(GUIDE)):
            page, bad = Page(rig), []
            BEFORE.get(name, lambda rig, page: None)(rig, page)
            for line, said, language, text in blocks(name):
                found = run_block(rig, page, said, language, text)
                bad += ["%s:%d: %s" % (name, line, f) for f in found]
                if found:
                    break  # what follows needs what this did
            tap.check("guide: %s" % name, bad)
    finally:
        rig.close()
    return tap.end("the guide's commands")


if __name__ == "__main__":
    sys.exit(main())
