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

Misbehaviour is chosen in two ways.
  * by path: /MODE/rest serves DIR/rest in that mode; a mode with an argument is /MODE=ARG/rest
  * by the script: a file with lines `PATH MODE[=ARG] [TIMES]`, the first whose PATH (a
    shell pattern) matches is taken, for the first TIMES requests only when TIMES is there.
    It is read again for each request, so a test may rewrite it.

Modes:
  cut[=N]              close after N bytes (default: half) of this answer; ranges work
  cut-once[=N]         the same for the first request of a path; good afterwards
  cut-changed          cut once; afterwards another file of the same size, another ETag
  cut-splice           the same, and the server ignores If-Range: 206 of the other file
  range-ignored        cut once; always 200 with everything
  range-wrong-off      cut once; a range begins one byte late, and says so
  range-wrong-total    cut once; a range names another total
  always-416           cut once; a range is answered 416 with another size
  no-validator         no ETag, no Last-Modified
  endless              200 without a length, and bytes for ever
  two-cl short-cl long-cl negative-cl huge-cl    Content-Length that is not so
  no-cl-truncated      half of it, without a length, then close
  chunked chunk-bad chunk-cut                    a good and two bad chunked answers
  html-200             200 and a web page          gzip-encoded    Content-Encoding: gzip
  redirect=URL         302 to URL; `{port}` in it is our port; nothing after it is served
  redir-path           302 to the rest of the path on this server
  redir-loop           302 to itself
  redir-chain=N        N redirects, then the file
  status=CODE[,RETRY-AFTER]   with a text/plain sentence; `{date+S}` is an HTTP date
  status-once=CODE[,RETRY-AFTER]   the first request of a path only
  slowloris            one byte a second              slow-header     the same for the head
  hang                 no answer                      rst             reset in the middle
  endless-header many-headers                         a head that does not end
  garbage              not HTTP                       hang-up         close without an answer
  auth=USER:PASS       401 unless Basic with these
"""

import argparse
import base64
import email.utils
import fnmatch
import gzip
import hashlib
import http.server
import json
import os
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import urllib.parse

ARGS = None
LOCK = threading.Lock()
SEEN = {}  # (path, mode, argument) -> requests so far
COUNT = {"requests": 0, "connections": 0}

# These differ from good behaviour in serve() only; the others have a method mode_NAME.
FILE_MODES = {"cut", "cut-once", "cut-changed", "cut-splice", "range-ignored",
              "range-wrong-off", "range-wrong-total", "always-416", "no-validator"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "loopback"

    def setup(self):
        super().setup()
        with LOCK:
            COUNT["connections"] += 1
            self.connection_number = COUNT["connections"]

    def log_message(self, *_):
        pass

    def log(self):
        with LOCK:
            COUNT["requests"] += 1
            if ARGS.log:
                line = json.dumps({
                    "n": COUNT["requests"],
                    "method": self.command,
                    "path": self.path,
                    "headers": {k.lower(): v for k, v in self.headers.items()},
                    "connection": self.connection_number,
                })
                with open(ARGS.log, "a", encoding="utf-8") as log:
                    log.write(line + "\n")

    # -- which file, which mode ---------------------------------------------------------
    def choose(self):
        """(path below DIR, mode, argument, how often this was asked before)"""
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        mode, arg = self.scripted(path)
        if not mode:
            first, _, rest = path.lstrip("/").partition("/")
            name = first.split("=")[0]
            if name in FILE_MODES or self.method_of(name):
                mode, _, arg = first.partition("=")
                path = "/" + rest
        with LOCK:
            before = SEEN.get((path, mode, arg), 0)
            SEEN[(path, mode, arg)] = before + 1
        return path, mode, arg, before

    def method_of(self, mode):
        return getattr(self, "mode_" + (mode or "").replace("-", "_"), None)

    def scripted(self, path):
        if not ARGS.script or not os.path.exists(ARGS.script):
            return None, ""
        with open(ARGS.script, encoding="utf-8") as script:
            for number, line in enumerate(script):
                words = line.split()
                if len(words) < 2 or not fnmatch.fnmatchcase(path, words[0]):
                    continue
                if len(words) > 2:
                    with LOCK:
                        key = ("script", number, line)
                        SEEN[key] = SEEN.get(key, 0) + 1
                        if SEEN[key] > int(words[2]):
                            continue
                mode, _, arg = words[1].partition("=")
                return mode, arg
        return None, ""

    # -- answers ------------------------------------------------------------------------
    def do_GET(self):
        self.log()
        if self.path.startswith("http://"):  # we are somebody's proxy
            self.path = urllib.parse.urlsplit(self.path)._replace(
                scheme="", netloc="").geturl()
        path, mode, arg, before = self.choose()
        try:
            self.answer(path, mode, arg, before)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def answer(self, path, mode, arg, before):
        special = self.method_of(mode)
        if special:
            return special(path, arg, before)
        data = self.load(path)
        if data is None:
            return self.sentence(404, "not found: no such file\n")
        return self.serve(data, path, mode, arg, before)

    def load(self, path):
        file = os.path.realpath(ARGS.dir + "/" + path)
        if not file.startswith(os.path.realpath(ARGS.dir) + "/"):
            return None
        try:
            with open(file, "rb") as f:
                return f.read()
        except OSError:
            return None

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
        total = len(data)
        once = before == 0
        if mode in ("cut-changed", "cut-splice") and not once:
            data = bytes(b ^ 0xff for b in data)
        etag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        date = email.utils.formatdate(1700000000, usegmt=True)
        validators = mode != "no-validator"
        start, end, status = 0, total, 200

        if validators and (self.headers.get("If-None-Match") == etag or
                           (not self.headers.get("If-None-Match") and
                            self.headers.get("If-Modified-Since") == date)):
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if mode == "cut-splice":
            condition = None
        if wanted and mode != "range-ignored" and \
                (not condition or (validators and condition in (etag, date))):
            start = int(wanted.group(1))
            if mode == "always-416" or start >= total:
                size = total + 7 if mode == "always-416" else total
                return self.sentence(416, "no such range\n",
                                     [("Content-Range", "bytes */%d" % size)])
            if wanted.group(2):
                end = min(end, int(wanted.group(2)) + 1)
            if mode == "range-wrong-off":
                start = min(start + 1, total - 1)
            status = 206

        self.send_response(status)
        self.send_header("Content-Type", self.type_of(path))
        self.send_header("Accept-Ranges", "bytes")
        if status == 206:
            claimed = total + 3 if mode == "range-wrong-total" else total
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, end - 1, claimed))
        if validators:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", date)
        length = end - start
        self.send_header("Content-Length", str(length))
        self.end_headers()

        cuts = mode == "cut" or (once and mode in (
            "cut-once", "cut-changed", "cut-splice", "range-ignored", "range-wrong-off",
            "range-wrong-total", "always-416"))
        if cuts:
            end = start + min(int(arg) if arg else (end - start) // 2, end - start)
            self.close_connection = True
        self.wfile.write(data[start:end])

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

    def mode_endless(self, path, arg, before):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    # -- chunks -------------------------------------------------------------------------
    def chunks(self, path, tail):
        data = self.load(path) or b""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        half = len(data) // 2
        self.wfile.write(b"%x\r\n%s\r\n" % (half, data[:half]))
        self.wfile.write(tail(data[half:]))
        self.close_connection = True

    def mode_chunked(self, path, arg, before):
        self.chunks(path, lambda rest: b"%x\r\n%s\r\n0\r\n\r\n" % (len(rest), rest))

    def mode_chunk_bad(self, path, arg, before):
        self.chunks(path, lambda rest: b"zz\r\n" + rest)

    def mode_chunk_cut(self, path, arg, before):
        self.chunks(path, lambda rest: b"%x\r\n%s" % (len(rest) + 5, rest))

    # -- contents -----------------------------------------------------------------------
    def mode_html_200(self, path, arg, before):
        self.sentence(200, "\n<!doctype html><title>Sign in</title>",
                      kind="text/html; charset=utf-8")

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
        self.location(urllib.parse.unquote(whole).replace(
            "{port}", str(self.server.server_address[1])))

    def mode_redir_path(self, path, arg, before):
        self.location(path)

    def mode_redir_loop(self, path, arg, before):
        self.location(self.path)

    def mode_redir_chain(self, path, arg, before):
        left = int(arg) - 1
        self.location(path if left <= 0 else "/redir-chain=%d%s" % (left, path))

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

    # -- time and connections -----------------------------------------------------------
    def mode_slowloris(self, path, arg, before):
        self.send_response(200)
        self.send_header("Content-Length", str(self.size(path)))
        self.end_headers()
        for byte in self.load(path) or b"":
            self.wfile.write(bytes([byte]))
            time.sleep(1)

    def mode_slow_header(self, path, arg, before):
        for byte in b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 4000:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(1)

    def mode_hang(self, path, arg, before):
        time.sleep(3600)

    def mode_rst(self, path, arg, before):
        data = self.load(path) or b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2])
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

    def mode_garbage(self, path, arg, before):
        self.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        self.close_connection = True

    def mode_hang_up(self, path, arg, before):
        self.close_connection = True


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients leave in the middle: that is what is tested

    def finish_request(self, request, client_address):
        if ARGS.log_connections:
            with LOCK, open(ARGS.log, "a", encoding="utf-8") as log:
                log.write('{"accepted": true}\n')
        if ARGS.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*ARGS.tls)
            request = context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)


def main():
    global ARGS
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True)
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--script")
    parser.add_argument("--log")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--log-connections", action="store_true")
    parser.add_argument("--bind", default="127.0.0.1")
    ARGS = parser.parse_args()
    server = Server((ARGS.bind, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(ARGS.port_file + ".new", "w", encoding="utf-8") as f:
        f.write("%d\n" % server.server_address[1])
    os.rename(ARGS.port_file + ".new", ARGS.port_file)
    try:
        while sys.stdin.buffer.read(4096):
            pass
    except KeyboardInterrupt:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
