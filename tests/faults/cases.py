# SPDX-License-Identifier: Apache-2.0
"""Which faults are tried at which calls of a command."""

import hashlib
import os
import random
import signal

TORTURE = os.environ.get("TORTURE", "")
FULL = TORTURE == "full"
SAMPLE = int(TORTURE) if TORTURE.isdigit() else 8  # of each command: kills, and as many others
REPEATS = 12  # of one fault at one place in the program, when all are tried
REAL = 200 if FULL else 0  # of a command on a real toolchain, anywhere
SEED = 20240604

# What can go wrong with a call that fails; all others are only killed and interrupted.
FILE = ["ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES", "ESTALE", "ENOMEM"]
READ = ["EIO", "EINTR", "ESTALE"]
WRITE = ["ENOSPC", "EIO", "EDQUOT", "EINTR", "ESTALE"]
LOOK = ["EIO", "EACCES", "ESTALE", "ENOMEM"]
ERRORS = {
    "open": FILE + ["EMFILE", "EINTR"], "openat": FILE + ["EMFILE", "EINTR"],
    "read": READ, "pread64": READ, "readv": READ,
    "write": WRITE, "pwrite64": WRITE, "writev": WRITE,
    "close": ["EIO", "ENOSPC", "EDQUOT", "EINTR", "ESTALE"],
    "fsync": ["EIO", "ENOSPC", "EDQUOT", "ESTALE"], "fdatasync": ["EIO", "ENOSPC", "EDQUOT"],
    "syncfs": ["EIO", "ENOSPC", "EDQUOT", "ESTALE"],
    "fallocate": WRITE, "ftruncate": WRITE,
    "stat": LOOK, "lstat": LOOK, "fstat": LOOK, "newfstatat": LOOK, "statx": LOOK,
    "access": LOOK, "faccessat": LOOK, "faccessat2": LOOK, "readlink": LOOK,
    "readlinkat": LOOK, "getdents64": ["EIO", "ESTALE", "ENOMEM"], "getcwd": ["ENOMEM"],
    "chmod": FILE, "fchmod": FILE, "fchmodat": FILE, "fchown": FILE, "utimensat": FILE,
    "flock": ["EINTR", "ENOLCK", "ENOMEM", "ESTALE"],
    "pipe": ["EMFILE"], "pipe2": ["EMFILE", "ENFILE", "ENOMEM"], "dup": ["EMFILE"],
    "dup2": ["EMFILE"], "dup3": ["EMFILE"], "fcntl": ["EMFILE", "ENOMEM"],
    "socketpair": ["EMFILE", "ENOMEM"],
    "mmap": ["ENOMEM"], "mprotect": ["ENOMEM"], "mremap": ["ENOMEM"], "brk": ["ENOMEM"],
    "clone": ["EAGAIN", "ENOMEM"], "clone3": ["EAGAIN", "ENOMEM"], "fork": ["EAGAIN"],
    "vfork": ["EAGAIN"], "execve": ["ENOMEM", "EACCES", "EIO"],
    "poll": ["EINTR", "ENOMEM"], "ppoll": ["EINTR", "ENOMEM"], "wait4": ["EINTR"],
    "nanosleep": ["EINTR"], "clock_nanosleep": ["EINTR"], "getrandom": ["EINTR"],
}
for name in "mkdir", "rename", "unlink", "rmdir", "symlink":
    for suffix in "", "at", "at2":
        ERRORS[name + suffix] = FILE
# Calls that change a store: a kill before any other leaves what the one before this left.
CHANGES = ("rename", "mkdir", "unlink", "rmdir", "symlink", "write", "open", "chmod",
           "fchmod", "exit")
SIGNALS = {"KILL": signal.SIGKILL, "INT": signal.SIGINT, "TERM": signal.SIGTERM}


def faults_of(call):
    return ["KILL", "INT", "TERM"] + ERRORS.get(call, [])


def every_case(calls):
    return [("%s:%s:%d:%s" % (who, call, n, fault), call, site)
            for who, call, n, site in calls for fault in faults_of(call)]


def order(text):
    return hashlib.sha1(text.encode()).hexdigest()


def each_place(cases, repeats):
    """Of a fault at one place in the program (a loop) so many, from first to last."""
    places = {}
    for address, call, site in cases:
        who, _, _, fault = address.split(":")
        places.setdefault((who, call, site, fault), []).append(address)
    for (_, call, _, fault), all_ in places.items():
        n = min(1 if fault == "TERM" else repeats, len(all_))
        for i in range(n):
            # Of one only: in the midst of what is done piece by piece.
            at = i * (len(all_) - 1) // (n - 1) if n > 1 else len(all_) // 2
            yield all_[at], call, fault


def sample(cases, size):
    """A few, the same each time; half of them kills between two changes."""
    kills, others = [], []
    for address, call, fault in each_place(cases, 1):
        change = call.startswith(CHANGES) and fault == "KILL" and address[0:4] != "fork"
        (kills if change else others).append(address)
    # Renames first: with them things become visible; opening changes least.
    kills.sort(key=lambda a: (":rename" not in a, ":open" in a, order(a)))
    others.sort(key=order)
    return kills[:size] + others[:size]


def anywhere(calls, size):
    """Any fault at any call: most are where most of the work is."""
    chance = random.Random(SEED)
    found = []
    for who, call, n, _ in chance.choices(calls, k=size):
        found.append("%s:%s:%d:%s" % (who, call, n, chance.choice(faults_of(call))))
    return found


def choose(calls, only, real):
    """The addresses that are tried; `only` these faults, when there are any."""
    if real:
        return anywhere(calls, REAL or SAMPLE)
    cases = every_case(calls)
    if only:
        cases = [case for case in cases if case[0].rsplit(":", 1)[1] in only]
    if not FULL:
        return sample(cases, SAMPLE * 3 if only else SAMPLE)
    return [address for address, _, _ in each_place(cases, REPEATS)]
