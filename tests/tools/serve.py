#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serve a directory on loopback, with the faults that tests ask for.

    serve.py [options] DIR PORTFILE

Writes the port to PORTFILE (and renames it there, so that it is whole).  Knows ranges;
gives no ETag, as real module proxies do not, unless asked.

    --log FILE            a line for each request: method, path, status, range, user agent
    --status PATH=CODE    every path that begins with PATH gets CODE
    --cut PATH=BYTES      the first answer for PATH ends after so many bytes
    --swap PATH=FILE      from the second request for PATH on, FILE is what is there
    --etag                answers carry an ETag and honour If-None-Match, If-Range
    --body PATH=TEXT      PATH answers 200 with TEXT
    --delay SECONDS       before each answer
    --slow PATH=SECONDS   after each 64 KiB
    --hold DIR            the answer for /NAME/... stops at as many bytes as the number in
                          DIR/NAME says, and goes on when there is none any more
"""

import argparse
import collections
import hashlib
import http.server
import os
import threading
import time
import urllib.parse

args = None
seen = collections.Counter()
lock = threading.Lock()


def rule(rules, path):
    for r in rules:
        prefix, _, value = r.partition("=")
        if path.startswith(prefix):
            return value
    return None


def held(path):
    """How many bytes of an answer may go out."""
    try:
        with open("%s/%s" % (args.hold, path.split("/")[1]), encoding="ascii") as f:
            return int(f.read())
    except OSError:
        return float("inf")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, status):
        if args.log:
            with lock, open(args.log, "a") as f:
                f.write("%s %s %d %s\n" % (self.command, self.path, status,
                                           self.headers.get("Range", "-")))

    def answer(self, status, body, headers=(), cut=None):
        self.note(status)
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        pause = rule(args.slow, urllib.parse.unquote(self.path))
        body = body if cut is None else body[:cut]
        for at in range(0, len(body), 1 << 16):
            while at >= held(self.path):
                time.sleep(0.01)
            self.wfile.write(body[at:at + (1 << 16)])
            time.sleep(float(pause or 0))
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()

    def do_GET(self):
        time.sleep(args.delay)
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        with lock:
            seen[path] += 1
            first = seen[path] == 1
        status = rule(args.status, path)
        if status:
            return self.answer(int(status), b"not available\n")
        body = rule(args.body, path)
        if body is not None:
            return self.answer(200, body.encode(), [("Content-Type", "text/html")])
        name = os.path.join(args.dir, os.path.normpath(path).lstrip("/"))
        if not first and rule(args.swap, path):
            name = rule(args.swap, path)
        try:
            with open(name, "rb") as f:
                data = f.read()
        except OSError:
            return self.answer(404, b"not found\n")
        headers = [("Accept-Ranges", "bytes")]
        tag = '"%s"' % hashlib.sha256(data).hexdigest()[:16]
        if args.etag:
            headers.append(("ETag", tag))
            if self.headers.get("If-None-Match") == tag:
                return self.answer(304, b"", headers)
        cut = rule(args.cut, path) if first else None
        span = self.headers.get("Range", "")
        asked = self.headers.get("If-Range")
        if span.startswith("bytes=") and (asked is None or asked == tag):
            start = int(span[6:].split("-")[0])
            if start >= len(data):
                return self.answer(416, b"", [("Content-Range", "bytes */%d" % len(data))])
            headers.append(("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data))))
            return self.answer(206, data[start:], headers)
        return self.answer(200, data, headers, int(cut) if cut else None)


def main():
    global args
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("dir")
    p.add_argument("portfile")
    p.add_argument("--log")
    p.add_argument("--hold")
    p.add_argument("--etag", action="store_true")
    p.add_argument("--delay", type=float, default=0)
    for name in ("--status", "--cut", "--swap", "--body", "--slow"):
        p.add_argument(name, action="append", default=[])
    args = p.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(args.portfile + ".new", "w") as f:
        f.write("%d" % server.server_address[1])
    os.rename(args.portfile + ".new", args.portfile)
    # Clients that hang up are part of the tests.
    server.handle_error = lambda *_: None
    server.serve_forever()


if __name__ == "__main__":
    main()
