#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The trust chain from the command line: whoever writes into receipts, shows another log or
another history, or does not answer properly, gets nothing shown as proven (A4-A8, A12).
Arguments: only these of them (receipts, forks, ...)."""

import copy
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

FULL = os.environ.get("TORTURE") == "full"
B = os.environ["B"]
PLATFORM = "linux-amd64"
NAME = "sum.test.example"
NET = "[network]\nretries = 0\nconnect_timeout = %d\nlow_speed_limit = 1000\nlow_speed_time = %d\n"
# Seconds; longer than any machine makes a good server wait for its turn.
PATIENCE = 600


class World:
    """A site with toolchains and their log, and a store."""

    def __init__(self, versions=("go1.22.5",), seed="govern", flip=()):
        self.dir = tempfile.mkdtemp(prefix="chain.")
        self.site, self.root = self.dir + "/site", self.dir + "/store"
        self.seed, self.filler, self.server = seed, 300, None
        os.makedirs(self.dir + "/home")
        os.makedirs(self.site)
        with open(self.dir + "/govern.ini", "w") as f:
            f.write(NET % (PATIENCE, PATIENCE))
        for version in versions:
            self.make(version, flip)
        self.log()
        self.goproxy = "file://" + self.site
        with open("%s/sumdb/%s.key" % (self.site, NAME)) as f:
            self.key = f.read().strip()
        self.gosumdb = self.key

    def make(self, version, flip=()):
        subprocess.run(["tests/tools/mktoolchain.py", *flip, self.site, version],
                       check=True, stdout=subprocess.DEVNULL)

    def log(self, filler=None):
        if filler is not None:
            self.filler = filler
        with open(self.site + "/hashes") as f:
            subprocess.run([B + "/tests/tools/mklog", "-s", self.seed, "-f",
                            str(self.filler), self.site], check=True, stdin=f,
                           stdout=subprocess.DEVNULL)

    def run(self, *args, **env):
        return subprocess.run(
            [B + "/bin/govern", "--root", self.root, *args], cwd=self.dir, text=True,
            timeout=PATIENCE, capture_output=True, check=False,
            env={"HOME": self.dir + "/home", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                 "GOVERN_CONFIG": self.dir + "/govern.ini", "GOPROXY": self.goproxy,
                 "GOSUMDB": self.gosumdb, "GOENV": "off", **env})

    def verify_alone(self, *args):
        """With nothing but the store: no network, and no log in files either."""
        return self.run("--offline", "verify", *args, GOPROXY="https://proxy.invalid")

    def must(self, *args, **env):
        r = self.run(*args, **env)
        if r.returncode != 0:
            print("Bail out! govern %s: %s" % (" ".join(args), r.stderr.strip()))
            sys.exit(1)
        return r

    def serve(self, script=""):
        self.stop()
        with open(self.dir + "/script", "w") as f:
            f.write(script)
        port = self.dir + "/port"
        if os.path.exists(port):
            os.unlink(port)
        self.server = subprocess.Popen(
            ["tests/server/loopback.py", "--dir", self.site, "--port-file", port,
             "--script", self.dir + "/script", "--log", self.dir + "/requests"],
            stdin=subprocess.PIPE)
        while not os.path.exists(port) and self.server.poll() is None:
            time.sleep(0.01)
        with open(port) as f:
            return "http://127.0.0.1:" + f.read().strip()

    def stop(self):
        if self.server:
            self.server.stdin.close()
            self.server.wait()
        self.server = None

    def receipt(self, name="go1.22.5", ending=".json"):
        return "%s/receipts/%s/%s%s" % (self.root, PLATFORM, name, ending)

    def tree(self, name="go1.22.5"):
        return "%s/%s/toolchains/%s" % (self.root, PLATFORM, name)

    def head(self):
        with open("%s/log-heads/%s" % (self.root, NAME)) as f:
            return f.read()

    def forks(self):
        return glob.glob("%s/log-heads/%s.fork-*" % (self.root, NAME))

    def remove(self):
        self.stop()
        shutil.rmtree(self.dir)


class Tap:
    def __init__(self):
        self.n = self.failures = 0

    def suite(self, what, function):
        self.tried, self.bad = 0, []
        function(self)
        for b in self.bad[:10]:
            print("# bad: %s" % b.replace("\n", "\n# "))
        self.n += 1
        ok = self.tried and not self.bad
        self.failures += not ok
        print("# tried %d cases of %s, bad states: %d" % (self.tried, what, len(self.bad)))
        print("%sok %d - %s" % ("" if ok else "not ", self.n, what), flush=True)

    def check(self, good, what, r=None):
        self.tried += 1
        if not good:
            self.bad.append(what + ("" if r is None else ": status %d\n%s%s" % (
                r.returncode, r.stdout, r.stderr)))


def refused(r, statuses=(4,)):
    return r.returncode in statuses and "proven" not in r.stdout and r.stderr


# -- receipts ------------------------------------------------------------------------------

# What is only told of the way it came; nothing is decided by it.
TOLD = {"source", "origin", "archive_sha256", "digest_origin", "archive_bytes", "files",
        "bytes", "installed_at", "adopted_from"}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key in value:
            yield path + (key,)
            yield from leaves(value[key], path + (key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield path + (i,)
            yield from leaves(item, path + (i,))


def variants(value, other):
    """Every way to change one value of a receipt that comes to mind."""
    yield from (None, [], {}, [value], "")
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, 0, -1, 2**62, 2**63, str(value), value + 0.5)
    elif isinstance(value, str):
        yield 7
        yield from (value + "x", value + "\n", " " + value, value[:-1], value[1:])
        places = range(len(value)) if FULL else (0, len(value) // 2, len(value) - 1)
        for i in places:
            yield value[:i] + ("x" if value[i] != "x" else "y") + value[i + 1:]
    elif isinstance(value, list):
        yield from (value[1:], value[:-1], value[::-1], value + value[-1:],
                    value[:1] * len(value), value * 20)
    if other is not None:
        yield other


def put(receipt, path, value):
    changed = copy.deepcopy(receipt)
    at = changed
    for step in path[:-1]:
        at = at[step]
    if value is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def get(receipt, path):
    for step in path:
        try:
            receipt = receipt[step]
        except (KeyError, IndexError):
            return None
    return receipt


def harmless(path, value):
    """Whether the proof is as good as before with this."""
    if path[0] in TOLD:
        return True
    # A level that was lowered is raised again: the proof is there and holds.
    if path == ("trust",) and value in ("checksummed", "unproven"):
        return True
    return path == ("adopted",) and value is not True


def receipts(tap):
    world = World(("go1.22.5", "go1.22.6"))
    world.must("install", "1.22.5", "1.22.6")
    with open(world.receipt()) as f:
        text = f.read()
    with open(world.receipt("go1.22.6")) as f:
        other = json.load(f)
    receipt = json.loads(text)
    count = 0
    for path in leaves(receipt):
        value = get(receipt, path)
        for new in [KeyError, *variants(value, get(other, path))]:
            if new is not KeyError and type(new) is type(value) and new == value:
                continue
            count += 1
            if not FULL and path[0] in TOLD | {"schema", "name"} and count % 4:
                continue
            with open(world.receipt(), "w") as f:
                json.dump(put(receipt, path, new), f)
            r = world.verify_alone("1.22.5")
            tap.check(refused(r, (1, 4)) or r.returncode == 0 and harmless(path, new),
                      "receipt with %s = %r" % (".".join(map(str, path)), new), r)
            with open(world.receipt(), "w") as f:
                f.write(text)
    r = world.verify_alone("1.22.5")
    tap.check(r.returncode == 0 and "proven" in r.stdout, "the receipt as it was", r)
    world.remove()


def manifests(tap):
    world = World()
    world.must("install", "1.22.5")
    path = world.receipt(ending=".manifest")
    with open(path) as f:
        lines = f.readlines()
    changes = [lines[::-1], lines * 2, lines + ["\n"], ["x"], lines[:-1] + [lines[-1][:-1]]]
    for i, line in enumerate(lines):
        changes.append(lines[:i] + lines[i + 1:])
        changes.append(lines[:i] + [line, line] + lines[i + 1:])
        changes.append(lines[:i] + [("0" if line[0] != "0" else "1") + line[1:]] + lines[i + 1:])
        changes.append(lines[:i] + [line[:-1] + "x\n"] + lines[i + 1:])
    for change in changes:
        with open(path, "w") as f:
            f.writelines(change)
        r = world.verify_alone("1.22.5")
        tap.check(refused(r), "a manifest that was changed", r)
    # Files and manifest changed alike, and the receipt's h1 with them.
    tool = world.tree() + "/LICENSE"
    with open(tool, "a") as f:
        f.write("changed\n")
    with open(path, "w") as f:
        f.writelines(lines)
    r = world.verify_alone("1.22.5")
    tap.check(refused(r) or "changed LICENSE" in r.stdout, "a file that was changed", r)
    world.remove()


def raised_by_hand(tap):
    """Never proven, and "proven" written into the receipt."""
    world = World(flip=("--flip", "LICENSE"))
    world.must("install", "--trust", "unproven", "1.22.5", GOSUMDB="off")
    with open(world.receipt()) as f:
        receipt = json.load(f)
    receipt["trust"] = "proven"
    with open(world.receipt(), "w") as f:
        json.dump(receipt, f)
    for args in (("--offline", "verify"), ("verify",), ("install", "1.22.5"),
                 ("--offline", "install", "1.22.5")):
        r = world.run(*args)
        tap.check(refused(r), "raised by hand: " + " ".join(args), r)
    r = world.run("--offline", "verify", GOSUMDB="off")
    tap.check(refused(r), "raised by hand, GOSUMDB=off", r)
    world.remove()


def attackers_log(tap):
    """Tree, receipt, manifest and remembered head of a store that a false log has filled."""
    world = World()
    world.must("install", "1.22.5")
    evil = World(seed="attacker")
    evil.make("go1.22.5", ("--pad", "1000"))
    evil.log()
    evil.must("install", "1.22.5")
    good = evil.verify_alone()
    tap.check("proven" in good.stdout, "the attacker's own log proves it", good)
    for what in ("tree", "receipt", "all"):
        victim = World()
        victim.must("install", "1.22.5")
        if what != "receipt":
            shutil.rmtree(victim.tree())
            shutil.copytree(evil.tree(), victim.tree())
        if what != "tree":
            for ending in (".json", ".manifest"):
                shutil.copy(evil.receipt(ending=ending), victim.receipt(ending=ending))
        for args in (("--offline", "verify"), ("verify",)):
            r = victim.run(*args)
            tap.check(r.returncode == 4 and not re.search(": proven", r.stdout),
                      "the attacker's %s: %s" % (what, " ".join(args)), r)
        # The key renamed to the one in force: the signature does not follow.
        with open(victim.receipt()) as f:
            receipt = json.load(f)
        receipt["record"]["log"] = victim.key
        with open(victim.receipt(), "w") as f:
            json.dump(receipt, f)
        r = victim.verify_alone()
        tap.check(r.returncode == 4 and not re.search(": proven", r.stdout),
                  "the attacker's %s under our key" % what, r)
        victim.remove()
    # Another key under the log's name, in the middle of its history.
    r = world.run("install", "--force", "1.22.5", GOSUMDB=evil.key)
    tap.check(refused(r, (1, 4)), "another key of the same name", r)
    shutil.rmtree(world.site + "/sumdb")
    shutil.copytree(evil.site + "/sumdb", world.site + "/sumdb")
    r = world.run("install", "--force", "1.22.5")
    tap.check(refused(r), "answers signed by another key", r)
    tap.check(NAME in world.head(), "the remembered head stays")
    evil.remove()
    world.remove()


# -- histories -----------------------------------------------------------------------------


def one_line(note):
    return note.replace("\n", "\\n")


def fork(tap, by_http):
    world = World()
    if by_http:
        world.goproxy = world.serve()
    world.must("install", "1.22.5")
    was = world.head()
    world.make("go1.22.6")
    honest = world.dir + "/honest"
    world.log()
    shutil.copytree(world.site + "/sumdb", honest)
    shutil.rmtree(world.site + "/sumdb")
    world.log(filler=400)
    now = open("%s/sumdb/%s/latest" % (world.site, NAME)).read()
    for args in (("install", "1.22.6"), ("install", "--trust", "unproven", "1.22.6"),
                 ("verify",), ("install", "1.22.6")):
        r = world.run(*args)
        tap.check(refused(r) and one_line(was) in r.stderr and one_line(now) in r.stderr,
                  "a fork: " + " ".join(args), r)
        tap.check(not os.path.exists(world.tree("go1.22.6")), "nothing came of it")
        tap.check(world.head() == was, "the remembered head stays")
    evidence = world.forks()
    tap.check(len(evidence) == 1 and was in open(evidence[0]).read() and
              now in open(evidence[0]).read() and evidence[0] in r.stderr,
              "both notes are on disk, once, and named: %s" % evidence)
    r = world.verify_alone()
    tap.check(r.returncode == 0 and "proven" in r.stdout, "what was proven stays so", r)
    # The honest log, grown: goes on, and the evidence stays.
    shutil.rmtree(world.site + "/sumdb")
    shutil.copytree(honest, world.site + "/sumdb")
    r = world.run("install", "1.22.6")
    tap.check(r.returncode == 0 and "proven" in r.stdout + r.stderr, "the honest log", r)
    tap.check(world.head() != was and len(world.forks()) == 1, "its head is remembered")
    world.remove()


def forks(tap):
    fork(tap, False)
    fork(tap, True)


def bad_tiles(tap):
    """A tile that is damaged on the way: refused, and nobody is accused."""
    world = World()
    world.must("install", "1.22.5")
    was = world.head()
    world.make("go1.22.6")
    world.log()
    shutil.rmtree(world.dir + "/home/.cache", ignore_errors=True)
    for path in sorted(glob.glob(world.site + "/sumdb/*/tile/8/**/*", recursive=True)):
        if os.path.isdir(path):
            continue
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(bytes(b ^ 1 for b in data))
        r = world.run("install", "1.22.6")
        used = r.returncode != 0
        tap.check(not used or refused(r), "a damaged tile " + path, r)
        tap.check("contradicts itself" not in r.stderr and not world.forks(),
                  "no fork is cried: " + path, r)
        if used:
            tap.check(world.head() == was or NAME in world.head(), "the head")
        else:
            world.must("uninstall", "1.22.6")
        with open(path, "wb") as f:
            f.write(data)
        shutil.rmtree(world.dir + "/home/.cache", ignore_errors=True)
    r = world.run("install", "1.22.6")
    tap.check(r.returncode == 0, "the tiles as they were", r)
    world.remove()


def damaged_heads(tap):
    """The remembered head, damaged in the store: an error, not a fresh start."""
    world = World(("go1.22.5", "go1.22.6"))
    world.must("install", "1.22.5")
    path = "%s/log-heads/%s" % (world.root, NAME)
    good = world.head()
    for text in ("", good[:-1], good[:40], good.replace("302", "300"), good * 2, "x" * 20000,
                 good.replace(NAME, "other.example")):
        with open(path, "w") as f:
            f.write(text)
        r = world.run("install", "1.22.6")
        tap.check(r.returncode in (1, 4) and "cannot be used" in r.stderr,
                  "a damaged head %r" % text[:60], r)
        tap.check(open(path).read() == text, "it stays for a look")
    world.remove()


def no_growth(tap):
    """A5: a log that is used for a week and shows nothing new: a warning, once."""
    world = World(("go1.22.5", "go1.22.6"))
    files, url = world.goproxy, world.serve()
    told = "govern: warning: '%s' has shown no newer tree head for 9 days" % NAME
    path = "%s/log-heads/%s" % (world.root, NAME)

    def after_days(days, *args, way=url):
        os.utime(path, (time.time() - days * 86400,) * 2)
        return world.run(*args, GOPROXY=way)

    world.must("install", "1.22.5", GOPROXY=url)
    again = ("install", "--force", "1.22.5", "1.22.6")
    r = after_days(6, *again)
    tap.check(r.returncode == 0 and r.stderr == "", "six days", r)
    r = after_days(9, *again)
    tap.check(r.returncode == 0 and r.stderr.count(told) == 1, "nine days", r)
    r = after_days(9, "verify")
    tap.check(r.returncode == 0 and told in r.stderr and "proven" in r.stdout, "verify", r)
    for args in (("-q", *again), ("--offline", "verify")):
        r = after_days(9, *args)
        tap.check(r.returncode == 0 and r.stderr == "", " ".join(args), r)
    r = after_days(9, *again, way=files)
    tap.check(r.returncode == 0 and r.stderr == "", "a copy in files", r)
    was = world.head()
    world.make("go1.22.7")
    world.log()
    r = after_days(9, *again)
    tap.check(r.returncode == 0 and r.stderr == "" and world.head() != was,
              "it has grown", r)
    world.remove()


# -- sources -------------------------------------------------------------------------------


def from_a_project(tap):
    """A7: what lies in the directory one works in chooses no log, key, source or level."""
    evil = World(seed="attacker")
    world = World()
    # The site is the attacker's altogether; only the key in force is not.
    shutil.rmtree(world.site)
    shutil.copytree(evil.site, world.site)
    setting = "[trust]\nsumdb = %s\nminimum = unproven\n" % evil.key
    for name in ("govern.ini", ".govern.ini", ".govern/govern.ini", "etc/govern/govern.ini",
                 ".config/govern/govern.ini", "go.env", "env", ".env", "GOSUMDB"):
        path = world.dir + "/" + name
        was = None
        if os.path.exists(path):  # the one that GOVERN_CONFIG names
            path, was = world.dir + "/project/" + name, path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(setting if name.endswith(".ini") else "GOSUMDB=%s\n" % evil.key)
        r = subprocess.run(
            [B + "/bin/govern", "--root", world.root, "install", "1.22.5"],
            cwd=os.path.dirname(path), text=True, capture_output=True, check=False,
            env={"HOME": world.dir + "/home", "PATH": os.environ["PATH"],
                 "GOVERN_CONFIG": was or world.dir + "/govern.ini",
                 "GOPROXY": world.goproxy, "GOSUMDB": world.key, "GOENV": "off"})
        tap.check(refused(r), "a project with " + name, r)
        os.unlink(path)
    r = world.run("install", "1.22.5", GOSUMDB=evil.key)
    tap.check(r.returncode == 0, "the user's own choice of the same key", r)
    evil.remove()
    world.remove()


def mix_and_match(tap):
    """A8: the right bytes of something else."""
    world = World(("go1.22.5", "go1.22.6", "go1.21.0"))
    world.make("go1.22.5", ())
    subprocess.run(["tests/tools/mktoolchain.py", world.site, "go1.22.5", "linux-arm64"],
                   check=True, stdout=subprocess.DEVNULL)
    world.log()
    at = world.site + "/golang.org/toolchain/@v/v0.0.1-%s.zip"
    own = at % "go1.22.5.linux-amd64"
    shutil.copy(own, world.dir + "/own.zip")
    for other in ("go1.22.6.linux-amd64", "go1.21.0.linux-amd64", "go1.22.5.linux-arm64"):
        shutil.copy(at % other, own)
        r = world.run("install", "1.22.5")
        tap.check(refused(r) and not os.path.exists(world.tree()), "a module of " + other, r)
        tarball = "%s/%s.tar.gz" % (world.site, other)
        for how in (("1.22.5",), ("--trust", "unproven", "1.22.5")):
            r = world.run("install", "--from", tarball, *how)
            tap.check(refused(r, (2, 3, 4)) and not os.path.exists(world.tree()),
                      "a tarball of %s: %s" % (other, " ".join(how)), r)
    shutil.copy(world.dir + "/own.zip", own)
    r = world.run("install", "1.22.5")
    tap.check(r.returncode == 0, "its own", r)
    world.remove()


def swapped_while_read(tap):
    """A11: the file given with --from is exchanged all the time."""
    world, evil = World(), World(flip=("--flip", "bin/go"))
    name = world.site + "/go1.22.5.linux-amd64.tar.gz"
    for path, to in ((name, "good"), (evil.site + "/go1.22.5.linux-amd64.tar.gz", "evil")):
        shutil.copy(path, world.dir + "/" + to)
    swap = subprocess.Popen(
        ["sh", "-c", "while :; do cp -f good t1; mv t1 now.tar.gz; "
         "cp -f evil t2; cat t2 > now.tar.gz; done"], cwd=world.dir,
        stderr=subprocess.DEVNULL)
    while not os.path.exists(world.dir + "/now.tar.gz"):
        time.sleep(0.01)
    for _ in range(60 if FULL else 10):
        r = world.run("install", "--from", world.dir + "/now.tar.gz", "1.22.5")
        tap.check(r.returncode == 0 or refused(r, (1, 3, 4)), "while it is exchanged", r)
        if r.returncode == 0:
            v = world.verify_alone()
            tap.check(v.returncode == 0 and "proven" in v.stdout, "what came of it", v)
            world.must("uninstall", "1.22.5")
    swap.kill()
    swap.wait()
    evil.remove()
    world.remove()


def downgrades(tap):
    """A12: a log that is not there is never a yes, and proven stays proven."""
    world = World()
    hide = world.site + "/sumdb/" + NAME
    os.rename(hide, hide + ".away")
    with open(world.site + "/hashes") as f:
        tap.check(f.read() != "", "there are hashes")
    direct = world.goproxy + ",https://proxy.invalid"
    for env, statuses in (({"GOPROXY": direct}, (1, 3, 4)), ({"GOSUMDB": "off"}, (4,)),
                          ({"GOSUMDB": world.key + " http://127.0.0.1:1"}, (1,)),
                          ({"GOSUMDB": world.key + " file:///nonexistent"}, (3, 4))):
        r = world.run("install", "1.22.5", **env)
        tap.check(refused(r, statuses) and not os.path.exists(world.tree()),
                  "no log: %s" % env, r)
    os.rename(hide + ".away", hide)
    world.must("install", "1.22.5")
    for level in ("unproven", "checksummed"):
        r = world.run("install", "--force", "--trust", level, "1.22.5", GOSUMDB="off")
        tap.check(refused(r), "--trust %s over what was proven" % level, r)
    r = world.verify_alone()
    tap.check(r.returncode == 0 and "proven" in r.stdout, "it is proven still", r)
    world.remove()


# -- answers that do not come --------------------------------------------------------------


def no_answers(tap):
    modes = ["endless", "hang-up", "html-200", "status=500", "slowloris"]
    if FULL:
        modes += ["hang", "garbage", "rst", "short-cl", "long-cl", "huge-cl", "negative-cl",
                  "chunk-bad", "chunk-cut", "endless-header", "many-headers", "gzip-encoded",
                  "no-cl-truncated", "redir-loop", "status=403", "status=503,9999"]
    for mode in modes:
        for where in ("/lookup/*", "/tile/*") if FULL else ("/lookup/*",):
            world = World()
            url = world.serve("/sumdb/%s%s %s\n" % (NAME, where, mode))
            world.gosumdb = "%s %s/sumdb/%s" % (world.key, url, NAME)
            with open(world.dir + "/govern.ini", "w") as f:
                f.write(NET % (2, 2))
            r = world.run("install", "1.22.5")
            tap.check(refused(r, (1, 3, 4)) and not os.path.exists(world.tree()),
                      "%s for %s" % (mode, where), r)
            world.remove()
    world = World()
    url = world.serve()
    world.gosumdb = "%s %s/sumdb/%s" % (world.key, url, NAME)
    r = world.run("install", "1.22.5")
    tap.check(r.returncode == 0, "the same server, honest", r)
    world.gosumdb = "%s file://%s/sumdb/%s" % (world.key, world.site, NAME)
    r = world.run("install", "--force", "1.22.5")
    tap.check(r.returncode == 0, "the log as files", r)
    world.remove()


def main():
    tap = Tap()
    suites = [
        ("receipts changed in one place", receipts),
        ("manifests changed in one place", manifests),
        ("levels raised by hand", raised_by_hand),
        ("another log in the place of ours", attackers_log),
        ("forks, at the command line", forks),
        ("damaged tiles, at the command line", bad_tiles),
        ("damaged remembered heads", damaged_heads),
        ("a log that does not grow (A5)", no_growth),
        ("settings in a project (A7)", from_a_project),
        ("the right bytes of something else (A8)", mix_and_match),
        ("an archive exchanged while it is read (A11)", swapped_while_read),
        ("levels that would sink (A12)", downgrades),
        ("logs that do not answer properly", no_answers),
    ]
    suites = [s for s in suites if not sys.argv[1:] or s[1].__name__ in sys.argv]
    print("1..%d" % len(suites), flush=True)
    for what, function in suites:
        tap.suite(what, function)
    return 1 if tap.failures else 0


if __name__ == "__main__":
    sys.exit(main())
