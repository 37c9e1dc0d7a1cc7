#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A module proxy on loopback that answers from a directory, and fills it from another
proxy: after one warm-up a benchmark's requests never leave the machine.

usage: cache-proxy.py DIR UPSTREAM PORT-FILE      (ends when its standard input closes)
"""

import http.server
import os
import shutil
import socketserver
import sys
import threading
import urllib.error
import urllib.request

root, upstream, port_file = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = os.path.normpath(self.path).lstrip("/")
        file = os.path.join(root, path)
        if path.startswith("..") or not self.have(path, file):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(os.path.getsize(file)))
        self.end_headers()
        with open(file, "rb") as f:
            self.wfile.flush()
            offset, size = 0, os.path.getsize(file)
            while offset < size:
                sent = os.sendfile(self.connection.fileno(), f.fileno(), offset, size - offset)
                if sent == 0:
                    return
                offset += sent

    def have(self, path, file):
        if os.path.isfile(file):
            return True
        if not upstream:
            return False
        try:
            with urllib.request.urlopen(upstream.rstrip("/") + "/" + path, timeout=60) as r:
                os.makedirs(os.path.dirname(file), exist_ok=True)
                temp = f"{file}.{threading.get_ident()}"
                with open(temp, "wb") as f:
                    shutil.copyfileobj(r, f)
                os.rename(temp, file)
            return True
        except (urllib.error.URLError, OSError):
            return False


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(port_file + ".new", "w", encoding="ascii") as f:
    f.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
sys.stdin.read()
