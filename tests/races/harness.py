# SPDX-License-Identifier: Apache-2.0
"""For the suites of this directory: TAP, a download site on loopback, commands.

A World is a directory of its own below TMPDIR with a site (tests/tools/mktoolchain.py), its
checksum database (mklog), a server that counts what is asked for, and a store.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

B = os.environ["B"]
FULL = os.environ.get("TORTURE") == "full"
GOVERN = B + "/bin/govern"
TOOLS = B + "/tests/tools/"
# Words that only a crash or a sanitizer prints.
CRASHED = ("AddressSanitizer", "runtime error:", "LeakSanitizer")


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, name, *detail):
        self.n += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.n, name), flush=True)
        for line in detail if not good else ():
            for part in str(line).splitlines()[:40]:
                print("#   " + part)
        return good

    def skip(self, name, reason):
        self.n += 1
        print("ok %d - %s # skip %s" % (self.n, name, reason), flush=True)

    def tried(self, what, cases, bad):
        """The line that tests/run repeats, and the assertion behind it."""
        print("# tried %d cases of %s, bad states: %d" % (cases, what, len(bad)))
        self.ok(not bad, what, *bad[:20])

    def done(self):
        print("1..%d" % self.n)
        sys.exit(self.failed != 0)


class Result:
    def __init__(self, status, out, err, what):
        self.status, self.out, self.err, self.what = status, out, err, what

    def __str__(self):
        return "status %s: %s\n%s%s" % (self.status, self.what, self.out, self.err)

    def crashed(self):
        return self.status < 0 or any(word in self.err for word in CRASHED)


class Running:
    """A command that was started; its output is in files, so that it never waits for us."""

    def __init__(self, args, env, cwd, umask=-1, user=None):
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.what = " ".join(args)
        how = {}
        if user is not None:
            # By a shell: what may not be executed is then a status, and no exception.
            args = ["/bin/sh", "-c", 'exec "$0" "$@"', *args]
            how = {"user": user[0], "group": user[1], "extra_groups": []}
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=self.out,
                                        stderr=self.err, env=env, cwd=cwd, umask=umask,
                                        **how)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)

    def result(self, timeout=900):
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
            status = "none after %d s" % timeout
        texts = []
        for f in (self.out, self.err):
            f.seek(0)
            texts.append(f.read().decode(errors="replace"))
            f.close()
        return Result(status, *texts, self.what)


class World:
    def __init__(self, versions, pad=0, delay=0, slow=None, go=None):
        self.dir = tempfile.mkdtemp(prefix="races-", dir=os.environ.get("TMPDIR"))
        os.chmod(self.dir, 0o755)
        self.site, self.log = self.dir + "/site", self.dir + "/requests"
        for v in versions:
            subprocess.run(["python3", "tests/tools/mktoolchain.py", "--pad", str(pad)] +
                           (["--go", go] if go else []) + [self.site, v], check=True,
                           stdout=subprocess.DEVNULL)
        with open(self.site + "/hashes", "rb") as f:
            self.key = subprocess.run([TOOLS + "mklog", self.site], stdin=f, check=True,
                                      stdout=subprocess.PIPE).stdout.decode().strip()
        open(self.log, "w").close()
        self.read = 0
        port = self.dir + "/port"
        self.server = subprocess.Popen(
            ["python3", "tests/tools/serve.py", "--log", self.log, "--delay", str(delay)] +
            (["--slow", "/golang.org/toolchain/@v/v=%s" % slow] if slow else []) +
            [self.site, port], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        atexit.register(self.close)
        wait_for(lambda: os.path.exists(port))
        with open(port) as f:
            self.proxy = "http://127.0.0.1:" + f.read()
        self.root = self.dir + "/store"
        self.homes = 0
        self.home = self.new_home()
        self.platform = self.run("env", "platform").out.strip()

    def new_home(self, owner=None):
        home = "%s/home%d" % (self.dir, self.homes)
        self.homes += 1
        os.makedirs(home + "/.config/govern")
        os.makedirs(home + "/w")
        # What the site lacks is not looked for on the network.
        with open(home + "/.config/govern/govern.ini", "w") as f:
            f.write("[sources]\norder = goproxy\n")
        for path in (home, home + "/w") if owner else ():
            os.chown(path, *owner)
        return home

    def env(self, home=None, root=None, **more):
        return {"HOME": home or self.home, "GOVERN_ROOT": root or self.root,
                "GOPROXY": self.proxy, "GOSUMDB": self.key, "PATH": "/usr/bin:/bin",
                "LC_ALL": "C.UTF-8", **more}

    def start(self, *args, home=None, root=None, umask=-1, user=None, env=None, cwd=None,
              program=GOVERN):
        home = home or self.home
        return Running([program, *args], self.env(home, root, **(env or {})),
                       cwd or home + "/w", umask, user)

    def run(self, *args, **how):
        return self.start(*args, **how).result()

    def downloads(self):
        """Archives that were asked for since the last call."""
        with open(self.log) as f:
            f.seek(self.read)
            lines = f.read().splitlines()
            self.read = f.tell()
        return [line.split()[1] for line in lines if line.split()[1].endswith(".zip")]

    def path(self, name, root=None):
        return "%s/%s/%s" % (root or self.root, self.platform, name)

    def leftovers(self, root=None):
        """What a command that was not killed leaves nowhere."""
        found = []
        for top in ("staging", "trash"):
            at = (root or self.root) + "/" + top
            found += [top + "/" + e for e in os.listdir(at)] if os.path.isdir(at) else []
        for at, dirs, files in os.walk(root or self.root):
            found += [at + "/" + e for e in dirs + files if e.startswith(".tmp-")]
        return found

    def close(self):
        self.server.kill()
        self.server.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited %d s for nothing" % seconds)
        time.sleep(0.01)


def plan(*tests):
    """Runs each with a Tap; what one raises is its failure and not the others' end.
    Names on the command line: only those."""
    tap = Tap()
    for test in tests:
        if len(sys.argv) > 1 and test.__name__ not in sys.argv:
            continue
        try:
            test(tap)
        except Exception as e:  # pylint: disable=broad-except
            tap.ok(False, test.__name__, repr(e))
    tap.done()
