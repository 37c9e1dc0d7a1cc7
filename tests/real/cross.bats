#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doctor --cross with a real Go and the C compilers that are installed here.  Each builds
# the C part of Go's own packages anew, so only TORTURE=full does it.

load lib

v=1.26.11

setup_file() {
    [ "${TORTURE-}" = full ] || skip_all "each builds Go's own packages: TORTURE=full"
    [ -n "${skip_reason-}" ] || need_proxy
    need_toolchains $v
}

setup() {
    real_setup
    unset CC CGO_ENABLED PKG_CONFIG PKG_CONFIG_LIBDIR
    echo $v >.go-version
}

builds() { # PLATFORM COMPILER PACKAGE
    command -v "$2" >/dev/null || skip "no $2 here (Debian: $3)"
    run env CGO_ENABLED=1 CC="$2" "$govern" doctor --cross "$1"
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *"go$v builds cgo programs for $1 with '$2'" ]]
    # Without it being said Go takes this machine's compiler, or none.
    run "$govern" doctor --cross "$1"
    [ "$status" = 1 ]
    [[ $output == *"[cross-cgo]"*"[cross-cc]"* ]]
}

@test "arm64" {
    builds linux-arm64 aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
}

@test "riscv64" {
    builds linux-riscv64 riscv64-linux-gnu-gcc gcc-riscv64-linux-gnu
}

@test "windows" {
    builds windows-amd64 x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
}
