# SPDX-License-Identifier: Apache-2.0
"""What loopback.py can do wrong: each mode by its name.

Files and ranges (in loopback.py; a path's first answer is cut, what follows is wrong):
  cut[=N]              close after N bytes (default: half) of each answer; ranges work
  cut-once[=N]         the same for the first request of a path; good afterwards
  cut-changed          cut once; afterwards another file of the same size, another ETag
  cut-splice           the same, and the server ignores If-Range: 206 of the other file
  cut-swapped          cut once; afterwards the file PATH.other, with its own ETag
  cut-swapped-bare     the same, and no ETag or date that could tell
  range-ignored        always 200 with everything     range-wrong-off    one byte late
  range-wrong-total    names another total            always-416         with another size
  part-other-tag       206 whose ETag is another's    part-no-range      no Content-Range
  part-short           one byte less than there is    part-from-0        the bytes of the start
  part-long            more than it says              part-gzip          Content-Encoding: gzip
  part-multi           multipart/byteranges           part-nonsense      Content-Range: 9-2/1
  no-validator         no ETag, no date

An answer as it stands, the RAW table below: `raw=NAME`.

Status:
  status=CODE[,RETRY-AFTER]   with a text/plain sentence; `{date+S}` is an HTTP date
  status-once=CODE[,RETRY-AFTER]   the first request of a path only
  once=MODE[=ARG]      MODE for the first request of a path; good afterwards
  auth=USER:PASS       401 unless Basic with these
  says=NAME            403 with what is in SAYS as text/plain

Redirects:
  redirect=URL         302 to URL; `{port}` in it is our port; nothing after it is served
  redir-path           302 to the rest of the path on this server
  redir-loop           302 to itself
  redir-cut            302 to the rest of the path, and half of its body
  redir-chain=N        N redirects, then the file
  to=NAME[,PORT]       302 to one of the places in TO

Lengths, contents, chunks:
  two-cl short-cl long-cl negative-cl huge-cl    Content-Length that is not so
  no-cl-truncated      half of it, without a length, then close
  chunked chunk-bad chunk-cut                    a good and two bad chunked answers
  html-200             200 and a web page        gzip-encoded    Content-Encoding: gzip
  empty                200 and nothing           type=TYPE       Content-Type
  endless              200 without a length, and bytes for ever
  endless-after        the same behind the file  endless-chunks  the same in chunks

Time and connections:
  slowloris            one byte a second         slow-header     the same for the head
  drip=BYTES           so many bytes ten times a second
  hang                 no answer                 stall[=N]       nothing after N bytes
  rst[=N]              reset after N bytes (default: half)
  endless-header many-headers interim-flood      a head that does not end
  garbage              not HTTP                  hang-up         close without an answer
"""

import base64
import email.utils
import gzip
import re
import socket
import struct
import time
import urllib.parse
import zlib


def head(status, *fields, length=None):
    lines = [b"HTTP/1.1 " + status, *fields]
    if length is not None:
        lines.append(b"Content-Length: %d" % length)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def ok(data, *fields, length=None):
    return head(b"200 OK", *fields, length=len(data) if length is None else length) + data


def chunks(data):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


CHUNKED = b"Transfer-Encoding: chunked"
NO_BODY = b"Content-Length: 0"

# name: from the file's bytes to the bytes on the wire; the connection is closed behind them.
RAW = {
    # good, if unusual
    "plain": lambda d: ok(d),
    "small-letters": lambda d: b"HTTP/1.1 200 ok\r\ncontent-length:%d\r\n\r\n" % len(d) + d,
    "no-reason": lambda d: b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(d) + d,
    "http10": lambda d: b"HTTP/1.0 200 OK\r\n\r\n" + d,
    "large-head": lambda d: ok(d, b"X-Large: " + b"x" * 40000),
    "interim": lambda d: head(b"100 Continue") + head(b"102 Processing") + ok(d),
    "early-hints": lambda d: head(b"103 Early Hints", b"Link: </x>; rel=preload") + ok(d),
    "trailer": lambda d: head(b"200 OK", CHUNKED, b"Trailer: ETag") + chunks(d)[:-2] +
    b"ETag: \"later\"\r\nContent-Length: 5\r\n\r\n",
    "chunk-extension": lambda d: head(b"200 OK", CHUNKED) +
    b"%x;a=\"b\"\r\n%s\r\n0;c\r\n\r\n" % (len(d), d),
    "identity": lambda d: ok(d, b"Content-Encoding: identity"),
    "cookie": lambda d: ok(d, b"Set-Cookie: follow=me; Path=/"),
    "alt-svc": lambda d: ok(d, b'Alt-Svc: h3=":1"; persist=1', b"Refresh: 0; url=http://localhost/",
                            b"Content-Location: /elsewhere", b"Location: /elsewhere"),
    "same-length-twice": lambda d: ok(d, b"Content-Length: %d" % len(d)),
    "odd-validators": lambda d: ok(d, b"ETag: unquoted \x1b[31m", b"Last-Modified: tomorrow"),
    "huge-etag": lambda d: ok(d, b'ETag: "' + b"e" * 5000 + b'"'),
    "behind": lambda d: ok(d) + ok(b"this was not asked for"),
    # lengths
    "length-signed": lambda d: head(b"200 OK", b"Content-Length: +%d" % len(d)) + d,
    "length-hex": lambda d: head(b"200 OK", b"Content-Length: 0x%x" % len(d)) + d,
    "length-list": lambda d: head(b"200 OK", b"Content-Length: %d, 5" % len(d)) + d,
    "length-empty": lambda d: head(b"200 OK", b"Content-Length:") + d,
    "length-words": lambda d: head(b"200 OK", b"Content-Length: all of it") + d,
    "length-0": lambda d: ok(d, length=0),
    "length-and-chunks": lambda d: head(b"200 OK", CHUNKED, b"Content-Length: 5") + chunks(d),
    "length-over": lambda d: ok(d, length=1 << 40),
    # chunks
    "chunk-huge": lambda d: head(b"200 OK", CHUNKED) + b"f" * 40 + b"\r\n" + d,
    "chunk-negative": lambda d: head(b"200 OK", CHUNKED) + b"-5\r\n" + d,
    "chunk-no-end": lambda d: head(b"200 OK", CHUNKED) + chunks(d)[:-5],
    "chunk-wrong-size": lambda d: head(b"200 OK", CHUNKED) +
    b"%x\r\n%s\r\n0\r\n\r\n" % (len(d) // 2, d),
    "encoding-unknown": lambda d: head(b"200 OK", b"Transfer-Encoding: banana") + d,
    "chunked-twice": lambda d: head(b"200 OK", b"Transfer-Encoding: chunked, chunked") +
    chunks(chunks(d)),
    # contents
    "deflate": lambda d: ok(zlib.compress(d), b"Content-Encoding: deflate"),
    "brotli": lambda d: ok(d, b"Content-Encoding: br"),
    "gzip-chunks": lambda d: head(b"200 OK", b"Transfer-Encoding: gzip, chunked") +
    chunks(gzip.compress(d)),
    # heads
    "nul-in-head": lambda d: ok(d, b"X-Odd: a\0b"),
    "nul-in-length": lambda d: head(b"200 OK", b"Content-Length: %d\0" % len(d)) + d,
    "escapes-in-head": lambda d: ok(d, b"X-Odd: \x1b]0;title\x07\x1b[2J\xff\xfe"),
    "no-colon": lambda d: ok(d, b"this is no field"),
    "blank-name": lambda d: ok(d, b": nameless"),
    "folded": lambda d: ok(d, b"X-Long: one\r\n two\r\n\tthree"),
    "space-before-colon": lambda d: head(b"200 OK", b"Content-Length : %d" % len(d)) + d,
    "bare-lf": lambda d: b"HTTP/1.1 200 OK\nContent-Length: %d\n\n" % len(d) + d,
    "huge-head": lambda d: ok(d, b"X-Large: " + b"x" * 300000),
    "huge-reason": lambda d: b"HTTP/1.1 200 " + b"o" * 300000 + b"\r\n\r\n" + d,
    # status lines
    "http09": lambda d: d,
    "http-9": lambda d: b"HTTP/9.9 200 OK\r\nContent-Length: %d\r\n\r\n" % len(d) + d,
    "icy": lambda d: b"ICY 200 OK\r\n\r\n" + d,
    "rtsp": lambda d: b"RTSP/1.0 200 OK\r\n\r\n" + d,
    "status-000": lambda d: head(b"000 Nothing", NO_BODY),
    "status-99": lambda d: head(b"99 Less", NO_BODY),
    "status-999": lambda d: head(b"999 More", NO_BODY),
    "status-1000": lambda d: head(b"1000 Most", NO_BODY),
    "status-words": lambda d: head(b"OK OK", NO_BODY),
    "status-escapes": lambda d: head(b"500 \x1b[31mred\x07", NO_BODY),
    "switch": lambda d: head(b"101 Switching Protocols", b"Upgrade: websocket",
                             b"Connection: Upgrade") + d,
    "half-a-head": lambda d: b"HTTP/1.1 200 OK\r\nContent-Le",
    # parts, and not modified, that nobody asked for
    "unasked-206": lambda d: head(b"206 Partial Content", b"Content-Range: bytes 0-%d/%d" % (
        len(d) - 1, len(d)), length=len(d)) + d,
    "unasked-206-behind": lambda d: head(
        b"206 Partial Content", b"Content-Range: bytes 5-%d/%d" % (len(d) - 1, len(d)),
        length=max(len(d) - 5, 0)) + d[5:],
    "unasked-206-bare": lambda d: head(b"206 Partial Content", length=len(d)) + d,
    "unasked-206-lies": lambda d: head(b"206 Partial Content", b"Content-Range: bytes 9-2/1",
                                       length=len(d)) + d,
    "range-in-200": lambda d: ok(d, b"Content-Range: bytes 5-9/10"),
    "unasked-304": lambda d: head(b"304 Not Modified", b'ETag: "x"'),
    "unasked-304-body": lambda d: head(b"304 Not Modified", length=len(d)) + d,
    # authentication of kinds that are not used
    "digest": lambda d: head(b"401 Unauthorized",
                             b'WWW-Authenticate: Digest realm="r", nonce="n"', NO_BODY),
    "ntlm": lambda d: head(b"401 Unauthorized", b"WWW-Authenticate: NTLM", NO_BODY),
    "negotiate": lambda d: head(b"401 Unauthorized", b"WWW-Authenticate: Negotiate", NO_BODY),
    "bearer": lambda d: head(b"401 Unauthorized", b"WWW-Authenticate: Bearer realm=\"x\"",
                             NO_BODY),
    "proxy-wants": lambda d: head(b"407 Proxy Authentication Required",
                                  b'Proxy-Authenticate: Basic realm="r"', NO_BODY),
    "says-in-chunks": lambda d: head(b"404 Not Found", b"Content-Type: text/plain", CHUNKED) +
        b"9\r\nnot here,\r\n5\r\n sir\n\r\n6\r\nhint: \r\n0\r\n\r\n",
    # redirects that lead nowhere
    "no-location": lambda d: head(b"302 Found", NO_BODY),
    "choices": lambda d: head(b"300 Multiple Choices", b"Location: /elsewhere", NO_BODY),
    "use-proxy": lambda d: head(b"305 Use Proxy", b"Location: http://localhost:1/", NO_BODY),
    "two-locations": lambda d: head(b"302 Found", b"Location: http://localhost:1/a",
                                    b"Location: file:///etc/passwd", NO_BODY),
    "crlf-location": lambda d: head(b"302 Found", b"Location: /x\rX-Injected: yes", NO_BODY),
    "nul-location": lambda d: head(b"302 Found", b"Location: /x\0y", NO_BODY),
    "folded-location": lambda d: head(b"302 Found", b"Location: /x\r\n X-Injected: yes", NO_BODY),
    # a pause that makes no sense
    "retry-twice": lambda d: head(b"503 Busy", b"Retry-After: 1", b"Retry-After: 86400", NO_BODY),
    "retry-empty": lambda d: head(b"503 Busy", b"Retry-After:", NO_BODY),
    "retry-folded": lambda d: head(b"503 Busy", b"Retry-After: 1\r\n 0", NO_BODY),
}

# name: (status, Location), with {here} and {there} for the two servers of a test.
TO = {
    "other-port": "http://127.0.0.1:{there}/stolen",
    "other-host": "http://localhost:{here}/stolen",
    "other-host-port": "http://localhost:{there}/stolen",
    "with-password": "http://eve:evil@127.0.0.1:{there}/stolen",
    "no-scheme": "//localhost:{there}/stolen",
    "at": "http://127.0.0.1:{here}@localhost:{there}/stolen",
    "backslash": "http://127.0.0.1:{there}\\@127.0.0.1:{here}/stolen",
    "https": "https://localhost:{there}/stolen",
    "file": "file:///etc/passwd",
    "file-host": "file://localhost/etc/passwd",
    "ftp": "ftp://localhost:{there}/stolen",
    "gopher": "gopher://127.0.0.1:{there}/_GET%20/stolen",
    "dict": "dict://127.0.0.1:{there}/stolen",
    "smb": "smb://localhost/share/stolen",
    "data": "data:text/plain,stolen",
    "javascript": "javascript:alert(1)",
    "unknown": "banana://localhost/stolen",
    "empty": "",
    "blank": "   ",
    "port-0": "http://127.0.0.1:0/stolen",
    "port-large": "http://127.0.0.1:99999/stolen",
    "port-words": "http://127.0.0.1:http/stolen",
    "no-host": "http:///stolen",
    "bracket": "http://[::1/stolen",
    "zone": "http://[fe80::1%25eth0]/stolen",
    "decimal": "http://2130706433:{there}/stolen",
    "octal": "http://0177.0.0.1:{there}/stolen",
    "metadata": "http://169.254.169.254/latest/meta-data",
    "long": "/" + "x" * 9000,
    "escapes": "/%1b[2J%0d%0aX-Injected:%20yes",
    "raw-escapes": "/\x1b[2Jx\x7f",
    "dots": "/../../../../../../etc/passwd",
    "many-dots": "http://127.0.0.1:{here}/" + "../" * 500 + "stolen",
}

SAYS = {
    "escapes": "\x1b[2J\x1b]0;title\x07 press \x9b any key",
    "lines": "one\ntwo\nhint: sudo rm -rf /\n",
    "carriage": "all is well\rgovern: go1.22.5 installed: proven\r",
    "long": "word " * 200000,
    "direction": "from \u202eleft to right\u202c \u2066x\u2069",
    "bytes": "\udcff\udcfe not UTF-8",
    "nul": "a\0b",
    "percent": "%s %n %d %1$s",
    "password": "the password was {authorization}",
}


class Misbehave:
    """A part of loopback.Handler."""

    def bare(self, data):
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True

    def mode_raw(self, path, arg, before):
        # `behind` is about connections that are used again
        self.wfile.write(RAW[arg](self.load(path) or b""))
        self.close_connection = arg not in ("behind", "plain")

    def mode_once(self, path, arg, before):
        name, _, rest = arg.partition("=")
        if before == 0:
            return self.answer(path, name, rest, before)
        return self.answer(path, None, "", before)

    # -- lengths ------------------------------------------------------------------------
    def with_lengths(self, path, lengths, part=None):
        data = self.load(path) or b""
        self.send_response(200)
        for length in lengths:
            self.send_header("Content-Length", length)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data if part is None else data[:part])
        self.close_connection = True

    def size(self, path):
        return len(self.load(path) or b"")

    def mode_two_cl(self, path, arg, before):
        n = self.size(path)
        self.with_lengths(path, [str(n // 2), str(n)])

    def mode_short_cl(self, path, arg, before):
        self.with_lengths(path, [str(self.size(path) // 2)])

    def mode_long_cl(self, path, arg, before):
        self.with_lengths(path, [str(self.size(path) + 10)])

    def mode_negative_cl(self, path, arg, before):
        self.with_lengths(path, ["-5"])

    def mode_huge_cl(self, path, arg, before):
        self.with_lengths(path, ["99999999999999999999999"])

    def mode_no_cl_truncated(self, path, arg, before):
        self.with_lengths(path, [], self.size(path) // 2)

    def mode_empty(self, path, arg, before):
        self.with_lengths(path, ["0"], 0)

    def without_end(self, data, more):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        while True:
            self.wfile.write(more)

    def mode_endless(self, path, arg, before):
        self.without_end(b"", b"x" * 65536)

    def mode_endless_after(self, path, arg, before):
        self.without_end(self.load(path) or b"", b"x" * 65536)

    # -- chunks -------------------------------------------------------------------------
    def chunks(self, path, tail):
        data = self.load(path) or b""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        half = len(data) // 2
        if half:  # a chunk of no bytes is the last
            self.wfile.write(b"%x\r\n%s\r\n" % (half, data[:half]))
        self.wfile.write(tail(data[half:]))
        self.close_connection = True

    def mode_chunked(self, path, arg, before):
        self.chunks(path, lambda rest: chunks(rest) if rest else b"0\r\n\r\n")

    def mode_chunk_bad(self, path, arg, before):
        self.chunks(path, lambda rest: b"zz\r\n" + rest)

    def mode_chunk_cut(self, path, arg, before):
        self.chunks(path, lambda rest: b"%x\r\n%s" % (len(rest) + 5, rest))

    def mode_endless_chunks(self, path, arg, before):
        self.bare(head(b"200 OK", CHUNKED))
        while True:
            self.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    # -- contents -----------------------------------------------------------------------
    def mode_html_200(self, path, arg, before):
        self.sentence(200, "\n<!doctype html><title>Sign in</title>",
                      kind="text/html; charset=utf-8")

    def mode_type(self, path, arg, before):
        self.bare(ok(self.load(path) or b"", b"Content-Type: " + arg.encode()))

    def mode_gzip_encoded(self, path, arg, before):
        body = gzip.compress(self.load(path) or b"")
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # -- redirects ----------------------------------------------------------------------
    def location(self, where):
        self.sentence(302, "there\n", [("Location", where)])

    def mode_redirect(self, path, arg, before):
        # The URL has slashes, so it is the rest of the path.
        whole = self.path.split("redirect=", 1)[1] if "redirect=" in self.path else arg
        self.location(urllib.parse.unquote(whole).replace("{port}", str(self.server.port)))

    def mode_redir_path(self, path, arg, before):
        self.location(path)

    def mode_redir_loop(self, path, arg, before):
        self.location(self.path)

    def mode_redir_cut(self, path, arg, before):
        self.bare(head(b"302 Found", b"Location: " + path.encode(), length=10) + b"there")

    def mode_redir_chain(self, path, arg, before):
        left = int(arg) - 1
        self.location(path if left <= 0 else "/redir-chain=%d%s" % (left, path))

    def mode_to(self, path, arg, before):
        name, _, there = arg.partition(",")
        where = TO[name].replace("{here}", str(self.server.port)).replace("{there}", there)
        self.bare(head(b"302 Found", b"Location: " + where.encode("latin-1"), NO_BODY))

    # -- status -------------------------------------------------------------------------
    def mode_status(self, path, arg, before):
        code, _, retry = arg.partition(",")
        date = re.fullmatch(r"\{date\+(\d+)\}", retry)
        if date:
            retry = email.utils.formatdate(time.time() + int(date.group(1)), usegmt=True)
        self.sentence(int(code), "the server says %s\n" % code,
                      [("Retry-After", retry)] if retry else [])

    def mode_status_once(self, path, arg, before):
        if before == 0:
            return self.mode_status(path, arg, before)
        return self.answer(path, None, "", before)

    def mode_auth(self, path, arg, before):
        want = "Basic " + base64.b64encode(arg.encode()).decode()
        if self.headers.get("Authorization") == want:
            return self.answer(path, None, "", before)
        return self.sentence(401, "who are you?\n",
                             [("WWW-Authenticate", 'Basic realm="test"')])

    def mode_says(self, path, arg, before):
        told = base64.b64decode(self.headers.get("Authorization", "")[6:]).decode()
        text = SAYS[arg].replace("{authorization}", told)
        body = text.encode(errors="surrogateescape")
        self.bare(head(b"403 Forbidden", b"Content-Type: text/plain", length=len(body)) + body)

    # -- time and connections -----------------------------------------------------------
    def bytewise(self, data, size, pause):
        for at in range(0, len(data), size):
            self.wfile.write(data[at:at + size])
            self.wfile.flush()
            time.sleep(pause)

    def until_it_leaves(self):
        self.wfile.flush()
        while self.connection.recv(4096):
            pass
        self.close_connection = True

    def mode_slowloris(self, path, arg, before):
        data = self.load(path) or b""
        self.wfile.write(head(b"200 OK", length=len(data)))
        self.bytewise(data, 1, 1)

    def mode_slow_header(self, path, arg, before):
        self.bytewise(b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 4000, 1, 1)

    def mode_drip(self, path, arg, before):
        data = self.load(path) or b""
        self.wfile.write(head(b"200 OK", length=len(data)))
        self.bytewise(data, int(arg), 0.1)

    def mode_hang(self, path, arg, before):
        self.until_it_leaves()

    def mode_stall(self, path, arg, before):
        data = self.load(path) or b""
        self.wfile.write(head(b"200 OK", length=max(len(data), 1)))
        self.wfile.write(data[:int(arg) if arg else len(data) // 2])
        self.until_it_leaves()

    def mode_rst(self, path, arg, before):
        data = self.load(path) or b""
        self.wfile.write(head(b"200 OK", length=len(data)))
        self.wfile.write(data[:int(arg) if arg else len(data) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def mode_endless_header(self, path, arg, before):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            self.wfile.write(b"x" * 65536)

    def mode_many_headers(self, path, arg, before):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-More: and more\r\n" * 1000)

    def mode_interim_flood(self, path, arg, before):
        while True:
            self.wfile.write(head(b"100 Continue") * 1000)

    def mode_garbage(self, path, arg, before):
        self.bare(b"\x00\x01\x02 this is no HTTP\r\n\r\n")

    def mode_hang_up(self, path, arg, before):
        self.close_connection = True
