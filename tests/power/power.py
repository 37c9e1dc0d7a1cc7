# SPDX-License-Identifier: Apache-2.0
"""Power loss: every command that changes something, cut off after every change it makes.

    B=build tests/power/ext4.t [SCENARIO[/SAMPLE]...] [SCENARIO:N:ACTION...]     (and xfs.t)

Of a SCENARIO all cases are tried, or about SAMPLE of them, as far apart as they go.

Each case: a file system in a file, a command on it under tests/tools/power-cut, which turns
the power off after the Nth system call that changed something; then the file system is
mounted again, its log is replayed, and what is there is compared with what was there before
and what is there when nobody cuts.  ACTION is power-cut's (`off`, `log`, `sync`), or `again`:
the command is killed after the Nth, run again to its end, and the power goes then.  N = 0 is
the moment after the end of the command.

What must hold:
  * each thing is the old one or the new one, before any command could put it right (only
    what --force replaces by another tree may be away for that moment), and after the next
    command;
  * what was reported, by a line or by status 0, is there;
  * `govern verify` finds every toolchain whole;
  * the same command run again succeeds, and leaves the new state and nothing else.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

OLD, NEW, CUT = "go1.21.0", "go1.22.5", 99
PATCH, SOURCE = "go1.21.4", "go1.21.3"  # what OLD is upgraded to; what can be built
ACTIONS = ("off", "log", "sync")
B = os.environ["B"]


class Scenario:
    """`prepare` and `command` are govern's arguments; `away` are toolchains that may be
    missing until the next command; `reports` tells for a line of stdout what it promises
    (all of it, when nothing is said); `env` is for `prepare`; `aged`: the generations
    are, and only the last is to be kept; `full`: in the full sweep only; `ends`: its
    status; `holds`: what it holds back until it is known to work, so that nothing leads
    there; `check`: what holds at any time.  In `prepare`, "ini TEXT" is the store's
    govern.ini, its lines apart by |."""

    def __init__(self, name, command, prepare=(), away=(), reports=None, empty=False,
                 again=(0,), env=None, aged=False, full=False, ends=0, holds=(), check=None):
        words = command.split()
        n = next(i for i, word in enumerate(words) if "=" not in word)
        self.name, self.command, self.prepare = name, words[n:], prepare
        self.own_env = dict(word.split("=", 1) for word in words[:n])
        self.away, self.reports, self.empty = away, reports or {}, empty
        self.again, self.env, self.aged = again, env or {}, aged
        self.full, self.ends, self.check = full, ends, check
        self.holds = ["!" + name for name in holds]
        self.seen = {}


# {site} is the good download site, {other} one whose go1.22.5 is another tree.
INSTALL = "install 1.22.5"
UNPROVEN = "install 1.22.5 --from {other} --trust unproven"
NO_LOG = {"GOSUMDB": "off"}
ALL = [".*"]
CANARY = "setup --no-rc --channel canary"
UPGRADE_CANARY = "upgrade --channel canary"
DENY = "ini [policy]|deny = 1.22.5"
SCENARIOS = [
    Scenario("first-install", INSTALL, empty=True, reports={"go1.22.5 installed": ALL}),
    Scenario("install", INSTALL, reports={"go1.22.5 installed": ALL}),
    Scenario("install-default", INSTALL + " --default",
             reports={"go1.22.5 installed": ALL}),
    # The same tree is exchanged, another one steps aside first.
    Scenario("reinstall", INSTALL + " --force", [INSTALL],
             reports={"go1.22.5 installed": ALL}),
    # What is replaced is another tree: neither may ever have the other's receipt.
    Scenario("replace", INSTALL + " --force", [UNPROVEN], away=[NEW], env=NO_LOG,
             reports={"go1.22.5 installed": ALL}),
    Scenario("install-bundle", "install --from {site}/go.bundle",
             [INSTALL, "bundle --force -o {site}/go.bundle 1.22.5", "uninstall 1.22.5"],
             reports={"go1.22.5 installed": ALL}),
    Scenario("bundle", "bundle --force -o go.bundle 1.22.5", [INSTALL],
             reports={"go.bundle: ": ["bundle"]}),
    Scenario("uninstall", "uninstall 1.22.5", [INSTALL], again=(0, 3),
             reports={"go1.22.5 uninstalled": ALL}),
    Scenario("default", "default 1.22.5", [INSTALL], reports={"go1.22.5": ALL}),
    Scenario("tag", "tag prod 1.22.5", [INSTALL], reports={"@prod is go1.22.5": ALL}),
    Scenario("rollback", "rollback 1", [INSTALL, "tag prod 1.22.5", "default 1.22.5"],
             reports={"back to generation 1": ALL}),
    Scenario("prune", "prune --yes --keep 0", [INSTALL], reports={"go1.22.5 removed": ALL}),
    Scenario("gc", "gc --all", [INSTALL, "tag a 1.22.5", "tag --delete a",
                                "uninstall 1.22.5"]),
    Scenario("gc-generations", "gc", [INSTALL, "tag a 1.22.5", "tag --delete a"], aged=True),
    # Of several each is told; the pointers are changed once, for all of them, behind that.
    Scenario("adopt", "adopt {site}/foreign/go",
             reports={"go1.22.5 adopted": ["(tree|toolchain|link) go1.22.5"]}),
    Scenario("verify", "verify 1.22.5", ["install 1.22.5 --trust unproven"], env=NO_LOG,
             reports={"proven .it was": ALL}),
    Scenario("pin", "pin 1.22.5", [INSTALL], reports={"pinned": ["pin"]}),
    Scenario("pin-new", "pin 1.22.5", [INSTALL, "pin --unset"],
             reports={"pinned": ["pin"]}),
    Scenario("pin-unset", "pin --unset", reports={"removed": ["pin"]}),
    Scenario("setup", "setup", empty=True, reports={
        "(bin/go|bin/gofmt|bin/govern|libexec/govern/[a-z]*) written": ["program {0}"],
        r"/home/(\S*): the PATH block added": ["home {0}"]}),
    Scenario("setup-over", "setup", ["setup --remove"], reports={
        "(bin/go|bin/gofmt|bin/govern|libexec/govern/[a-z]*) written": ["program {0}"],
        r"/home/(\S*): the PATH block added": ["home {0}"]}),
    Scenario("setup-remove", "setup --remove", ["setup"], reports={
        "(bin/go|bin/gofmt|bin/govern|libexec/govern/[a-z]*) removed": ["program {0}"],
        r"/home/(\S*): the PATH block taken out": ["home {0}"]}),
    Scenario("upgrade", "upgrade", holds=[PATCH], full=True),
    Scenario("upgrade-fails", "STANDIN_FAILS=go1.21.4:vet upgrade", holds=[PATCH], ends=1,
             again=(1,), full=True),
    Scenario("upgrade-canary", UPGRADE_CANARY, [CANARY], holds=[PATCH], full=True),
    Scenario("promote", "promote", [CANARY, UPGRADE_CANARY],
             reports={"default is go1.21.4": ALL}, full=True),
    Scenario("uninstall-canary", "uninstall --force 1.21.4", [CANARY, UPGRADE_CANARY],
             again=(0, 3), reports={"go1.21.4 uninstalled": ALL}, full=True),
    Scenario("build", "build 1.21.3 --name x", ["install 1.21.3"],
             reports={"go1.21.3-x built": ALL}, full=True),
    Scenario("matrix", "matrix --install --logs logs --junit junit.xml 1.21.0,1.22.5 -- "
             "go version", full=True),
    Scenario("journal-sign", "journal --sign --key key",
             [INSTALL, "journal --sign --key key", "tag a 1.22.5"], full=True,
             reports={"records signed": ["signed.*"]},
             check="journal --check --key key.pub"),
    Scenario("policy-apply", "policy apply", [INSTALL, DENY], full=True,
             reports={"go1.22.5 is denied": ["tree go1.22.5.denied", "link go1.22.5"]}),
    Scenario("policy-allow", "policy apply", [INSTALL, DENY, "policy apply", "ini |"], full=True,
             reports={"go1.22.5 is not denied": ["tree go1.22.5.denied", "link go1.22.5"]}),
    Scenario("snapshot", "snapshot -o snapshot.json", reports={"written": ["snapshot"]},
             full=True),
]

RC_FILES = (".bashrc", ".profile", ".zshenv", ".zshrc", ".config/fish/conf.d/govern.fish")


def run(argv, **kw):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=1800, **kw)


def need(argv, **kw):
    done = run(argv, **kw)
    if done.returncode:
        raise RuntimeError("%s: %d: %s%s" % (" ".join(argv), done.returncode, done.stdout,
                                             done.stderr))
    return done.stdout


class Disk:
    """A file system in a file; `path` is where it is mounted."""

    KINDS = {
        # Without the mount option ext4 guesses which files somebody forgot to fsync.
        "ext4": (40, ["mkfs.ext4", "-q", "-F"], "loop,noauto_da_alloc"),
        "xfs": (300, ["mkfs.xfs", "-q", "-f"], "loop"),
    }

    def __init__(self, kind, directory):
        self.kind, self.dir = kind, directory
        self.path = os.path.join(directory, "mnt")
        os.mkdir(self.path)
        self.file = os.path.join(directory, "disk")

    def make(self):
        size, mkfs, _ = self.KINDS[self.kind]
        with open(self.file, "wb") as f:
            f.truncate(size << 20)
        need(mkfs + [self.file])

    def load(self, image):
        need(["cp", "--sparse=always", image, self.file])

    def save(self, image):
        need(["cp", "--sparse=always", self.file, image])

    def mount(self):
        need(["mount", "-t", self.kind, "-o", self.KINDS[self.kind][2], self.file,
              self.path])

    def unmount(self):
        need(["umount", self.path])

    def crash(self):
        """What the disk held when the power went, after the log was replayed."""
        self.unmount()
        self.mount()


class Machine:
    """One disk with a home and a store on it, and the programs of $B."""

    def __init__(self, kind, directory):
        self.disk = Disk(kind, directory)
        self.dir = directory
        self.root = os.path.join(self.disk.path, "home/.local/share/govern")
        self.prefix = None
        self.images = {}
        self.make_sites()

    def make_sites(self):
        self.site = os.path.join(self.dir, "site")
        self.other = os.path.join(self.dir, "other")
        for version in (OLD, NEW):
            need(["python3", "tests/tools/mktoolchain.py", self.site, version])
        need(["python3", "tests/tools/mktoolchain.py", "--go", B + "/tests/tools/standin-go",
              self.site, PATCH])
        need(["python3", "tests/tools/mktoolchain.py", "--build", self.site, SOURCE])
        need(["python3", "tests/tools/mktoolchain.py", "--flip", "src/runtime/runtime.go",
              self.other, NEW])
        with open(os.path.join(self.site, "hashes")) as hashes:
            self.log = subprocess.run([B + "/tests/tools/mklog", self.site], stdin=hashes,
                                      capture_output=True, text=True, check=True)
        self.env = {
            "HOME": os.path.join(self.disk.path, "home"), "LC_ALL": "C.UTF-8",
            "PATH": B + "/bin:/usr/bin:/bin", "GOPROXY": "file://" + self.site,
            "GOSUMDB": self.log.stdout.strip(), "TERM": "dumb", "GOENV": "off",
            "ASAN_OPTIONS": "detect_leaks=0",  # it cannot look under a tracer
        }
        self.platform = need([B + "/bin/govern", "env", "platform"], env=self.env).strip()
        self.prefix = os.path.join(self.root, self.platform)
        os.mkdir(self.site + "/foreign")
        need(["tar", "-xzf", "%s/%s.%s.tar.gz" % (self.site, NEW, self.platform), "-C",
              self.site + "/foreign"])

    def argv(self, words):
        words = [w.format(site=self.site, other=self.other) for w in words]
        return [B + "/bin/govern"] + words

    def govern(self, words, **env):
        return run(self.argv(words), cwd=self.disk.path + "/w", env={**self.env, **env})

    def must(self, words, **env):
        done = self.govern(words, **env)
        if done.returncode:
            raise RuntimeError("%s: %d: %s" % (words, done.returncode, done.stderr))

    def image(self, scenario):
        """The disk before the command."""
        if scenario.name not in self.images:
            image = os.path.join(self.dir, scenario.name + ".img")
            if scenario.empty:
                self.disk.make()
            else:
                self.disk.load(self.images["base"])
            self.disk.mount()
            if scenario.empty:
                self.furnish()
            for line in scenario.prepare:
                if line.startswith("ini "):
                    self.ini(line[4:].replace("|", "\n") + "\n")
                else:
                    self.must(line.split(), **scenario.env)
            if scenario.aged:
                self.forget()
            scenario.old = self.state()
            self.disk.unmount()
            self.disk.save(image)
            self.images[scenario.name] = image
        return self.images[scenario.name]

    def ini(self, text):
        with open(os.path.join(self.root, "govern.ini"), "w") as f:
            f.write(text)

    def forget(self):
        self.ini("[store]\nkeep_generations = 0\n")
        top = os.path.join(self.prefix, "generations")
        for name in listdir(top):
            os.utime(os.path.join(top, name), (1700000000, 1700000000))

    def furnish(self):
        config = self.env["HOME"] + "/.config/govern"
        os.makedirs(config)
        os.mkdir(self.disk.path + "/w")
        with open(config + "/govern.ini", "w") as f:
            f.write("[sources]\norder = goproxy\n[upgrade]\nshare = 100\n")
        for name, ours in ("plain-key", "key"), ("public-key", "key.pub"):
            shutil.copy("tests/fuzz/corpus/fuzz-minisign/" + name,
                        self.disk.path + "/w/" + ours)
        with open(self.env["HOME"] + "/.bashrc", "w") as f:
            f.write("# mine\n")
        os.chmod(self.env["HOME"] + "/.bashrc", 0o664)

    def make_base(self):
        self.disk.make()
        self.disk.mount()
        self.furnish()
        self.must(["setup", "--no-rc"])
        self.must(["install", "1.21.0", "--default"])
        self.must(["pin", "1.21.0"])
        self.disk.unmount()
        self.images["base"] = os.path.join(self.dir, "base.img")
        self.disk.save(self.images["base"])

    def cut(self, scenario, n, action, log=None):
        """Runs the command under power-cut; (status, what it reported).  Its stdout is a
        terminal, where each line is shown at once."""
        ours, theirs = os.openpty()
        argv = [B + "/tests/tools/power-cut", "-a", action] + (["-n", str(n)] if n else [])
        argv += (["-l", log] if log else []) + [self.disk.path]
        child = subprocess.Popen(
            argv + self.argv(scenario.command), stdin=subprocess.DEVNULL, stdout=theirs,
            stderr=subprocess.PIPE, cwd=self.disk.path + "/w",
            env={**self.env, **scenario.own_env}, text=True, errors="replace")
        os.close(theirs)
        self.errors = child.communicate(timeout=1800)[1]
        reported = b""
        while True:
            try:
                reported += os.read(ours, 65536)
            except OSError:  # EIO: nobody has the other end
                break
        os.close(ours)
        return child.returncode, reported.decode(errors="replace")

    # -- what is there --------------------------------------------------------------------

    def state(self):
        """Everything a user has of govern, by name."""
        state = {}
        for name in listdir(self.prefix + "/toolchains"):
            if name.startswith(".tmp-"):
                continue
            tree = hash_of(os.path.join(self.prefix, "toolchains", name))
            state["tree " + name] = tree
            receipt = self.receipt(name)
            if receipt:
                state["toolchain " + name] = tree + " " + receipt
        state["pointers"] = pointers(self.prefix)
        canary = os.path.join(self.root, "canary", self.platform)
        if os.path.isdir(canary):
            state["pointers of the canary"] = pointers(canary)
            state["go of the canary"] = self.go(self.disk.path, canary)
            for name in listdir(canary + "/bin"):
                if os.path.islink(canary + "/bin/" + name):
                    state["canary's link " + name] = link_of(canary + "/bin/" + name)
        for part in ("bin", "libexec/govern"):
            for name in listdir(os.path.join(self.prefix, part)):
                path = os.path.join(self.prefix, part, name)
                if name.startswith(".tmp-"):
                    continue
                if os.path.islink(path):
                    state["link " + name] = link_of(path)
                else:
                    state["program %s/%s" % (part, name)] = file_of(path)
        for name in RC_FILES:
            path = os.path.join(self.env["HOME"], name)
            if os.path.exists(path):
                state["home " + name] = file_of(path)
        if os.path.exists(self.disk.path + "/w/.go-version"):
            state["pin"] = file_of(self.disk.path + "/w/.go-version")
        if os.path.exists(self.disk.path + "/w/go.bundle"):
            state["bundle"] = file_of(self.disk.path + "/w/go.bundle")
        state.update(results(self.disk.path + "/w", self.root + "/log-heads/journal-signed"))
        for name in listdir(self.root + "/log-heads"):
            # That of the journal differs each time; `journal --check` looks at it.
            if not name.startswith(".tmp-") and not name.endswith((".lock", "journal")) and \
                    not name.startswith("journal-signed"):
                state["head " + name] = file_of(os.path.join(self.root, "log-heads", name))
        for where in ("", "w"):
            state["go in /" + where] = self.go(os.path.join(self.disk.path, where))
        return state

    def receipt(self, name):
        path = os.path.join(self.root, "receipts", self.platform, name + ".json")
        try:
            with open(path) as f:
                receipt = json.load(f)
            return "%s %s" % (receipt["trust"], receipt["h1"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError) as e:
            return "damaged receipt: %s" % e

    def go(self, directory, prefix=None):
        """What the shim runs there."""
        go = (prefix or self.prefix) + "/bin/go"
        if not os.path.exists(go):
            return "no shim"
        try:
            done = run([go, "version"], cwd=directory,
                       env={**self.env, "PATH": "/nonexistent"})
        except OSError as e:
            return str(e)
        return "%d %s" % (done.returncode, done.stdout.strip())

    def fingerprint(self):
        """Of all that is on the disk, less the random names and the times."""
        h = hashlib.sha256()
        for directory, dirs, files in os.walk(self.disk.path):
            dirs.sort(key=nameless)
            for name in sorted(files, key=nameless) + [d for d in dirs if os.path.islink(
                    os.path.join(directory, d))]:
                path = os.path.join(directory, name)
                h.update(nameless("%s %o " % (os.path.relpath(path, self.disk.path),
                                              os.lstat(path).st_mode)).encode())
                if os.path.islink(path):
                    h.update(os.readlink(path).encode())
                    continue
                with open(path, "rb") as f:
                    data = f.read()
                if name == "journal":  # itself, or the note of its end
                    data = b"%d %d" % (data.count(b"\n"), data.endswith(b"\n"))
                if name.startswith("journal-signed"):
                    data = b" ".join(re.findall(rb"records[ :]\d+", data))
                h.update(re.sub(rb'"(time|installed_at)":[^,]*', b"", data)
                         if name.endswith(".json") or name.startswith(".tmp-") else data)
            h.update(nameless("%s: %s\n" % (directory, dirs)).encode())
        return h.hexdigest()

    def leftovers(self):
        return [os.path.join(d, name) for d in ("staging", "trash")
                for name in listdir(os.path.join(self.root, d))]


def nameless(path):
    return re.sub(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])", "*", path)


def listdir(path):
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return []


def pointers(prefix):
    return json.dumps({name: link_of(prefix + "/current/" + name)
                       for name in listdir(prefix + "/current") if name != "generation.json"})


def results(w, signed):
    """Files that a command wrote for somebody, less what differs each time."""
    found = {}
    for key, path, pattern in (
            ("signed text", signed, r"records \d+"),
            ("signed", signed + ".minisig", r"records:\d+"),
            ("junit", w + "/junit.xml", "</testsuites>\n$"),
            ("snapshot", w + "/snapshot.json", r"\n\}\n$")):
        if os.path.exists(path):
            with open(path) as f:
                whole = re.search(pattern, f.read())
            found[key] = whole[0] if whole else "not whole"
    return found


def link_of(path):
    return os.readlink(path) if os.path.islink(path) else "not a link"


def file_of(path):
    with open(path, "rb") as f:
        data = f.read()
    # Which directories setup had to make: after a cut some of them are there.
    if path.endswith("/conf.d/govern.fish"):
        data = data.replace(b" +dir", b"")
    return "%o %d %s" % (os.stat(path).st_mode & 0o7777, len(data),
                         hashlib.sha256(data).hexdigest()[:16])


def hash_of(tree):
    h = hashlib.sha256()
    for directory, dirs, files in os.walk(tree):
        dirs.sort()
        for name in sorted(files):
            path = os.path.join(directory, name)
            h.update(("%s %s\n" % (os.path.relpath(path, tree), file_of(path))).encode())
    return h.hexdigest()[:16]


# -- judging ------------------------------------------------------------------------------


def mixed(now, old, new):
    """Whether each pointer is an old or a new one: what was interrupted before its own
    switch is finished by the next command, for the lines and not for the default."""
    now, old, new = (json.loads(p or "{}") for p in (now, old, new))
    return all(now.get(k) in (old.get(k), new.get(k)) for k in {*now, *old, *new})


def led(now, scenario):
    """The pointers less what is held back only until it is known to work."""
    return {k: v for k, v in json.loads(now or "{}").items() if k not in scenario.holds}


def neither(state, scenario, away=(), healed=False):
    """Things that are neither the old nor the new one."""
    bad = []
    for key in sorted(set(state) | set(scenario.old) | set(scenario.new)):
        is_now = state.get(key)
        if is_now in (scenario.old.get(key), scenario.new.get(key)):
            continue
        if is_now is None and key.split(" ")[-1] in away:
            continue
        if key.startswith("pointers") and scenario.holds and led(is_now, scenario) in (
                led(scenario.old.get(key), scenario), led(scenario.new.get(key), scenario)):
            continue
        if key.startswith("pointers") and healed and mixed(is_now, scenario.old.get(key),
                                                              scenario.new.get(key)):
            continue
        # A tree that has no receipt yet, or no longer: it does not count as installed.
        if key.startswith("tree ") and "toolchain" + key[4:] not in state and \
                is_now in scenario.whole:
            continue
        bad.append("%s is neither old nor new: %s" % (key, is_now))
    return bad


def not_new(state, scenario, keys):
    return ["%s was reported and is not there: %s" % (key, state.get(key))
            for key in sorted(set(state) | set(scenario.old) | set(scenario.new))
            if any(re.fullmatch(k, key) for k in keys)
            and state.get(key) != scenario.new.get(key)]


def promised(scenario, status, reported):
    """The things that the command said are done, as patterns."""
    keys = [".*"] if status == scenario.ends else []
    for pattern, what in scenario.reports.items():
        for found in re.finditer(pattern, reported):
            keys += [w.replace("{0}", re.escape(found.group(1))) if "{0}" in w else w
                     for w in what]
    return keys


def go_on(m, scenario):
    """What is wrong when life goes on from what is on the disk."""
    bad = []
    if scenario.check:
        done = m.govern(scenario.check.split())
        if done.returncode:
            bad.append("%s: %d: %s" % (scenario.check, done.returncode, done.stderr.strip()))
    done = m.govern(["uninstall", "1.2.2"])  # not there: it only puts right what is not
    if done.returncode != 3:
        bad.append("the next command: %d: %s" % (done.returncode, done.stderr.strip()))
    bad += neither(m.state(), scenario, healed=True)
    done = m.govern(["journal", "--check"])
    if done.returncode:
        bad.append("journal: %d: %s" % (done.returncode, done.stderr.strip()))
    done = m.govern(["verify", "--offline"], GOPROXY="off")
    if done.returncode:
        bad.append("verify: %d: %s%s" % (done.returncode, done.stdout, done.stderr))
    done = m.govern(scenario.command, **scenario.own_env)
    if done.returncode not in scenario.again:
        bad.append("again: %d: %s" % (done.returncode, done.stderr.strip()))
    state = m.state()
    bad += ["after running it again: " + b for b in not_new(state, scenario, [".*"])]
    # One that fails, as `uninstall` of what is gone already, leaves the trash alone.
    done = m.govern(["install", "1.21.0"])
    if done.returncode:
        bad.append("another command: %d: %s" % (done.returncode, done.stderr.strip()))
    bad += ["left over: " + path for path in m.leftovers()]
    done = m.govern(["verify"])
    if done.returncode:
        bad.append("verify at the end: %d: %s%s" % (done.returncode, done.stdout, done.stderr))
    return bad


def check(m, scenario, status, reported):
    """What is wrong after the crash.  What follows from what is on the disk is looked at
    once for each such disk."""
    if status not in (scenario.ends, CUT):
        return ["the command failed: %d: %s" % (status, m.errors.strip())]
    disk = m.fingerprint()
    if disk not in scenario.seen:
        state = m.state()
        bad = neither(state, scenario, scenario.away)
        scenario.seen[disk] = state, bad + go_on(m, scenario)
    state, bad = scenario.seen[disk]
    return bad + not_new(state, scenario, promised(scenario, status, reported))


def try_case(m, scenario, n, action):
    m.disk.load(m.image(scenario))
    m.disk.mount()
    try:
        if action == "again":
            m.cut(scenario, n, "kill")
            status, reported = m.cut(scenario, 0, "off")
            if status in scenario.again:
                status = scenario.ends
        else:
            status, reported = m.cut(scenario, n, action)
        m.disk.crash()
        return check(m, scenario, status, reported)
    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
        return [repr(e)]
    finally:
        m.disk.unmount()


def count(m, scenario):
    """Runs it without a cut; the changes it makes, and the state it leaves."""
    log = os.path.join(m.dir, scenario.name + ".calls")
    m.disk.load(m.image(scenario))
    m.disk.mount()
    try:
        status, _ = m.cut(scenario, 0, "none", log)
        if status != scenario.ends:
            raise RuntimeError("%s: %d: %s" % (scenario.name, status, m.errors))
        scenario.new = m.state()
        scenario.whole = {v for s in (scenario.old, scenario.new) for k, v in s.items()
                          if k.startswith("tree ")}
        with open(log) as f:
            scenario.calls = f.read().splitlines()
    finally:
        m.disk.unmount()


def choose(scenarios, full, sample):
    """Every case; or for each scenario its end, and of the rest every kth."""
    ends = [(s, 0, a) for s in scenarios for a in ("off", "log")[:1 + full]]
    rest = [(s, n, a) for s in scenarios for n in range(1, len(s.calls) + 1)
            for a in ACTIONS + ("again",)]
    if full:
        return ends + rest
    # Odd, so that the actions take turns.
    step = max(1, len(rest) // sample) | 1
    return ends + rest[step // 2::step]


def report(number, kind, scenario, tried, failures):
    print("%sok %d - %s: %s: %d cases, %d disks" % ("not " if failures else "", number, kind,
                                                    scenario.name, tried,
                                                    len(scenario.seen)))
    for n, action, bad in failures[:20]:
        call = scenario.calls[n - 1] if 0 < n <= len(scenario.calls) else "end"
        print("# again: B=%s tests/power/%s.t %s:%d:%s   (after: %s)" % (
            B, kind, scenario.name, n, action, call))
        for line in bad[:8]:
            print("#   " + line.replace("\n", " "))
    sys.stdout.flush()


def sweep(kind, directory, wanted):
    full = os.environ.get("TORTURE") == "full"
    m = Machine(kind, directory)
    m.make_base()
    samples = {}
    for w in wanted:
        if len(w) == 1 and "/" in w[0]:
            name, sample = w[0].split("/")
            samples[name] = int(sample)
    wanted = [w for w in wanted if len(w) == 3 or "/" not in w[0]]
    named = {w[0] for w in wanted} | set(samples)
    scenarios = [s for s in SCENARIOS if (s.name in named if named else full or not s.full)]
    print("1..%d" % len(scenarios))
    for s in scenarios:
        count(m, s)
    if named:
        by_name = {s.name: s for s in scenarios}
        cases = [(by_name[w[0]], int(w[1]), w[2]) for w in wanted if len(w) == 3]
        cases += choose([by_name[w[0]] for w in wanted if len(w) == 1], True, 0)
        for name, sample in samples.items():
            cases += choose([by_name[name]], False, sample)
    else:
        cases = choose(scenarios, full, 16)
    worst = 0
    for number, s in enumerate(scenarios, 1):
        mine = [c for c in cases if c[0] is s]
        failures = []
        for _, n, action in mine:
            bad = try_case(m, s, n, action)
            if bad:
                failures.append((n, action, bad))
        worst += len(failures)
        report(number, kind, s, len(mine), failures)
    print("# tried %d cases of power loss on %s, bad states: %d" % (len(cases), kind, worst))
    return 1 if worst else 0


# -- a place of its own -------------------------------------------------------------------


def missing(kind):
    """Why it cannot be done here."""
    if os.geteuid() != 0:
        return "mounting takes root"
    mkfs = Disk.KINDS[kind][1][0]
    for program in (mkfs, "unshare", "mount"):
        if not shutil.which(program):
            return "there is no %s" % program
    done = run(["unshare", "--mount", "true"])
    if done.returncode:
        return "no mount namespace: " + done.stderr.strip()
    return None


def try_mount(kind, directory):
    """Why a file system in a file cannot be mounted."""
    disk = Disk(kind, directory)
    try:
        disk.make()
        disk.mount()
        disk.unmount()
    except RuntimeError as e:
        return str(e).replace("\n", " ")
    finally:
        os.rmdir(disk.path)
    return None


def main(kind):
    """Mounts are made in a mount namespace, the disks in its memory: nothing is left of
    them, however it ends."""
    wanted = [tuple(a.split(":")) for a in sys.argv[1:]]
    directory = os.environ.get("POWER_DIRECTORY")
    if not directory:
        why = missing(kind)
        if why:
            print("1..0 # skip " + why)
            return 0
        with tempfile.TemporaryDirectory(prefix="power-") as directory:
            return subprocess.call(
                ["unshare", "--mount", "--propagation", "private", sys.argv[0]] +
                sys.argv[1:], env={**os.environ, "POWER_DIRECTORY": directory})
    need(["mount", "-t", "tmpfs", "-o", "size=2g", "power", directory])
    why = try_mount(kind, directory)
    if why:
        print("1..0 # skip " + why)
        return 0
    return sweep(kind, directory, wanted)
