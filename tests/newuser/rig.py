# SPDX-License-Identifier: Apache-2.0
"""What the suites here share: a download site with its own checksum database, homes, TAP."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

B = os.environ["B"]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FULL = os.environ.get("TORTURE") == "full"


class Rig:
    def __init__(self, versions, pad=0):
        """`versions`: names; or what each is padded with, by its name."""
        self.dir = tempfile.mkdtemp(dir=os.environ.get("TMPDIR"))
        self.site, self.server, self.homes = self.dir + "/site", None, itertools.count(1)
        for v in versions:
            more = versions[v] if isinstance(versions, dict) else pad
            subprocess.run([sys.executable, TOP + "/tests/tools/mktoolchain.py", "--pad",
                            str(more), self.site, v], check=True, stdout=subprocess.DEVNULL)
        with open(self.site + "/hashes", "rb") as f:
            made = subprocess.run([B + "/tests/tools/mklog", self.site], stdin=f, check=True,
                                  stdout=subprocess.PIPE, text=True)
        self.sumdb, self.url = made.stdout.strip(), "file://" + self.site
        self.platform = subprocess.run([B + "/bin/govern", "env", "platform"], check=True,
                                       env=self.env("x"), stdout=subprocess.PIPE,
                                       text=True).stdout.strip()

    def serve(self, *options):
        """The site over http, from now on."""
        port = self.dir + "/port"
        open(self.dir + "/log", "w", encoding="utf-8").close()
        os.mkdir(self.dir + "/holds")
        self.server = subprocess.Popen([sys.executable, TOP + "/tests/tools/serve.py", *options,
                                        "--log", self.dir + "/log", "--hold",
                                        self.dir + "/holds", self.site, port])
        while not os.path.exists(port) and self.server.poll() is None:
            time.sleep(0.05)
        with open(port, encoding="ascii") as f:
            self.url = "http://127.0.0.1:" + f.read()

    def hold(self, name, size):
        """A URL of the site whose answers stop after so many bytes, until release(name):
        what is looked at meanwhile does not depend on how fast anybody is."""
        with open(self.dir + "/holds/." + name, "w", encoding="ascii") as f:
            f.write("%d" % size)
        os.rename(self.dir + "/holds/." + name, self.dir + "/holds/" + name)
        if not os.path.islink(self.site + "/" + name):
            os.symlink(".", self.site + "/" + name)
        return self.url + "/" + name

    def release(self, name):
        os.unlink(self.dir + "/holds/" + name)

    def requests(self):
        with open(self.dir + "/log", encoding="utf-8") as f:
            return f.read().splitlines()

    def env(self, home, **more):
        home = os.path.join(self.dir, home)
        os.makedirs(home + "/.config/govern", exist_ok=True)
        with open(home + "/.config/govern/govern.ini", "w", encoding="ascii") as f:
            f.write("[sources]\norder = goproxy\n")
        env = {"HOME": home, "PATH": B + "/bin:/usr/bin:/bin", "TERM": "xterm",
               "LC_ALL": "C.UTF-8", "SHELL": "/bin/bash", "GOPROXY": self.url,
               "GOSUMDB": getattr(self, "sumdb", "off"), **more}
        return {k: v for k, v in env.items() if v is not None}

    def new_home(self):
        return "home %d ünï" % next(self.homes)

    def root(self, home):
        return os.path.join(self.dir, home, ".local/share/govern")

    def leftovers(self, home):
        """What an interrupted install must not leave."""
        root = self.root(home)
        found = []
        for d in ("staging", "trash"):
            if os.path.isdir(root + "/" + d):
                found += [d + "/" + e for e in os.listdir(root + "/" + d)]
        return found

    def govern(self, home, *args, **more):
        return subprocess.run([B + "/bin/govern", *args], env=self.env(home, **more),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False, cwd=self.dir)

    def close(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Tap:
    def __init__(self):
        self.n = self.cases = self.bad = 0
        self.lock = threading.Lock()

    def case(self):
        with self.lock:
            self.cases += 1

    def check(self, name, problems):
        """One test; `problems` is a list of what is wrong."""
        lines = ["# " + line for p in problems for line in str(p).splitlines()]
        with self.lock:
            self.n += 1
            self.bad += len(problems)
            print("%s %d - %s" % ("not ok" if problems else "ok", self.n, name))
            print("\n".join(lines), end="\n" if lines else "", flush=True)

    def skip(self, name, why):
        with self.lock:
            self.n += 1
            print("ok %d - %s # skip %s" % (self.n, name, why), flush=True)

    def end(self, what):
        print("# tried %d cases of %s, bad states: %d" % (self.cases, what, self.bad))
        print("1..%d" % self.n)
        return 1 if self.bad else 0
