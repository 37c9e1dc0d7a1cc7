#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doctor --cross, with stand-ins for compilers, and with real ones where they are installed.

load lib

setup_file() {
    load_site go1.22.5
}

setup() {
    cli_setup
    govern install --default 1.22.5 >/dev/null
    unset CC CGO_ENABLED PKG_CONFIG PKG_CONFIG_LIBDIR CC_FOR_linux_arm64
    [ "$platform" != linux-arm64 ] || skip "linux-arm64 is this machine's own platform"
    mkdir "$HOME/bin"
    program pkg-config ''
}

cross() { # STATUS [NAME=VALUE...]: nothing but our stand-ins in PATH
    local status=$1
    shift
    expect "$status" env "$@" PATH="$HOME/bin" "$B/bin/govern" doctor --cross linux-arm64 --json
    ids=$(printf '%s' "$out" | python3 -c '
import json, sys
print(" ".join(f["id"] for f in json.load(sys.stdin)["findings"]))')
}

program() { # NAME SCRIPT
    printf '#!/bin/sh\n%s\n' "$2" >"$HOME/bin/$1"
    chmod 755 "$HOME/bin/$1"
}

compiler() { # SCRIPT: it is one for that machine, and else does this
    program aarch64-linux-gnu-gcc "case \$* in *_m.c*) exit 0 ;; esac; $1"
}

@test "without a compiler, and what installs it" {
    cross 1
    [ "$ids" = cross-compiler ]
    [ "$(json .findings.0.fix)" = "install aarch64-linux-gnu-gcc" ]
    program apt-get ''
    cross 1 CC=$HOME/none/cc
    [ "$(json .findings.0.fix)" = "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ]
    [[ $(json .findings.0.message) == "there is no C compiler '$HOME/none/cc' for linux-arm64" ]]
}

@test "a compiler that works, and what Go has to be told" {
    compiler '[ -f _a.c ] && [ -f main.go ]'
    cross 1
    [ "$ids" = "cross-cgo cross-cc cross-pkg-config" ]
    [ "$(json .findings.1.fix)" = "export CC='aarch64-linux-gnu-gcc'" ]
    cross 0 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=/x
    [ -z "$ids" ] && [ "$(json .ok)" = true ]
    expect 1 env PATH="$HOME/bin" CC_FOR_linux_arm64=$'aarch64-linux-gnu-gcc \e[31m' \
        "$B/bin/govern" doctor --cross linux-arm64
    [[ $out == *"  fix: export CC='aarch64-linux-gnu-gcc ?[31m'"* && $out != *$'\e'* ]]
    mkdir "$HOME/directory"
    for cc in "$HOME/none" "$HOME/directory"; do
        cross 1 CC_FOR_linux_arm64="$cc"
        [ "$ids" = cross-compiler ]
    done
}

@test "a compiler without headers, and one that links nothing" {
    compiler 'echo "In file included from _a.c:1:" >&2; echo "a.c:1:10: fatal error: stdlib.h: No such file" >&2; exit 1'
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=x
    [ "$ids" = cross-headers ]
    [[ $(json .findings.0.message) == *"finds no C headers: a.c:1:10: fatal error"* ]]
    compiler '[ "$1" = -E ]'
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=x
    [ "$ids" = cross-link ]
}

@test "a compiler for another machine, and what Go says behind the package's name" {
    program aarch64-linux-gnu-gcc 'echo "_m.c:2:2: error: #error it is for another machine" >&2; exit 1'
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=x
    [ "$ids" = cross-machine ]
    [[ $(json .findings.0.message) == "'aarch64-linux-gnu-gcc' makes programs for another machine: _m.c:2"* ]]
    compiler ''
    go=$HOME/.local/share/govern/$platform/toolchains/go1.22.5/bin/go
    printf '#!/bin/sh\necho "# runtime/cgo" >&2; echo "gcc: error: what" >&2; exit 2\n' >"$go"
    cross 1 CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc PKG_CONFIG_LIBDIR=x
    [ "$ids" = cross-build ]
    [[ $(json .findings.0.message) == *": gcc: error: what" ]]
}

@test "a relative path; pkg-config: none, one for that platform, one that is named" {
    compiler ''
    cd "$HOME/bin"
    cross 1 CGO_ENABLED=1 CC=./aarch64-linux-gnu-gcc # Go takes none
    [ "$ids" = cross-compiler ]
    set -- CGO_ENABLED=1 CC=aarch64-linux-gnu-gcc
    cross 0 "$@" PKG_CONFIG=pkg-config
    [ -z "$ids" ]
    cross 0 "$@" PKG_CONFIG=$HOME/none/pkg-config
    [ "$(json .findings.0.message)" = "there is no pkg-config '$HOME/none/pkg-config'" ]
    program aarch64-linux-gnu-pkg-config ''
    cross 0 "$@"
    [ "$(json .findings.0.fix)" = "export PKG_CONFIG=aarch64-linux-gnu-pkg-config" ]
    rm "$HOME/bin/pkg-config"
    cross 0 "$@" PKG_CONFIG_LIBDIR=/x
    [ "$(json .findings.0.message)" = "there is no pkg-config 'pkg-config'" ]
}

@test "platforms: this machine's own, without cgo, without a usual compiler, unknown" {
    expect 2 govern doctor --cross "$platform"
    [[ $err == *"$platform is this machine's own platform"* ]]
    expect 2 govern doctor --cross linux-arm64 --fix
    one_error
    for p in js-wasm plan9-amd64; do
        expect 2 govern doctor --cross $p
        [[ $err == *"there is no cgo for $p: a build takes no C compiler"* ]]
    done
    expect 2 govern doctor --cross linux-z80
    [[ $err == *"what a cgo build for 'linux-z80' needs is not known"* ]]
    expect 1 govern doctor --cross darwin-arm64 --json
    [ "$(json .findings.0.message)" = "no C compiler for darwin-arm64 has a usual name" ]
    CC=$HOME/none/oa64-clang expect 1 govern doctor --cross darwin-arm64 --json
    [[ $(json .findings.0.message) == "there is no C compiler '$HOME/none/oa64-clang'"* ]]
}

real() { # PLATFORM COMPILER PACKAGE
    command -v "$2" >/dev/null || skip "no $2 here (Debian: $3)"
    expect 0 env CGO_ENABLED=1 CC="$2" govern doctor --cross "$1"
    [[ $out == *"go1.22.5 builds cgo programs for $1 with '$2'" ]]
    # That of this machine is none for it.
    command -v gcc >/dev/null || return 0
    expect 1 env CGO_ENABLED=1 CC=gcc govern doctor --cross "$1"
    [[ $out == *"'gcc' makes programs for another machine: "*"error"*"[cross-machine]"* ]]
}

@test "a real compiler for arm64" {
    real linux-arm64 aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    # Some have their headers in the sysroot, some beside it; none has libraries nowhere.
    expect 1 env CGO_ENABLED=1 CC="aarch64-linux-gnu-gcc -nostdinc" govern doctor --cross linux-arm64
    [[ $out == *"finds no C headers: "*"[cross-headers]"* ]]
    expect 1 env CGO_ENABLED=1 CC="aarch64-linux-gnu-gcc -L/nonexistent -lnone" \
        govern doctor --cross linux-arm64
    [[ $out == *"links no program: "*"[cross-link]"* ]]
}

@test "a real compiler for riscv64" {
    real linux-riscv64 riscv64-linux-gnu-gcc gcc-riscv64-linux-gnu
}

@test "a real compiler for windows" {
    real windows-amd64 x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
}
