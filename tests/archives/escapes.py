# SPDX-License-Identifier: Apache-2.0
"""Archives that reach for a given place outside the tree, each in its own way.

For the unpacker that believes everything (believing.c): what they ask for is really tried.
The place holds a file `canary` and a directory `canary-dir` with a file `inside`; seen from
the tree it is `../..`.
"""
import tarballs as t
import zips as z


def tar(*parts):
    return t.gzip(b"".join(parts) + t.END)


def reached(place):
    """The names that mean harm, and how they are called."""
    for way, top in (("absolute", place + "/"), ("parent", "../../"),
                     ("parent-behind-prefix", "go/../../../")):
        for what in ("new", "canary", "canary-dir/new", "canary-dir/inside"):
            yield f"{way}-{what.replace('/', '-')}", top + what


def plain(place):
    for name, path in reached(place):
        yield name + "-file", "tar.gz", tar(t.directory("go/"), t.file(path, b"evil"))
        yield name + "-directory", "tar.gz", tar(t.directory("go/"), t.directory(path + "/"))
        yield name + "-pax", "tar.gz", tar(t.pax((b"path", path.encode())), t.file("x", b"evil"))
        yield name + "-gnu", "tar.gz", tar(t.long_name(path),
                                           t.file("x", b"evil", magic=b"ustar  \0"))
        yield name + "-link", "tar.gz", tar(t.header(path, kind=b"2", link=b"/nowhere"))
        yield name + "-fifo", "tar.gz", tar(t.header(path, kind=b"6"))
        yield name + "-device", "tar.gz", tar(t.header(path, kind=b"3"))
        yield name, "zip", z.archive(start=[z.Entry(path, b"evil", bare=True)])
        yield name + "-directory", "zip", z.archive(start=[
            z.Entry(path + "/", b"", bare=True, method=0, flags=0)])


def through_links(place):
    for way, to in (("absolute", place), ("parent", "../../..")):
        to = to.encode()
        link = t.header("go/l", kind=b"2", link=to)
        yield way + "-link-then-new", "tar.gz", tar(link, t.file("go/l/new", b"evil"))
        yield way + "-link-then-canary", "tar.gz", tar(link, t.file("go/l/canary", b"evil"))
        yield way + "-link-then-directory", "tar.gz", tar(link, t.directory("go/l/new/"))
        yield way + "-link-to-canary", "tar.gz", tar(
            t.header("go/c", kind=b"2", link=to + b"/canary"), t.file("go/c", b"evil"))
        yield way + "-hard-link", "tar.gz", tar(
            t.directory("go/"), t.header("go/h", kind=b"1", link=to + b"/canary"))
        yield way + "-hard-link-with-content", "tar.gz", tar(
            t.directory("go/"),
            t.header("go/h", 4, kind=b"1", link=to + b"/canary") + t.pad(b"evil"))
        yield way + "-hard-link-then-file", "tar.gz", tar(
            t.directory("go/"), t.header("go/h", kind=b"1", link=to + b"/canary"),
            t.file("go/h", b"evil"))
        yield way + "-hard-link-out", "tar.gz", tar(
            t.file("VERSION", b"evil"), t.header(to.decode() + "/new", kind=b"1",
                                                 link=b"VERSION"))


def attributes(place):
    """Nothing is made, what is there is changed."""
    for way, top in (("absolute", place + "/"), ("parent", "../../")):
        for what in ("canary-dir/", ""):
            path, name = top + what, f"{way}-{what.rstrip('/') or 'top'}"
            yield name + "-mode", "tar.gz", tar(t.directory(path, mode=0o7777))
            yield name + "-xattr", "tar.gz", tar(
                t.pax((b"SCHILY.xattr.user.evil", b"evil")), t.directory(path))
            yield name + "-time", "tar.gz", tar(t.pax((b"mtime", b"1.5")), t.directory(path))


def cases(place):
    """(name, kind, bytes)"""
    for group in (plain, through_links, attributes):
        for name, kind, data in group(place):
            yield f"{group.__name__}-{name}.{kind}", kind, data
