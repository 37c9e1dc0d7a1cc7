#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server on 127.0.0.1 that misbehaves when it is told to.

    loopback.py --dir DIR --port-file FILE [--script FILE] [--log FILE]
                [--tls CERT KEY] [--bind ADDRESS] [--log-connections]

It serves the files below DIR (a GOPROXY tree, a copy of a download page, anything) with
Content-Length, a strong ETag (of the content), Last-Modified, ranges, If-Range and
conditional requests.  The port is chosen by the kernel and written to the port file, which
appears whole.  The server ends when its standard input ends: keep a pipe to it open.

Requests are logged as JSON, one object a line, written before the answer:
    {"n": 1, "method": "GET", "path": "/a?b=c", "headers": {"host": "…", …}, "connection": 1}
Header names are in small letters.  `connection` counts connections: keep-alive shows.
With --log-connections a line {"accepted": true} for each, before TLS, is there too.

Misbehaviour is chosen in two ways; the modes are described in misbehave.py.
  * by path: /MODE/rest serves DIR/rest in that mode; a mode with an argument is /MODE=ARG/rest
  * by the script: a file with lines `PATH MODE[=ARG] [TIMES]`, the first whose PATH (a
    shell pattern) matches is taken, for the first TIMES requests only when TIMES is there.
    It is read again for each request, so a test may rewrite it.

From Python: Server(dir=…) is the same without a process; its `rules`, `files` and
`requests` are the script, what is served before DIR is looked at, and the log.
"""

import argparse
import email.utils
import fnmatch
import hashlib
import http.server
import json
import os
import re
import socketserver
import ssl
import sys
import threading
import urllib.parse

sys.dont_write_bytecode = True
import misbehave  # noqa: E402

# These differ from good behaviour in serve() only; the others have a method mode_NAME.
FILE_MODES = {"cut", "cut-once", "cut-changed", "cut-splice", "range-ignored",
              "range-wrong-off", "range-wrong-total", "always-416", "no-validator",
              "part-other-tag", "part-no-range", "part-short", "part-from-0", "part-long",
              "part-gzip", "part-multi", "part-nonsense", "cut-swapped", "cut-swapped-bare"}
# Of them, those that cut a path's first answer.
CUT_FIRST = FILE_MODES - {"cut", "no-validator"}
DATE = email.utils.formatdate(1700000000, usegmt=True)


class Handler(misbehave.Misbehave, http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "loopback"

    def setup(self):
        super().setup()
        with self.server.lock:
            self.server.connections += 1
            self.connection_number = self.server.connections

    def log_message(self, *_):
        pass

    # -- which file, which mode ---------------------------------------------------------
    def choose(self):
        """(path below DIR, mode, argument, how often this was asked before)"""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        mode, arg = self.server.rule_for(path)
        if not mode:
            first, _, rest = path.lstrip("/").partition("/")
            name = first.split("=")[0]
            if name in FILE_MODES or self.method_of(name):
                mode, _, arg = first.partition("=")
                path = "/" + rest
        return path, mode, arg, self.server.count((path, mode, arg))

    def method_of(self, mode):
        return getattr(self, "mode_" + (mode or "").replace("-", "_"), None)

    # -- answers ------------------------------------------------------------------------
    def do_GET(self):
        self.server.note(self.command, self.path, self.headers, self.connection_number)
        if self.path.startswith("http://"):  # we are somebody's proxy
            self.path = urllib.parse.urlsplit(self.path)._replace(
                scheme="", netloc="").geturl()
        path, mode, arg, before = self.choose()
        try:
            self.answer(path, mode, arg, before)
        except OSError:  # the client has left
            self.close_connection = True

    def do_CONNECT(self):
        self.server.note(self.command, self.path, self.headers, self.connection_number)
        self.sentence(403, "not from here\n")

    def answer(self, path, mode, arg, before):
        special = self.method_of(mode)
        if special:
            return special(path, arg, before)
        data = self.load(path)
        if data is None:
            return self.sentence(404, "not found: no such file\n")
        return self.serve(data, path, mode, arg, before)

    def load(self, path):
        return self.server.load(path)

    def sentence(self, status, text, headers=(), kind="text/plain; charset=utf-8"):
        body = text.encode()
        if status in (204, 304):
            body = b""  # would be taken for the next answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def type_of(self, path):
        for end, kind in ((".json", "application/json"), (".info", "application/json"),
                          (".zip", "application/zip"), (".gz", "application/gzip")):
            if path.endswith(end):
                return kind
        return "text/plain; charset=utf-8"

    def serve(self, data, path, mode, arg, before):
        once = before == 0
        validators = mode not in ("no-validator", "cut-swapped-bare")
        if mode in ("cut-changed", "cut-splice") and not once:
            data = bytes(b ^ 0xff for b in data)
        if mode in ("cut-swapped", "cut-swapped-bare") and not once:
            data = self.load(path + ".other")  # another file in its place
        total = len(data)
        etag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        start, end, status = 0, total, 200

        if validators and (self.headers.get("If-None-Match") == etag or
                           (not self.headers.get("If-None-Match") and
                            self.headers.get("If-Modified-Since") == DATE)):
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if mode in ("cut-splice", "part-other-tag"):
            condition = None
        if wanted and mode != "range-ignored" and \
                (not condition or (validators and condition in (etag, DATE))):
            start = int(wanted.group(1))
            if mode == "always-416" or start >= total:
                size = total + 7 if mode == "always-416" else total
                return self.sentence(416, "no such range\n",
                                     [("Content-Range", "bytes */%d" % size)])
            if wanted.group(2):
                end = min(end, int(wanted.group(2)) + 1)
            if mode == "range-wrong-off":
                start = min(start + 1, total - 1)
            if mode == "part-short":
                end -= 1
            status = 206

        kind, body = self.type_of(path), data[start:end]
        claimed = total + 3 if mode == "range-wrong-total" else total
        span = "bytes %d-%d/%d" % (start, end - 1, claimed)
        if mode == "part-nonsense":
            span = "bytes 9-2/1"
        if status == 206 and mode == "part-from-0":
            body = data[:end - start]
        elif status == 206 and mode == "part-long":
            body += b"and more"
        elif status == 206 and mode == "part-multi":
            kind = "multipart/byteranges; boundary=x"
            body = b"--x\r\nContent-Range: %s\r\n\r\n%s\r\n--x--\r\n" % (span.encode(), body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Accept-Ranges", "bytes")
        if status == 206 and mode not in ("part-no-range", "part-multi"):
            self.send_header("Content-Range", span)
        if status == 206 and mode == "part-gzip":
            self.send_header("Content-Encoding", "gzip")
        if validators:
            self.send_header("ETag", '"other"' if mode == "part-other-tag" and status == 206
                             else etag)
            self.send_header("Last-Modified", DATE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()

        if mode == "cut" or (once and mode in CUT_FIRST):
            body = body[:int(arg) if arg else len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, dir=None, bind="127.0.0.1", script=None, log=None, tls=None,
                 log_connections=False):
        self.dir, self.script, self.log = dir, script, log
        self.log_connections = log_connections
        self.tls = tls  # an ssl.SSLContext
        self.lock = threading.Lock()
        self.connections = 0
        self.forget()
        super().__init__((bind, 0), Handler)
        self.port = self.server_address[1]

    def forget(self):
        """As new: for the next test."""
        self.rules = []  # (pattern, mode, argument, times or None)
        self.files = {}  # path: bytes, before what is below `dir`
        self.requests = []
        self.seen = {}

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def note(self, method, path, headers, connection):
        with self.lock:
            request = {
                "n": len(self.requests) + 1,
                "method": method,
                "path": path,
                "headers": {k.lower(): v for k, v in headers.items()},
                "connection": connection,
            }
            self.requests.append(request)
            self.write_log(request)

    def write_log(self, what):
        if self.log:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(json.dumps(what) + "\n")

    def count(self, key):
        with self.lock:
            before = self.seen.get(key, 0)
            self.seen[key] = before + 1
            return before

    def read_script(self):
        if not self.script or not os.path.exists(self.script):
            return
        with open(self.script, encoding="utf-8") as script:
            for line in script:
                words = line.split()
                if len(words) >= 2:
                    mode, _, arg = words[1].partition("=")
                    yield words[0], mode, arg, int(words[2]) if len(words) > 2 else None

    def rule_for(self, path):
        for number, rule in enumerate([*self.rules, *self.read_script()]):
            pattern, mode, arg, times = rule
            if not fnmatch.fnmatchcase(path, pattern):
                continue
            if times is not None and self.count(("rule", number, rule)) >= times:
                continue
            return mode, arg
        return None, ""

    def load(self, path):
        if path in self.files:
            return self.files[path]
        if not self.dir:
            return None
        file = os.path.realpath(self.dir + "/" + path)
        if not file.startswith(os.path.realpath(self.dir) + "/"):
            return None
        try:
            with open(file, "rb") as f:
                return f.read()
        except OSError:
            return None

    def handle_error(self, request, client_address):
        pass  # clients leave in the middle: that is what is tested

    def finish_request(self, request, client_address):
        if self.log_connections:
            with self.lock:
                self.write_log({"accepted": True})
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--script")
    parser.add_argument("--log")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--log-connections", action="store_true")
    parser.add_argument("--bind", default="127.0.0.1")
    args = parser.parse_args()
    context = None
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*args.tls)
    server = Server(args.dir, args.bind, args.script, args.log, context,
                    args.log_connections).start()
    with open(args.port_file + ".new", "w", encoding="utf-8") as f:
        f.write("%d\n" % server.port)
    os.rename(args.port_file + ".new", args.port_file)
    try:
        while sys.stdin.buffer.read(4096):
            pass
    except KeyboardInterrupt:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
