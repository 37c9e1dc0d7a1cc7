# SPDX-License-Identifier: Apache-2.0
"""Somebody who types what a page shows: each block of commands in the home, the directory and
the variables that the one before it left."""

import os
import subprocess

from rig import B

# What is run instead, and why it does the same.
LOGIN = ('exec "$SHELL" -l', "PATH=$(bash -lc 'printf %s \"$PATH\"')")  # its PATH, here


class Page:
    def __init__(self, rig, cwd=None):
        self.rig, self.said, self.job = rig, "", None
        self.move(cwd)

    def move(self, cwd=None, **more):
        """To a home that is new, where nothing of what was done is known."""
        self.home = os.path.join(self.rig.dir, self.rig.new_home())
        self.env = self.rig.env(self.home, **more)
        self.cwd = cwd or self.home + "/src/app"
        os.makedirs(self.cwd, exist_ok=True)

    def real(self, text):
        """The names that stand for something, in the test's own world."""
        for name, value in ((LOGIN[0], LOGIN[1]), ("https://proxy.example.com/go", self.rig.url),
                            ("https://mirror.example.com/go", self.rig.url),
                            ("/media/go", self.rig.site), ("/opt/govern", self.rig.dir + "/opt"),
                            ("linux-amd64", self.rig.platform)):
            text = text.replace(name, value)
        return text

    def run(self, text, ends=(0,)):
        """Runs a block; what is wrong with it."""
        state = self.home + "/.state"
        script = "set -e\n%s\nexport -p >'%s'\npwd >'%s.cwd'\n" % (self.real(text), state, state)
        p = subprocess.run(["bash", "-c", script], env=self.env, cwd=self.cwd, check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, encoding="utf-8", timeout=600)
        self.said = p.stdout
        if p.returncode not in ends:
            return ["%s: status %d: %s" % (text, p.returncode, p.stdout)]
        if os.path.exists(state):
            p = subprocess.run(["bash", "-c", ". '%s'; exec env -0" % state], env={},
                               check=True, stdout=subprocess.PIPE, encoding="utf-8")
            self.env = dict(v.split("=", 1) for v in p.stdout.split("\0") if v)
            with open(state + ".cwd", encoding="utf-8") as f:
                self.cwd = f.read().rstrip("\n")
        return []

    def file(self, name, text):
        path = os.path.join(self.cwd, name.replace("~", self.home))
        if name.endswith("govern.ini") and "[sources]" not in text:
            text += "[sources]\norder = goproxy\n"  # nobody asks the real network
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(self.real(text))
        os.chmod(path, 0o755 if text.startswith("#!") else 0o644)

    def settings(self, text):
        path = self.home + "/check.ini"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text if "[policy]" not in text else text[:text.index("[policy]")])
        p = subprocess.run([B + "/bin/govern", "env"], env={**self.env, "GOVERN_CONFIG": path},
                           capture_output=True, text=True, check=False)
        return [p.stderr] if p.returncode else []
