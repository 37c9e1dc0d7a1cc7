#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# govern stamp.

load lib

setup_file() {
    load_site go1.22.5 go1.22.3
    cli_setup_once
}

# One store for all of these tests, which only read it.
cli_setup_once() {
    export GOVERN_ROOT=$BATS_FILE_TMPDIR/store GOPROXY=file://$site store_of_all
    store_of_all=$GOVERN_ROOT
    "$B/bin/govern" install --quiet 1.22.5 1.22.3
}

setup() {
    cli_setup
    export GOVERN_ROOT=$store_of_all
    export GIT_CEILING_DIRECTORIES=$BATS_TEST_TMPDIR # the build may lie in a checkout
    unset GOFLAGS GOOS GOARCH GOEXPERIMENT CGO_ENABLED CC CXX
    h1=$(sed -n 's/.*"h1": "\(.*\)",/\1/p' "$GOVERN_ROOT/receipts/$platform/go1.22.5.json")
}

a_repository() {
    git init -q .
    git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m x
}

@test "one word: version, platform, h1, trust, pin and commit" {
    echo 1.22.5 >.go-version
    expect 0 govern stamp
    [ "$out" = "go1.22.5;platform=$platform;h1=$h1;trust=proven;by=file;pin=$PWD/.go-version:1" ]
    a_repository
    mkdir "sub dir"
    cp .go-version "sub dir/"
    cd "sub dir"
    expect 0 govern stamp
    [ "$out" = "go1.22.5;platform=$platform;h1=$h1;trust=proven;by=file;pin=sub%20dir/.go-version:1;commit=$(git rev-parse HEAD)" ]
}

@test "--json; a repository without a commit, a machine without git" {
    export GOVERN_VERSION=1.22.5
    a_repository
    expect 0 govern stamp --json
    [ "$(tr -d ' \n' <<<"$out")" = "{\"schema\":1,\"version\":\"go1.22.5\",\"platform\":\"$platform\",\"h1\":\"$h1\",\"trust\":\"proven\",\"kind\":\"environment\",\"spec\":\"1.22.5\",\"file\":null,\"line\":null,\"commit\":\"$(git rev-parse HEAD)\"}" ]
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s "$B/bin/govern" "$BATS_TEST_TMPDIR/bin/"
    expect 0 env PATH="$BATS_TEST_TMPDIR/bin" "$B/bin/govern" stamp
    [ "$out" = "go1.22.5;platform=$platform;h1=$h1;trust=proven;by=environment" ]
    rm -rf .git
    git init -q .
    expect 0 govern stamp --json
    [[ $out == *'"commit": null'* ]]
}

@test "a pin that is not installed, or not valid" {
    echo 1.22.4 >.go-version
    expect 3 govern stamp
    one_error
    expect 3 govern stamp --cache-key
    echo nonsense >.go-version
    expect 2 govern stamp
    one_error
}

@test "--cache-key: the same wherever the same is built with, and by whom" {
    echo 1.22.5 >.go-version
    expect 0 govern stamp --cache-key
    key=$out
    [[ $key == go1.22.5-$platform-* && ${#key} -lt 60 && $key != *"$PWD"* ]]
    mkdir -p other/deep
    GOVERN_ROOT=$BATS_TEST_TMPDIR/other govern install --quiet 1.22.5
    cd other/deep
    HOME=$BATS_TEST_TMPDIR/nobody GOVERN_ROOT=$BATS_TEST_TMPDIR/other expect 0 govern stamp --cache-key
    [ "$out" = "$key" ]
}

@test "--cache-key: another one where something else would be built" {
    echo 1.22.5 >.go-version
    expect 0 govern stamp --cache-key
    seen=$out
    for setting in GOFLAGS=-trimpath GOFLAGS=-race GOARCH=arm64 CGO_ENABLED=0 GOEXPERIMENT=x CC=clang; do
        expect 0 env "$setting" govern stamp --cache-key
        [[ " $seen " != *" $out "* ]]
        seen="$seen $out"
    done
    # what `go env -w` wrote counts as the variable does
    echo GOFLAGS=-trimpath >env
    GOENV=$PWD/env expect 0 govern stamp --cache-key
    [ "$out" = "$(cut -d' ' -f2 <<<"$seen")" ]
    echo 1.22.3 >.go-version
    expect 0 govern stamp --cache-key --json
    key=$(json key)
    [[ " $seen " != *" $key "* && $out != *"$h1"* ]]
    [[ $out == *'"version": "go1.22.3"'*"\"platform\": \"$platform\""* ]]
}
