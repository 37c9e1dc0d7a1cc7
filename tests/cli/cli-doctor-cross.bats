#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doctor --cross, with stand-ins for compilers.

load lib

setup_file() {
    load_site go1.22.5
}

setup() {
    cli_setup
    govern install --default 1.22.5 >/dev/null
    unset CC CGO_ENABLED PKG_CONFIG PKG_CONFIG_LIBDIR CC_FOR_linux_arm64
    mkdir "$HOME/bin"
}

cross() { # STATUS [NAME=VALUE...]: nothing but our stand-ins in PATH
    local status=$1
    shift
    expect "$status" env "$@" PATH="$HOME/bin" "$B/bin/govern" doctor --cross linux-arm64 --json
    ids=$(printf '%s' "$out" | python3 -c '
import json, sys
print(" ".join(f["id"] for f in json.load(sys.stdin)["findings"]))')
}

compiler() { # SCRIPT
    printf '#!/bin/sh\n%s\n' "$1" >"$HOME/bin/aarch64-linux-gnu-gcc"
    chmod 755 "$HOME/bin/aarch64-linux-gnu-gcc"
}

@test "without a compiler, and what installs it" {
    cross 1
    [ "$ids" = cross-compiler ]
    [ "$(json .findings.0.fix)" = "install aarch64-linux-gnu-gcc" ]
    printf '#!/bin/sh\n' >"$HOME/bin/apt-get"
    chmod 755 "$HOME/bin/apt-get"
    cross 1 CC=/nonexistent/cc
    [ "$(json .findings.0.fix)" = "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ]
    [[ $(json .findings.0.message) == "there is no C compiler '/nonexistent/cc' for linux-arm64" ]]
}

@test "a compiler that works, and what Go has to be told" {
    compiler '[ -f _a.c ] && [ -f main.go ]'
    cross 1
    [ "$ids" = "cross-cgo cross-cc cross-pkg-config" ]
    [ "$(json .findings.1.fix)" = "export CC='aarch64-linux-gnu-gcc'" ]
    cross 0 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=/x
    [ -z "$ids" ] && [ "$(json .ok)" = true ]
    cross 1 CC_FOR_linux_arm64=/nonexistent/x
    [ "$ids" = cross-compiler ]
}

@test "a compiler without headers, and one that links nothing" {
    compiler 'echo "a.c:1:10: fatal error: stdlib.h: No such file" >&2; exit 1'
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG=x
    [ "$ids" = cross-headers ]
    [[ $(json .findings.0.message) == *"finds no C headers: a.c:1:10: fatal error"* ]]
    compiler '[ "$1" = -E ]'
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG=x
    [ "$ids" = cross-link ]
}

@test "a platform of which nothing is known" {
    expect 2 govern doctor --cross plan9-amd64
    [[ $err == *"what a cgo build for 'plan9-amd64' needs is not known"* ]]
}
