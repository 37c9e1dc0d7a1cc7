# SPDX-License-Identifier: Apache-2.0
"""What hostile.t needs: a download site with everything on it, certificates, servers that
misbehave, and govern run against them in a home of its own, with what must never happen
looked for after each run."""

import contextlib
import gzip
import hashlib
import io
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
import unicodedata
import zipfile

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "tools"))
import loopback  # noqa: E402
import mktoolchain  # noqa: E402

B = os.environ["B"]
SECRET = "s3cr3t"  # the password in the URLs; nobody but the server itself may see it
VERSION, OLDER = "go1.22.5", "go1.21.0"
LOG = "sum.test.example"
PLATFORM = subprocess.run([B + "/bin/govern", "env", "platform"], capture_output=True,
                          check=True, text=True).stdout.strip()
MODULE = "v0.0.1-%s.%s" % (VERSION, PLATFORM)
AT = "/golang.org/toolchain/@v/"
ZIP = AT + MODULE + ".zip"
TARBALL = "/%s.%s.tar.gz" % (VERSION, PLATFORM)
LOOKUP = "/sumdb/%s/lookup/golang.org/toolchain@%s" % (LOG, MODULE)
SUPPORTED = "/sumdb/%s/supported" % LOG

# Seconds; longer than any machine makes a good server wait for its turn.
PATIENCE = 300

# What a request may carry; anything else was put there by somebody.
FIELDS = {"host", "user-agent", "accept", "authorization", "range", "if-range",
          "if-none-match", "if-modified-since"}


class Site:
    """Two toolchains, their feed and their log, below `dir`."""

    def __init__(self, top):
        self.top, self.dir = top, top + "/site"
        for version in (OLDER, VERSION):
            self.tool("mktoolchain.py", "--pad", "200000", "--sha256", self.dir, version,
                      PLATFORM)
        with open(self.dir + "/hashes", "rb") as hashes:
            # Enough other records that there is more than one tile.
            self.key = subprocess.run([B + "/tests/tools/mklog", "-f", "300", self.dir],
                                      stdin=hashes, capture_output=True, check=True,
                                      text=True).stdout.strip()
        self.leaf_tile = next(
            "/sumdb/%s/tile/8/0/001.p/%s" % (LOG, name)
            for name in os.listdir(self.dir + "/sumdb/%s/tile/8/0/001.p" % LOG))
        self.tree = dict(self.honest_tree())
        self.make_others()

    @staticmethod
    def tool(name, *args):
        subprocess.run([sys.executable, "tests/tools/" + name, *args], check=True,
                       stdout=subprocess.DEVNULL)

    def read(self, path):
        with open(self.dir + path, "rb") as f:
            return f.read()

    def honest_tree(self):
        with zipfile.ZipFile(self.dir + ZIP) as z:
            for name in z.namelist():
                path = name.split("/", 2)[2].replace("_go.mod", "go.mod")
                data = z.read(name)
                yield path, (hashlib.sha256(data).hexdigest(),
                             oct(mktoolchain.mode_of(path)))

    def make_others(self):
        """The same toolchain in archives of other bytes, as another server may pack it."""
        with zipfile.ZipFile(self.dir + ZIP) as old, \
                open(self.dir + ZIP + ".other", "wb") as f, \
                zipfile.ZipFile(mktoolchain.Stream(f), "w", zipfile.ZIP_DEFLATED,
                                compresslevel=1) as new:
            for name in reversed(old.namelist()):
                new.writestr(name, old.read(name))
        with open(self.dir + TARBALL + ".other", "wb") as f:
            f.write(gzip.compress(gzip.decompress(self.read(TARBALL)), 1, mtime=0))

    def with_prefix(self, prefix):
        """The module's zip with another name before its files."""
        out = io.BytesIO()
        with zipfile.ZipFile(self.dir + ZIP) as old, \
                zipfile.ZipFile(mktoolchain.Stream(out), "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(prefix + name.split("/", 2)[2], old.read(name))
        return out.getvalue()


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


class Certificates:
    """A CA of our own, and what it signs."""

    def __init__(self, top):
        self.dir = top + "/tls"
        os.makedirs(self.dir)
        self.ca = self.dir + "/ca.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                "/CN=test CA", "-keyout", self.dir + "/ca.key", "-out", self.ca)

    def context(self, name, subject="127.0.0.1", san="IP:127.0.0.1", issued=(),
                self_signed=False):
        stem = self.dir + "/" + name
        if self_signed:
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                    "/CN=" + subject, "-addext", "subjectAltName=" + san, "-keyout",
                    stem + ".key", "-out", stem + ".pem")
        else:
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + subject,
                    "-keyout", stem + ".key", "-out", stem + ".csr")
            with open(stem + ".ext", "w", encoding="utf-8") as f:
                f.write("subjectAltName=%s\n" % san)
            if issued:  # `x509` knows no start date
                self.issue(stem, *issued)
            else:
                openssl("x509", "-req", "-in", stem + ".csr", "-CA", self.ca, "-CAkey",
                        self.dir + "/ca.key", "-set_serial", "2", "-days", "20", "-extfile",
                        stem + ".ext", "-out", stem + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(stem + ".pem", stem + ".key")
        return context

    def issue(self, stem, start, end):
        config, index = stem + ".cnf", stem + ".index"
        with open(index, "w", encoding="utf-8"):
            pass
        with open(config, "w", encoding="utf-8") as f:
            f.write("[ca]\ndefault_ca=c\n[c]\ndatabase=%s\nnew_certs_dir=%s\n"
                    "default_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n"
                    % (index, self.dir))
        openssl("ca", "-batch", "-config", config, "-notext", "-cert", self.ca, "-keyfile",
                self.dir + "/ca.key", "-startdate", start, "-enddate", end, "-extfile",
                stem + ".ext", "-in", stem + ".csr", "-out", stem + ".pem")


class Result:
    def __init__(self, argv, status, out, err, seconds, group):
        self.argv, self.status, self.out, self.err = argv, status, out, err
        self.seconds, self.group = seconds, group


class Home:
    """A home, its store, and three servers: `here` is the one that is configured, `there`
    another one, and `outside` the proxy to the rest of the world, which lets nobody out."""

    def __init__(self, site, dir):
        self.site, self.dir = site, dir
        self.here = loopback.Server(site.dir).start()
        self.there = loopback.Server(site.dir).start()
        self.outside = loopback.Server().start()
        self.tls = []

    def begin(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir + "/.config/govern")
        for server in (self.here, self.there, self.outside):
            server.forget()
        self.env = {
            "HOME": self.dir, "PATH": B + "/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "GOPROXY": self.url(self.here), "GOSUMDB": self.site.key,
            "HTTPS_PROXY": "http://127.0.0.1:%d" % self.outside.port,
            "HTTP_PROXY": "http://127.0.0.1:%d" % self.outside.port,
        }
        # What a build with a sanitizer wants to say about itself, it may.
        self.env.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        self.settings = {
            "sources.order": "goproxy", "network.retries": "1",
            "network.connect_timeout": str(PATIENCE),
            "network.low_speed_time": str(PATIENCE),
            "godev.feed": self.url(self.here, "/feed.json"),
            "godev.files": self.url(self.here, "/"),
        }

    def secure(self, context):
        """A server that speaks TLS, for this case."""
        server = loopback.Server(self.site.dir, tls=context).start()
        self.tls.append(server)
        return server

    def end(self):
        for server in self.tls:
            server.socket.close()
        self.tls = []

    @staticmethod
    def url(server, path="", scheme="http", user="me:" + SECRET + "@"):
        return "%s://%s127.0.0.1:%d%s" % (scheme, user, server.port, path)

    def configure(self):
        sections = {}
        for key, value in self.settings.items():
            section, name = key.split(".")
            sections.setdefault(section, []).append("%s = %s\n" % (name, value))
        with open(self.dir + "/.config/govern/govern.ini", "w", encoding="utf-8") as f:
            for section, lines in sections.items():
                f.write("[%s]\n%s" % (section, "".join(lines)))

    def impatient(self):
        self.settings.update({"network.connect_timeout": "4", "network.low_speed_time": "3"})

    def govern(self, *args, seconds=PATIENCE):
        self.configure()
        argv = [B + "/bin/govern", *args]
        began = time.monotonic()
        with subprocess.Popen(argv, env=self.env, cwd=self.dir, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              start_new_session=True) as p:
            try:
                out, err = p.communicate(timeout=seconds)
                status = p.returncode
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                out, err = p.communicate()
                status = "no end in %d s" % seconds
        return Result(argv[1:], status, out.decode(errors="surrogateescape"),
                      err.decode(errors="surrogateescape"), time.monotonic() - began, p.pid)

    # -- what must never be -------------------------------------------------------------
    @property
    def store(self):
        return self.dir + "/.local/share/govern"

    def published(self):
        with contextlib.suppress(OSError):
            return sorted(os.listdir(self.store + "/%s/toolchains" % PLATFORM))
        return []

    def bad_states(self, result, allowed_out=()):
        yield from self.bad_words(result)
        yield from self.bad_requests(allowed_out)
        yield from self.bad_store(result)

    def bad_words(self, result):
        if not isinstance(result.status, int) or result.status < 0 or result.status > 4:
            yield "status %s" % result.status
        if SECRET in result.out + result.err:
            yield "the password is shown"
        lines = result.err.splitlines() if result.err else []
        shown = [c for c in result.out + result.err if c != "\n" and
                 unicodedata.category(c) in ("Cc", "Cf", "Cs")]
        if shown:
            yield "control characters are shown: %r" % shown[:5]
        if result.status == 0:
            return
        if result.out and "--json" not in result.argv:
            yield "stdout of a failure: %r" % result.out[:80]
        if not lines or not lines[0].startswith("govern: ") or len(lines) > 2 or \
                (len(lines) == 2 and not lines[1].startswith("hint: ")):
            yield "not one line and a hint: %r" % result.err[:200]
        if any(len(line) > 1100 for line in lines):
            yield "a line of %d characters" % max(map(len, lines))

    def bad_requests(self, allowed_out):
        for request in self.here.requests:
            fields = {k: v for k, v in request["headers"].items()}
            if fields.keys() - FIELDS:
                yield "a request with %s" % (fields.keys() - FIELDS)
            if request["method"] != "GET":
                yield "a request %s" % request["method"]
            if fields.get("host") != "127.0.0.1:%d" % self.here.port:
                yield "asked as %s" % fields.get("host")
        for request in self.there.requests:
            if "authorization" in request["headers"]:
                yield "another server got the password"
        for request in self.outside.requests:
            if request["path"] not in allowed_out:
                yield "asked outside: %s %s" % (request["method"], request["path"])

    def bad_store(self, result):
        for name in self.published():
            top = "%s/%s/toolchains/%s" % (self.store, PLATFORM, name)
            if name != VERSION or dict(files_of(top)) != self.site.tree:
                yield "a wrong tree is published as %s" % name
        with contextlib.suppress(OSError):
            for name in os.listdir(self.store + "/staging"):
                yield "left in staging: " + name
        if found_in(self.dir, SECRET.encode(), but=".config"):
            yield "the password is in a file: " + found_in(self.dir, SECRET.encode(), ".config")
        for _ in range(20 * PATIENCE):
            try:
                os.killpg(result.group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        yield "a process is left"

    def asked(self, pattern):
        """The most requests for one path that matches."""
        counts = {}
        for request in self.here.requests:
            path = request["path"]
            if re.search(pattern, path):
                counts[path] = counts.get(path, 0) + 1
        return max(counts.values(), default=0)


def files_of(top):
    for dir, _, names in os.walk(top):
        for name in names:
            path = dir + "/" + name
            with open(path, "rb") as f:
                yield path[len(top) + 1:], (hashlib.sha256(f.read()).hexdigest(),
                                            oct(os.lstat(path).st_mode & 0o7777))


def found_in(top, what, but):
    for dir, dirs, names in os.walk(top):
        if but in dirs:
            dirs.remove(but)
        for name in names:
            path = dir + "/" + name
            if not os.path.islink(path):
                with open(path, "rb") as f:
                    if what in f.read():
                        return path
    return ""
