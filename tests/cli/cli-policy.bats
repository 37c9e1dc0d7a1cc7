#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Policy: what the [policy] sections of govern.ini allow.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5 go1.23rc1 go1.23.1
}

setup() {
    cli_setup
}

rule() { # LINE...: in the store's file
    mkdir -p "$root"
    printf '%s\n' '[policy]' "$@" >"$root/govern.ini"
}

refused() { # RULE TEXT: exit 4, one line that names it, and a hint
    [ "$status" = 4 ]
    [ -z "$out" ]
    one_error
    [[ $err == *"$1"* ]] && [[ $err == *"$2"* ]]
    [[ $err == *"hint: govern policy show"* ]]
}

@test "install, pin, default and tag refuse what is denied, and name the rule" {
    expect 0 govern install 1.22.3 1.22.5 --quiet
    rule 'prereleases = no' 'deny = 1.21, 1.22.3'
    try govern install 1.21.0
    refused "policy.deny '1.21, 1.22.3'" "$root/govern.ini:3"
    [ ! -e "$prefix/toolchains/go1.21.0" ]
    try govern install 1.22.3
    refused "go1.22.3 is denied" ""
    try govern install 1.23rc1
    refused "go1.23rc1 is a pre-release" "$root/govern.ini:2"
    try govern default 1.22.3
    refused "go1.22.3 is denied" ""
    try govern tag prod 1.22.3
    refused "go1.22.3 is denied" ""
    [ ! -e "$prefix/current/default" ] && [ ! -e "$prefix/current/@prod" ]
    for arguments in 1.22.3 1.21.0 '1.21.0 --as-is' '1.22.3 --install'; do
        # shellcheck disable=SC2086 # words
        try govern pin $arguments
        refused denied "$root/govern.ini:3"
        [ ! -e .go-version ]
    done
    expect 0 govern default 1.22
    [[ $out == "go1.22.5 is the default" ]]
    expect 0 govern pin 1.22
}

@test "the newest that is allowed is what a line means" {
    rule 'deny = 1.22.5'
    expect 0 govern install 1.22
    [[ $out == "go1.22.3 installed"* ]]
    expect 0 govern pin 1.22
    [ "$(cat .go-version)" = 1.22.3 ]
    rule 'deny = 1.22'
    try govern install 1.22
    refused "go1.22.5 is denied" ""
}

@test "a user's file adds to the store's and takes nothing away" {
    rule 'deny = 1.22.3' 'prereleases = no'
    printf '[policy]\nprereleases = yes\ndeny = 1.21\nallow = >=1.20\n' \
        >>"$HOME/.config/govern/govern.ini"
    try govern install 1.23rc1
    refused "go1.23rc1 is a pre-release" "$root/govern.ini:3"
    try govern install 1.21.0
    refused "go1.21.0 is denied" "$HOME/.config/govern/govern.ini:"
    try govern install 1.22.3
    refused "go1.22.3 is denied" "$root/govern.ini:2"
    expect 0 govern install 1.22.5
}

@test "sources, and the level of trust" {
    rule 'sources = godev'
    try govern install 1.22.5
    refused "'goproxy' is not among policy.sources 'godev'" "$root/govern.ini:2"
    try govern install --from "$site" 1.22.5
    refused "'dir' is not among" ""
    rule 'minimum_trust = checksummed'
    try govern install --trust unproven 1.22.5
    [ "$status" = 4 ]
    [[ $err == *"--trust unproven is less than policy.minimum_trust 'checksummed'"* ]]
    printf '[trust]\nminimum = unproven\n' >>"$HOME/.config/govern/govern.ini"
    GOSUMDB=off try govern install 1.22.5
    [ "$status" = 4 ]
    rule
    GOSUMDB=off expect 0 govern install 1.22.5
    rule 'minimum_trust = checksummed'
    try govern default 1.22.5
    refused "go1.22.5 is only 'unproven'" ""
}

@test "only lines that get fixes, by the list of releases" {
    rule 'supported_only = yes'
    try govern install 1.21.0
    refused "go1.21.0 gets no fixes any more" "$root/govern.ini:2"
    expect 0 govern install 1.22.5
    expect 0 govern default 1.22.5
}

@test "an age: by the proxy before, by the toolchain afterwards; unknown is refused" {
    rule 'minimum_age = 1d'
    expect 0 govern install 1.22.5 # of 2024
    cp -r "$site" site
    export GOPROXY=file://$PWD/site
    info=site/golang.org/toolchain/@v/v0.0.1-go1.22.3.$platform.info
    [ -e "$info" ]
    printf '{"Version":"x","Time":"%s"}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$info"
    try govern install 1.22.3
    refused "go1.22.3 was released 0h ago, and policy.minimum_age is '1d'" ""
    try govern pin 1.22.3
    refused "released 0h ago" ""
    # The tree says when it was, whatever a proxy says or does not.
    rm "$info"
    expect 0 govern install 1.22.3
    expect 0 govern default 1.22.3
    rm "site/golang.org/toolchain/@v/v0.0.1-go1.21.0.$platform.info"
    try govern pin 1.21.0
    refused "when go1.21.0 was released is not known" ""
}

@test "what installs by itself is refused too, and the shim says why" {
    rule 'deny = 1.22.3' '[store]' 'auto_install = always'
    expect 0 govern setup --no-rc
    echo 1.22.3 >.go-version
    try "$prefix/bin/go" version
    [ "$status" = 127 ]
    [[ $err == *"go1.22.3 is denied by policy.deny '1.22.3' ($root/govern.ini:2)"* ]]
    [ ! -e "$prefix/toolchains/go1.22.3" ]
}

@test "what others look after is adopted only when policy allows it" {
    expect 0 govern install 1.22.5 --quiet
    cp -r "$prefix/toolchains/go1.22.5" other
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/second
    mkdir -p "$GOVERN_ROOT"
    printf '[policy]\ndeny = 1.22.5\n' >"$GOVERN_ROOT/govern.ini"
    try govern adopt "$PWD/other"
    [ "$status" = 4 ]
    [[ $err == *"go1.22.5 is denied"* ]]
    printf '[policy]\nsources = goproxy\n' >"$GOVERN_ROOT/govern.ini"
    try govern adopt "$PWD/other"
    [ "$status" = 4 ]
    [[ $err == *"go1.22.5 is from 'adopted'"* ]]
    printf '[policy]\nsources = adopted\n' >"$GOVERN_ROOT/govern.ini"
    expect 0 govern adopt "$PWD/other"
}

@test "the rules of two lists cannot be read wrongly" {
    rule 'deny = 1.22 1.23'
    try govern install 1.21.0
    [ "$status" = 2 ]
    [[ $err == *"$root/govern.ini:2: policy.deny cannot be '1.22 1.23'"* ]]
    [[ $err == *"hint: it takes versions, lines and ranges, with commas between them"* ]]
}
