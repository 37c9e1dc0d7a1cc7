# SPDX-License-Identifier: Apache-2.0
"""A machine of its own: mount, PID and network namespaces in which there is one user for
each shell, with a home that nobody would choose, and sshd, cron and sudo have files of their
own.  Nothing of it is seen outside, and all of it is gone when its first process ends.

    machine.suites(tap, …)      runs this program again, inside; needs root
    m                           the users; each has a store, a default and a project
    m.run("fish", argv, PATH=…) as that user, in an environment of nothing but what is said
"""

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys

from rig import B, TOP

SHELLS = {"bash": "/usr/bin/bash", "zsh": "/usr/bin/zsh", "fish": "/usr/bin/fish",
          "dash": "/usr/bin/dash"}
DEFAULT, PINNED = "go1.22.5", "go1.21.9"
# What a session begins with where nobody says more.
POOR = "/usr/local/bin:/usr/bin:/bin:/usr/games"
# The same in each shell: begun in the home, this must be answered by both Gos.
ASK = "go version; cd project; go version"


def ran(text):
    """The Gos that said who they are, in order."""
    return re.findall(r"go version (go[\d.]+) \w+/\w+|another go", text)


def wrong(what, text):
    """Where not both questions of ASK were answered as they should be."""
    return [] if ran(text) == [DEFAULT, PINNED] else ["%s: %r" % (what, text)]


def not_ours(what, text):
    """Where one was, though nobody there is told of the store, as the manual says."""
    return ["%s: %r" % (what, text)] if {DEFAULT, PINNED} & set(ran(text)) else []


def enter():
    """Returns inside; outside, ends with the status of what ran inside.  The reason, where
    that cannot be."""
    if os.environ.get("INSIDE_MACHINE"):
        return None
    argv = ["unshare", "--mount", "--pid", "--net", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        return "it needs root to be several users"
    if subprocess.run([*argv, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        return "no namespaces here"
    os.environ["INSIDE_MACHINE"] = "1"
    sys.stdout.flush()
    os.execvp("unshare", [*argv, sys.executable, *sys.argv])


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        up = struct.pack("16sH14x", b"lo", 0x1 | 0x8 | 0x40)  # IFF_UP, LOOPBACK, RUNNING
        fcntl.ioctl(s, 0x8914, up)  # SIOCSIFFLAGS


def program(name):
    return shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


class Machine:
    def __init__(self):
        self.shells = [s for s, path in SHELLS.items() if os.access(path, os.X_OK)]
        self.uids = {s: 64100 + i for i, s in enumerate(SHELLS)}
        loopback_up()
        for path in ("/home", "/run", "/usr/games"):
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
        # What runs where PATH is not as it should be.
        self.write("/usr/games/go", "#!/bin/sh\necho another go\n", 0o755)
        self.accounts()
        self.govern = "/home/built/bin/govern"
        for part in ("bin", "libexec"):
            shutil.copytree(os.path.join(B, part), "/home/built/" + part)
        self.site = "/home/site"
        for v in (DEFAULT, PINNED):
            subprocess.run([sys.executable, TOP + "/tests/tools/mktoolchain.py", self.site, v],
                           check=True, stdout=subprocess.DEVNULL)
        with open(self.site + "/hashes", "rb") as f:
            self.sumdb = subprocess.run([B + "/tests/tools/mklog", self.site], stdin=f,
                                        check=True, stdout=subprocess.PIPE,
                                        text=True).stdout.strip()
        self.platform = subprocess.run([self.govern, "env", "platform"], check=True,
                                       env={"HOME": "/"}, stdout=subprocess.PIPE,
                                       text=True).stdout.strip()

    @staticmethod
    def write(path, text, mode=0o644):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, mode)

    @staticmethod
    def bind(path, text, mode=0o644, group=0):
        """Other content for a file of the system, here only."""
        os.makedirs("/run/etc", exist_ok=True)
        own = "/run/etc/" + os.path.basename(path)
        Machine.write(own, text, mode)
        os.chown(own, 0, group)
        mount("--bind", own, path)

    def accounts(self):
        with open("/etc/passwd", encoding="utf-8") as f:
            passwd = f.read()
        with open("/etc/shadow", encoding="utf-8") as f:
            shadow = f.read()
        with open("/etc/group", encoding="utf-8") as f:
            group = f.read()
        for s, uid in self.uids.items():
            passwd += "go%s:x:%d:%d::%s:%s\n" % (s, uid, uid, self.home(s), SHELLS[s])
            shadow += "go%s:*:19000:0:99999:7:::\n" % s
            group += "go%s:x:%d:\n" % (s, uid)
        if "\nsshd:" not in passwd:
            passwd += "sshd:x:64099:65534::/run/sshd:/usr/sbin/nologin\n"
        self.bind("/etc/passwd", passwd)
        self.bind("/etc/group", group)
        self.bind("/etc/shadow", shadow, 0o640)
        for s in self.shells:
            if os.path.isdir("/etc/skel"):
                shutil.copytree("/etc/skel", self.home(s))
            os.makedirs(self.home(s) + "/project", exist_ok=True)
            self.write(self.home(s) + "/project/.go-version", PINNED[2:] + "\n")
            self.give(self.home(s), s)

    def give(self, path, shell):
        uid = self.uids[shell]
        os.chown(path, uid, uid)
        for at, dirs, files in os.walk(path):
            for name in dirs + files:
                os.lchown(os.path.join(at, name), uid, uid)

    @staticmethod
    def home(shell):
        return "/home/%s's own" % shell

    @staticmethod
    def user(shell):
        return "go" + shell

    def bin(self, shell):
        return "%s/.local/share/govern/%s/bin" % (self.home(shell), self.platform)

    def env(self, shell, **more):
        env = {"HOME": self.home(shell), "USER": self.user(shell),
               "LOGNAME": self.user(shell), "SHELL": SHELLS[shell], "PATH": POOR,
               "TERM": "dumb", "LC_ALL": "C.UTF-8", **more}
        return {k: v for k, v in env.items() if v is not None}

    @staticmethod
    def argv_as(uid, argv):
        return ["setpriv", "--reuid=%d" % uid, "--regid=%d" % uid, "--clear-groups", *argv]

    def run(self, shell, argv, cwd=None, env=None, **more):
        """What it wrote, stderr behind stdout."""
        uid = self.uids[shell]
        done = subprocess.run(argv, env=self.env(shell, **more) if env is None else env,
                              cwd=cwd or self.home(shell), user=uid, group=uid,
                              extra_groups=[], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              start_new_session=True, timeout=900, check=False)
        return done.stdout.decode(errors="replace")

    def move_in(self, shell):
        """What a new user types; what is wrong with it."""
        asked = {"GOPROXY": "file://" + self.site, "GOSUMDB": self.sumdb,
                 "PATH": "/usr/bin:/bin"}
        config = self.home(shell) + "/.config/govern"
        os.makedirs(config)
        self.write(config + "/govern.ini", "[sources]\norder = goproxy\n")
        self.give(self.home(shell) + "/.config", shell)
        said = self.run(shell, [self.govern, "setup"], **asked)
        said += self.run(shell, [self.govern, "install", DEFAULT, PINNED], **asked)
        said += self.run(shell, [self.govern, "default", DEFAULT], **asked)
        left = [name for name in (DEFAULT, PINNED)
                if not os.path.exists("%s/%s" % (self.bin(shell), name))]
        return ["%s: not installed: %s: %s" % (shell, left, said)] if left else []


def suites(tap, what, *each):
    """The whole of a test: the users move in, then each suite, or those on the command line."""
    why_not = enter()
    if why_not:
        print("1..0 # skip %s" % why_not)
        return 0
    m = Machine()
    tap.check("a new user of each shell sets up, and installs",
              [b for shell in m.shells for b in m.move_in(shell)])
    for suite in each:
        if not sys.argv[1:] or suite.__name__ in sys.argv:
            suite(m)
    return tap.end(what)
