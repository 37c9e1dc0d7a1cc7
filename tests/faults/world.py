# SPDX-License-Identifier: Apache-2.0
"""A home directory with a store in it: made, copied, run in, and looked at."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import time

import commands

ROOT = "home/.local/share/govern"
SIGNED = ROOT + "/log-heads/journal-signed"
STAMPS = re.compile(rb'"(installed_at|time|generation|previous|origin|host)": [^,\n}]*')
TEMP = re.compile(r"\.tmp-[\w-]+")
NONCE = re.compile(r"\b[0-9a-f]{16}\b")
HOOKS = [when + what for when in ("pre-", "post-") for what in ("install", "switch", "remove")]
SOURCE = """case $1 in
locate) echo govern-source 1; echo stream; echo end ;;
fetch) exec cat '%s'/$2.$3.tar.gz ;;
esac"""
SOURCES = "[sources]\norder = goproxy\n"
KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fuzz/corpus/fuzz-minisign")
RC_FILES = [".bashrc", ".profile", ".zshrc"]


def identity(st):
    """Of a file that nobody has written to since, nor put another in its place."""
    return st.st_ino, st.st_mode, st.st_size, st.st_mtime_ns, st.st_ctime_ns


def same(a, b):
    """Of directories only what they are: what is in them is looked at by itself."""
    if not a or not b or stat.S_IFMT(a.st_mode) != stat.S_IFMT(b.st_mode):
        return False
    return stat.S_ISDIR(a.st_mode) or identity(a) == identity(b)


class World:
    """top/now is the world; top/base-NAME are what it is made from."""

    def __init__(self, b, site, sumdb, top):
        self.b, self.top, self.dir = b, top, os.path.join(top, "now")
        self.root = os.path.join(self.dir, ROOT)
        self.site = site[len("file://"):]
        self.other = os.path.join(os.path.dirname(top), "other")
        self.govern = os.path.join(b, "bin/govern")
        self.inject = os.path.join(b, "tests/tools/inject")
        self.report = os.path.join(top, "report")
        self.kept, self.stats, self.contents = None, {}, {}  # of the base that is in now
        self.large = False  # what is installed is not read: `govern verify` does that
        self.env = {"HOME": os.path.join(self.dir, "home"),
                    "ASAN_OPTIONS": "detect_leaks=0",  # it cannot look under a tracer
                    "LC_ALL": "C.UTF-8",
                    "PATH": ":".join([os.path.join(b, "bin"), "/usr/bin", "/bin",
                                      os.path.join(self.dir, "home/plugins")]),
                    "GOPROXY": site,
                    "GOSUMDB": sumdb, "TMPDIR": top}
        os.makedirs(top, exist_ok=True)
        self.platform = self.out("env platform").strip()
        self.prefix = os.path.join(self.root, self.platform)

    # -- making one ------------------------------------------------------------------------

    def base(self, name):
        """Puts the world into the state of that name."""
        kept = os.path.join(self.top, "base-" + name)
        if not os.path.isdir(kept):
            before, lines = commands.BASES[name]
            if before:
                self.base(before)
            else:
                self.bare()
            for line in lines:
                self.prepare(line)
            subprocess.run(["cp", "-a", self.dir, kept], check=True)
            self.kept = None
        if self.kept != kept:
            subprocess.run(["rm", "-rf", self.dir], check=True)
            subprocess.run(["cp", "-a", kept, self.dir], check=True)
            self.kept, self.stats = kept, dict(self.walk(self.dir))
        self.restore()

    def restore(self):
        """What is not as it was copied from self.kept is copied again: that is little, and
        making all of it anew was half of the time of a case."""
        now = dict(self.walk(self.dir))
        for path in sorted(now, reverse=True):
            if not same(now[path], self.stats.get(path)):
                here = os.path.join(self.dir, path)
                (os.rmdir if stat.S_ISDIR(now[path].st_mode) else os.unlink)(here)
        for path, was in sorted(self.stats.items()):
            if not same(was, now.get(path)):
                here, there = os.path.join(self.dir, path), os.path.join(self.kept, path)
                if stat.S_ISDIR(was.st_mode):
                    os.mkdir(here)
                else:
                    shutil.copy2(there, here, follow_symlinks=False)
                    self.stats[path] = os.lstat(here)
        for path, was in self.stats.items():
            if stat.S_ISDIR(was.st_mode):
                here = os.path.join(self.dir, path)
                os.chmod(here, stat.S_IMODE(was.st_mode))
                os.utime(here, ns=(was.st_atime_ns, was.st_mtime_ns))

    @staticmethod
    def walk(top):
        """(path, lstat) of all below a directory."""
        stack = [""]
        while stack:
            rel = stack.pop()
            for e in os.scandir(os.path.join(top, rel)):
                yield rel + e.name, e.stat(follow_symlinks=False)
                if e.is_dir(follow_symlinks=False):
                    stack.append(rel + e.name + "/")

    def bare(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        config = os.path.join(self.dir, "home/.config/govern")
        os.makedirs(config)
        os.makedirs(os.path.join(self.dir, "work"))
        for rc in RC_FILES:
            with open(os.path.join(self.dir, "home", rc), "w") as f:
                f.write("# %s\nexport EDITOR=ed\n" % rc)
        with open(os.path.join(config, "govern.ini"), "w") as f:
            f.write(SOURCES)

    def prepare(self, line):
        words, env = line.format(other=self.other).split(), {}
        while "=" in words[0]:
            key, _, value = words.pop(0).partition("=")
            env[key] = value
        if words[0] == "unpack":
            _, version, where = words
            to = os.path.join(self.dir, "home", where)
            os.makedirs(to)
            subprocess.run(["tar", "-x", "-f", "%s/%s.%s.tar.gz" % (
                self.site, version, self.platform), "-C", to, "--strip-components=1"],
                check=True)
            return
        if words[0] == "hooks":
            for event in HOOKS:
                self.script(os.path.join(ROOT, "hooks", event + ".d/10-x"), "echo here")
            return
        if words[0] == "ini":
            self.ini(*words[1:])
            return
        if words[0] == "key":
            for name, ours in ("plain-key", "key"), ("public-key", "key.pub"):
                shutil.copy(os.path.join(KEYS, name), os.path.join(self.dir, "work", ours))
            return
        if words[0] == "check":
            self.script("work/check", "mkdir \"$HOME/checked\"")
            return
        if words[0] == "forget":
            self.ini("root", "store", "keep_generations", "0")
            top = os.path.join(self.prefix, "generations")
            for name in os.listdir(top):
                os.utime(os.path.join(top, name), (1700000000, 1700000000))
            return
        if words[0] == "source":
            self.script("home/plugins/govern-source-x", SOURCE % self.site)
            return
        if words[0] == "interrupt":
            result = self.run(words[2:], address="govern1.1:%s:KILL" % words[1], env=env)
            assert result.hit and os.listdir(os.path.join(self.root, "staging")), line
            return
        result = self.run(words, env=env)
        assert result.status == 0, "%s: %s" % (line, result.err)

    def ini(self, where, *setting):
        path = self.root if where == "root" else os.path.join(self.dir, "home/.config/govern")
        with open(os.path.join(path, "govern.ini"), "w") as f:
            if where == "home":
                f.write(SOURCES)
            if setting:
                f.write("[%s]\n%s = %s\n" % setting)

    def script(self, path, text):
        path = os.path.join(self.dir, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write("#!/bin/sh\nset -e\n" + text + "\n")
        os.chmod(path, 0o755)

    # -- running ---------------------------------------------------------------------------

    def run(self, words, address=None, env=None, program=None, trace=None, inject=None):
        """A command, without syncing; with a fault when there is an address."""
        words, env = list(words), dict(env or {})
        while words and "=" in words[0]:
            key, _, value = words.pop(0).partition("=")
            env[key] = value.format(prefix=self.prefix)
        line = [inject or self.inject, "-n"]
        if address:
            line += ["-t", "900", "-o", self.report, "-a", address]
        elif trace:
            line += ["-o", trace]
        p = subprocess.run(line + [program or self.govern] + words, cwd=self.dir + "/work",
                           env={**self.env, **env}, stdin=subprocess.DEVNULL,
                           capture_output=True, timeout=1800, errors="replace")
        return Result(p, self.report if address else trace)

    def out(self, line):
        os.makedirs(self.dir + "/work", exist_ok=True)
        return self.run(line.split()).out

    # -- looking ---------------------------------------------------------------------------

    def entries(self):
        """(path, what is there), names and times that differ each time made equal."""
        ret = []
        for path, st in self.walk(self.dir):
            if stat.S_ISLNK(st.st_mode):
                ret.append((path, "-> " + os.readlink(os.path.join(self.dir, path))))
            elif stat.S_ISDIR(st.st_mode):
                ret.append((path, "dir"))
            else:
                ret.append((path, self.content(path, st)))
        return sorted(ret)

    def content(self, path, st):
        """Read once for each file: most are those of the case before."""
        if self.large and ("/toolchains/" in path or "/staging/" in path):
            return "%03o %d" % (stat.S_IMODE(st.st_mode), st.st_size)
        key = path, *identity(st)
        if key not in self.contents:
            with open(os.path.join(self.dir, path), "rb") as f:
                data = f.read()
            data = data.replace(self.dir.encode(), b"@")
            if path == "work/snapshot.json":
                data = " ".join(sorted(json.loads(data))).encode()
            if path.endswith(".json"):
                data = STAMPS.sub(b"", data)
            # Which directories were not there: after a kill some of them were.
            if path.endswith("/conf.d/govern.fish"):
                data = data.replace(b" +dir", b"")
            if path.startswith(SIGNED):  # of how many records
                data = b" ".join(re.findall(rb"records[ :]\d+", data))
            if path.endswith(".xml") and data.endswith(b"</testsuites>\n"):
                data = b"whole"  # what failed is told in it
            if path.endswith(".denied"):  # is it in the journal yet
                data = data.rstrip(b"\n")
            if path.endswith("/journal"):  # how many lines, is the last one whole; or the note
                data = b"%d %d" % (data.count(b"\n"), data.endswith(b"\n"))
            self.contents[key] = "%03o %s" % (stat.S_IMODE(st.st_mode),
                                              hashlib.sha1(data).hexdigest())
        return self.contents[key]

    def fingerprint(self, entries):
        """The same for states that differ in nothing but nonces and times."""
        lines = []
        for path, what in entries:
            path = TEMP.sub(".tmp", path)
            path = re.sub(r"(/staging/[^/]*_)\w+", r"\1", path)
            path = re.sub(r"(/trash/)[^/]+", r"\1", path)
            lines.append(path + " " + what)
        return hashlib.sha1("\n".join(sorted(lines)).encode()).hexdigest()

    def summary(self, entries):
        """What a person sees of it: {thing: what it is}, without leftovers."""
        ret, trees = {}, {}
        prefix = ROOT + "/" + self.platform + "/"
        for path, what in entries:
            if TEMP.search(path) or what == "dir" or "/.cache/" in path:
                continue
            if path.startswith("work/logs/"):  # written by what matrix runs
                continue
            if not path.startswith(ROOT + "/") or path.startswith(SIGNED):
                ret[path] = what
                continue
            rel = path[len(prefix):] if path.startswith(prefix) else None
            if rel is None:
                rel = path[len(ROOT) + 1:]
                if rel.startswith("receipts/") or rel == "format":
                    ret[rel] = what
                if re.match(r"canary/[^/]*/bin/", rel):
                    ret[rel] = what
            elif rel.startswith("toolchains/"):
                name = rel.split("/")[1]
                trees.setdefault(name, []).append(rel + " " + what)
            elif not rel.startswith("generations/") and rel != "current":
                ret[rel] = what
        for name, lines in trees.items():
            ret["toolchains/" + name] = hashlib.sha1("\n".join(lines).encode()).hexdigest()
        # Of those that went the oldest did first.
        top = os.path.join(self.prefix, "generations")
        numbers = sorted(int(n) for n in os.listdir(top) if n.isdigit()) if os.path.isdir(
            top) else []
        if numbers and numbers[-1] - numbers[0] != len(numbers) - 1:
            ret["generations"] = "holes: %s" % numbers
        for whose, where in ("", self.root), ("canary's ", os.path.join(self.root, "canary")):
            self.pointers(os.path.join(where, self.platform, "current"), whose, ret)
        return ret

    @staticmethod
    def pointers(current, whose, ret):
        if not os.path.islink(current):
            return
        try:
            for name in os.listdir(current):
                if os.path.islink(os.path.join(current, name)):
                    target = os.readlink(os.path.join(current, name))
                    ret[whose + "pointer " + name] = os.path.basename(target)
        except OSError as e:
            ret[whose + "pointer"] = "current leads nowhere: %s" % e

    def leftovers(self):
        """What is in staging and trash, and temporary files: in the store, outside it."""
        inside, outside = [], []
        for d in "staging", "trash":
            if os.path.isdir(os.path.join(self.root, d)):
                inside += [d + "/" + n for n in os.listdir(os.path.join(self.root, d))]
        for path, _ in self.entries():
            # What a check left goes with the whole of it, a day later.
            if TEMP.search(path.rsplit("/", 1)[-1]) and "/.cache/govern/checks/" not in path:
                (inside if path.startswith(ROOT + "/") else outside).append(path)
        return inside, outside

    def age(self):
        """All temporary files are a day older than what was last done beside them."""
        for path, what in self.entries():
            above, _, name = path.rpartition("/")
            if not TEMP.search(name) or TEMP.search(above):
                continue
            path = os.path.join(self.dir, path)
            if what == "dir":  # judged by its ctime too: then its parent is younger
                then = time.time() + 26 * 60 * 60
                os.utime(os.path.dirname(path), (then, then))
            else:
                then = time.time() - 26 * 60 * 60
                os.utime(path, (then, then), follow_symlinks=False)


class Result:
    def __init__(self, p, report):
        self.out, self.err, self.status = p.stdout, p.stderr, p.returncode
        self.hit, self.calls, self.wrong, self.traced = False, [], [], report is not None
        if not report:
            return
        if p.returncode:
            self.wrong.append("inject: status %d: %s" % (p.returncode, p.stderr.strip()))
            return
        self.status = None
        with open(report) as f:
            for line in f:
                word, *rest = line.split()
                if word == "call":
                    who, call, n, site = rest
                    self.calls.append((who, call, int(n), site))
                elif word == "exit":
                    self.status = int(rest[0])
                elif word == "signal":
                    self.status = -int(rest[0])
                elif word == "hit":
                    self.hit = rest[0] == "1"
                elif word == "left":
                    self.wrong.append("a process outlives the command")
                elif word == "hang":
                    self.wrong.append("it hangs")
