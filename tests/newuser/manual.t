#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The examples of the manual pages, each run where its toolchains are installed."""

import glob
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reader import Page
from rig import TOP, Rig, Tap

tap = Tap()
# What is there before each page; what the page before has changed, is put right.
BEFORE = """
govern setup --no-rc --quiet
PATH=$(govern env prefix)/bin:$PATH
mkdir -p ~/src/app ~/bin
govern install --quiet 1.26.9 1.26.11 1.27.4
govern tag --quiet prod 1.26.11
[ -e /media/go.bundle ] || govern bundle -o /media/go.bundle 1.26 1.27
cd ~/src && mkdir -p project
govern pin --quiet 1.26.11
printf 'module example.com/app\\n\\ngo 1.26.9\\n' >go.mod
printf '#!/bin/sh\\ncat >/dev/null\\n' >~/bin/jq
printf '#!/bin/sh\\nexec go version\\n' >~/bin/make
chmod +x ~/bin/*
cp %s/tests/fuzz/corpus/fuzz-buildinfo/elf-64-inline-le-section app/app && chmod +x app/app
mkdir -p dist && cp app/app dist/
govern snapshot -o before.json && cp before.json after.json && cp before.json it-worked.json
PATH=~/bin:$PATH
""" % TOP
# What cannot be run here.
LEFT = {
    "govern-adopt.1": ["govern adopt --trust unproven /usr/lib/go-1.24"],  # no such Debian
    "govern-bundle.1": [  # another platform's archives, another machine
        "govern install --platform linux-arm64 1.26 1.27",
        "govern bundle -o /media/go.bundle --platforms linux-amd64,linux-arm64 1.26 1.27",
        "govern bundle -o - 1.26 | ssh lab 'cat >go.bundle && govern install --from go.bundle'",
    ],
    "govern-build.1": [  # minutes, and the source of a real Go: tests/cli/cli-build.bats
        "govern build --force 1.22.5",
        "govern build 1.22.5 --patch fix.patch --name acme",
        "govern pin go1.22.5-acme",
    ],
    "govern-diff.1": [  # other machines: tests/newuser/services.t
        "govern diff ssh://build1/src/app .",
        "govern diff --nodes build1,build2,build3",
    ],
    "govern-promote.1": [  # a week, on a machine that is a canary: tests/cli/cli-canary.bats
        "govern upgrade --channel canary --soak 7d && govern promote",
    ],
    "govern-ps.1": [  # whatever runs on this machine: tests/cli/cli-ps.bats
        "govern ps",
        'sudo govern --root "$(govern env root)" ps --json',
    ],
    "govern-help.1": ["man govern-install"],  # not installed
    "govern-completion.1": ["govern completion fish | source"],  # fish
}
# Where a finding is no failure.
FINDS = {"govern-doctor.1", "govern-diff.1", "govern-inspect.1"}


def examples(path):
    """The commands of a page's examples, one text for each display."""
    with open(path, encoding="utf-8") as f:
        text = f.read().replace(r"\-", "-").replace(r"\&", "").replace(r"\(dq", '"')
    part = re.search(r"^\.Sh EXAMPLES\n(.*?)^\.Sh", text, re.S | re.M)
    for m in re.finditer(r"^\.Dl ([^\n]*)$|^\.Bd -literal[^\n]*\n(.*?)^\.Ed", part[1] if part else "",
                         re.S | re.M):
        yield m[1] or m[2]


def main():
    rig = Rig(["go1.27.4", "go1.26.11", "go1.26.9"])
    rig.serve()
    try:
        page = Page(rig)
        env = page.env
        for path in sorted(glob.glob(TOP + "/docs/*.1")):
            name, page.env = os.path.basename(path), env
            bad = page.run(BEFORE)
            for text in examples(path):
                lines = [line for line in text.splitlines() if line not in LEFT.get(name, [])]
                # What finds something ends with 1, and the next line is run all the same.
                for block in lines if name in FINDS else ["\n".join(lines)]:
                    tap.case()
                    bad += page.run(block, (0, 1) if name in FINDS else (0,))
            tap.check("examples of %s" % name, bad)
    finally:
        rig.close()
    return tap.end("the manual's examples")


if __name__ == "__main__":
    sys.exit(main())
