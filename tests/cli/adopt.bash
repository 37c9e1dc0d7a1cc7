# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Toolchains as other managers leave them, below $HOME.

# unpack VERSION DIRECTORY: as from the release's tarball
unpack() {
    mkdir -p "$2"
    tar -xzf "$site/$1.$platform.tar.gz" -C "$2" --strip-components=1
}

# module VERSION [unused]: as in Go's module cache, read-only, with go.mod beside _go.mod
module() {
    local at=${3-$HOME/go/pkg/mod}/golang.org/toolchain@v0.0.1-$1.$platform f
    unpack "$1" "$at"
    rm -r "$at"/{api,doc,misc,test}
    find "$at" -name go.mod | while read -r f; do cp "$f" "${f%go.mod}_go.mod"; done
    [ "${2-}" != unused ] || chmod -R a-x,a+X "$at/bin" "$at/pkg"
    [ "${2-}" != unused ] || find "$at/bin" "$at/pkg" -type f -exec chmod a-x {} +
    chmod -R a-w "$at"
}

# spread VERSION PREFIX: as Debian has it, PREFIX/lib/go-1.N with links to PREFIX/share/go-1.N
spread() {
    local line=${1#go} lib share
    line=${line%.*}
    lib=$2/lib/go-$line share=$2/share/go-$line
    unpack "$1" "$lib"
    mkdir -p "$share"
    mv "$lib"/{src,api,misc,test} "$share/"
    rm -r "$lib/doc"
    for d in src api misc test; do ln -s "../../share/go-$line/$d" "$lib/$d"; done
}

# What is there, with modes and times: as it was before?
fingerprint() { # DIRECTORY...
    find "$@" -printf '%p %y %m %T@ %s %l\n' | sort | sha256sum
}

writable_again() { # for teardown(): so that it can be removed
    chmod -R u+w "$BATS_TEST_TMPDIR"
}

trust_of() { # VERSION
    govern list --json | python3 -c '
import json, sys
for t in json.load(sys.stdin)["toolchains"]:
    if t["version"] == sys.argv[1]:
        print(t["trust"], t["adopted"], t["adopted_from"])' "$1"
}
