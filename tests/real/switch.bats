#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Go's own toolchain switching reaches what is installed here, with the network off.

load lib

setup_file() {
    need_proxy
    need_toolchains 1.26.11 1.27.4 1.25.14
}

setup() {
    real_setup
    export GOPROXY=off GONOSUMDB='*' GOFLAGS=-mod=mod
    export GOENV=off
}

@test "GOTOOLCHAIN=go1.X.Y runs that one" {
    printf '1.27.4\n' >.go-version
    run env GOTOOLCHAIN=go1.26.11 go version
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == "go version go1.26.11 "* ]]
}

@test "GOTOOLCHAIN=go1.X.Y reaches the real go's own switching too" {
    run env GOTOOLCHAIN=go1.26.11 "$prefix/toolchains/go1.27.4/bin/go" version
    [ "$status" = 0 ]
    [[ $output == "go version go1.26.11 "* ]]
}

@test "a toolchain line in go.mod leads to our toolchain" {
    govern default 1.25.14
    printf 'module example.com/x\n\ngo 1.21\n\ntoolchain go1.27.4\n' >go.mod
    run env GOTOOLCHAIN=auto go version
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == "go version go1.27.4 "* ]]
    run env GOTOOLCHAIN=path go env GOROOT
    [ "$output" = "$prefix/toolchains/go1.27.4" ]
}

@test "a pin is a pin: go.mod does not undo it" {
    printf 'module example.com/x\n\ngo 1.21\n\ntoolchain go1.27.4\n' >go.mod
    printf '1.26.11\n' >.go-version
    run go version
    [[ $output == "go version go1.26.11 "* ]]
    printf '1.26.11+auto\n' >.go-version
    run go version
    [[ $output == "go version go1.27.4 "* ]]
}

@test "a forgotten go env -w GOTOOLCHAIN does not undo a pin" {
    unset GOENV
    mkdir -p "$HOME/.config/go"
    printf 'GOTOOLCHAIN=go1.27.4+auto\n' >"$HOME/.config/go/env"
    printf '1.26.11\n' >.go-version
    run go version
    [[ $output == "go version go1.26.11 "* ]]
}
