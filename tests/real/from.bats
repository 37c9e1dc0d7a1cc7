#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An official-looking tarball from a stranger: proven when it is right, refused when it is
# not, whatever the difference.

load lib

v=1.21.0

setup_file() {
    need_proxy
    need_toolchains $v
    export GOVERN_ROOT=$store
    # The tarball of the release holds four directories more than the module.
    work=$BATS_FILE_TMPDIR/make
    mkdir -p "$work"
    [ -n "${skip_reason-}" ] || {
        cp -r "$store/$(platform)/toolchains/go$v" "$work/go"
        mkdir -p "$work/go/api" "$work/go/doc" "$work/go/misc/wasm" "$work/go/test/fixedbugs"
        echo 'pkg x' >"$work/go/api/go1.txt"
        echo '<html>' >"$work/go/doc/go_spec.html"
        echo 'module x' >"$work/go/test/go.mod"
        printf 'package Äfoo\n' >"$work/go/test/fixedbugs/Äfoo.go"
    }
    export work good=$BATS_FILE_TMPDIR/good.tar.gz
    [ -n "${skip_reason-}" ] || pack "$work" "$good"
}

setup() {
    real_setup
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/store
    name=go$v.$(platform).tar.gz
}

pack() { # DIRECTORY FILE: as fast as it goes, six of them are made
    tar -C "$1" --owner=0 --group=0 --sort=name -I "gzip -1" -cf "$2" go
}

good() { ln "$good" "$BATS_TEST_TMPDIR/$name"; }

# A tree beside the good one, of the same files: what is changed in it is replaced.
copy() { cp -rl "$work" "$BATS_TEST_TMPDIR/bad"; }

refused() {
    run "$govern" install --from "$1"
    echo "$output"
    [ "$status" = 4 ]
    [ -z "$(ls "$GOVERN_ROOT/$(platform)/toolchains" 2>/dev/null)" ]
    [ -z "$(ls "$GOVERN_ROOT/staging" 2>/dev/null)" ]
}

@test "a tarball with the release's content is proven" {
    good
    run "$govern" --json install --from "$BATS_TEST_TMPDIR/$name"
    echo "$output"
    [ "$status" = 0 ]
    [[ $output == *'"trust": "proven"'* ]]
    # The same tree as the module's, file for file.
    diff -r "$store/$(platform)/toolchains/go$v" "$GOVERN_ROOT/$(platform)/toolchains/go$v"
}

@test "one flipped byte is refused" {
    copy
    rm "$BATS_TEST_TMPDIR/bad/go/bin/go"
    cp -p "$work/go/bin/go" "$BATS_TEST_TMPDIR/bad/go/bin/go"
    printf 'X' | dd of="$BATS_TEST_TMPDIR/bad/go/bin/go" bs=1 seek=100000 conv=notrunc 2>/dev/null
    pack "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/$name"
    refused "$BATS_TEST_TMPDIR/$name"
}

@test "one added file is refused" {
    copy
    echo 'package fmt' >"$BATS_TEST_TMPDIR/bad/go/src/fmt/zz_evil.go"
    pack "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/$name"
    refused "$BATS_TEST_TMPDIR/$name"
}

@test "one missing file is refused" {
    copy
    rm "$BATS_TEST_TMPDIR/bad/go/src/fmt/doc.go"
    pack "$BATS_TEST_TMPDIR/bad" "$BATS_TEST_TMPDIR/$name"
    refused "$BATS_TEST_TMPDIR/$name"
}

@test "another version than the name says is refused" {
    name=go1.21.6.$(platform).tar.gz
    good
    refused "$BATS_TEST_TMPDIR/$name"
}

@test "a byte of the archive itself is refused" {
    cp "$good" "$BATS_TEST_TMPDIR/$name"
    size=$(stat -c %s "$BATS_TEST_TMPDIR/$name")
    printf '\377' | dd of="$BATS_TEST_TMPDIR/$name" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
    refused "$BATS_TEST_TMPDIR/$name"
}

@test "verify names each changed, missing and extra file" {
    good
    "$govern" install --from "$BATS_TEST_TMPDIR/$name"
    tree=$GOVERN_ROOT/$(platform)/toolchains/go$v
    run "$govern" verify --offline $v
    [ "$status" = 0 ]
    echo x >>"$tree/src/fmt/doc.go"
    rm "$tree/src/os/doc.go" || rm "$tree/src/os/dir.go"
    echo x >"$tree/src/fmt/new.go"
    mkdir "$tree/test" && echo x >"$tree/test/x.go"
    chmod -x "$tree/bin/gofmt"
    run "$govern" verify --offline $v
    echo "$output"
    [ "$status" = 4 ]
    [[ $output == *changed*src/fmt/doc.go* ]]
    [[ $output == *missing*src/os/d* ]]
    [[ $output == *extra*src/fmt/new.go* ]]
    [[ $output == *extra*test/x.go* ]]
    [[ $output == *mode*bin/gofmt* ]]
}
