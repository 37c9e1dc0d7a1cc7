#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Real toolchains from source.  Each takes minutes of two processors, so only TORTURE=full
# does it.

load lib

setup_file() {
    [ "${TORTURE-}" = full ] || skip_all "a toolchain takes minutes to build: TORTURE=full"
    [ -n "${skip_reason-}" ] || need_proxy
}

setup() {
    real_setup
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/store
    PATH=$GOVERN_ROOT/$(platform)/bin:$B/bin:${PATH#*:}
    unset GOCACHE GOMODCACHE GOPATH
    govern setup --no-rc >/dev/null
    toolchains=$GOVERN_ROOT/$(platform)/toolchains
}

teardown() {
    [ -n "${skip_reason-}" ] || rm -rf "$BATS_TEST_TMPDIR/store"
}

works() { # NAME: it compiles a program that says its name
    printf 'module hello\n' >go.mod
    hello "$1"
    run go run .
    echo "$output"
    [ "$output" = "$1" ]
}

@test "a release is what its source says: the same bytes, and proven" {
    run govern build 1.22.5
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *"go1.22.5 built: proven, by go1.22.5 in "* ]]
    run govern verify 1.22.5
    [ "$output" = "go1.22.5: proven" ]
    works go1.22.5
}

@test "a patched release has the patch in it" {
    cat >say.patch <<'EOF'
--- a/src/fmt/print.go
+++ b/src/fmt/print.go
@@ -1,1 +1,1 @@
-// Copyright 2009 The Go Authors. All rights reserved.
+// Copyright 2009 The Go Authors. All rights reserved. Ours.
EOF
    run govern build 1.22.5 --patch say.patch --name ours
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *"go1.22.5-ours built: unproven (patched), by go1.22.5 in "* ]]
    head -n 1 "$toolchains/go1.22.5-ours/src/fmt/print.go" | grep -q 'Ours'
    works go1.22.5-ours
}

old() { # VERSION: unproven, without what is for the build only, and a Go
    run govern build "$1"
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *"go$1-built built: unproven (not reproducible), by go$1 in "* ]]
    [ ! -e "$toolchains/go$1-built/pkg/obj" ]
    [ ! -e "$toolchains/go$1-built/pkg/bootstrap" ]
    run govern verify "go$1-built"
    [ "$status" = 0 ]
    works "go$1-built"
}

@test "one of the last that make no archive" {
    old 1.20.14
}

@test "one that knows packages without modules, and its own packages are not stale" {
    old 1.12.17
    run go list -f '{{if .Stale}}{{.ImportPath}}{{end}}' fmt net os/user
    echo "$output"
    [ -z "$output" ]
}
