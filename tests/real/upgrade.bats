#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An upgrade of a real Go to the newest patch of its line, in a store of its own.  Minutes of
# compiling, so only TORTURE=full does it.

load lib

setup_file() {
    [ "${TORTURE-}" = full ] || skip_all "two upgrades take minutes to check: TORTURE=full"
    [ -n "${skip_reason-}" ] || need_proxy
}

setup() {
    real_setup
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/store
    unset GOCACHE GOMODCACHE GOPATH
    PATH=$B/bin:$PATH
    govern install 1.22.3 --default
    mkdir app
    hello 1.22 app
    printf 'module app\n\ngo 1.22\n' >app/go.mod
    cat >app/main_test.go <<'EOF'
package main

import (
	"runtime"
	"testing"
)

func TestVersion(t *testing.T) { t.Log(runtime.Version()) }
EOF
}

leads() {
    basename "$(readlink "$GOVERN_ROOT/$(platform)/current/$1")"
}

@test "one that holds: checked, switched, checked again, and it stays" {
    run govern upgrade --project app --soak 2s
    echo "$output"
    [ "$status" = 0 ]
    [ "$(leads default)" = go1.22.12 ]
    [ "$(leads 1.22)" = go1.22.12 ]
    [ -z "$(ls "$XDG_CACHE_HOME/govern/checks")" ]
    cd app
    [ "$(env PATH="$GOVERN_ROOT/$(platform)/toolchains/go1.22.12/bin:$PATH" GOTOOLCHAIN=local go run .)" = go1.22.12 ]
}

@test "a project that begins to fail while it is watched: back by itself" {
    # The first check gets through; later ones find the marker that it left.
    run govern upgrade --project app --soak 2s --reason 'monthly' \
        --check 'go build ./... && go test ./... && [ ! -e "$HOME/seen" ] && touch "$HOME/seen"'
    echo "$output"
    [ "$status" = 1 ]
    [[ $output == *rolled-back* ]]
    for p in default 1.22 latest; do [ "$(leads $p)" = go1.22.3 ]; done
    run govern generations
    echo "$output"
    [[ $output == *"the check of 'app' with go1.22.12"* ]]
    run govern list
    echo "$output"
    [[ $output == *"go1.22.12  held"* ]]
}
