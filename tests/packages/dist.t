#!/usr/bin/env -S bats --tap
# SPDX-License-Identifier: Apache-2.0
# The source that is handed on: what is committed, the same bytes each time.

load lib

setup() {
    git rev-parse -q --verify HEAD >/dev/null 2>&1 || skip "no git checkout"
}

dist() { # DIRECTORY
    make -s dist B="$1" >&2
    version=$(sed -n 's/^VERSION := //p' Makefile)
    made=$1/govern-$version.tar.gz
}

@test "dist has each file that is committed, and no other" {
    dist "$BATS_TEST_TMPDIR"
    tar -tzf "$made" | grep -v '/$' | sed "s|^govern-$version/||" | LC_ALL=C sort >"$BATS_TEST_TMPDIR/is"
    git -c core.quotePath=off ls-tree -r --name-only HEAD | LC_ALL=C sort >"$BATS_TEST_TMPDIR/should"
    [ -s "$BATS_TEST_TMPDIR/is" ]
    diff "$BATS_TEST_TMPDIR/should" "$BATS_TEST_TMPDIR/is"
}

@test "dist made twice has the same bytes, whoever makes it" {
    dist "$BATS_TEST_TMPDIR/1"
    (
        umask 077
        export TZ=Asia/Tokyo LC_ALL=C
        git config --file "$BATS_TEST_TMPDIR/config" tar.umask 0027
        git config --file "$BATS_TEST_TMPDIR/config" safe.directory '*'
        GIT_CONFIG_GLOBAL=$BATS_TEST_TMPDIR/config dist "$BATS_TEST_TMPDIR/2"
    )
    cmp "$made" "${made/\/1\//\/2\/}"
}

@test "the packages have the version of the Makefile" {
    version=$(sed -n 's/^VERSION := //p' Makefile)
    [ -n "$version" ]
    [[ $(head -n 1 .packaging/debian/changelog) == "govern ($version-"*") "* ]]
    grep -qx "Version:  *$version" .packaging/govern.spec
    grep -qE "^\* .* - $version-[0-9]+$" .packaging/govern.spec
}

@test "dist that is unpacked builds and installs, where there is no git" {
    [ "${TORTURE-}" = full ] || skip "only with TORTURE=full"
    dist "$BATS_TEST_TMPDIR"
    tar -C "$BATS_TEST_TMPDIR" -xzf "$made"
    cd "$BATS_TEST_TMPDIR/govern-$version" || return 1
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/sh\necho "git was asked" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/git"
    chmod +x "$BATS_TEST_TMPDIR/bin/git"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH make -s -j2 DEPS=: install DESTDIR="$BATS_TEST_TMPDIR/to" \
        prefix=/usr >"$BATS_TEST_TMPDIR/log" 2>&1 || { tail "$BATS_TEST_TMPDIR/log" >&2; false; }
    [ -z "$(grep "git was asked" "$BATS_TEST_TMPDIR/log")" ]
    [ "$("$BATS_TEST_TMPDIR/to/usr/bin/govern" --version)" = "govern $version" ]
    # Nor is anything written but below build/.
    tar -tzf "$made" | sed "s|^govern-$version/||; s|/$||; /^$/d" | LC_ALL=C sort >../should
    find . -mindepth 1 -path ./build -prune -o -mindepth 1 -printf '%P\n' | LC_ALL=C sort >../is
    diff ../should ../is
}
