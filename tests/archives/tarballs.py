# SPDX-License-Identifier: Apache-2.0
"""Sound and hostile .tar.gz files, built byte by byte.

cases() yields (name, bytes, reason): reason is None for what must be accepted, else a word
of the sentence with which it must be refused.  Instead of bytes, something to call for them.
"""
import hashlib
import struct
import zlib

BLOCK = 512
END = bytes(2 * BLOCK)


def pad(data):
    return data + bytes(-len(data) % BLOCK)


def header(name, size=0, kind=b"0", mode=0o644, link=b"", magic=b"ustar\x0000",
           size_field=None, checksum=None):
    name = name if isinstance(name, bytes) else name.encode()
    prefix = b""
    if len(name) > 100 and magic.startswith(b"ustar\x00"):
        cut = name.rindex(b"/", 0, 155)
        prefix, name = name[:cut], name[cut + 1:]
    head = bytearray(name[:100].ljust(100, b"\0"))
    head += b"%07o\0%07o\0%07o\0" % (mode, 0, 0)
    head += size_field if size_field is not None else b"%011o\0" % size
    head += b"%011o\0" % 1740679037 + b" " * 8 + kind + link.ljust(100, b"\0")
    head += magic + bytes(32) + bytes(32) + b"0000000\0" * 2 + prefix.ljust(155, b"\0")
    head = bytearray(bytes(head).ljust(BLOCK, b"\0"))
    head[148:156] = b"%06o\0 " % (sum(head) if checksum is None else checksum)
    return bytes(head)


def file(name, data=b"", **kw):
    return header(name, len(data), **kw) + pad(data)


def directory(name, **kw):
    return header(name, kind=b"5", mode=kw.pop("mode", 0o755), **kw)


def record(key, value):
    body = b" " + key + b"=" + value + b"\n"
    n = len(body)
    while len(b"%d" % n) + len(body) != n:
        n = len(b"%d" % n) + len(body)
    return b"%d" % n + body


def pax(*records, kind=b"x"):
    body = b"".join(record(k, v) for k, v in records)
    return header("PaxHeaders.0/x", len(body), kind=kind) + pad(body)


def long_name(name, kind=b"L"):
    body = name.encode() + b"\0"
    return header("././@LongLink", len(body), kind=kind, magic=b"ustar  \0") + pad(body)


def deflate(data):
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    return z.compress(data) + z.flush()


def gzip(data, crc=None, size=None, flags=0, extra=b"", body=None):
    crc = zlib.crc32(data) if crc is None else crc
    size = len(data) & 0xffffffff if size is None else size
    return (b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\x00\xff" + extra +
            (deflate(data) if body is None else body) + struct.pack("<II", crc, size))


def gzip_repeated(before, chunk, times, after):
    """gzip of before + chunk * times + after, without deflating chunk more than once."""
    z = zlib.compressobj(6, zlib.DEFLATED, -15)
    first = z.compress(before) + z.flush(zlib.Z_FULL_FLUSH)
    middle = z.compress(chunk) + z.flush(zlib.Z_FULL_FLUSH)
    last = z.compress(after) + z.flush()
    crc = zlib.crc32(before)
    for _ in range(times):
        crc = zlib.crc32(chunk, crc)
    crc = zlib.crc32(after, crc)
    total = len(before) + len(chunk) * times + len(after)
    return gzip(b"", crc=crc, size=total & 0xffffffff, body=first + middle * times + last)


def noise(n, seed=1):
    """n bytes that deflate to a little over half; the same ones each time."""
    return hashlib.shake_256(b"%d" % seed).hexdigest(n // 2 + 1)[:n].encode()


BASE = (directory("go/") + file("go/VERSION", b"go1.22.5\n") + directory("go/bin/") +
        file("go/bin/go", noise(150000), mode=0o755))


def tar(*parts, end=END, base=BASE):
    return gzip(base + b"".join(parts) + end)


def sound():
    yield "plain", tar()
    yield "no-directories", tar(file("go/bin/go", b"x"), file("go/src/a/b/c.go", b"y"),
                                base=file("go/VERSION", b"go1.21.0\n"))
    yield "pax-not-ascii", tar(
        pax((b"path", "go/src/issue27836.dir/Äfoo.go".encode())), file("go/src/foo.go", b"x"))
    yield "ustar-not-ascii", tar(file("go/src/Þmain.go", b"x"))
    yield "gnu-long-name", tar(
        long_name("go/" + "d" * 90 + "/" + "f" * 90), file("go/" + "d" * 97, b"x",
                                                          magic=b"ustar  \0"))
    yield "ustar-long-name", tar(file("go/" + "d" * 90 + "/" + "f" * 90, b"x"))
    yield "pax-long-name", tar(
        pax((b"path", b"go/" + b"/".join([b"c" * 200] * 5))), file("go/x", b"x"))
    yield "pax-times", tar(pax((b"mtime", b"1740679037.5")), file("go/src/t.go", b"x"))
    yield "padded", tar(end=bytes(10240))
    yield "odd-modes", tar(
        file("go/src/suid", b"x", mode=0o6755), file("go/src/none", b"x", mode=0),
        directory("go/src/shut/", mode=0), file("go/src/shut/a", b"x", mode=0o777),
        file("go/src/all.bash", b"x", mode=0o600),
        file("go/lib/wasm/go_js_wasm_exec", b"x", mode=0o444),
        file("go/pkg/tool/linux_amd64/vet", b"x", mode=0o644))
    yield "uncovered", tar(*[file(f"go/{d}/x/a", b"x")
                             for d in ("api", "doc", "misc", "test", ".github")],
                           file("go/src/test/a", b"x"), file("go/apis", b"x"))
    yield "sizes", tar(*[file(f"go/src/s{n}", noise(n, n + 1)) for n in
                         (0, 1, 511, 512, 513, 65535, 65536, 65537, 131072, 1000003)])
    yield "file-name-in-gzip-header", gzip(BASE + END, flags=8, extra=b"go.tar\0")
    yield "deepest", tar(file("go/" + "d/" * 63 + "f", b"x"))


def names():
    yield "absolute", "/tmp/x", "below"
    yield "absolute-behind-prefix", "go//tmp/x", "empty"
    yield "parent", "go/../../x", "'..'"
    yield "parent-at-end", "go/src/..", "'..'"
    yield "parent-first", "../x", "below"
    yield "dot", "go/./x", "'.'"
    yield "dot-prefix", "./go/x", "below"
    yield "double-slash", "go/src//x", "empty"
    yield "backslash", "go\\src", "backslash"
    yield "backslash-parent", "go/..\\..\\x", "backslash"
    yield "other-top", "golang/x", "below"
    yield "no-top", "x", "below"
    yield "top-in-capitals", "GO/x", "below"
    yield "top-as-file", "go", "below"
    yield "newline", "go/a\nb", "control"
    yield "escape", "go/\033[2J", "control"
    yield "delete", "go/a\x7f", "control"
    yield "c1-control", "go/a\u009b", "control"
    yield "line-separator", "go/a\u2028b", "control"
    yield "not-utf8", b"go/\xff\xfe", "UTF-8"
    yield "latin1", b"go/\xc4foo.go", "UTF-8"
    yield "overlong", b"go/\xc0\xaf", "UTF-8"
    yield "overlong-dot", b"go/\xe0\x80\xae\xe0\x80\xae/x", "UTF-8"
    yield "surrogate", b"go/\xed\xa0\x80", "UTF-8"
    yield "above-unicode", b"go/\xf4\x90\x80\x80", "UTF-8"
    yield "combining", "go/A\u0308foo.go", "two spellings"
    yield "combining-angstrom", "go/\u212bfoo.go", "two spellings"
    yield "combining-greek", "go/\u1f71foo.go", "two spellings"
    yield "combining-han", "go/\uf900foo.go", "two spellings"
    yield "combining-han-2", "go/\U0002f800foo.go", "two spellings"
    yield "go-mod-escaped", "go/src/_go.mod", "go.mod"


def kinds():
    for name, kind, reason in (
            ("hard-link", b"1", "link"), ("symbolic-link", b"2", "link"),
            ("character-device", b"3", "neither"), ("block-device", b"4", "neither"),
            ("fifo", b"6", "neither"), ("contiguous", b"7", "kind"),
            ("dump-directory", b"D", "damaged|kind"), ("multi-volume", b"M", "neither"),
            ("old-names", b"N", "kind"), ("sparse", b"S", "sparse"),
            ("unknown", b"Z", "kind"), ("vendor", b"\x80", "kind")):
        yield name, tar(header("go/x", kind=kind, link=b"/etc/passwd")), reason
        yield name + "-gnu", tar(header("go/x", kind=kind, link=b"VERSION",
                                        magic=b"ustar  \0")), reason
    yield "link-then-through", tar(header("go/l", kind=b"2", link=b"/tmp"),
                                   file("go/l/x", b"x")), "link"
    yield "top-is-a-link", tar(header("go", kind=b"2", link=b"/tmp"), file("go/x", b"x"),
                               base=b""), "link"
    yield "long-link", tar(long_name("/" + "x" * 200, kind=b"K"),
                           header("go/x", kind=b"2", link=b"/etc")), "link"
    yield "long-link-on-a-file", tar(long_name("/" + "x" * 200, kind=b"K"),
                                     file("go/x", b"x")), "kind"
    yield "long-name-twice", tar(long_name("go/y"), long_name("go/z"),
                                 file("go/x", b"x", magic=b"ustar  \0")), "oversized"
    yield "volume", tar(header("go/", kind=b"V", magic=b"ustar  \0"),
                        file("go/x", b"x")), "kind"
    yield "solaris-acl", tar(file("go/x", b"1000000\0user::rwx\0", kind=b"A"),
                             file("go/x", b"x")), "kind|damaged|attributes"
    yield "sun-pax", tar(pax((b"path", b"go/y"), kind=b"X"), file("go/x", b"x")), "kind"
    yield "old-tar-directory", tar(header("go/x/", magic=bytes(8))), "contradicts"
    yield "file-with-slash", tar(header("go/x/", kind=b"0")), "contradicts|content"
    yield "directory-with-content", tar(header("go/x/", 5, kind=b"5") + pad(b"hello")), \
        "contradicts|damaged"


def pax_games():
    yield "pax-global", tar(pax((b"comment", b"x"), kind=b"g"), file("go/x", b"x")), "global"
    yield "pax-global-path", tar(pax((b"path", b"/etc/x"), kind=b"g"),
                                 file("go/x", b"x")), "global"
    yield "pax-global-first", tar(base=pax((b"size", b"0"), kind=b"g") + BASE), "global"
    yield "pax-twice", tar(pax((b"path", b"go/y")), pax((b"path", b"go/z")),
                           file("go/x", b"x")), "oversized|damaged"
    yield "pax-path-out", tar(pax((b"path", b"/etc/x")), file("go/x", b"x")), "below"
    yield "pax-path-parent", tar(pax((b"path", b"go/../x")), file("go/x", b"x")), "'..'"
    yield "pax-path-not-utf8", tar(pax((b"path", b"go/\xff")),
                                   file("go/x", b"x")), "damaged|UTF-8"
    yield "pax-path-long", tar(pax((b"path", b"go/" + b"a/" * 30 + b"b" * 200 + b"/" +
                                    b"c" * 250 + b"/" + b"d" * 250 + b"/" + b"e" * 250 + b"/")),
                               file("go/x", b"x")), "1024|contradicts"
    yield "pax-path-nul", tar(pax((b"path", b"go/a\0b")), file("go/x", b"x")), "NUL"
    yield "pax-key-nul", tar(pax((b"path", b"go/a"), (b"a\0b", b"x")), file("go/x", b"x")), \
        "NUL|damaged"
    yield "long-name-nul", tar(long_name("go/a\0b"), file("go/x", b"x", magic=b"ustar  \0")), \
        "NUL"
    yield "pax-size-smaller", tar(pax((b"size", b"0")), file("go/x", b"x" * 512)), "contradicts"
    yield "pax-size-larger", tar(pax((b"size", b"1024")), file("go/x", b"x" * 512),
                                 file("go/y", b"y")), "contradicts"
    yield "pax-size-huge", tar(pax((b"size", b"8589934592")), file("go/x", b"x")), "contradicts"
    yield "pax-linkpath", tar(pax((b"linkpath", b"/etc/passwd")),
                              header("go/x", kind=b"2")), "link"
    yield "pax-sparse", tar(
        pax((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
            (b"GNU.sparse.name", b"go/x"), (b"GNU.sparse.realsize", b"1099511627776")),
        file("go/x", b"1\n1099511627000\n512\n".ljust(512, b"\0") + bytes(512))), \
        "sparse|contradicts"
    yield "pax-sparse-of-the-same-size", tar(
        pax((b"GNU.sparse.size", b"512"), (b"GNU.sparse.numblocks", b"1"),
            (b"GNU.sparse.map", b"256,256")), file("go/x", bytes(512))), "sparse"
    # The map says that all of it is there: a tar reader that believes it finds nothing sparse,
    # and takes the next header for the end of the file.
    yield "pax-sparse-with-nothing-left-out", tar(
        pax((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
            (b"GNU.sparse.name", b"go/other"), (b"GNU.sparse.realsize", b"1024")),
        file("go/x", b"1\n0\n1024\n".ljust(512, b"\0") + b"x" * 512)), "sparse"
    yield "pax-sparse-name", tar(pax((b"mtime", b"1"), (b"GNU.sparse.name", b"go/other")),
                                 file("go/x", b"x")), "sparse"
    yield "pax-real-size", tar(pax((b"SCHILY.realsize", b"1")), file("go/x", b"x")), "sparse"
    yield "pax-xattr", tar(pax((b"SCHILY.xattr.user.x", b"y")), file("go/x", b"x")), "attributes"
    yield "pax-capability", tar(pax((b"SCHILY.xattr.security.capability", b"\x01" * 20)),
                                file("go/x", b"x")), "attributes"
    yield "pax-acl", tar(pax((b"SCHILY.acl.access", b"user::rwx,user:0:rwx,group::r--,"
                              b"mask::rwx,other::rwx")), file("go/x", b"x")), "attributes|damaged"
    bad = pad(b"999999999999 path=go/y\n")
    yield "pax-absurd-length", tar(header("x", 23, kind=b"x"), bad, file("go/x", b"x")), "damaged"
    yield "pax-no-length", tar(header("x", 9, kind=b"x"), pad(b"path=go/y"),
                               file("go/x", b"x")), "damaged"
    yield "pax-oversized", tar(pax((b"comment", b"x" * 200000)), file("go/x", b"x")), \
        "oversized|damaged"
    yield "pax-for-nothing", tar(pax((b"path", b"go/y"))), "damaged|kind"


def twins():
    x, y = file("go/x", b"x"), file("go/x", b"y")
    yield "twice", tar(x, y), "twice"
    yield "program-twice", tar(file("go/bin/go", b"evil")), "twice"
    yield "directory-twice", tar(directory("go/d/"), directory("go/d/")), "twice"
    yield "directory-after-its-file", tar(file("go/d/x"), directory("go/d/"),
                                          directory("go/d/")), "twice"
    yield "top-twice", tar(directory("go/")), "twice"
    yield "file-then-directory", tar(x, directory("go/x/")), "file and a directory"
    yield "directory-then-file", tar(directory("go/x/"), x), "file and a directory"
    yield "file-as-parent", tar(x, file("go/x/y", b"y")), "file and a directory"
    yield "parent-as-file", tar(file("go/x/y", b"y"), x), "file and a directory"
    yield "case", tar(file("go/readme", b"x"), file("go/README", b"y")), "case"
    yield "case-of-directory", tar(file("go/Src/a", b"x"), file("go/src/b", b"y")), "case"
    yield "case-file-directory", tar(file("go/Src", b"x"), file("go/src/b", b"y")), "case"
    yield "case-not-ascii", tar(file("go/äfoo", b"x"), file("go/Äfoo", b"y")), "case"
    yield "case-long-s", tar(file("go/s", b"x"), file("go/\u017f", b"y")), "case"
    yield "normal-form-kelvin", tar(file("go/k", b"x"), file("go/\u212a", b"y")), "two spellings"
    yield "case-greek", tar(file("go/σ", b"x"), file("go/ς", b"y")), "case"
    yield "case-uncovered", tar(file("go/test/a", b"x"), file("go/test/A", b"y")), "case"
    yield "normal-form", tar(file("go/\u00e4", b"x"), file("go/a\u0308", b"y")), "two spellings"


def envelopes():
    inner = BASE + END
    good = gzip(inner)
    yield "gzip-bad-checksum", gzip(inner, crc=1), "gzip"
    yield "gzip-bad-length", gzip(inner, size=1), "gzip"
    yield "gzip-no-trailer", good[:-8], "early"
    yield "gzip-half-trailer", good[:-3], "early"
    yield "gzip-cut", good[:len(good) // 2], "early"
    yield "gzip-only-magic", good[:2], "early"
    yield "gzip-garbage-behind", good + b"x", "after its gzip"
    yield "gzip-zeros-behind", good + bytes(512), "after its gzip"
    yield "gzip-second-member", good + gzip(file("go/y") + END), "after its gzip"
    yield "gzip-empty-member-behind", good + gzip(b""), "after its gzip"
    yield "gzip-two-halves", gzip(inner[:5120]) + gzip(inner[5120:]), "after its gzip|early"
    yield "gzip-twice", gzip(good), "damaged"
    yield "gzip-bad-method", b"\x1f\x8b\x07" + good[3:], "gzip"
    yield "gzip-reserved-flags", good[:3] + b"\xe0" + good[4:], "gzip"
    yield "gzip-bad-block", good[:40] + bytes(64) + good[104:], "gzip"
    yield "zlib-not-gzip", zlib.compress(inner), "gzip"
    yield "raw-tar", inner, "gzip"
    yield "empty", b"", "early"
    yield "text", b"<html><body>404</body></html>\n", "gzip"
    yield "xz", b"\xfd7zXZ\0\0\4" + bytes(64), "gzip"
    yield "ar-in-gzip", gzip(b"!<arch>\n" + bytes(2048)), "damaged"
    yield "cpio-in-gzip", gzip(b"070701" + b"0" * 104 + bytes(1024)), "damaged"
    yield "nothing", gzip(b""), "damaged|early|empty"
    yield "no-entries", gzip(END), "empty|damaged"
    yield "no-end", tar(end=b""), "early"
    yield "one-end-block", tar(end=bytes(BLOCK)), "early"
    yield "odd-end", tar(end=END + bytes(100)), "early"
    yield "more-behind-end", tar(end=END + file("go/y", b"y") + END), "after its end"
    yield "byte-behind-end", tar(end=END + bytes(511) + b"x"), "after its end"
    yield "zeros-behind-end", tar(end=bytes(2 << 20)), "after its end"
    yield "cut-in-content", gzip(BASE[:-1024]), "damaged|early"
    yield "cut-in-header", gzip(BASE + file("go/y")[:200]), "damaged|early"
    yield "bad-checksum", tar(header("go/x", checksum=1)), "damaged"
    yield "negative-size", tar(header("go/x", size_field=b"\xff" * 12)), "damaged|size"
    yield "binary-size", tar(header("go/x", size_field=b"\x80" + bytes(10) + b"\x05"),
                             pad(b"hello")), "size"
    yield "huge-size", tar(header("go/x", size_field=b"77777777777\0")), "damaged"
    yield "overflowing-size", tar(header("go/x", size_field=b"\x80" + b"\x7f" * 11)), \
        "damaged|size"
    yield "size-not-octal", tar(header("go/x", size_field=b"0000000000z\0"), pad(b"")), \
        "damaged|size"


def limits():
    yield "component-256", tar(pax((b"path", b"go/" + b"c" * 256)), file("go/x")), "255"
    yield "path-1025", tar(pax((b"path", b"go/" + b"/".join([b"c" * 200] * 5) + b"/" +
                                b"c" * 17)), file("go/x")), "1024"
    yield "depth-65", tar(file("go/" + "d/" * 64 + "f", b"x")), "64"
    yield "depth-2000", tar(long_name("go/" + "d/" * 2000 + "f"),
                            file("go/x", b"x", magic=b"ustar  \0")), "1024"
    yield "bomb", gzip_repeated(BASE + header("go/src/x", 80 << 20), bytes(1 << 20), 80,
                                END), "times its size"
    yield "bomb-uncovered", gzip_repeated(BASE + header("go/test/x", 80 << 20),
                                          bytes(1 << 20), 80, END), "times its size"
    yield "bomb-of-headers", tar(*[
        pax((b"comment", b"x" * 60000)) + header("go/test/%d" % i) for i in range(1400)]), \
        "times its size"
    chunk = noise(100 << 10) + bytes(924 << 10)  # not a bomb by ratio
    yield "file-of-513-mib", lambda: gzip_repeated(
        BASE + header("go/test/x", 513 << 20), chunk, 513, END), "512 MiB"
    yield "tree-of-2-gib", lambda: many_files(chunk, 17), "2 GiB"
    yield "100001-entries", gzip(BASE + b"".join(
        header("go/test/%06d" % i) for i in range(100001)) + END), "entries"
    yield "names-of-17-mib", lambda: gzip(BASE + b"".join(
        pax((b"path", b"go/test/" + noise(250, i) + b"/" + noise(250, i + 1) + b"/" +
             noise(250, i + 2) + b"/" + noise(240, i + 3))) + header("go/x")
        for i in range(0, 68000, 4)) + END), "altogether"


def many_files(chunk, files):
    """`files` files of 128 MiB each, every one deflated but once."""
    body, crc, total = bytearray(), 0, 0
    z = zlib.compressobj(6, zlib.DEFLATED, -15)

    def put(data):
        nonlocal crc, total
        crc = zlib.crc32(data, crc)
        total += len(data)
        return z.compress(data) + z.flush(zlib.Z_FULL_FLUSH)

    body += put(BASE)
    middle = None
    for i in range(files):
        body += put(header(f"go/test/{i}", 128 << 20))
        if middle is None:
            middle = put(chunk)
        else:
            crc = zlib.crc32(chunk, crc)
            total += len(chunk)
        for _ in range(127):
            crc = zlib.crc32(chunk, crc)
        total += len(chunk) * 127
        body += middle * 128
    tail = END
    crc = zlib.crc32(tail, crc)
    total += len(tail)
    body += z.compress(tail) + z.flush()
    return gzip(b"", crc=crc, size=total & 0xffffffff, body=bytes(body))


def cases():
    for name, data in sound():
        yield name, data, None
    for name, path, reason in names():
        yield name, tar(file(path, b"x")), reason
    for group in (kinds, pax_games, twins, envelopes, limits):
        yield from group()
