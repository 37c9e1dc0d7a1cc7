#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# matrix, snapshot and diff with real toolchains.

load lib

setup_file() {
    [ "${TORTURE-}" = full ] || skip_all "TORTURE=full"
    [ -n "${skip_reason-}" ] || need_proxy
    need_toolchains 1.20.14 1.21.0 1.26.11 1.27.4
}

setup() { real_setup; }

# A package whose test one of them cannot compile.
package() {
    printf 'module example.com/x\n\ngo 1.20\n' >go.mod
    printf 'package x\n\nimport "slices"\n\nfunc Max(a []int) int { return slices.Max(a) }\n' >x.go
    printf 'package x\n\nimport "testing"\n\nfunc TestMax(t *testing.T) {\n\tif Max([]int{1, 3}) != 3 {\n\t\tt.Fatal()\n\t}\n}\n' >x_test.go
}

@test "go test with four of them: what 1.20 lacks is seen, and shown" {
    package
    run govern matrix --logs logs --junit j.xml --fresh-cache --timeout 10m \
        1.20,1.21.0,1.26,1.27 -- go test ./...
    echo "$output"
    [ "$status" = 1 ]
    [[ $output == *$'\n'"go1.20.14  failed, status 1 "* && $output == *'package slices is not in'* ]]
    for v in 1.21.0 1.26.11 1.27.4; do
        [[ $output == *$'\n'"go$v"*"passed"* ]]
        grep -q '^ok ' "logs/go$v.log"
    done
    [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'govern-gocache-*' -user "$(id -u)" -newer j.xml)" ]
}

@test "ended in the middle of a build, nothing of it goes on" {
    package
    run govern matrix --timeout 2s --fresh-cache --jobs 4 1.26,1.27 -- \
        sh -c 'echo $$ >"$GOVERN_VERSION"; go build std; sleep 1000'
    [ "$status" = 1 ]
    for f in go1.26.11 go1.27.4; do
        ! kill -0 -- "-$(cat $f)" 2>/dev/null
    done
}

@test "two snapshots are the same; a setting is seen in each toolchain that knows it" {
    package
    govern snapshot -q -o a.json
    run govern diff --all a.json
    [ "$status" = 0 ]
    [ "$output" = "no difference in what matters" ]
    CGO_CFLAGS=-O3 run govern diff a.json
    [ "$status" = 1 ]
    [[ $output == *"go env CGO_CFLAGS of "*"go1.20.14, "*"go1.27.4"* ]]
    ! grep -q '"problem": "' a.json
    # Another home, another directory: that is no difference in what matters.
    mkdir other
    (cd other && HOME=$PWD govern snapshot -q -o ../b.json)
    run govern diff a.json b.json
    [ "$status" = 0 ]
}
