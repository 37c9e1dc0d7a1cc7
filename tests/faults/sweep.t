#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fault sweep: every system call of every command that changes something, in the
manager and in its children, in turn: killed there, told that it failed, interrupted.

    sweep.t                         as a test: a sample; with TORTURE=full all of it, with
                                    TORTURE=300 a sample of up to 600 for each command
    sweep.t COMMAND... FAULT...     these only (names in commands.py; KILL, INT, ENOSPC, ...);
                                    of such faults more
    sweep.t COMMAND WHO:CALL:N:FAULT    one case, with all that is said

After each: the documented exit status; old or new, never between; no process left; the
toolchain that was there runs through the shim; `govern verify` is content; the next
command heals, the same command run again succeeds, and nothing is left of it all.

tests/tools/inject makes the fault; what comes after depends only on the state that it
left, and is tried once for each state.
"""

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import commands  # noqa: E402
import real  # noqa: E402
import world  # noqa: E402
from cases import ERRORS, REAL, SIGNALS, choose, order  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = 2
OURS = re.compile("(govern|fork|fetch|unpack)[0-9]+[.]")


class Sweep:
    """One command in one world."""

    def __init__(self, w, c):
        self.w, self.c, self.verdicts = w, c, {}
        self.old = self.new = self.raw = self.base = self.clean = self.way = None
        self.loader = set()  # calls before those of our own
        self.untouched = False  # the world is as the base made it

    def learn(self):
        """The state before, the state after, and the calls between them."""
        w, c = self.w, self.c
        w.large = c.real
        w.base(c.base)
        self.base = w.entries()
        self.raw = w.summary(self.base)
        self.clean = not any(w.leftovers())
        if c.heal:
            self.must(w.run(c.heal.split()), "the healing command", c.ends)
        self.old = w.summary(w.entries())
        self.way = self.old
        if c.by:
            w.base(c.base)
            self.must(w.run(c.by.split()), "what it passes through")
            self.way = w.summary(w.entries())
        w.base(c.base)
        trace = os.path.join(w.top, "trace")
        result = w.run(c.line.split(), trace=trace)
        self.must(result, "the command", c.ends)
        self.new = w.summary(w.entries())
        for who, call, n, _ in result.calls:
            if call == "fcntl":
                break
            self.loader.add("%s:%s:%d" % (who, call, n))
        return [call for call in result.calls if not c.ours or OURS.match(call[0])]

    @staticmethod
    def must(result, what, status=0):
        assert result.status == status and not result.wrong, "%s: %s %s %s" % (
            what, result.status, result.err, result.wrong)

    # -- one case --------------------------------------------------------------------------

    def case(self, address, loud=False):
        """(whether the fault was reached, what is wrong)"""
        w, fault = self.w, address.rsplit(":", 1)[1]
        if not self.untouched:
            w.base(self.c.base)
        result = w.run(self.c.line.split(), address=address)
        if loud:
            print("# status %s hit %s\n%s%s" % (result.status, result.hit, result.out,
                                                result.err))
        entries = w.entries()
        bad = result.wrong + self.status(address, fault, result)
        bad += self.between(w.summary(entries), result)
        if fault in ("INT", "TERM") and self.clean:
            bad += ["%s leaves %s" % (fault, world.NONCE.sub("*", path))
                    for path in sum(w.leftovers(), []) if not path.startswith("trash/")]
        mark = w.fingerprint(entries)
        self.untouched = mark in self.verdicts and entries == self.base
        if mark not in self.verdicts:
            self.verdicts[mark] = self.afterwards(loud)
        return result.hit, bad + self.verdicts[mark]

    def status(self, address, fault, result):
        """What is wrong with how it ended."""
        status, who = result.status, address.split(".")[0]
        if not result.hit:
            return [] if status == self.c.ends else ["without a fault: status %s" % status]
        if fault in SIGNALS and status == -SIGNALS[fault]:
            return []
        if address.rsplit(":", 1)[0] in self.loader and status not in (0, None):
            return []
        if status is None or status < 0:
            return ["dies of signal %s: %s" % (-(status or 0), result.err.strip())]
        if fault in ("INT", "TERM") and status not in (0, self.c.ends):
            return ["%s: status %d: %s" % (fault, status, result.err.strip())]
        if fault == "KILL" and who == "govern1":
            return ["survives SIGKILL"]
        if status == 0:
            return [] if self.c.ends == 0 else ["succeeds"]
        if status == 4 and who.startswith("10-x"):  # a hook that fails refuses
            return []
        if not result.err.strip():
            return ["fails without a word: status %d" % status]
        if status != 1:
            return ["status %d: %s" % (status, result.err.strip())]
        last = [s for s in result.err.splitlines() if not s.startswith("hint: ")][-1]
        return [] if last.startswith("govern: ") else ["no error line: %s" % last]

    def between(self, now, result):
        """What is neither old nor new; whether success was said too early."""
        bad, new = [], self.new
        for thing in self.neither(now):
            is_ = now.get(thing)
            # Held back until it is known to work: nothing leads there by itself.
            if thing.endswith("pointer !go1.22.6") and self.c.name.startswith("upgrade"):
                continue
            # Gone for a moment, not half there.
            if is_ is None and self.c.away and thing.startswith(
                    ("toolchains/", "receipts/", "bin/go1.")):
                continue
            bad.append("between: %s is %s" % (thing, is_))
        if self.c.unless and self.c.unless in result.out:
            return bad
        if self.c.late:
            now, new = ({k: v for k, v in state.items() if not k.startswith(self.c.late)}
                        for state in (now, new))
        if result.status == 0 and now != new and not (self.c.may and now == self.old):
            bad.append("said to be done: " + self.difference(now, new))
        return bad

    def neither(self, now):
        """The things that are not as they ever were."""
        return [thing for thing in sorted({*self.old, *self.new, *now})
                if now.get(thing) not in (self.old.get(thing), self.new.get(thing),
                                          self.raw.get(thing), self.way.get(thing))]

    @staticmethod
    def difference(now, want):
        return ", ".join("%s is %s, not %s" % (k, now.get(k), want.get(k))
                         for k in sorted({*now, *want}) if now.get(k) != want.get(k))

    # -- what comes after ------------------------------------------------------------------

    def afterwards(self, loud):
        """The commands that follow, on the state as it was left."""
        w, c, bad = self.w, self.c, []

        def do(what, line, allowed=(0,), **more):
            result = w.run(line.split(), **more)
            if loud:
                print("# then %s: %s\n%s%s" % (line, result.status, result.out, result.err))
            if result.status not in allowed:
                bad.append("%s (%s): status %d: %s" % (what, line, result.status,
                                                      result.err.strip()))
            return result

        shim = os.path.join(w.prefix, "bin/go")
        if "pointer default" in self.old and os.path.exists(shim):
            result = do("the shim afterwards", "+1.22.5 version", program=shim)
            if "go1.22.5" not in result.out:
                bad.append("the shim runs something else: %s" % result.out)
        if c.heal:
            do("listing afterwards", "list")
            if c.check:
                do("what holds at any time", c.check)
            do("the next command", c.heal, allowed=(0, c.ends))
            now = w.summary(w.entries())
            whole = now in (self.old, self.new, self.way)
            if not whole and (not c.pieces or self.neither(now)):
                bad.append("not healed: " + self.difference(now, self.old))
            if os.listdir(os.path.join(w.root, "staging")):
                bad.append("not healed: something is in staging")
            do("verify afterwards", "verify 1.22.5" if c.away else "verify")
        w.age()
        do("the same again", c.line, allowed=c.again)
        now = w.summary(w.entries())
        if now != self.new and not (c.by and now == self.way):
            bad.append("the same again: " + self.difference(now, self.new))
        if c.heal or "toolchains/go1.22.5" in now:
            do("the last one", c.heal or "install 1.22.5", allowed=(0, c.ends))
            do("verify at the end", "verify")
            w.age()
            do("sweeping", c.heal or "install 1.22.5", allowed=(0, c.ends))
        inside, outside = w.leftovers()
        if c.heal or "toolchains/go1.22.5" in now:
            bad += ["left behind: %s" % world.NONCE.sub("*", p) for p in inside]
        bad += ["left outside the store: %s" % world.NONCE.sub("*", p) for p in outside]
        return bad


# -- all of them -----------------------------------------------------------------------------

def work(number, names, only, b, site, sumdb, top, results):
    """Takes each command's cases of one remainder."""
    try:
        w = world.World(b, site, sumdb, os.path.join(top, "w%d" % number))
        for c in commands.COMMANDS:
            if c.name not in names:
                continue
            s = Sweep(w, c)
            # Sorted, so that both take from the same list even if threads took turns.
            cases = sorted(choose(s.learn(), only, c.real), key=order)
            for address in cases[number::WORKERS]:
                hit, bad = s.case(address)
                results.put((c.name, address, hit, bad))
            results.put((c.name, None, None, None))
    except BaseException as e:  # noqa: B902: it must be seen
        results.put(("", "", False, ["the sweep itself: %r" % e]))
    results.put(None)


def kind(bad):
    """Bad states that differ in numbers only are of one kind."""
    return bad.split("\n")[0][:160]


class Tally:
    """What is printed: a command as soon as all of it was tried."""

    def __init__(self):
        self.number = self.tried = self.n_bad = 0
        self.of = {}  # command: cases, not reached, workers at it, {kind: addresses}

    def add(self, name, address, hit, bad):
        counts = self.of.setdefault(name, [0, 0, WORKERS, {}])
        if address is None:
            counts[2] -= 1
            if not counts[2]:
                self.show(name)
            return
        counts[0] += 1
        counts[1] += not hit
        for one in bad:
            counts[3].setdefault(kind(one), []).append(address)
        self.tried += 1
        self.n_bad += bool(bad)

    def show(self, name):
        cases, missed, _, kinds = self.of.pop(name)
        self.say(not kinds, "%s: %d cases, %d not reached" % (name, cases, missed))
        for what, addresses in sorted(kinds.items(), key=lambda i: -len(i[1])):
            self.say(False, "%s: %s" % (name, what))
            print("# %d times; tests/faults/sweep.t %s %s" % (len(addresses), name,
                                                             addresses[0]), flush=True)

    def say(self, ok, what):
        self.number += 1
        print("%sok %d - %s" % ("" if ok else "not ", self.number, what), flush=True)


def sweep(names, only, b, site, sumdb, top):
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work,
                                       args=(i, names, only, b, site, sumdb, top, results))
               for i in range(WORKERS)]
    for p in workers:
        p.start()
    tally, running = Tally(), WORKERS
    while running:
        r = results.get()
        if r is None:
            running -= 1
        else:
            tally.add(*r)
    for p in workers:
        p.join()
    for name in list(tally.of):  # a worker ended before its time
        tally.show(name)
    print("1..%d" % tally.number)
    print("# tried %d cases of a fault in %d commands, bad states: %d" % (
        tally.tried, len(names), tally.n_bad))
    return 1 if tally.n_bad else 0


def make_site(b, top, with_real):
    """A URL, the key of its log, and why it has no real toolchain."""
    site = os.path.join(top, "site")
    standin = os.path.join(b, "tests/tools/standin-go")
    for arguments in ([site, "go1.22.5"], ["--go", standin, site, "go1.22.6"],
                      ["--flip", "src/runtime/runtime.go", os.path.join(top, "other"),
                       "go1.22.6"], ["--build", site, "go1.21.3"]):
        subprocess.run(["python3", os.path.join(HERE, "../tools/mktoolchain.py"), *arguments],
                       check=True, stdout=subprocess.DEVNULL)
    why = real.add(site) if with_real else None
    with open(os.path.join(site, "hashes")) as f:
        key = subprocess.run([os.path.join(b, "tests/tools/mklog"), site], stdin=f,
                             check=True, capture_output=True, text=True).stdout.strip()
    return "file://" + site, key, why


def fast_place():
    """In memory, where that can be: most of the time would go into making worlds.  Not in
    the 64 MiB that a container has: they would be full before the last command."""
    try:
        shm = os.statvfs("/dev/shm")
        if not shm.f_flag & os.ST_NOEXEC and shm.f_bavail * shm.f_frsize > 1 << 30 and \
                os.access("/dev/shm", os.W_OK):
            return "/dev/shm"
    except OSError:
        pass
    return None


def main():
    b = os.path.abspath(os.environ.get("B", "build"))
    probe = subprocess.run([os.path.join(b, "tests/tools/inject"), "-o", os.devnull, "true"])
    if probe.returncode == 77:
        print("1..0 # skip no ptrace(2) here")
        return 0
    names = sys.argv[1:]
    all_faults = {*SIGNALS, *(e for errors in ERRORS.values() for e in errors)}
    one = names.pop() if names and ":" in names[-1] else None
    only = [n for n in names if n in all_faults]
    names = [n for n in names if n not in all_faults]
    all_names = [c.name for c in commands.COMMANDS]
    names = names or [c.name for c in commands.COMMANDS if REAL or not (c.real or c.full)]
    unknown = set(names) - set(all_names)
    if unknown:
        sys.exit("no such command: %s" % ", ".join(unknown))
    top = tempfile.mkdtemp(prefix="faults-", dir=fast_place())
    try:
        with_real = [c for c in commands.COMMANDS if c.real and c.name in names]
        site, sumdb, why = make_site(b, top, with_real)
        if why:
            names = [n for n in names if n not in [c.name for c in with_real]]
            print("# skipped: %s (%s)" % (why, ", ".join(c.name for c in with_real)))
        if not names:
            print("1..0 # skip " + why)
            return 0
        if not one:
            return sweep(names, only, b, site, sumdb, top)
        c = next(c for c in commands.COMMANDS if c.name == names[0])
        s = Sweep(world.World(b, site, sumdb, os.path.join(top, "w")), c)
        s.learn()
        hit, bad = s.case(one, loud=True)
        print("hit: %s" % hit, *bad, sep="\n")
        return 1 if bad else 0
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
