#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile bundles by `govern install --from FILE`: the exit status, the reason in one line,
nothing installed and nothing left; and then a sound one is installed in the same store.

A bundle is a first line, archives, and an index (core/install/bundle.h); all that an attacker
has not is the key of the log.  What the archives themselves may hold is tried elsewhere
(installed.t); here a few of them lie in bundles."""
import base64
import copy
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import run

FULL = os.environ.get("TORTURE") == "full"
B = os.environ["B"]
MAGIC = b"govern bundle 1\n"
PLATFORM = "linux-amd64"
NEW, OLD = "go1.22.5", "go1.21.0"
DAMAGED = "is damaged or not whole"
NOT_PROVEN = "is not proven to be in its tree"
NOT_RECORDED = "is not what the checksum database"
OTHER_LINES = "the record has 0 lines"
BAD_HEAD = "signature|signed"


class Bundle:
    def __init__(self, data):
        self.magic = MAGIC
        body, line = data[len(MAGIC):-1].rsplit(b"\n", 1)
        self.index = json.loads(line)
        self.archives, self.tail = [], b""
        for item in self.items:
            self.archives.append(body[:item["bytes"]])
            body = body[item["bytes"]:]
        self.between = body

    @property
    def items(self):
        return self.index["toolchains"]

    def item(self, i=0):
        return self.items[i]

    def record(self, i=0):
        return self.items[i]["record"]

    def put(self, i, archive):
        self.archives[i] = archive
        self.items[i]["bytes"] = len(archive)

    def data(self):
        return (self.magic + b"".join(self.archives) + self.between + b"\n" +
                json.dumps(self.index, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" + self.tail)


def swapped(list_, i=0, j=1):
    list_[i], list_[j] = list_[j], list_[i]


def flipped_base64(text):
    data = bytearray(base64.b64decode(text))
    data[5] ^= 1
    return base64.b64encode(data).decode()


def files_of(top):
    found = {}
    for at, _, files in os.walk(top):
        for name in files:
            with open(f"{at}/{name}", "rb") as f:
                found[os.path.relpath(f"{at}/{name}", top)] = f.read()
    return found


class Place:
    def __init__(self, top):
        self.top = top
        self.env = {"HOME": top + "/home", "PATH": B + "/bin:/usr/bin:/bin",
                    "LC_ALL": "C.UTF-8", "GOPROXY": "off", "GOENV": "off"}
        for d in "home", "maker", "late", "file":
            os.mkdir(f"{top}/{d}")
        self.site("site", NEW, OLD)
        self.site("forged", "--flip", "src/runtime/runtime.go", NEW)
        self.env["GOSUMDB"] = self.log("site", "seed")
        # An attacker's own log tells of the forged tree.
        with open(top + "/forged/hashes", "w") as f:
            f.write(f"v0.0.1-{NEW}.{PLATFORM} {self.forged_h1()}\n")
        self.bundle = self.make("maker", "site", NEW, OLD)
        trees = f"{top}/maker/.local/share/govern/{PLATFORM}/toolchains"
        self.sound = {name: files_of(f"{trees}/{name}") for name in (NEW, OLD)}
        self.known = set(os.listdir(top))

    def site(self, name, *words):
        versions = [w for w in words if w.startswith("go1")]
        for version in versions:
            options = [w for w in words if w not in versions]
            subprocess.run(["tests/tools/mktoolchain.py", *options, f"{self.top}/{name}",
                            version, PLATFORM], check=True, stdout=subprocess.DEVNULL)

    def log(self, name, seed):
        with open(f"{self.top}/{name}/hashes") as hashes:
            return subprocess.run(
                [B + "/tests/tools/mklog", "-s", seed, "-f", "300", f"{self.top}/{name}"],
                stdin=hashes, check=True, capture_output=True, text=True).stdout.strip()

    def govern(self, *words, **env):
        return subprocess.run([B + "/bin/govern", *words], cwd=self.top, check=False,
                              capture_output=True, timeout=300,
                              env={**self.env, **env})

    def must(self, *words, **env):
        got = self.govern(*words, **env)
        if got.returncode:
            raise RuntimeError(f"{words}: {got.stderr.decode()}")

    def make(self, home, site, *versions, sumdb=None):
        env = {"HOME": f"{self.top}/{home}", "GOPROXY": f"file://{self.top}/{site}"}
        if sumdb:
            env["GOSUMDB"] = sumdb
        self.must("install", "--platform", PLATFORM, *versions, **env)
        self.must("bundle", "-o", "file/made", "--platforms", PLATFORM, *versions,
                  "--since", "17", "--force", **env)
        with open(self.top + "/file/made", "rb") as f:
            data = f.read()
        os.unlink(self.top + "/file/made")
        return data

    def install(self, data, version=""):
        with open(self.top + "/file/go.bundle", "wb") as f:
            f.write(data)
        words = [version[2:]] if version else []
        got = self.govern("install", "--platform", PLATFORM, "--from", "file/go.bundle",
                          *words)
        os.unlink(self.top + "/file/go.bundle")
        return got

    def new_machine(self):
        shutil.rmtree(self.top + "/home")
        os.mkdir(self.top + "/home")

    def wrong_here(self):
        """What is in the store and should not be: all that is not as the maker has it."""
        root = "/home/.local/share/govern"
        trees = f"{self.top}{root}/{PLATFORM}/toolchains"
        for name in os.listdir(trees) if os.path.isdir(trees) else ():
            if files_of(f"{trees}/{name}") != self.sound.get(name):
                yield f"{name} is another"
        for part in "staging", "trash":
            if os.path.isdir(f"{self.top}{root}/{part}"):
                yield from (f"{part} has {x}" for x in os.listdir(f"{self.top}{root}/{part}"))
        yield from (f"made {x}" for x in os.listdir(self.top + "/file"))
        yield from (f"made {x}" for x in set(os.listdir(self.top)) - self.known)

    def forged_tree(self):
        with open(f"{self.top}/forged/{NEW}.{PLATFORM}.tar.gz", "rb") as f:
            return f.read()

    def forged_h1(self):
        """Of that tree, as Go would hash it."""
        lines = []
        with tarfile.open(fileobj=io.BytesIO(self.forged_tree())) as tar:
            for member in tar:
                path = member.name.split("/", 1)[-1]
                if not member.isfile() or path.split("/")[0] in ("api", "doc", "misc", "test"):
                    continue
                head, slash, base = path.rpartition("/")
                path = head + slash + ("_go.mod" if base == "go.mod" else base)
                lines.append((path, hashlib.sha256(tar.extractfile(member).read()).hexdigest()))
        text = "".join(f"{digest}  golang.org/toolchain@v0.0.1-{NEW}.{PLATFORM}/{path}\n"
                       for path, digest in sorted(lines))
        return "h1:" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def index_cases(b):
    """Of the index: (name, reason, what is done to it)."""
    def case(name, reason, change):
        bundle = copy.deepcopy(b)
        change(bundle)
        return name, reason, bundle.data()

    yield case("one toolchain twice", DAMAGED, lambda x: (
        x.items.append(copy.deepcopy(x.item())), x.archives.append(x.archives[0])))
    for field, values in (
            ("bytes", (0, -1, 1, 1 << 31, (1 << 63) - 1, "7", None, 1.5)),
            ("name", ("../x", "go1.22.5/../x", "", "go1.22.5\n", "go" + "1" * 300, None, 7)),
            ("platform", ("../x", "linux-amd64/..", "", "x" * 300, None))):
        for value in values:
            yield case(f"{field} is {str(value)[:20]!r}", DAMAGED,
                       lambda x, f=field, v=value: x.item(1).__setitem__(f, v))
    yield case("one archive longer, the next one shorter", DAMAGED + "|damaged|goes on", lambda x: (
        x.item(0).__setitem__("bytes", x.item(0)["bytes"] + 10),
        x.item(1).__setitem__("bytes", x.item(1)["bytes"] - 10)))
    for field in "record", "platform", "name", "bytes":
        yield case(f"no {field}", DAMAGED, lambda x, f=field: x.item().pop(f))
    for field in "log", "text", "head", "proof":
        yield case(f"no {field} in a record", DAMAGED, lambda x, f=field: x.record().pop(f))
        yield case(f"{field} of a record is a number", DAMAGED,
                   lambda x, f=field: x.record().__setitem__(f, 7))
    for schema in 0, 2, "1", None:
        yield case(f"schema {schema!r}", DAMAGED,
                   lambda x, s=schema: x.index.__setitem__("schema", s))
    yield case("no toolchains", DAMAGED, lambda x: (x.items.clear(), x.archives.clear()))
    yield case("2,000 toolchains", DAMAGED, lambda x: x.items.extend(x.items[:1] * 2000))
    yield case("2,000 beginnings", DAMAGED,
               lambda x: x.index.__setitem__("beginnings", x.index["beginnings"] * 2000))
    yield case("no beginnings", DAMAGED, lambda x: x.index.pop("beginnings"))
    yield case("a beginning of size -1", DAMAGED,
               lambda x: x.index["beginnings"][0].__setitem__("size", -1))
    yield case("a proof of 100 hashes", DAMAGED,
               lambda x: x.index["beginnings"][0].__setitem__("proof", ["A" * 43 + "="] * 100))
    yield case("two heads", DAMAGED,
               lambda x: x.record(1).__setitem__("head", x.record(1)["head"] + "\n"))


def proof_cases(b, place):
    def case(name, reason, change):
        bundle = copy.deepcopy(b)
        change(bundle)
        return name, reason, bundle.data()

    forged, true = place.forged_tree(), re.search("h1:[^\n]*", b.record()["text"])[0]
    yield case("records swapped", OTHER_LINES, lambda x: (
        (r := [x.record(0), x.record(1)]), x.item(0).__setitem__("record", r[1]),
        x.item(1).__setitem__("record", r[0])))
    yield case("names swapped", OTHER_LINES + "|holds '", lambda x: (
        x.item(0).__setitem__("name", OLD), x.item(1).__setitem__("name", NEW)))
    yield case("archives swapped", NOT_RECORDED + "|holds '", lambda x: (
        (a := list(x.archives)), x.put(0, a[1]), x.put(1, a[0])))
    yield case("another tree", NOT_RECORDED, lambda x: x.put(0, forged))
    yield case("another tree, and the record says so", NOT_PROVEN, lambda x: (
        x.put(0, forged), x.record().__setitem__(
            "text", x.record()["text"].replace(true, place.forged_h1(), 1))))
    yield case("the record twice in its text", NOT_PROVEN, lambda x: x.record().__setitem__(
        "text", x.record()["text"] * 2))
    yield case("another id", NOT_PROVEN, lambda x: x.record().__setitem__("id", 3))
    yield case("id beyond the tree", NOT_PROVEN, lambda x: x.record().__setitem__("id", 9999))
    yield case("a hash of the proof", NOT_PROVEN, lambda x: x.record()["proof"].__setitem__(
        0, flipped_base64(x.record()["proof"][0])))
    yield case("a short proof", NOT_PROVEN, lambda x: x.record()["proof"].pop())
    yield case("no proof", NOT_PROVEN, lambda x: x.record()["proof"].clear())
    yield case("a hash that is none", "damaged", lambda x: x.record()["proof"].__setitem__(0, "x"))

    def head(x, old, new):
        for i in range(2):
            x.record(i)["head"] = re.sub(old, new, x.record(i)["head"], count=1)
    yield case("another size in the head", BAD_HEAD, lambda x: head(x, "\n302\n", "\n303\n"))
    yield case("another root in the head", BAD_HEAD, lambda x: head(
        x, "(?<=\n302\n)[^\n]*", flipped_base64(re.search("302\n([^\n]*)", x.record()["head"])[1])))
    yield case("a head without signature", BAD_HEAD + "|note", lambda x: head(
        x, "(?s)\n\n.*", "\n\n"))
    yield case("an empty head", BAD_HEAD + "|note", lambda x: head(x, "(?s).*", ""))

    theirs = Bundle(place.make("late", "forged", NEW, sumdb=place.log("forged", "other")))

    def of_other(x, log):
        x.items[:] = copy.deepcopy(theirs.items)
        x.archives[:] = theirs.archives
        x.index["beginnings"] = theirs.index["beginnings"]
        if log:
            x.record()["log"] = b.record()["log"]
    yield case("another log of the same name", "is by the log", lambda x: of_other(x, False))
    yield case("another log that says it is ours", BAD_HEAD, lambda x: of_other(x, True))


def file_cases(data):
    index_at = data.rstrip(b"\n").rindex(b"\n") + 1
    yield "another first line", "use a newer govern", data.replace(b"bundle 1", b"bundle 2", 1)
    for cut in (len(MAGIC), len(MAGIC) + 1, len(MAGIC) + 300, index_at - 1, index_at,
                index_at + 1, len(data) - 2, len(data) - 1):
        yield f"cut at {cut}", DAMAGED, data[:cut]
    yield "an empty line behind", DAMAGED, data + b"\n"
    yield "something behind", DAMAGED, data + b"x\n"
    yield "another index behind", DAMAGED, data + data[index_at:]
    yield "something between", DAMAGED, data[:index_at - 1] + b"x" + data[index_at - 1:]
    yield "something before", DAMAGED, MAGIC + b"x" + data[len(MAGIC):]
    yield "no newline between", DAMAGED, data[:index_at - 1] + data[index_at:]
    yield "a NUL in the index", DAMAGED, data[:index_at + 5] + b"\0" + data[index_at + 5:]
    yield "not UTF-8", DAMAGED, data.replace(b"go1.21.0\"", b"go1.21.\xff\"", 1)
    yield "a key twice", DAMAGED, data[:index_at] + b'{"schema":1,' + data[index_at + 1:]
    yield "deep", DAMAGED, data[:index_at] + b"[" * 100000 + b"\n"
    yield "an index of 20 MiB", DAMAGED, data[:index_at] + b"{" + b" " * (20 << 20) + b"}\n"
    for at in range(len(MAGIC), index_at - 1, 7 if FULL else 97):
        if b"\x1f\x8b\x08" in data[at - 9:at + 3]:
            continue  # the time and the system in the head of a gzip file mean nothing
        flip = bytearray(data)
        flip[at] ^= 4
        yield f"byte {at} flipped", NOT_RECORDED + "|damaged|gzip|early|goes on|holds '|has ", bytes(flip)


def archive_cases(b):
    for i, (name, kind, _, archive, reason) in enumerate(run.all_cases(
            skip=("tree-of-2-gib.tar.gz", "file-of-513-mib.tar.gz"))):
        if archive and kind == "tar.gz" and (FULL or i % 40 == 0):
            bundle = copy.deepcopy(b)
            bundle.put(0, archive)
            yield f"{name} in it", ".", bundle.data()


def faults_of(got, reason):
    said = got.stderr.decode(errors="backslashreplace")
    lines = [line for line in said.splitlines() if not line.startswith("hint: ")]
    want = 1 if reason == "use a newer govern" else 4
    if got.returncode != want:
        yield f"status {got.returncode}: {said}"
    elif not re.search(reason, said):
        yield f"refused for another reason than '{reason}': {said}"
    if not lines or not all(x.startswith("govern: ") and x.isprintable() for x in lines):
        yield f"not a line fit for a terminal: {said!r}"


def beginnings(place, bad):
    """Beginnings that lie, for a machine that remembers an older tree."""
    heads = f"{place.top}/home/.local/share/govern/log-heads"
    for what, status in ("root", 4), ("proof", 4), ("size", 1), ("none", 1), ("sound", 0):
        b = Bundle(place.bundle)
        place.new_machine()
        place.must("setup", "--no-rc")
        os.makedirs(heads, exist_ok=True)
        shutil.copy(f"{place.top}/older/sumdb/sum.test.example/latest",
                    heads + "/sum.test.example")
        for one in b.index["beginnings"]:
            if what == "root":
                one["root"] = flipped_base64(one["root"])
            elif what == "proof":
                one["proof"][-1] = flipped_base64(one["proof"][-1])
            elif what == "size":
                one["size"] += 1
        if what == "none":
            b.index["beginnings"] = []
        got = place.install(b.data(), NEW)
        with open(heads + "/sum.test.example") as f:
            known = f.read().split("\n")[1]
        if got.returncode != status or known != ("302" if what == "sound" else "17"):
            bad.append(f"beginnings, {what}: {got.returncode}, {known}, {got.stderr.decode()}")
        bad += [f"beginnings, {what}: {fault}" for fault in place.wrong_here()]
    return 5


def suite(place):
    b, bad, tried = Bundle(place.bundle), [], 0
    assert b.data() == place.bundle, "taken apart and put together"
    cases = [*index_cases(b), *file_cases(place.bundle), *archive_cases(b)]
    for name, reason, data in [*(cases if FULL else cases[::16]), *proof_cases(b, place)]:
        place.new_machine()
        got = place.install(data)
        tried += 1
        bad += [f"{name}: {fault}" for fault in (*faults_of(got, reason), *place.wrong_here())]
    tried += beginnings(place, bad)
    for fault in bad[:40]:
        print("# " + fault.replace("\n", " "))
    print(f"# tried {tried} cases of bundles, bad states: {len(bad)}")
    print(f"{'not ok' if bad else 'ok'} 1 - hostile bundles")
    print("1..1")
    return 1 if bad else 0


def main():
    with tempfile.TemporaryDirectory(prefix="bundles.") as top:
        os.mkdir(top + "/older")
        # The same log when it had 17 records.
        subprocess.run([B + "/tests/tools/mklog", "-s", "seed", "-f", "17", top + "/older"],
                       stdin=subprocess.DEVNULL, check=True, capture_output=True)
        return suite(Place(top))


if __name__ == "__main__":
    sys.exit(main())
