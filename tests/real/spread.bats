#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A spread of real toolchains, old to new: each proven, each compiles and runs a program
# through the shim.

load lib

old="1.8.3 1.9.7 1.13.1 1.16.15 1.20.14"
new="1.21.0 1.25.14 1.26.11 1.27.4"

setup_file() {
    need_proxy
    # shellcheck disable=SC2086 # words are meant
    need_toolchains $old $new
}

setup() { real_setup; }

@test "each of them is proven, and verify --offline proves it again from the receipt" {
    for v in $old $new; do
        run "$govern" --json list
        [ "$status" = 0 ]
        python3 - "$v" <<EOF
import json, sys
v = "go" + sys.argv[1]
found = [t for t in json.loads('''$output''')["toolchains"] if t["version"] == v]
assert len(found) == 1 and found[0]["trust"] == "proven", found
EOF
    done
    run unshare -n "$govern" verify --offline 1.21.0 1.9.7
    [ "$status" = 0 ] || { "$govern" verify --offline 1.21.0 1.9.7 && [ "$(id -u)" != 0 ]; }
}

@test "each compiles and runs a program through the shim" {
    for v in $old $new; do
        hello "$v" "$v"
        (cd "$v" && GO111MODULE=off go build -o hello main.go)
        run "./$v/hello"
        [ "$status" = 0 ]
        [ "$output" = "go$v" ]
    done
}

@test "gofmt comes from the same toolchain as go" {
    hello 1.26.11
    run govern which gofmt
    [ "$status" = 0 ]
    [ "$output" = "$prefix/toolchains/go1.26.11/bin/gofmt" ]
    printf 'package   a\n' >x.go
    run gofmt x.go
    [ "$output" = "package a" ]
}

@test "Go up to 1.9 gets GOROOT, later ones do not" {
    printf 'package main\n\nimport ("fmt"; "os")\n\nfunc main() { fmt.Printf("[%%s]\\n", os.Getenv("GOROOT")) }\n' >m.go
    run env GOROOT=/nonexistent GOVERN_VERSION=1.9.7 go run m.go
    [ "$output" = "[$prefix/toolchains/go1.9.7]" ]
    run env GOROOT=/nonexistent GO111MODULE=off GOVERN_VERSION=1.27.4 go run m.go
    [ "$output" = "[]" ]
}
