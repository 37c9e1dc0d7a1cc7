#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# tag: names for toolchains.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
    govern install 1.21.0 1.22.3 1.22.5 --quiet
}

generation() {
    readlink "$prefix/current"
}

@test "set, show, list, change, delete: one generation each" {
    expect 0 govern tag prod 1.22.3
    [ "$out" = "@prod is go1.22.3" ]
    [ "$(generation)" = generations/2 ]
    expect 0 govern tag prod
    [ "$out" = go1.22.3 ]
    expect 0 govern tag @prod 1.22
    [ "$out" = "@prod is go1.22.5 (it was go1.22.3)" ]
    expect 0 govern tag stage @prod
    [ "$(generation)" = generations/4 ]
    expect 0 govern tag
    [ "$out" = $'@prod   go1.22.5\n@stage  go1.22.5' ]
    expect 0 govern tag -d prod
    [ "$out" = "no tag @prod any more (it was go1.22.5)" ]
    expect 3 govern tag prod
    one_error
    expect 3 govern tag --delete prod
    [ "$(generation)" = generations/5 ]
    [ "$(readlink "$prefix/current/@stage")" = ../../toolchains/go1.22.5 ]
}

@test "the same again changes nothing" {
    expect 0 govern tag prod 1.22.3
    expect 0 govern tag prod 1.22.3
    [ "$(generation)" = generations/2 ]
}

@test "a pin @tag means it, for the shim too; version@tag must agree" {
    expect 0 govern tag prod 1.22.3
    expect 0 govern setup --no-rc
    echo @prod >.go-version
    expect 0 govern current
    [[ $out == go1.22.3* ]]
    expect 0 "$prefix/bin/go" version
    [[ $out == "go version go1.22.3"* ]]
    expect 0 govern tag prod 1.21
    expect 0 "$prefix/bin/go" version
    [[ $out == "go version go1.21.0"* ]]
    echo 1.22.3@prod >.go-version
    expect 2 govern current
    [[ $err == *"names go1.21.0, not go1.22.3"* ]]
}

@test "what has a tag is not uninstalled without --force; list marks it" {
    expect 0 govern tag prod 1.22.3
    expect 4 govern uninstall 1.22.3
    [[ $err == *"go1.22.3 has the tag '@prod'"* ]]
    expect 0 govern list --json
    [ "$(json .toolchains.1.tags)" = '["prod"]' ]
    expect 0 govern uninstall --force 1.22.3
    expect 0 govern tag
    [[ -z $out && $err == "no tags yet"* ]]
}

@test "uninstall --force takes tags and default along, and the journal says so" {
    expect 0 govern tag prod 1.22.5
    expect 0 govern tag qa 1.22.5
    expect 0 govern default 1.22.5
    expect 0 govern uninstall --force 1.22.5
    expect 0 govern journal --json
    printf '%s' "$out" | python3 -c '
import json, sys
for r in json.load(sys.stdin)["records"][-4:]:
    print(r["event"], r.get("tag") or "-", r.get("version") or "-", r.get("before") or "-")' >got
    diff got - <<'END'
tag-delete prod - go1.22.5
tag-delete qa - go1.22.5
default - - go1.22.5
uninstall - go1.22.5 -
END
}

@test "a tag that leads nowhere is said to" {
    expect 0 govern tag prod 1.22.3
    rm -r "$prefix/toolchains/go1.22.3"
    expect 0 govern tag
    [ "$out" = "@prod  go1.22.3  not installed" ]
    expect 0 govern tag --json
    [ "$(json .tags.0.installed)" = false ]
}

@test "--json" {
    expect 0 govern tag --json
    [ "$(json .schema) $(json .tags)" = "1 []" ]
    expect 0 govern tag prod 1.22 --json
    [ "$(json .tag) $(json .version) $(json .installed)" = "prod go1.22.5 true" ]
    expect 0 govern tag prod --json
    [ "$(json .version)" = go1.22.5 ]
    expect 0 govern tag --json
    [ "$(json .tags.0.tag) $(json .tags.0.version)" = "prod go1.22.5" ]
    expect 0 govern tag --delete prod --json
    [ "$(json .tag) $(json .version) $(json .installed)" = "prod null false" ]
}

@test "names that are none, what is not installed, too many words" {
    for name in 1x -x '' a/b .. 'a b' "$(printf 'a%.0s' {1..64})"; do
        expect 2 govern tag -- "$name" 1.22
        one_error
    done
    expect 0 govern tag "$(printf 'a%.0s' {1..63})" 1.22
    expect 3 govern tag prod 1.20
    one_error
    expect 2 govern tag prod system
    expect 2 govern tag prod 'x y'
    expect 2 govern tag prod 1.22 1.21
    expect 2 govern tag --delete
    expect 2 govern tag --delete prod 1.22
    expect 3 govern tag prod @none
}

@test "without a store: no tags, and nothing to tag" {
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/none
    expect 0 govern tag
    [ -z "$out" ]
    expect 3 govern tag prod
    expect 3 govern tag prod 1.22
    [ ! -e "$GOVERN_ROOT" ]
}
