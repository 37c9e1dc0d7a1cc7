#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Servers that are broken or mean, against everything that govern asks for.

Each way to misbehave (misbehave.py) meets each thing that is asked for: a proxy's list and
zip, the checksum database's three kinds of answer, the release feed, the archive behind it,
and the URL of --from.  It ends in success after the right number of requests, or in one
error with its exit status; and each time nothing of Home.bad_states() (rig.py) may be, and
the same command against a good server has to succeed with nothing cleaned by hand.

What does not fit into that table follows it: resumption across files, GOPROXY's separators,
certificates, contents that lie, and the network that is not there.

With TORTURE=full everything is tried, else the same part of it each time.
    hostile.t [PATTERN]    only cases whose name matches
"""

import json
import os
import queue
import re
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import warnings

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import (AT, LOG, LOOKUP, MODULE, OLDER, PLATFORM, SECRET, SUPPORTED,  # noqa: E402
                 TARBALL, VERSION, ZIP, Certificates, Home, Site)

FULL = os.environ.get("TORTURE") == "full"
WORKERS = 4
INSTALL = ("install", VERSION[2:])
LIST = AT + "list"


class Case:
    """`prepare` sets a home up and may return a function that looks at it afterwards."""

    def __init__(self, name, prepare, argv=INSTALL, status=(0,), path=None, most=None,
                 again=True, outside=(), quick=False, says="", impatient=False):
        self.name, self.prepare, self.argv = name, prepare, argv
        self.status = status if isinstance(status, tuple) else (status,)
        self.path, self.most = path, most  # no more requests than that for the path
        self.again, self.outside = again, outside
        self.quick = quick
        self.impatient = impatient  # what ends it is that nothing comes
        self.says = says  # in the message

    def run(self, home):
        home.begin()
        after = self.prepare(home)
        if self.impatient:
            home.impatient()
        argv = [a.replace("{url}", home.url(home.here)) for a in self.argv]
        result = home.govern(*argv)
        yield from home.bad_states(result, self.outside)
        said = "%s (%s)" % (result.status, result.err.strip().replace("\n", " | ")[:300])
        if result.status not in self.status:
            yield "status %s, not %s" % (said, " or ".join(map(str, self.status)))
        if self.says not in result.err:
            yield "it does not say '%s': %s" % (self.says, said)
        if self.path and self.most is not None and home.asked(self.path) > self.most:
            yield "%d requests, not %d" % (home.asked(self.path), self.most)
        if after:
            yield from after(result) or ()
        if self.again:
            for server in (home.here, home.there, home.outside):
                server.forget()
            result = home.govern(*argv)
            yield from home.bad_states(result, self.outside)
            if result.status != 0:
                yield "and with a good server: %s %s" % (result.status, result.err[:300])


# -- the table ------------------------------------------------------------------------------
# What is asked for: the path, the command and the settings.
THINGS = {
    "list": (LIST, ("available",), {}),
    "zip": (ZIP, INSTALL, {}),
    "supported": (SUPPORTED, INSTALL, {}),
    "lookup": (LOOKUP, INSTALL, {}),
    "tile": (None, INSTALL, {}),
    "feed": ("/feed.json", ("available",), {"sources.order": "godev"}),
    "file": (TARBALL, INSTALL, {"sources.order": "godev"}),
    "url": (TARBALL, (*INSTALL, "--from", "{url}" + TARBALL), {}),
}
ARCHIVES = ("zip", "file", "url")

GOOD, ONCE, AGAIN, NEVER, GONE = (0, 1), (0, 3), (1, 3), (1, 1), "gone"
EITHER = ((0, 1, 4), 3)  # the bytes decide; bad_states() and the numbers are what counts
GONE_STATUS = {"supported": 1, "lookup": 4, "tile": 1}  # else 3

MODES = {
    GOOD: """chunked no-validator type=text/html type=application/x-banana raw=plain
        raw=small-letters raw=no-reason raw=http10 raw=large-head raw=interim raw=early-hints
        raw=trailer raw=chunk-extension raw=identity raw=cookie raw=alt-svc raw=behind
        raw=same-length-twice raw=odd-validators raw=huge-etag raw=length-and-chunks
        raw=gzip-chunks raw=escapes-in-head raw=blank-name raw=folded raw=bare-lf
        raw=space-before-colon raw=range-in-200 drip=20000""",
    ONCE: """status-once=408 status-once=429 status-once=500 status-once=502 status-once=503
        status-once=504 status-once=503,1 status-once=429,{date+1} once=hang-up
        once=chunk-cut once=raw=half-a-head cut-once range-ignored range-wrong-off
        range-wrong-total part-other-tag part-no-range part-short part-long part-multi
        part-nonsense part-gzip always-416""",
    AGAIN: """status=408 status=429 status=500 status=502 status=503 status=504 status=507
        status=511 status=520 status=529 status=599 status=503,1 status=503,-1
        status=503,soon chunk-bad chunk-cut hang-up raw=half-a-head raw=chunk-huge
        raw=chunk-negative raw=status-999 raw=status-escapes raw=retry-empty
        raw=retry-folded""",
    NEVER: """status=400 status=401 status=402 status=403 status=405 status=406 status=409
        status=418 status=421 status=423 status=425 status=426 status=428 status=431
        status=451 status=501 status=505 status=201 status=202 status=203 status=205
        status=226 status=303 status=307 status=503,86400 status=429,{date+86400}
        status=503,99999999999999999999 raw=retry-twice html-200 negative-cl huge-cl
        endless endless-chunks endless-header many-headers interim-flood garbage
        once=garbage redir-loop raw=length-signed raw=length-hex raw=length-list
        raw=length-empty raw=length-words raw=nul-in-head raw=nul-in-length raw=no-colon
        raw=huge-head raw=huge-reason raw=http-9 raw=icy raw=rtsp raw=status-000
        raw=status-99 raw=status-1000 raw=status-words raw=unasked-206
        raw=unasked-206-behind raw=unasked-206-bare raw=unasked-206-lies raw=unasked-304
        raw=unasked-304-body raw=digest raw=ntlm raw=negotiate raw=bearer raw=proxy-wants
        raw=no-location raw=choices raw=use-proxy raw=two-locations raw=nul-location
        to=other-host to=other-host-port to=no-scheme to=at to=file to=file-host to=ftp
        to=gopher to=dict to=smb to=data to=javascript to=unknown to=empty to=blank
        to=port-large to=port-words to=no-host to=bracket to=zone to=metadata to=long
        to=raw-escapes says=escapes says=lines says=carriage says=long says=direction
        says=bytes says=nul says=percent says=password""",
    GONE: """status=404 status=410 to=other-port to=with-password to=backslash to=decimal
        to=octal to=escapes to=dots to=many-dots raw=crlf-location raw=folded-location""",
    EITHER: """empty two-cl short-cl long-cl no-cl-truncated endless-after gzip-encoded
        raw=deflate raw=brotli raw=length-0 raw=length-over raw=chunk-no-end
        raw=chunk-wrong-size raw=chunked-twice raw=encoding-unknown raw=http09 raw=switch
        rst rst=0 cut cut=0 cut-changed cut-splice part-from-0 to=https
        to=port-0""",
}
# Where a thing of its own comes out: a list that is cut is a list, an empty answer is a yes.
OTHERWISE = {
    ("list", "empty"): (3, 1), ("list", "raw=length-0"): (3, 1), ("list", "cut-changed"): (3, 3),
    ("list", "cut-splice"): (3, 3), ("file", "raw=length-over"): NEVER,
}
# Of these nothing can be asked of an empty answer.
RANGES = re.compile("cut|range|part|always-416|rst|short-cl|two-cl|endless|once=raw|drip")
# No answer, or one too slow: each takes seconds, so they are few.
SLOW = "hang stall slowloris slow-header once=stall once=hang drip=40".split()


def in_mode(thing, mode, site):
    path, argv, settings = THINGS[thing]
    path = path or site.leaf_tile
    name, _, arg = mode.partition("=")

    def prepare(home):
        home.settings.update(settings)
        there = ",%d" % home.there.port if name == "to" else ""
        home.here.rules = [(path, name, arg + there, None)]
    return path, argv, prepare


def table(site):
    number = 0
    for (expected, modes) in MODES.items():
        for mode in modes.split():
            for at, thing in enumerate(THINGS):
                if thing == "supported" and RANGES.search(mode):
                    continue
                status, most = OTHERWISE.get((thing, mode)) or (
                    (GONE_STATUS.get(thing, 3), 1) if expected == GONE else expected)
                if mode == "redir-loop":
                    most = 6
                path, argv, prepare = in_mode(thing, mode, site)
                outside = ("%s:443" % LOG,) if thing == "supported" and expected == GONE else ()
                yield Case("%s: %s" % (thing, mode), prepare, argv, status,
                           "^%s$" % re.escape(path), most, outside=outside,
                           quick=(number % 4 == 0 and number // 4 % len(THINGS) == at))
            number += 1
    for mode in SLOW:
        for thing in THINGS:
            if thing == "supported" and mode in ("stall", "slowloris", "drip=40"):
                continue
            path, argv, prepare = in_mode(thing, mode, site)
            yield Case("%s: %s" % (thing, mode), prepare, argv,
                       0 if mode.startswith("once") or (thing == "list" and "drip" in mode) else
                       (0, 1), "^%s$" % re.escape(path), 3, impatient=True,
                       quick=(thing, mode) in (("zip", "stall"), ("lookup", "slow-header"),
                                               ("list", "hang")))


# -- resuming -------------------------------------------------------------------------------
def conditional(home):
    """A part is asked for with the validator of what came before."""
    def after(result):
        parts = [r for r in home.here.requests if "range" in r["headers"]]
        if not parts:
            yield "nothing was resumed"
        for r in parts:
            if not r["headers"].get("if-range", "").startswith('"'):
                yield "Range without If-Range"
    return after


def resuming(site):
    for thing in ARCHIVES:
        path, argv, settings = THINGS[thing]

        def prepare(home, path=path, settings=settings, mode="cut-swapped", arg=""):
            home.settings.update(settings)
            if settings:  # the feed of a site whose archives are packed again
                feed = json.loads(site.read("/feed.json"))
                for file in feed[0]["files"] + feed[1]["files"]:
                    file["size"] = file["sha256"] = None
                home.here.files["/feed.json"] = json.dumps(feed).encode()
            home.here.rules = [(path, mode, arg, None)]
            return conditional(home) if mode != "cut-swapped-bare" else None
        pattern = "^%s$" % re.escape(path)
        yield Case("%s: another file in its place, whole and at once" % thing, prepare, argv, 0,
                   pattern, 2, quick=True)
        yield Case("%s: another file in its place, and nothing tells" % thing,
                   lambda home, p=prepare: p(home, mode="cut-swapped-bare"), argv, (0, 4),
                   pattern, 3)
        for at in (0, 1, 63, 64, 65, 1000, 65536):
            yield Case("%s: cut after %d bytes" % (thing, at),
                       lambda home, p=prepare, at=at: p(home, mode="cut-once", arg=str(at)) and
                       None, argv, 0, pattern, 2)

    # Two commands, and the file changes in between.
    def two(home, then):
        home.here.rules = [(ZIP, "cut", "100000", 1), (ZIP, "status", "403", None)]
        first = home.govern(*INSTALL)
        home.here.forget()
        home.here.files.update(then)
        return first
    other = site.read(ZIP + ".other")
    good = site.read(ZIP)
    for name, then, status in (
            ("the same", {}, 0),
            ("another", {ZIP: other}, 0),
            ("shorter than what is here", {ZIP: b"x" * 50}, 1),
            ("of the same size, damaged", {ZIP: good[:-30000] + bytes(99) + good[-29901:]}, 4),
            ("gone", {ZIP: None}, 3)):
        yield Case("zip: resumed the next day, the file is " + name,
                   lambda home, then=then: two(home, then) and None, INSTALL, status,
                   "^%s$" % re.escape(ZIP), 3, quick=name == "another")


# -- GOPROXY --------------------------------------------------------------------------------
def separators():
    """As cmd/go: behind a comma only 404 and 410 lead on, behind | every error; a checksum
    that is wrong never."""
    first = {"status=404": True, "status=410": True, "status=403": False, "status=401": False,
             "status=429": False, "status=500": False, "status=503": False, "hang-up": False,
             "html-200": False, "garbage": False, "refused": False, "empty": False,
             "to=file": False, "raw=nul-in-head": False}
    for mode, comma in first.items():
        for sep in ",|":
            for then in ("proxy", "off", "direct"):
                goes_on = comma or sep == "|"

                def prepare(home, mode=mode, sep=sep, then=then):
                    name, _, arg = mode.partition("=")
                    # The log stays out of it: its own way through the list is tried below.
                    home.env["GOSUMDB"] += " " + home.url(home.here, "/sumdb/" + LOG)
                    home.here.rules = [("/one*", name, arg, None)]
                    one = home.url(home.here, "/one")
                    if mode == "refused":
                        one = "http://127.0.0.1:%d" % closed_port()
                    two = {"proxy": home.url(home.here)}.get(then, then)
                    home.env["GOPROXY"] = one + sep + two
                status = 1
                if goes_on:
                    status = {"proxy": 0, "off": 4, "direct": 1}[then]
                elif mode.startswith("status=4") and comma:
                    status = 3
                outside = ("go.dev:443",) if goes_on and then == "direct" else ()
                yield Case("GOPROXY: %s %s %s" % (mode, sep, then), prepare, INSTALL, status,
                           "^%s$" % re.escape(ZIP), 1 if goes_on else 0, again=False,
                           outside=outside,
                           quick=then == "proxy" and mode in ("status=404", "status=403",
                                                              "status=500", "refused"))
    for mode in ("status=404", "status=403", "status=500"):
        for sep in ",|":
            goes_on = mode == "status=404" or sep == "|"

            def carry(home, mode=mode, sep=sep):
                name, _, arg = mode.partition("=")
                home.here.rules = [("/one/sumdb/*", name, arg, None)]
                home.here.files = {"/one" + ZIP: home.site.read(ZIP)}
                home.env["GOPROXY"] = home.url(home.here, "/one") + sep + home.url(home.here)
            yield Case("GOPROXY: the log, %s %s" % (mode, sep), carry, INSTALL,
                       0 if goes_on else 1, "^%s$" % re.escape(LOOKUP), 1 if goes_on else 0,
                       again=False, quick=True)
    for sep in ",|":
        def damaged(home, sep=sep):
            data = bytearray(home.site.read(ZIP))
            data[len(data) // 2] ^= 1
            home.here.files["/one" + ZIP] = bytes(data)
            home.env["GOPROXY"] = home.url(home.here, "/one") + sep + home.url(home.here)
        yield Case("GOPROXY: a damaged zip %s is not asked for elsewhere" % sep, damaged, INSTALL,
                   4, "^%s$" % re.escape(ZIP), 0, again=False, quick=True)


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# -- contents that lie ----------------------------------------------------------------------
def lies(site):
    def listed(*versions):
        def after(home):
            def look(result):
                named = [r["version"] for r in json.loads(result.out)["releases"]]
                if sorted(named) != sorted(versions):
                    yield "listed: %s" % named[:5]
            return look
        return after

    def case(name, more, argv=INSTALL, status=0, settings=None, look=None, **more_args):
        def prepare(home):
            home.here.files.update(more)
            home.settings.update(settings or {})
            return look(home) if look else None
        return Case(name, prepare, argv, status, quick=True, **more_args)

    good = site.read(LIST)
    available = ("available", "--all", "--json")
    odd = (b"v0.0.1-../../../../tmp/x.%s\nv0.0.1-go1.99\x1b[2J.%s\n\0\0\n\xff\xfe\n"
           b"v0.0.1-go1.22.5.%s/../x\nv0.0.1-go1.2.3.4.5.%s\n\r\r\n \n"
           b"v0.0.1-go1.2%%2e.%s\nhttp://127.0.0.1/\nv0.0.1-go01.2.3.%s\nv1.0.0\n"
           ) % ((PLATFORM.encode(),) * 6)
    for name, text in {
            "hostile lines": odd + good + odd,
            "10^5 strange lines": b"v0.0.1-go1.2.x\n" * 100000 + good,
            "the same lines 10^4 times": good * 10000,
            "a line of 4 MiB": b"x" * (4 << 20 - 1) + b"\n",
            "no newline at the end": good.rstrip(),
            "CRLF": good.replace(b"\n", b"\r\n"),
            "NUL for newline": good.replace(b"\n", b"\0")}.items():
        broken = name in ("NUL for newline", "a line of 4 MiB")
        yield case("list: " + name, {LIST: text}, available, (0, 1, 3) if broken else 0,
                   look=None if broken else listed(VERSION, OLDER))
    yield case("list: 10^6 lines", {LIST: b"v0\n" * 1000000 + good}, available, 0,
               look=listed(VERSION, OLDER))

    # What is not asked for cannot lie.
    for path in (AT + MODULE + ".info", AT + MODULE + ".mod", "/golang.org/toolchain/@latest",
                 "/sumdb/%s/latest" % LOG, TARBALL + ".sha256"):
        def never(home, path=path):
            home.here.files[path] = b'{"Version":"v0.0.1-go1.1.1.%s"}' % PLATFORM.encode()
            home.here.rules = [(path, "endless", "", None)]
        yield Case("%s is not asked for" % path.rsplit("/", 1)[1], never, INSTALL, 0,
                   "^%s$" % re.escape(path), 0, quick=True)

    other = "golang.org/toolchain@v0.0.1-%s.%s/" % (OLDER, PLATFORM)
    older_zip = site.read(AT + "v0.0.1-%s.%s.zip" % (OLDER, PLATFORM))
    for name, data in {
            "another prefix": site.with_prefix(other),
            "no prefix": site.with_prefix(""),
            "a prefix that climbs": site.with_prefix("../../"),
            "the older version's": older_zip,
            "a tarball": site.read(TARBALL),
            "half of it": site.read(ZIP)[:100000],
            "nothing but its magic": b"PK\3\4" + bytes(100)}.items():
        yield case("zip: " + name, {ZIP: data}, status=(0,) if name == "a tarball" else 4)
    yield case("zip: a long text", {ZIP: b"nothing of this is an archive\n" * 100}, status=1)

    feed = json.loads(site.read("/feed.json"))
    godev = {"sources.order": "godev"}

    def changed(**fields):
        copy = json.loads(json.dumps(feed))
        for release in copy:
            for file in release["files"]:
                file.update(fields)
        return {"/feed.json": json.dumps(copy).encode()}
    bare = json.dumps(feed)
    for name, more, status in (
            ("a digest of other bytes", changed(sha256="0" * 64), 4),
            ("a digest that is none", changed(sha256="../../etc/passwd"), 0),
            ("a size too small", changed(size=1000), 1),
            ("a size too large", changed(size=1 << 40), (0, 1)),
            ("a negative size", changed(size=-1), 0),
            ("a size of words", changed(size="large"), 0),
            ("a name that climbs", changed(filename="../../" + TARBALL), (0, 3)),
            ("a name with a query", changed(filename="x?y=.tar.gz"), (0, 3)),
            ("names with escapes", changed(filename="\x1b[2J.tar.gz"), (0, 3)),
            ("another platform's", changed(os="plan9"), (0, 3)),
            ("everything twice", {"/feed.json": json.dumps(feed * 2).encode()}, 0),
            ("entries of other types", {"/feed.json": json.dumps(
                [None, 5, "x", [], {}, {"version": 5}, {"version": VERSION, "files": 5},
                 {"version": VERSION, "files": [None, 5, []]}] + feed).encode()}, (0, 3)),
            ("keys twice", {"/feed.json": bare.replace(
                '"version": ', '"version": "go1.1", "version": ').encode()}, (0, 1, 3)),
            ("10^5 levels", {"/feed.json": b"[" * 100000}, (0, 1)),
            ("not UTF-8", {"/feed.json": bare.encode("utf-16")}, (0, 1))):
        yield case("feed: " + name, more, status=status, settings=godev)

    def bases(home):
        home.settings["sources.order"] = "godev"
        home.here.rules = [("/bad/*", "status", "403", None)]
        home.settings["godev.files"] = "%s %s" % (home.url(home.here, "/bad/"),
                                                  home.url(home.here, "/"))
    yield Case("file: the next base after an error of the first", bases, INSTALL, 0, quick=True)


# -- redirects that work, passwords, retries ------------------------------------------------
def manners(site):
    def found_there(home):
        home.here.rules = [(ZIP, "to", "other-port,%d" % home.there.port, None)]
        home.there.files["/stolen"] = site.read(ZIP)
    yield Case("zip: a redirect to another port is followed, without the password", found_there,
               INSTALL, 0, "^%s$" % re.escape(ZIP), 1, quick=True)

    def netrc(home, machine="127.0.0.1"):
        path = home.dir + "/.netrc"
        with open(path, "w", encoding="utf-8") as f:
            f.write("machine %s login me password %s\n" % (machine, SECRET))
        home.env["GOPROXY"] = home.url(home.here, user="")
        os.chmod(path, 0o600)

    def netrc_redirect(home):
        netrc(home)
        found_there(home)

        def after(result):
            os.unlink(home.dir + "/.netrc")
            if not any("authorization" in r["headers"] for r in home.here.requests):
                yield "the netrc file was not used"
        return after

    class Netrc(Case):
        def run(self, home):  # the file that holds it is not where it should not be
            for bad in super().run(home):
                if not bad.endswith(".netrc"):
                    yield bad
    yield Netrc("zip: nor the one of the netrc file", netrc_redirect, INSTALL, 0, quick=True)

    for hops, status in ((5, 0), (6, 1)):
        def chain(home, hops=hops):
            home.env["GOPROXY"] = home.url(home.here, "/redir-chain=%d" % hops)
            home.env["GOSUMDB"] += " " + home.url(home.here, "/sumdb/" + LOG)
        yield Case("zip: %d redirects" % hops, chain, INSTALL, status, again=False, quick=True)

    def default_retries(home):
        del home.settings["network.retries"]
        home.here.rules = [(ZIP, "status", "500", None)]
    yield Case("zip: 500 for ever: five requests, and some seconds", default_retries, INSTALL, 1,
               "^%s$" % re.escape(ZIP), 5)

    def minutes(home):
        home.settings["network.retries"] = "100"
        home.here.rules = [(ZIP, "status", "503,59", None)]
    yield Case("zip: Retry-After of a minute for ever: two minutes at most", minutes, INSTALL, 1,
               "^%s$" % re.escape(ZIP), 3)

    def exact(home, retry):
        home.here.rules = [(ZIP, "status-once", "429," + retry, None)]

        def after(result):
            if result.seconds < 1.5:
                yield "it waited %.1f seconds only" % result.seconds
        return after
    for retry in ("2", "{date+3}"):
        yield Case("zip: Retry-After %s is waited for" % retry,
                   lambda home, retry=retry: exact(home, retry), INSTALL, 0,
                   "^%s$" % re.escape(ZIP), 2, quick=True)

    def plain_elsewhere(home):
        home.env["GOPROXY"] = "http://me:%s@proxy.example:80" % SECRET
    yield Case("a password is not sent over plain http", plain_elsewhere, INSTALL, 1,
               again=False, says="plain http", quick=True)


# -- no network, and TLS --------------------------------------------------------------------
def absent():
    def nobody(home):
        home.env["GOPROXY"] = "http://127.0.0.1:%d" % closed_port()
    yield Case("no network: connection refused", nobody, INSTALL, 1, again=False,
               says="hint: check the network", quick=True)

    def silent(home, scheme, full):
        """A port that takes connections and says nothing, or does not even take them."""
        server = socket.create_server(("127.0.0.1", 0), backlog=0 if full else 5)
        port = server.getsockname()[1]
        held = [server]
        for _ in range(4 if full else 0):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            held.append(client)
        home.env["GOPROXY"] = "%s://127.0.0.1:%d" % (scheme, port)
        return lambda result: [s.close() for s in held] and None
    yield Case("no network: nobody takes the connection",
               lambda home: silent(home, "http", True), INSTALL, 1, again=False,
               impatient=True, says="cannot reach '127.0.0.1'")
    yield Case("TLS: no answer to the first words",
               lambda home: silent(home, "https", False), INSTALL, 1, again=False,
               impatient=True)

    def no_name(home):
        home.env["GOPROXY"] = "https://proxy.invalid"
        del home.env["HTTPS_PROXY"], home.env["HTTP_PROXY"]
    yield Case("no network: a name that nobody knows", no_name, INSTALL, 1, again=False,
               says="cannot reach 'proxy.invalid'", quick=True)

    def no_proxy(home):
        home.env["GOPROXY"] = "https://proxy.example"
        home.env["HTTPS_PROXY"] = "http://127.0.0.1:%d" % closed_port()
    yield Case("no network: its proxy does not answer", no_proxy, INSTALL, 1, again=False,
               says="a proxy is named by HTTPS_PROXY", quick=True)

    def refuses(home):
        home.env["GOPROXY"] = "https://proxy.example"
    yield Case("no network: its proxy refuses", refuses, INSTALL, 1, again=False,
               outside=("proxy.example:443",), says="does not connect to 'proxy.example'",
               quick=True)


def certificates(site):
    tls = Certificates(site.top)
    contexts = {
        "good": tls.context("good"),
        "expired": tls.context("expired", issued=("20200101000000Z", "20210101000000Z")),
        "not yet valid": tls.context("early", issued=("20900101000000Z", "20910101000000Z")),
        "another host's": tls.context("host", "other.example", "DNS:other.example"),
        "self-signed": tls.context("self", self_signed=True),
    }
    old = tls.context("old")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is old, that is why
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    contexts["of TLS 1.0"] = old
    says = {"not yet valid": "set the clock", "expired": "set the clock",
            "another host's": "certificate of '127.0.0.1' is not accepted",
            "self-signed": "SSL_CERT_FILE", "unknown": "SSL_CERT_FILE"}

    def served(home, name, thing, ca=tls.ca):
        server = home.secure(contexts.get(name, contexts["good"]))
        home.settings.update(THINGS[thing][2])
        home.env["SSL_CERT_FILE"] = ca
        home.env["GOPROXY"] = home.url(server, scheme="https")
        home.settings["godev.feed"] = home.url(server, "/feed.json", "https")
        if name == "plain http":
            home.env["GOPROXY"] = home.url(home.here, scheme="https")
            home.settings["godev.feed"] = home.url(home.here, "/feed.json", "https")
        return server

    for name in [*contexts, "unknown", "plain http"]:
        for thing in ("list", "zip", "feed"):
            def prepare(home, name=name, thing=thing):
                server = served(home, name, thing,
                                "/etc/ssl/certs/ca-certificates.crt" if name == "unknown"
                                else tls.ca)

                def after(result):
                    if name != "good" and (server.requests or home.here.requests):
                        yield "it was asked all the same"
                    if server.connections > (2 if name in says else 9):
                        yield "%d connections" % server.connections
                return after
            yield Case("TLS: %s, %s" % (thing, name), prepare, THINGS[thing][1],
                       0 if name == "good" else 1, again=False, says=says.get(name, ""),
                       quick=thing == "zip")

    def down(home, where):
        server = served(home, "good", "zip")
        server.rules = [(ZIP, "redirect", where(home, server), None)]
        home.there.files["/stolen"] = site.read(ZIP)

        def after(result):
            if home.there.requests or home.here.requests:
                yield "it went to plain http"
        return after
    yield Case("TLS: a redirect to http is not followed",
               lambda home: down(home, lambda h, s: "http://127.0.0.1:%d/stolen" % h.there.port),
               INSTALL, 1, again=False, says="not https", quick=True)

    def elsewhere(home):
        other = home.secure(contexts["good"])
        other.files["/stolen"] = site.read(ZIP)
        server = served(home, "good", "zip")
        server.rules = [(ZIP, "redirect", "https://127.0.0.1:%d/stolen" % other.port, None)]

        def after(result):
            if [r for r in other.requests if "authorization" in r["headers"]]:
                yield "another server got the password"
            if not other.requests:
                yield "the redirect was not followed"
        return after
    yield Case("TLS: a redirect to another server, without the password", elsewhere, INSTALL, 0,
               again=False, quick=True)
    for mode in ("rst", "hang-up", "status=500", "cut-once", "garbage", "stall", "html-200"):
        def over(home, mode=mode):
            name, _, arg = mode.partition("=")
            served(home, "good", "zip").rules = [(ZIP, name, arg, None)]
        yield Case("TLS: zip: %s" % mode, over, INSTALL, 0 if mode == "cut-once" else 1,
                   again=False, quick=mode == "cut-once", impatient=mode == "stall")


# -------------------------------------------------------------------------------------------
class Report:
    """TAP, in the order of the cases, as far as they are done."""

    def __init__(self, cases):
        self.cases, self.done, self.next, self.bad = cases, {}, 0, 0
        self.lock = threading.Lock()
        print("1..%d" % len(cases), flush=True)

    def add(self, at, bad):
        with self.lock:
            self.done[at] = bad
            while self.next in self.done:
                bad = self.done.pop(self.next)
                print("%s %d - %s" % ("not ok" if bad else "ok", self.next + 1,
                                      self.cases[self.next].name.replace("#", "")))
                for line in bad:
                    print("# " + line.encode("ascii", "backslashreplace").decode(
                        ).replace("\n", " | "))
                sys.stdout.flush()
                self.bad += len(bad)
                self.next += 1


def work(cases, site, number, report):
    home = Home(site, "%s/home%d" % (site.top, number))
    while True:
        try:
            at, case = cases.get_nowait()
        except queue.Empty:
            return
        try:
            bad = list(case.run(home))
        except Exception as e:  # a broken test is a bad state too
            bad = ["the test itself: %r" % e]
        home.end()
        report.add(at, bad)


def main():
    top = tempfile.mkdtemp(prefix="hostile.", dir=os.environ.get("TMPDIR"))
    try:
        site = Site(top)
        cases = [*table(site), *resuming(site), *separators(), *lies(site), *manners(site),
                 *absent(), *certificates(site)]
        if len(sys.argv) > 1:
            cases = [c for c in cases if re.search(sys.argv[1], c.name)]
        elif not FULL:
            cases = [c for c in cases if c.quick]
        todo, report = queue.Queue(), Report(cases)
        for pair in enumerate(cases):
            todo.put(pair)
        threads = [threading.Thread(target=work, args=(todo, site, i, report))
                   for i in range(WORKERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if report.bad:
            print("# again: B=build TORTURE=full tests/server/hostile.t PATTERN")
        print("# tried %d cases of hostile servers (%d modes), bad states: %d" % (
            len(cases), len(set(" ".join(MODES.values()).split())) + len(SLOW), report.bad))
        return 1 if report.bad else 0
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # threads of servers that still wait for somebody
