#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A real Go that somebody else unpacked: proven by the real log, and it works from there.

load lib

v=1.21.0

setup_file() {
    need_proxy
    need_toolchains $v
}

setup() {
    real_setup
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/store
    sdk=$HOME/sdk/go$v
}

@test "as golang.org/dl leaves it: adopted, proven, untouched, and found by Go itself" {
    mkdir -p "$HOME/sdk"
    cp -r "$store/$(platform)/toolchains/go$v" "$sdk"
    # what the tarball has more than the module, and the unpacker's mark
    mkdir -p "$sdk/api" "$sdk/test/fixedbugs"
    echo 'pkg x' >"$sdk/api/go1.txt"
    : >"$sdk/test/fixedbugs/Äfoo.go"
    : >"$sdk/.unpacked-success"
    : >"$sdk/go$v.$(platform).tar.gz"
    before=$(find "$sdk" -printf '%p %m %T@ %C@ %s\n' | sort | sha256sum)
    run "$govern" adopt --from golang.org/dl
    echo "$output"
    [ "$status" = 0 ]
    [ "$output" = "go$v adopted from '$sdk': proven" ]
    run "$govern" verify --offline
    [ "$output" = "go$v: proven, by the proof kept with it" ]
    run "$govern" run $v -- go env GOROOT GOVERSION GOTOOLDIR
    [ "$output" = "$sdk
go$v
$sdk/pkg/tool/$(platform | tr - _)" ]
    run "$govern" run $v -- go tool compile -V
    [ "$output" = "compile version go$v" ]
    # a newer Go switches to it without a download
    [ "$(readlink -f "$GOVERN_ROOT/$(platform)/bin/go$v")" = "$sdk/bin/go" ]
    [ "$before" = "$(find "$sdk" -printf '%p %m %T@ %C@ %s\n' | sort | sha256sum)" ]
    # one byte
    printf 'X' | dd of="$sdk/bin/go" bs=1 seek=100000 conv=notrunc 2>/dev/null
    run "$govern" verify
    [ "$status" = 4 ]
    [[ $output == *"go$v: changed bin/go"* ]]
}
