#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# upgrade --channel canary, setup --channel canary, promote.

load lib

setup_file() {
    load_site --go "$B/tests/tools/standin-go" go1.22.3 go1.22.6
}

setup() {
    cli_setup
    unset STANDIN_FAILS STANDIN_LOG
    export GOENV=off
    canary=$root/canary
    expect 0 govern setup --no-rc
    expect 0 govern install 1.22.3 --default
}

share() { # PERCENT [HOSTS]
    printf '[sources]\norder = goproxy\n[upgrade]\nshare = %s\nhosts = %s\n' "$1" "${2-none.example}" >"$HOME/.config/govern/govern.ini"
}

runs() { # BIN: the version that its go is
    (cd / && env -u GOVERN_ROOT PATH="$1:/usr/bin:/bin" go version | cut -d' ' -f3)
}

@test "canaries go ahead, the others stay until it is promoted, and then all are there" {
    share 100
    expect 0 govern setup --no-rc --channel canary
    [ "$(runs "$canary/$platform/bin")" = go1.22.3 ]
    expect 0 govern upgrade --channel canary
    [[ $out == *upgraded* ]]
    [ "$(runs "$canary/$platform/bin")" = go1.22.6 ]
    [ "$(runs "$prefix/bin")" = go1.22.3 ]
    expect 0 govern run 1.22 -- go version
    [[ $out == *go1.22.3* ]]
    expect 0 govern gc # heals, and moves nothing
    [ "$(runs "$prefix/bin")" = go1.22.3 ]
    expect 0 govern promote --json --reason 'a week without a complaint'
    [ "$(json 'promoted[1].pointer')" = default ]
    grep -q '"event":"promote".*"reason":"a week' "$root/journal"
    [ "$(runs "$prefix/bin")" = go1.22.6 ]
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.6 ]
    grep -q 'a week without' "$prefix/current/generation.json"
    expect 0 govern promote
    [ "$out" = "nothing to promote" ]
    expect 0 govern upgrade --channel canary
    [ "$(runs "$canary/$platform/bin")" = go1.22.6 ]
    expect 0 govern verify
}

@test "what failed on the canary is not promoted" {
    share 100
    expect 0 govern setup --no-rc --channel canary
    export STANDIN_FAILS=go1.22.6:test
    expect 1 govern upgrade --channel canary
    expect 0 govern promote
    [ "$out" = "nothing to promote" ]
    [ "$(runs "$prefix/bin")" = go1.22.3 ]
    [ "$(runs "$canary/$platform/bin")" = go1.22.3 ]
}

@test "what cannot be brought in is held back nowhere" {
    share 100
    expect 0 govern setup --no-rc --channel canary
    cp -r "$site" site
    rm site/golang.org/toolchain/@v/*go1.22.6*.zip
    GOPROXY=file://$PWD/site expect 3 govern upgrade --channel canary
    [ ! -L "$prefix/current/!go1.22.6" ]
    [ ! -L "$canary/$platform/current/!go1.22.6" ]
}

@test "which machines: those that are listed, and a share of the names" {
    share 0
    expect 0 govern upgrade --channel canary
    [[ $out == *"is no canary"* ]]
    [ ! -e "$prefix/toolchains/go1.22.6" ]
    expect 0 govern setup --no-rc --channel canary
    [ ! -e "$canary" ]
    share 0 "other $(uname -n)"
    expect 0 govern upgrade --channel canary -n
    [[ $out == *wanted* ]]
    expect 2 govern upgrade --channel beta
    # a store of this machine alone has no canary of its own: its pointers move
    expect 0 govern upgrade --channel canary
    [ "$(runs "$prefix/bin")" = go1.22.6 ]
    expect 3 govern promote
    [[ $err == *"has no canary"* ]]
}

@test "what is set in the store reaches the canary, what is installed too" {
    share 100
    expect 0 govern setup --no-rc --channel canary
    expect 0 govern tag prod 1.22.3
    expect 0 govern upgrade --channel canary
    [ "$(readlink "$canary/$platform/current/@prod")" = ../../toolchains/go1.22.3 ]
    expect 0 govern install 1.22.6
    expect 0 govern uninstall 1.22.3 --force
    [ "$(readlink "$canary/$platform/current/1.22")" = ../../toolchains/go1.22.6 ]
}

@test "what the canary goes by, or the store, is not removed under it" {
    leads() { # PREFIX POINTER
        readlink -e "$1/current/$2" || echo nowhere
    }
    share 100
    expect 0 govern setup --no-rc --channel canary
    expect 0 govern upgrade --channel canary
    # Go's own switching finds it for all, too.
    [ "$(readlink -e "$prefix/bin/go1.22.6")" = "$prefix/toolchains/go1.22.6/bin/go" ]
    expect 4 govern uninstall 1.22.6
    [[ $err == *"go1.22.6 is the default of '$canary'"*"govern uninstall --force 1.22.6" ]]
    expect 4 govern --root "$canary" uninstall 1.22.3
    [[ $err == *"go1.22.3 is the default of '$root'"* ]]
    expect 0 govern prune --keep 0 --no-rollback --dry-run
    [[ $out == *"go1.22.6  stays"*"the canary's default"* ]]
    expect 0 govern --root "$canary" tag try 1.22.6
    expect 0 govern --root "$canary" default --unset
    expect 4 govern uninstall 1.22.6
    [[ $err == *"go1.22.6 has the tag '@try' of '$canary'"* ]]
    expect 0 govern --root "$canary" tag --delete try
    expect 0 govern prune --keep 0 --dry-run
    [[ $out == *"go1.22.6  stays"*"canary's "*" in generation "* ]]
    expect 0 govern --root "$canary" prune --keep 0 --no-rollback --dry-run
    [[ $out == *"go1.22.3  stays"*"the store's default"* ]]
    # Whoever insists: no line of the canary leads nowhere, and its default is the store's.
    expect 0 govern --root "$canary" default 1.22.6
    expect 0 govern uninstall 1.22.6 --force
    for pointer in 1.22 latest default; do
        [ "$(leads "$canary/$platform" $pointer)" = "$prefix/toolchains/go1.22.3" ]
    done
    [ ! -L "$canary/$platform/bin/go1.22.6" ]
    [ "$(runs "$canary/$platform/bin")" = go1.22.3 ]
}

@test "what is not installed and still held back is let go of, by the store and the canary" {
    vanish() { # as if its removal had been cut off before the hold went
        rm -rf "$prefix/toolchains/go1.22.6" "$root/receipts/$platform/go1.22.6".*
    }
    share 100
    expect 0 govern setup --no-rc --channel canary
    expect 0 govern upgrade --channel canary
    expect 0 govern --root "$canary" default --unset
    vanish
    [ -L "$prefix/current/!go1.22.6" ]
    [ -L "$canary/$platform/bin/go1.22.6" ]
    expect 0 govern uninstall 1.22.6
    [[ $out == *"not installed, and not held back any more"* ]]
    [ ! -L "$prefix/current/!go1.22.6" ]
    [ ! -L "$canary/$platform/bin/go1.22.6" ]
    expect 3 govern uninstall 1.22.6
    expect 0 govern journal --check
    # What only the canary holds, since its check failed there.
    STANDIN_FAILS=go1.22.6:test expect 1 govern upgrade --channel canary
    expect 0 govern --root "$canary" default 1.22.3
    vanish
    expect 0 govern uninstall 1.22.6
    [ ! -L "$prefix/current/!go1.22.6" ]
    [ ! -L "$canary/$platform/current/!go1.22.6" ]
    # Whoever chose it is asked, as ever.
    expect 0 govern upgrade --channel canary
    vanish
    expect 4 govern uninstall 1.22.6
    [[ $err == *"go1.22.6 is the default of '$canary'"* ]]
    expect 0 govern uninstall --force 1.22.6
    [ "$(runs "$canary/$platform/bin")" = go1.22.3 ]
}
