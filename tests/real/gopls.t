#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real gopls, built from its module by a Go of the store: one session with two directories
that are pinned to different Gos.  Where fmt.Println is defined tells which Go each has.

Building it takes a minute or more, so only TORTURE=full does it; what was built stays below
$B for the next time."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

B = os.environ["B"]
GOPLS = "golang.org/x/tools/gopls@v0.20.0"
NEWER, OLDER = "1.24.6", "1.23.10"
STORE, CACHE = B + "/tests/real-store", B + "/tests/real-cache"
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("x")\n}\n'


class Session:
    """A client of the language server protocol, just enough of one: over stdio, answering
    what the server asks with nothing."""

    def __init__(self, argv, env, folders):
        self.gopls = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, cwd=os.path.dirname(folders[0]))
        self.timer = threading.Timer(600, self.gopls.kill)
        self.timer.start()
        self.number = 0
        self.request("initialize", processId=os.getpid(), rootUri=None, capabilities={
            "workspace": {"workspaceFolders": True}},
            workspaceFolders=[{"uri": uri(f), "name": os.path.basename(f)} for f in folders])
        self.send({"method": "initialized", "params": {}})

    def send(self, message):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self.gopls.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.gopls.stdin.flush()

    def receive(self):
        length = 0
        for line in iter(self.gopls.stdout.readline, b""):
            if line == b"\r\n":
                return json.loads(self.gopls.stdout.read(length))
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        raise EOFError("gopls has ended")

    def request(self, method, **params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params or None})
        while True:
            message = self.receive()
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items")
                self.send({"id": message["id"], "result": items and [None] * len(items)})
            elif message.get("id") == self.number:
                return message.get("result") or message.get("error")

    def where_is_println(self, folder):
        file = folder + "/main.go"
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": {
            "uri": uri(file), "languageId": "go", "version": 1, "text": MAIN}}})
        found = self.request("textDocument/definition", textDocument={"uri": uri(file)},
                             position={"line": 5, "character": 6})
        return found[0]["uri"] if isinstance(found, list) and found else repr(found)

    def close(self):
        self.request("shutdown")
        self.send({"method": "exit"})
        self.gopls.wait()
        self.timer.cancel()


def uri(path):
    return "file://" + path


def environment(home, prefix, **more):
    return dict({
        "HOME": home, "PATH": prefix + "/bin:/usr/bin:/bin", "GOPROXY": os.environ["TEST_GOPROXY"],
        "GOCACHE": CACHE + "/go-build", "GOMODCACHE": CACHE + "/gopls-mod", "GOTELEMETRY": "off",
        "GOFLAGS": "-modcacherw", "GOBIN": CACHE + "/gopls", "GOVERN_ROOT": STORE,
        "XDG_CACHE_HOME": CACHE,
        **{k: os.environ[k] for k in ("SSL_CERT_FILE",) if k in os.environ}}, **more)


def prepare(top):
    """Two Gos in the shared store, and gopls; the prefix."""
    govern = B + "/bin/govern"
    env = environment(top, "/nowhere")
    platform = subprocess.run([govern, "env", "platform"], env=env, check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()
    for words in (["setup", "--no-rc"], ["install", NEWER, OLDER]):
        subprocess.run(["flock", STORE + ".lock", govern, *words], env=env, check=True,
                       stdout=subprocess.DEVNULL)
    prefix = STORE + "/" + platform
    if not os.path.exists(CACHE + "/gopls/gopls"):
        subprocess.run(["go", "+" + NEWER, "install", GOPLS], check=True, cwd=top,
                       env=environment(top, prefix))
    return prefix


def ask(top, prefix, folders, **more):
    session = Session([CACHE + "/gopls/gopls", "serve"], environment(top, prefix, **more),
                      folders)
    try:
        return [session.where_is_println(f) for f in folders]
    finally:
        session.close()


def main():
    if os.environ.get("TORTURE") != "full":
        print("1..0 # skip gopls takes a minute to build: TORTURE=full")
        return 0
    if not os.environ.get("TEST_GOPROXY"):
        print("1..0 # skip no module proxy is known on this machine")
        return 0
    top = os.path.realpath(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")))
    bad = 0
    try:
        prefix = prepare(top)
        folders = [top + "/src/newer", top + "/src/older"]
        for folder, version in zip(folders, (NEWER, OLDER)):
            os.makedirs(folder)
            for name, text in ((".go-version", version + "\n"), ("main.go", MAIN),
                               ("go.mod", "module example.org/m\n\ngo 1.21\n")):
                with open(folder + "/" + name, "w", encoding="ascii") as f:
                    f.write(text)
        for n, (name, more, versions) in enumerate((
                ("two pins, one session: each directory has its Go", {}, (NEWER, OLDER)),
                ("and one Go for both, where GOVERN_VERSION says so",
                 {"GOVERN_VERSION": OLDER}, (OLDER, OLDER))), 1):
            got = ask(top, prefix, folders, **more)
            want = [uri("%s/toolchains/go%s/src/fmt/print.go" % (prefix, v)) for v in versions]
            bad += got != want
            print("%s %d - %s" % ("ok" if got == want else "not ok", n, name))
            if got != want:
                print("# %s\n# not %s" % (got, want))
    finally:
        shutil.rmtree(top, ignore_errors=True)
    print("# tried 4 cases of directories in gopls, bad states: %d\n1..2" % bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
