#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make a small toolchain that looks like a released one, as tests need it.

    mktoolchain.py [options] DIR VERSION [PLATFORM]

VERSION is go1.22.5, PLATFORM linux-amd64.  Called several times with one DIR, it makes what
a download site and a module proxy would serve for all of them:

    DIR/go1.22.5.linux-amd64.tar.gz         below go/, with api, doc, misc and test
    DIR/golang.org/toolchain/@v/            the module: .zip .info .mod, and `list`
    DIR/feed.json                           the release feed, with SHA-256 and sizes
    DIR/hashes                              "v0.0.1-go1.22.5.linux-amd64 h1:…", for mklog

so that DIR is a GOPROXY as file://DIR and over any static server, a base for godev.files, and
a directory for --from.  tests/tools/mklog makes the checksum database beside it (DIR/sumdb).

The tree has a dozen files.  bin/go and bin/gofmt are real programs where the platform is
amd64 or arm64 on linux (they print "go version VERSION OS/ARCH"), else headers only;
--go FILE and --gofmt FILE put other ones there, --time TIME another time into VERSION.  With --build its make.bash makes the module
of itself, as Go's does with -distpack: the same one when nothing was changed, with the
programs of the toolchain that "compiles" it.  Before Go 1.21 it makes no module, but what a
real one leaves in the tree.

What goes wrong on purpose is done to the archives only: `hashes` keeps the honest h1.
    --add PATH       one more file            --drop PATH        one file less
    --flip PATH      one byte changed         --version-file V   VERSION says V
    --mode PATH=OCT  mode in the archive      --damage N         byte N of the archives flipped
    --pad BYTES      a file of this many bytes that do not compress (part of the honest tree)
    --files N        N more files, of a few hundred bytes each, a hundred in a directory
    --no-dirs        a tarball without directory entries, as go1.21.0 has it
    --sha256         DIR/go….tar.gz.sha256 beside the tarball
"""

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import random
import re
import struct
import tarfile
import warnings
import zipfile

MODULE = "golang.org/toolchain"
STAMP = 1700000000
MACHINES = {  # class, byte order, e_machine
    "386": (1, 1, 3), "amd64": (2, 1, 62), "arm": (1, 1, 40), "arm64": (2, 1, 183),
    "loong64": (2, 1, 258), "mips": (1, 2, 8), "mipsle": (1, 1, 8), "mips64": (2, 2, 8),
    "mips64le": (2, 1, 8), "ppc64": (2, 2, 21), "ppc64le": (2, 1, 21),
    "riscv64": (2, 1, 243), "s390x": (2, 2, 22),
}


def elf(arch, text):
    """A static program that writes `text` and exits with 0."""
    kind, order, machine = MACHINES[arch]
    head = b"\x7fELF" + bytes([kind, order, 1]) + bytes(9)
    end = "<" if order == 1 else ">"
    if kind == 1 or arch not in ("amd64", "arm64"):
        return head + struct.pack(end + "HHI", 2, machine, 1) + bytes(64)
    base, at = 0x400000, 64 + 56
    if arch == "amd64":
        def code(address):
            return (b"\xb8\x01\0\0\0\xbf\x01\0\0\0" + b"\x48\xbe" + struct.pack("<Q", address) +
                    b"\xba" + struct.pack("<I", len(text)) + b"\x0f\x05" +
                    b"\xb8\x3c\0\0\0\x31\xff\x0f\x05")
    else:
        def code(address):
            def movz(reg, value, shift=0):
                return struct.pack("<I", 0xd2800000 | shift << 21 | value << 5 | reg)

            def movk(reg, value, shift):
                return struct.pack("<I", 0xf2800000 | shift << 21 | value << 5 | reg)
            svc = struct.pack("<I", 0xd4000001)
            return (movz(8, 64) + movz(0, 1) + movz(1, address & 0xffff) +
                    movk(1, address >> 16 & 0xffff, 1) + movz(2, len(text)) + svc +
                    movz(8, 93) + movz(0, 0) + svc)
    body = code(base + at + len(code(0))) + text
    size = at + len(body)
    return (head + struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, base + at, 64, 0, 0, 64, 56, 1,
                               0, 0, 0) +
            struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000) + body)


MAKE_BASH = """#!/usr/bin/env bash
set -e
[ "$1" = -distpack ] && [ -f run.bash ] && [ -x "$GOROOT_BOOTSTRAP/bin/go" ]
echo "Building Go cmd/dist using $GOROOT_BOOTSTRAP."
cp -r "$GOROOT_BOOTSTRAP/bin" ..
mkdir -p ../pkg/distpack
cp -r "$GOROOT_BOOTSTRAP/pkg/tool" ../pkg
python3 pack.py
"""

OLD_MAKE_BASH = """#!/usr/bin/env bash
set -e
[ $# = 0 ] && [ -f run.bash ] && [ -x "$GOROOT_BOOTSTRAP/bin/go" ]
[ "$GOROOT_FINAL" = /usr/local/go ]
mkdir -p ../pkg/obj/go-build ../pkg/bootstrap/bin
cp -r "$GOROOT_BOOTSTRAP/bin" ..
cp -r "$GOROOT_BOOTSTRAP/pkg/tool" ../pkg
here=$(ls ../pkg/tool)
mkdir -p "../pkg/$here/cmd/go"
touch "../pkg/$here/cmd/go/x.a" "../pkg/$here/fmt.a" "../pkg/tool/$here/api"
touch ../pkg/obj/go-build/x ../pkg/bootstrap/bin/compile
echo "package sys // cgo '$CGO_ENABLED'" >runtime/zversion.go
"""

PACK_PY = """import os, zipfile
os.chdir("..")
version = open("VERSION").readline().strip()
stem = "v0.0.1-%s.%s" % (version, os.listdir("pkg/tool")[0].replace("_", "-"))
with zipfile.ZipFile("pkg/distpack/%s.zip" % stem, "w") as z:
    for top, dirs, files in os.walk("."):
        for name in (os.path.relpath(os.path.join(top, f)) for f in files):
            if not name.startswith("pkg/distpack/"):
                z.write(name, "golang.org/toolchain@%s/%s" % (stem, "/".join(
                    name.split("/")[:-1] + [os.path.basename(name).replace("go.mod", "_go.mod")])))
print("distpack: 0123456789abcdef %s.zip" % stem)
"""


def honest_tree(version, platform, args):
    goos, arch = platform.split("-")
    words = "go version %s %s/%s\n" % (version, goos, arch)
    exe = ".exe" if goos == "windows" else ""

    def program(path, text):
        if path:
            with open(path, "rb") as f:
                return f.read()
        if goos == "linux" and arch in MACHINES:
            return elf(arch, text.encode())
        return b"MZ" + text.encode()

    tree = {
        "VERSION": ("%s\ntime %s\n" % (version, args.time)).encode(),
        "LICENSE": b"Copyright 2009 The Go Authors.\n",
        "go.env": b"GOTOOLCHAIN=auto\nGOSUMDB=sum.golang.org\n",
        "bin/go" + exe: program(args.go, words),
        "bin/gofmt" + exe: program(args.gofmt, words.replace("go version", "gofmt")),
        "pkg/tool/%s_%s/compile%s" % (goos, arch, exe): program(None, "compile " + words),
        "lib/wasm/go_js_wasm_exec": b"#!/usr/bin/env bash\n",
        "src/go.mod": b"module std\n\ngo 1.22\n",
        "src/make.bash": b"#!/usr/bin/env bash\n",
        "src/runtime/runtime.go": b"package runtime // " + version.encode() + b"\n",
        "src/cmd/go.mod": b"module cmd\n\ngo 1.22\n",
        "src/empty.txt": b"",
    }
    if args.build:
        old = int(re.match(r"go1\.(\d+)", version)[1]) < 21
        tree["src/make.bash"] = (OLD_MAKE_BASH if old else MAKE_BASH).encode()
        tree["src/pack.py"] = PACK_PY.encode()
        tree["src/run.bash"] = b"#!/usr/bin/env bash\n"
    for i in range(args.files):
        tree["src/more%d/f%d.go" % (i // 100, i)] = b"package more // %d\n" % i * (i % 20 + 1)
    if args.pad:
        tree["src/pad.bin"] = random.Random(version).randbytes(args.pad)
    return tree


UNCOVERED = {
    "api/go1.txt": b"pkg fmt, func Println\n",
    "doc/go_spec.html": b"<!--{}-->\n",
    "misc/editors": b"see the web\n",
    "test/fixedbugs/issue27836.dir/\u00defoo.go": b"package foo\n",
}


def mode_of(path):
    base = path.rsplit("/", 1)[-1]
    wrapper = base.startswith("go_") and base.endswith("_exec")
    return 0o755 if (path.startswith(("bin/", "pkg/tool/")) or wrapper or
                     path.endswith((".bash", ".sh", ".pl", ".rc"))) else 0o644


def module_name(path):
    head, _, base = path.rpartition("/")
    return (head + "/" if head else "") + ("_go.mod" if base == "go.mod" else base)


def h1_of(tree, prefix):
    lines = sorted((prefix + module_name(p)).encode() + b"\0" + hashlib.sha256(d).hexdigest()
                   .encode() for p, d in tree.items())
    h = hashlib.sha256()
    for line in lines:
        name, digest = line.split(b"\0")
        h.update(digest + b"  " + name + b"\n")
    return "h1:" + base64.b64encode(h.digest()).decode()


def spoil(tree, args):
    tree = dict(tree)
    for path in args.add:
        tree[path] = b"not from here\n"
    for path in args.drop:
        del tree[path]
    for path in args.flip:
        data = bytearray(tree[path])
        data[len(data) // 2] ^= 1
        tree[path] = bytes(data)
    if args.version_file:
        tree["VERSION"] = args.version_file.encode() + b"\n"
    return tree


def write_tar(path, tree, modes, dirs):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        done = set()
        for name in sorted(tree):
            parts = ("go/" + name).split("/")[:-1]
            for i in range(1, len(parts) + 1):
                d = "/".join(parts[:i])
                if dirs and d not in done:
                    done.add(d)
                    info = tarfile.TarInfo(d + "/")
                    info.type, info.mode, info.mtime = tarfile.DIRTYPE, 0o755, STAMP
                    tar.addfile(info)
            info = tarfile.TarInfo("go/" + name)
            info.size, info.mtime = len(tree[name]), STAMP
            info.mode = modes.get(name, mode_of(name))
            tar.addfile(info, io.BytesIO(tree[name]))
    with open(path, "wb") as f, gzip.GzipFile("", "wb", 9, f, mtime=0) as gz:
        gz.write(raw.getvalue())


class Stream(io.RawIOBase):
    """Not seekable: so that sizes go behind the data, as in the real modules."""

    def __init__(self, f):
        self.f, self.at = f, 0

    def writable(self):
        return True

    def write(self, data):
        self.at += len(data)
        return self.f.write(data)

    def flush(self):
        self.f.flush()


def write_zip(path, tree, modes, prefix):
    with open(path, "wb") as f, zipfile.ZipFile(Stream(f), "w", zipfile.ZIP_DEFLATED) as z:
        for name in sorted(tree):
            info = zipfile.ZipInfo(prefix + module_name(name), (2023, 11, 14, 22, 13, 20))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100000 | modes.get(name, mode_of(name))) << 16
            z.writestr(info, tree[name])


def damage(path, at):
    with open(path, "r+b") as f:
        f.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
        byte = f.read(1)[0]
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte ^ 1]))


def add_line(path, line):
    lines = set()
    if os.path.exists(path):
        with open(path) as f:
            lines = set(f.read().splitlines())
    # A version has one line, the newest.
    lines = {l for l in lines if l.split(" ")[0] != line.split(" ")[0]} | {line}
    with open(path, "w") as f:
        f.write("".join(l + "\n" for l in sorted(lines)))


def write_feed(path, version, platform, name, data):
    releases = []
    if os.path.exists(path):
        with open(path) as f:
            releases = json.load(f)
    release = next((r for r in releases if r["version"] == version), None)
    if not release:
        release = {"version": version, "files": [],
                   "stable": "rc" not in version and "beta" not in version}
        releases.insert(0, release)
    goos, arch = platform.split("-")
    release["files"] = [f for f in release["files"] if f["filename"] != name] + [{
        "filename": name, "os": goos, "arch": "armv6l" if platform == "linux-arm" else arch,
        "version": version, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "kind": "archive"}]
    with open(path, "w") as f:
        json.dump(releases, f, indent=1)


def main():
    warnings.simplefilter("ignore")  # two entries of one name: on purpose
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("dir")
    p.add_argument("version")
    p.add_argument("platform", nargs="?", default="linux-amd64")
    for name in ("--go", "--gofmt", "--version-file"):
        p.add_argument(name)
    p.add_argument("--time", default="2024-06-04T16:53:07Z")
    for name in ("--add", "--drop", "--flip", "--mode"):
        p.add_argument(name, action="append", default=[])
    p.add_argument("--damage", type=int)
    p.add_argument("--pad", type=int, default=0)
    p.add_argument("--files", type=int, default=0)
    p.add_argument("--no-dirs", action="store_true")
    p.add_argument("--build", action="store_true")
    p.add_argument("--sha256", action="store_true")
    args = p.parse_args()

    version = "v0.0.1-%s.%s" % (args.version, args.platform)
    prefix = "%s@%s/" % (MODULE, version)
    at = os.path.join(args.dir, MODULE, "@v")
    os.makedirs(at, exist_ok=True)

    honest = honest_tree(args.version, args.platform, args)
    tree = spoil(honest, args)
    modes = {m.split("=")[0]: int(m.split("=")[1], 8) for m in args.mode}
    stem = "linux-armv6l" if args.platform == "linux-arm" else args.platform
    tar = os.path.join(args.dir, "%s.%s.tar.gz" % (args.version, stem))
    module = os.path.join(at, version)
    write_tar(tar, {**tree, **UNCOVERED}, modes, not args.no_dirs)
    write_zip(module + ".zip", tree, modes, prefix)
    if args.damage is not None:
        damage(tar, args.damage)
        damage(module + ".zip", args.damage)
    with open(module + ".mod", "w") as f:
        f.write("module golang.org/toolchain\n")
    with open(module + ".info", "w") as f:
        f.write('{"Version":"%s","Time":"2024-06-04T16:53:07Z"}\n' % version)
    add_line(os.path.join(at, "list"), version)
    h1 = h1_of(honest, prefix)
    add_line(os.path.join(args.dir, "hashes"), "%s %s" % (version, h1))
    with open(tar, "rb") as f:
        data = f.read()
    write_feed(os.path.join(args.dir, "feed.json"), args.version, args.platform,
               os.path.basename(tar), data)
    if args.sha256:
        with open(tar + ".sha256", "w") as f:
            f.write(hashlib.sha256(data).hexdigest())
    print(h1)


if __name__ == "__main__":
    main()
