#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bundle, and install --from a bundle; what hostile ones hold: tests/archives/bundles.t.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5
    python3 tests/tools/mktoolchain.py "$site" go1.22.5 linux-s390x >/dev/null
    # The same log as it was when it had less.
    for n in 1 2 3; do
        mkdir -p "$BATS_FILE_TMPDIR/log-$n"
        head -n "$n" "$site/hashes" |
            "$B/tests/tools/mklog" -s seed -f 300 "$BATS_FILE_TMPDIR/log-$n" >/dev/null
    done
    GOSUMDB=$("$B/tests/tools/mklog" -s seed -f 300 "$site" <"$site/hashes")
}

setup() {
    cli_setup
    bundle=$BATS_TEST_TMPDIR/w/go.bundle
}

# From here on as another machine, that has no network and knows nothing.
other_machine() { # [NAME]
    export HOME=$BATS_TEST_TMPDIR/${1:-other} GOPROXY=off
    mkdir -p "$HOME"
    root=$HOME/.local/share/govern
    prefix=$root/$platform
}

# The log as it was when it had 300 records and N of ours.
log_of() { # N
    export GOPROXY="file://$BATS_FILE_TMPDIR/log-$1,file://$site"
}

records() { # of the remembered head
    sed -n 2p "$root/log-heads/sum.test.example"
}

@test "what is bundled here is installed there, proven, without a network" {
    expect 0 govern install 1.22.5 1.21
    expect 0 govern bundle -o go.bundle 1.22.5 1.21
    [[ $out == *"go1.22.5 for $platform: "* ]]
    [[ $out == *"go.bundle: "*"proven by 'sum.test.example' with 304 records" ]]
    [ -z "$err" ]
    here_root=$root
    other_machine
    expect 0 govern install --from go.bundle
    [[ $out == *"go1.22.5 installed: proven, from bundle"* ]]
    [[ $out == *"go1.21.0 installed: proven, from bundle"* ]]
    diff -r "$here_root/$platform/toolchains" "$prefix/toolchains"
    expect 0 govern verify --offline
    expect 0 govern list --json
    [ "$(json .toolchains.1.trust) $(json .toolchains.1.source)" = "proven bundle" ]
    expect 0 govern journal --json
    [ "$(json .records.0.event) $(json .records.0.source)" = "install bundle" ]
    expect 0 govern journal --check
    [ "$(records)" = 304 ]
}

@test "nothing is asked of the network, whatever the settings say" {
    expect 0 govern install 1.22.5
    expect 0 govern bundle -o go.bundle 1.22.5
    other_machine
    # Would be asked: a port that nobody listens at.
    ASAN_OPTIONS=detect_leaks=0 GOPROXY=http://127.0.0.1:1 expect 0 strace -f -qq -e trace=connect -o trace \
        govern install --from go.bundle
    ! grep -q AF_INET trace
}

@test "a SPEC takes some of it; what is not in it: 3; another platform: 3" {
    expect 0 govern install 1.22.5 1.22.3 1.21
    expect 0 govern bundle -o go.bundle 1.22.5 1.22.3 1.21
    other_machine
    expect 0 govern install --from "file://$bundle" 1.22
    [ "$(ls "$prefix/toolchains")" = go1.22.5 ]
    expect 3 govern install --from go.bundle 1.22.4
    one_error
    [[ $err == *"go1.22.4"*"tail -n 1"* ]]
    expect 3 govern install --from go.bundle --platform linux-mips
    one_error
}

@test "several platforms in one" {
    expect 0 govern install 1.22.5
    expect 0 govern install 1.22.5 --platform linux-s390x
    expect 0 govern bundle -o go.bundle 1.22 --platforms "$platform,linux-s390x" --json
    [ "$(json .schema)" = 1 ]
    [ "$(json .toolchains.1.platform) $(json .toolchains.1.version)" = "linux-s390x go1.22.5" ]
    [ "$(json .bytes)" = "$(stat -c %s go.bundle)" ]
    [ "$(json .records) $(json .log)" = "304 sum.test.example" ]
    expect 3 govern bundle -o no.bundle 1.22 --platforms "$platform,linux-mips"
    one_error
    expect 2 govern bundle -o no.bundle 1.22 --platforms "$platform,../x"
    one_error
    [ ! -e no.bundle ]
    other_machine
    expect 0 govern install --from go.bundle
    expect 0 govern install --from go.bundle --platform linux-s390x
    [ -d "$root/linux-s390x/toolchains/go1.22.5" ]
}

@test "the same store gives the same bytes, to a file and to a pipe; an adopted one too" {
    expect 0 govern install 1.22.5 1.21
    expect 0 govern bundle -o a.bundle 1.21 1.22.5
    touch "$prefix"/toolchains/go1.22.5/VERSION
    expect 0 govern bundle -o b.bundle 1.21 1.22.5 1.22
    cmp a.bundle b.bundle
    govern bundle -o - 1.21 1.22.5 | cmp - a.bundle
    cp -r "$prefix/toolchains/go1.22.5" adopted
    chmod -R u+w adopted
    mkdir adopted/doc && touch adopted/doc/x adopted/.unpacked-success
    expect 0 govern uninstall 1.22.5
    expect 0 govern adopt adopted
    expect 0 govern bundle -o c.bundle 1.21 1.22.5
    cmp a.bundle c.bundle
}

@test "a file that is there stays, unless --force; of what is no file, always" {
    expect 0 govern install 1.22.5 1.21
    echo mine >go.bundle
    expect 1 govern bundle -o go.bundle 1.22.5
    one_error
    [ "$(cat go.bundle)" = mine ]
    expect 0 govern bundle -o go.bundle 1.22.5 --force
    head -n 1 go.bundle | grep -qx 'govern bundle 1'
    mkfifo pipe
    for there in pipe .; do
        expect 1 govern bundle -o "$there" 1.22.5 --force
        one_error
    done
    expect 1 govern bundle -o none/go.bundle 1.22.5
    one_error
    [[ $err == *"none/go.bundle"* ]]
    [ -z "$(find . -name '.tmp-*')" ]
}

@test "a kill in the middle leaves nothing beside the file" {
    expect 0 govern install 1.22.5
    python3 -c 'import os; os.open(".", os.O_TMPFILE | os.O_WRONLY)' 2>/dev/null ||
        skip "this file system has no files without a name"
    echo old >go.bundle
    strace -qq -o trace -e trace=write -e inject=write:signal=SIGKILL:when=3 \
        govern bundle --force -o go.bundle 1.22.5 || true
    grep -q 'killed by SIGKILL' trace
    [ "$(cat go.bundle)" = old ]
    [ "$(ls -A)" = "go.bundle
trace" ]
}

@test "usage: 2" {
    expect 0 govern install 1.22.5
    for words in "1.22.5" "-o x" "-o - 1.22.5 --json" "-o x 1.22.5 --since many" \
        "-o x 1.22.5 --since 0" "-o x 1.22.5 --since 1,"; do
        # shellcheck disable=SC2086 # words are meant
        expect 2 govern bundle $words
        if [[ $words != *--json* ]]; then one_error; fi
    done
    expect 3 govern bundle -o x 1.21
    one_error
    [ ! -e x ]
    other_machine
    expect 3 govern bundle -o x 1.21
    one_error
}

@test "not proven, changed, without a manifest: refused with 4, and nothing is written" {
    GOSUMDB=off expect 0 govern install 1.22.5 --trust unproven
    expect 4 govern bundle -o go.bundle 1.22.5
    one_error
    [[ $err == *"hint: govern verify 1.22.5"* ]]
    expect 0 govern verify 1.22.5
    expect 0 govern bundle -o go.bundle 1.22.5
    rm go.bundle
    file=$prefix/toolchains/go1.22.5/src/runtime/runtime.go
    cp -p "$file" "$file.was"
    chmod u+w "$file"
    echo >>"$file"
    expect 4 govern bundle -o go.bundle 1.22.5
    one_error
    [[ $err == *src/runtime/runtime.go* ]]
    rm "$file"
    expect 4 govern bundle -o go.bundle 1.22.5
    one_error
    mkfifo "$file"
    expect 4 govern bundle -o go.bundle 1.22.5
    one_error
    rm "$file"
    mv "$file.was" "$file"
    sed -i 1d "$root/receipts/$platform/go1.22.5.manifest"
    expect 4 govern bundle -o go.bundle 1.22.5
    one_error
    [ -z "$(ls)" ]
    [ -z "$(find . -name '.tmp-*')" ]
}

@test "the log's key is that of the machine, never the bundle's" {
    expect 0 govern install 1.22.5
    expect 0 govern bundle -o go.bundle 1.22.5
    other_machine
    theirs=$("$B/tests/tools/mklog" -s other "$BATS_TEST_TMPDIR/log" <"$site/hashes")
    for sumdb in "$theirs" sum.golang.org; do
        GOSUMDB=$sumdb expect 4 govern install --from go.bundle
        one_error
        [[ $err == *"is by the log 'sum.test.example'"* ]]
        GOSUMDB=$sumdb expect 4 govern install --from go.bundle --trust unproven
    done
    GOSUMDB=off expect 4 govern install --from go.bundle
    one_error
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    # The other log has it too, and can be asked.
    GOSUMDB=$theirs GOPROXY=file://$BATS_TEST_TMPDIR/log \
        expect 0 govern install --from go.bundle
    [[ $out == *proven* ]]
}

@test "a head is remembered, and the next bundle leads on from it by itself" {
    log_of 2
    expect 0 govern install 1.21.0 1.22.3
    expect 0 govern bundle -o old.bundle 1.21.0 1.22.3
    log_of 3
    expect 0 govern install 1.22.5
    expect 0 govern bundle -o new.bundle 1.22.5
    other_machine
    expect 0 govern install --from old.bundle 1.21.0
    [ "$(records)" = 302 ]
    expect 0 govern install --from new.bundle
    [ "$(records)" = 303 ]
    # Older, and met before.
    expect 0 govern install --from old.bundle
    [[ $out == *"go1.22.3 installed: proven"* ]]
    [ "$(records)" = 303 ]
    # What is older than what is remembered cannot be compared.
    other_machine third
    expect 0 govern install --from new.bundle
    expect 1 govern install --from old.bundle 1.21.0
    one_error
    [[ $err == *302*303*"--since"* ]]
    [ "$(records)" = 303 ]
    [ ! -e "$prefix/toolchains/go1.21.0" ]
}

@test "--since: also for a tree that this store has no receipt of; older, and newer" {
    log_of 2
    expect 0 govern install 1.22.3
    expect 0 govern bundle -o second.bundle 1.22.3
    export HOME=$BATS_TEST_TMPDIR/again
    mkdir -p "$HOME"
    root=$HOME/.local/share/govern
    log_of 3
    expect 0 govern install 1.22.5
    expect 0 govern bundle -o plain.bundle 1.22.5
    expect 0 govern bundle -o since.bundle 1.22.5 --since 17,302
    log_of 1
    expect 3 govern bundle -o no.bundle 1.22.5 --since 400
    one_error
    GOPROXY=file://$site expect 0 govern bundle -o newer.bundle 1.22.5 --since 304
    tail -n 1 newer.bundle | grep -q 'tree\\n304\\n'
    other_machine
    expect 0 govern install --from second.bundle
    expect 1 govern install --from plain.bundle
    one_error
    expect 0 govern install --from since.bundle
    [ "$(records)" = 303 ]
    # With the log at hand it is asked.
    other_machine third
    expect 0 govern install --from second.bundle
    GOPROXY=file://$site expect 0 govern install --from plain.bundle
}

@test "a fork of the log: 4, both notes are kept, nothing is installed" {
    expect 0 govern install 1.22.5
    for filler in 300 200; do # of the same size, and smaller
        fork=$BATS_TEST_TMPDIR/fork-$filler
        mkdir "$fork"
        tac "$site/hashes" | "$B/tests/tools/mklog" -s seed -f "$filler" "$fork" >/dev/null
        HOME=$BATS_TEST_TMPDIR/home GOPROXY=file://$site expect 0 govern bundle --force \
            -o go.bundle 1.22.5 --since $((filler + 4))
        other_machine "m-$filler"
        expect 0 govern setup --no-rc
        mkdir -p "$root/log-heads"
        cp "$fork/sumdb/sum.test.example/latest" "$root/log-heads/sum.test.example"
        [ "$(records)" = $((filler + 4)) ]
        expect 4 govern install --from go.bundle
        [[ $err == *"contradicts itself"* ]]
        [ ! -e "$prefix/toolchains/go1.22.5" ]
        [ "$(find "$root/log-heads" -name '*.fork-*' | wc -l)" = 1 ]
        cmp "$fork/sumdb/sum.test.example/latest" "$root/log-heads/sum.test.example"
    done
}

@test "receipts of several trees, and the log cannot be asked: 1; of one: with a warning" {
    log_of 1
    expect 0 govern install 1.21.0
    log_of 3
    expect 0 govern install 1.22.5
    rm -r "$HOME/.cache/govern"
    GOPROXY=off expect 0 govern bundle -o one.bundle 1.22.5 --offline
    [[ $err == "govern: warning: "* ]]
    GOPROXY=off expect 1 govern bundle -o two.bundle 1.22.5 1.21.0 --offline
    one_error
    expect 0 govern bundle -o two.bundle 1.22.5 1.21.0
    other_machine
    expect 0 govern install --from two.bundle
    other_machine third
    expect 0 govern install --from one.bundle
}

@test "in a store that is only read" {
    expect 0 govern install 1.22.5
    let_others_in
    mkdir -m 777 out
    HOME=$BATS_TEST_TMPDIR as_other "$B/bin/govern" --root "$root" bundle -o out/go.bundle 1.22.5
    other_machine
    expect 0 govern install --from out/go.bundle
}
