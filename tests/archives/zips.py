# SPDX-License-Identifier: Apache-2.0
"""Sound and hostile module zips, built byte by byte; see tarballs.py for cases()."""
import bz2
import struct
import zlib

from tarballs import deflate, noise

PREFIX = "golang.org/toolchain@v0.0.1-go1.22.5.linux-amd64/"
DESCRIPTOR = 8


class Entry:
    """One entry; what is None is computed.  l_ is for the local copy, c_ for the central."""

    def __init__(self, name, data=b"", method=8, flags=DESCRIPTOR, **kw):
        name = name if isinstance(name, bytes) else name.encode()
        self.name = name if kw.pop("bare", False) else PREFIX.encode() + name
        self.data, self.method, self.flags = data, method, flags
        self.attributes = 0o100644 << 16
        self.before = self.after = b""
        self.signature = b"PK\7\x08"
        self.l = {"extra": b""}
        self.c = {"extra": b"", "comment": b"", "disk": 0}
        for key, value in kw.items():
            if key[:2] in ("l_", "c_"):
                getattr(self, key[0])[key[2:]] = value
            else:
                assert hasattr(self, key), key
                setattr(self, key, value)
        packed = kw.get("packed")
        self.packed = (deflate(data) if method == 8 else data) if packed is None else packed

    packed = None

    def fields(self, which):
        late = which is self.l and self.flags & DESCRIPTOR
        f = {"name": self.name, "flags": self.flags, "method": self.method,
             "crc": 0 if late else zlib.crc32(self.data),
             "compressed": 0 if late else len(self.packed),
             "size": 0 if late else len(self.data)}
        f.update(which)
        return f

    def local(self):
        f = self.fields(self.l)
        out = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, f["flags"], f["method"], 0, 0x5a5b,
                          f["crc"], f["compressed"], f["size"], len(f["name"]),
                          len(f["extra"])) + f["name"] + f["extra"] + self.packed
        if self.flags & DESCRIPTOR:
            d = {"d_crc": zlib.crc32(self.data), "d_compressed": len(self.packed),
                 "d_size": len(self.data)}
            d.update({k: v for k, v in self.l.items() if k.startswith("d_")})
            out += self.signature + struct.pack("<III", d["d_crc"], d["d_compressed"],
                                                d["d_size"])
        return out

    def central(self, offset):
        f = self.fields(self.c)
        return struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 3 << 8 | 20, 20, f["flags"],
                           f["method"], 0, 0x5a5b, f["crc"], f["compressed"], f["size"],
                           len(f["name"]), len(f["extra"]), len(f["comment"]), f["disk"], 0,
                           self.attributes, f.get("offset", offset)) + \
            f["name"] + f["extra"] + f["comment"]


def base():
    return [Entry("VERSION", b"go1.22.5\n"), Entry("bin/go", noise(150000)),
            Entry("src/_go.mod", b"module std\n")]


def archive(*more, start=None, first=b"", order=None, drop=(), add=(), behind=b"",
            before_end=b"", end=None):
    entries = (base() if start is None else list(start)) + list(more)
    out, offsets = first, []
    for e in entries:
        out += e.before
        offsets.append(len(out))
        out += e.local() + e.after
    at = len(out)
    central = [e.central(o) for e, o in zip(entries, offsets)]
    if order:
        central = order(central)
    central = [c for i, c in enumerate(central) if i not in drop] + list(add)
    out += b"".join(central) + before_end
    fields = {"disk": 0, "start": 0, "here": len(central), "all": len(central),
              "size": len(out) - at - len(before_end), "at": at, "comment": b""}
    fields.update(end or {})
    out += struct.pack("<IHHHHIIH", 0x06054b50, fields["disk"], fields["start"],
                       fields["here"], fields["all"], fields["size"], fields["at"],
                       len(fields["comment"])) + fields["comment"]
    return out + behind


def unsqueezed(data):
    """Deflated, and as it was."""
    z = zlib.compressobj(0, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


def within(then, off=0):
    """Content that holds what looks like its own end, `off` bytes wrong."""
    at = 20
    return noise(at) + b"PK\7\x08" + struct.pack("<III", 1, at + 5 + off, at) + then + noise(50)


def sound():
    yield "plain", archive()
    yield "sizes-first", archive(Entry("a", b"aaa" * 100, flags=0))
    yield "stored", archive(Entry("a", b"aaa", method=0, flags=0), Entry("b", b"", method=0,
                                                                       flags=0))
    yield "empty-deflated", archive(Entry("a", b""))
    yield "directories", archive(
        Entry("src/d/", b"", method=0, flags=0, attributes=0o40755 << 16 | 16),
        Entry("src/d/f", b"x"))
    yield "timestamps", archive(Entry("a", b"aaa", l_extra=b"UT\5\0\1abcd",
                                      c_extra=b"UT\5\0\1abcd"))
    yield "utf8-flag", archive(Entry("src/Äfoo.go", b"x", flags=DESCRIPTOR | 1 << 11))
    yield "no-utf8-flag", archive(Entry("src/Äfoo.go", b"x"))
    yield "modes", archive(Entry("src/suid", b"x", attributes=0o106777 << 16),
                           Entry("src/all.bash", b"x", attributes=0o100600 << 16))
    yield "kept", archive(Entry("api/x", b"x"), Entry("test/x", b"x"))
    yield "zip-within", archive(Entry("a.zip", archive(), packed=unsqueezed(archive())))
    yield "ends-that-are-none", archive(Entry("a", b"PK\7\x08" * 9, packed=unsqueezed(
        b"PK\7\x08" * 9)), Entry("b", within(b"PK\3\4", 7), packed=unsqueezed(
            within(b"PK\3\4", 7))))
    yield "sizes", archive(*[Entry(f"src/s{n}", noise(n, n + 1)) for n in
                             (0, 1, 65535, 65536, 65537, 131072, 1000003)])


def names():
    yield "wrong-version", Entry("golang.org/toolchain@v0.0.1-go1.22.6.linux-amd64/x", b"x",
                                 bare=True), "below"
    yield "tarball-prefix", Entry("go/x", b"x", bare=True), "below"
    yield "absolute", Entry("/etc/x", b"x", bare=True), "below"
    yield "parent", Entry("../x", b"x"), "'..'"
    yield "backslash", Entry("a\\b", b"x"), "backslash"
    yield "control", Entry("a\nb", b"x"), "control"
    yield "not-utf8", Entry(b"a\xff", b"x"), "UTF-8"
    yield "not-utf8-flagged", Entry(b"a\xff", b"x", flags=DESCRIPTOR | 1 << 11), \
        "UTF-8|damaged"
    yield "nul", Entry("a\0b", b"x"), "NUL"
    yield "empty-name", Entry("", b"x", bare=True), "below|name|damaged"
    yield "combining", Entry("A\u0308", b"x"), "two spellings"
    yield "twice", Entry("VERSION", b"x"), "twice"
    yield "case", Entry("version", b"x"), "case"
    yield "go-mod-beside", Entry("src/go.mod", b"module evil\n"), "go.mod"
    yield "go-mod-plain", Entry("src/x/go.mod", b"module evil\n"), "go.mod"
    yield "go-mod-twice", Entry("src/_go.mod", b"module evil\n"), "twice"
    yield "file-as-parent", Entry("VERSION/x", b"x"), "file and a directory"
    yield "long-name", Entry("d/" * 60 + "n" * 200 + "/" + "m" * 200 + "/" + "o" * 250 + "/" +
                             "p" * 250, b"x"), "1024"


def two_copies():
    one = b"content"
    other = zlib.crc32(b"other")
    yield "central-name", archive(Entry("a", one, c_name=PREFIX.encode() + b"b")), "another name"
    yield "central-longer-name", archive(Entry("a", one, c_name=PREFIX.encode() + b"ab")), \
        "another name"
    yield "central-crc", archive(Entry("a", one, c_crc=other)), "differently"
    yield "central-size", archive(Entry("a", one, c_size=3)), "differently"
    yield "central-compressed", archive(Entry("a", one, c_compressed=3)), "differently"
    yield "central-method", archive(Entry("a", one, c_method=0)), "differently"
    yield "central-flags", archive(Entry("a", one, c_flags=0)), "differently"
    yield "central-offset", archive(Entry("a", one, c_offset=0)), "differently"
    yield "central-order", archive(order=lambda c: c[::-1]), "another name"
    yield "central-missing-last", archive(Entry("a", one), drop=(3,)), "central directory|early"
    yield "central-missing-first", archive(drop=(0,)), "another name"
    yield "central-none", archive(drop=(0, 1, 2)), "central directory|early"
    yield "central-more", archive(add=[Entry("b", one).central(0)]), "more than"
    yield "central-overlap", archive(Entry("a", one), add=[Entry("b", one).central(0)]), \
        "more than"
    yield "local-crc", archive(Entry("a", one, flags=0, l_crc=other)), "damaged|differently"
    yield "local-size", archive(Entry("a", one, flags=0, l_size=3)), "damaged|size|differently"
    yield "local-compressed", archive(Entry("a", one, flags=0, l_compressed=3)), \
        "damaged|central|early"
    yield "descriptor-crc", archive(Entry("a", one, l_d_crc=other)), "damaged|differently"
    yield "descriptor-size", archive(Entry("a", one, l_d_size=3)), "damaged|size|differently"
    yield "descriptor-compressed", archive(Entry("a", one, l_d_compressed=3)), "damaged|early"
    yield "descriptor-all-lie", archive(Entry("a", one, l_d_size=3, c_size=3)), "damaged|size"
    yield "sizes-in-two-places", archive(Entry("a", one, l_size=7, l_compressed=9)), \
        "two places|damaged"
    yield "symbolic-link", archive(Entry("a", b"/etc/passwd", attributes=0o120777 << 16)), \
        "neither"
    yield "device", archive(Entry("a", b"", attributes=0o20666 << 16)), "neither"
    yield "fifo", archive(Entry("a", b"", attributes=0o10666 << 16)), "neither"
    yield "directory-as-file", archive(Entry("a", b"", attributes=0o40755 << 16)), "neither"
    yield "file-as-directory", archive(Entry("a/", b"", method=0, flags=0)), "neither"
    yield "directory-with-content", archive(Entry("a/", b"x", method=0, flags=0,
                                                  attributes=0o40755 << 16)), \
        "content|size|damaged|next"
    yield "empty-name-first", archive(start=[Entry("", b"x", bare=True)] + base()), \
        "below|name|damaged"


def zip64():
    return b"\1\0\x10\0" + struct.pack("<QQ", 7, 7)


def forms():
    one = b"content"
    yield "encrypted", archive(Entry("a", one, flags=DESCRIPTOR | 1)), "[Ee]ncrypted|flags"
    yield "encrypted-stored", archive(Entry("a", one, flags=1, method=0)), "[Ee]ncrypted|flags"
    yield "strong-encryption", archive(Entry("a", one, flags=DESCRIPTOR | 1 << 6)), \
        "encrypted|flags"
    yield "masked-headers", archive(Entry("a", one, flags=DESCRIPTOR | 1 << 13)), \
        "encrypted|flags"
    yield "patched-data", archive(Entry("a", one, flags=DESCRIPTOR | 1 << 5)), "flags"
    yield "stored-late", archive(Entry("a", one, method=0)), "without its size"
    yield "stored-late-decoy", archive(Entry("a", one + b"PK\7\x08" + struct.pack(
        "<III", zlib.crc32(one), 7, 7), method=0)), "without its size"
    yield "descriptor-unsigned", archive(Entry("a", one, signature=b"")), "damaged|early"
    yield "method-shrunk", archive(Entry("a", one, method=1)), "damaged|method"
    yield "method-deflate64", archive(Entry("a", one, method=9)), "damaged|method"
    yield "method-bzip2", archive(Entry("a", one, method=12, flags=0,
                                        packed=bz2.compress(one))), "method"
    yield "method-lzma", archive(Entry("a", one, method=14)), "damaged|method"
    yield "method-zstd", archive(Entry("a", one, method=93)), "damaged|method"
    yield "method-aes", archive(Entry("a", one, method=99)), "damaged|method|encrypted"
    yield "zip64-local", archive(Entry("a", one, flags=0, l_extra=zip64())), "zip64"
    yield "zip64-central", archive(Entry("a", one, c_extra=zip64())), "zip64"
    yield "unicode-path", archive(Entry("a", one, l_extra=b"up\x06\0\1" + struct.pack(
        "<I", zlib.crc32(PREFIX.encode() + b"a")) + b"b")), "two names|header|damaged"
    yield "unicode-path-central", archive(Entry("a", one, c_extra=b"up\x06\0\1abcdb")), \
        "two names"
    yield "extra-malformed", archive(Entry("a", one, l_extra=b"UT\xff\0\1")), \
        "malformed|damaged"
    yield "extra-malformed-central", archive(Entry("a", one, c_extra=b"UT\xff\0\1")), "malformed"
    yield "extra-huge", archive(Entry("a", one, l_extra=b"zz\x20\x4e" + bytes(20000))), \
        "oversized"
    yield "entry-comment", archive(Entry("a", one, c_comment=b"x")), "comment"
    yield "entry-on-other-disk", archive(Entry("a", one, c_disk=1)), "disk"
    yield "damaged-content", archive(Entry("a", one, packed=b"\xff" * 20)), "damaged"
    yield "damaged-byte", archive(Entry("a", noise(5000), packed=deflate(
        noise(5000, 2)))), "damaged"
    yield "deflate-cut", archive(Entry("a", noise(5000), packed=deflate(noise(5000))[:-9])), \
        "damaged"
    for then in (b"PK\3\4", b"PK\1\2"):
        yield "end-within-%d" % then[2], archive(Entry("a", within(then), packed=unsqueezed(
            within(then)))), "damaged|header|early|oversized|1024|central"
    yield "deflate-garbage-behind", archive(Entry("a", one, packed=deflate(one) + b"junk")), \
        "damaged"


def gaps():
    one = b"content"
    whole = archive()
    yield "before-first", archive(first=b"#!/bin/sh\n"), "begin"
    yield "before-first-zero", archive(first=bytes(4)), "begin"
    yield "spanning-marker", archive(first=b"PK\7\x08"), "damaged|begin|header"
    yield "temporary-spanning-marker", archive(first=b"PK00"), "damaged|begin|header"
    yield "between", archive(Entry("a", one, before=b"junk")), "damaged|early"
    yield "between-hidden-entry", archive(Entry("a", one, before=Entry("h", one).local())), \
        "another name|central|differently"
    yield "before-central", archive(Entry("a", one, after=b"junk")), \
        "damaged|early"
    yield "before-central-record", archive(Entry("a", one, after=b"PK\6\x08\4\0\0\0junk")), \
        "damaged|early"
    yield "before-end", archive(before_end=b"junk"), "more than"
    yield "signature-before-end", archive(before_end=b"PK\5\5\4\0junk"), "more than"
    yield "zip64-end", archive(before_end=b"PK\6\6" + struct.pack(
        "<QHHIIQQQQ", 44, 45, 45, 0, 0, 3, 3, 0, 0) + b"PK\6\7" + struct.pack(
            "<IQI", 0, 0, 1)), "more than"
    yield "behind", archive(behind=b"x"), "after its end"
    yield "zeros-behind", archive(behind=bytes(1000)), "after its end"
    yield "second-zip-behind", archive(behind=whole), "after its end"
    yield "second-zip-before", archive(first=whole), "damaged|end record|after"
    yield "comment", archive(end={"comment": b"hello"}), "comment"
    yield "end-in-comment", archive(end={"comment": b"PK\5\6" + bytes(18)}), "comment"
    yield "end-counts", archive(end={"here": 2, "all": 2}), "end record"
    yield "end-counts-differ", archive(end={"here": 2}), "end record"
    yield "end-counts-differ-in-total", archive(end={"all": 2}), "end record"
    yield "end-size", archive(end={"size": 5}), "end record"
    yield "end-offset", archive(end={"at": 5}), "end record"
    yield "end-zip64-mark", archive(end={"here": 0xffff, "all": 0xffff, "at": 0xffffffff}), \
        "end record"
    yield "end-disk", archive(end={"disk": 1}), "end record"
    yield "end-disk-of-directory", archive(end={"start": 1}), "end record"
    yield "no-end", whole[:-22], "early"
    yield "half-end", whole[:-10], "early"
    yield "half-central", whole[:-150], "early"
    yield "no-central", whole[:whole.index(b"PK\1\2")], "damaged|early|central"
    yield "cut-in-content", whole[:5000], "damaged|early"
    yield "cut-in-header", whole[:20], "damaged|early"
    yield "empty", b"", "damaged|early|empty"
    yield "no-entries", archive(start=[]), "damaged|empty|central"
    yield "text", b"<html></html>", "begin"
    yield "bomb", archive(Entry("a", bytes(80 << 20))), "times its size"
    yield "bomb-overlapping", archive(add=[Entry("b%d" % i, b"x").central(0)
                                           for i in range(1000)]), "more than"


def cases():
    for name, data in sound():
        yield name, data, None
    for name, entry, reason in names():
        yield name, archive(entry), reason
    for group in (two_copies, forms, gaps):
        yield from group()
