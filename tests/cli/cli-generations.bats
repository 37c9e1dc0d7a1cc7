#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# generations, rollback: what pointers were, and that they can be so again.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
    govern install 1.21.0 1.22.3 --quiet                       # generation 1
    govern tag prod 1.22.3 --quiet --reason 'ticket 42'         # 2
    govern default 1.21 --quiet                                 # 3
}

generation() {
    readlink "$prefix/current"
}

@test "generations: when, who, what, which command and why" {
    expect 0 govern generations
    [ "$(wc -l <<<"$out")" = 4 ]
    [[ $out == *"2           20"*"@prod is go1.22.3 "*"@$(uname -n) "*"govern tag prod"*"(ticket 42)"* ]]
    [[ $out == *$'\n3 *'* ]]
    expect 0 govern generations --json
    [ "$(json .schema) $(json .generations.1.generation) $(json .generations.1.previous)" = "1 2 1" ]
    [ "$(json .generations.1.reason) $(json .generations.1.current)" = "ticket 42 false" ]
    [ "$(json .generations.2.current) $(json .generations.0.reason)" = "true null" ]
    printf '%s' "$out" | python3 -c '
import json, sys
g = json.load(sys.stdin)["generations"][2]
assert g["pointers"] == {"1.21": "go1.21.0", "1.22": "go1.22.3", "@prod": "go1.22.3",
                         "default": "go1.21.0", "latest": "go1.22.3"}, g'
    # The journal has the same words.
    expect 0 govern journal --json
    [ "$(json .records.2.event) $(json .records.2.reason)" = "tag ticket 42" ]
}

@test "generations --diff: golden" {
    govern install 1.22.5 --quiet
    govern tag -d prod
    govern rollback 3
    expect 0 govern generations --diff 5 6
    diff - <(echo "$out") <<'END'
           5         6
latest     go1.22.5  go1.22.3
1.22       go1.22.5  go1.22.3
@prod                go1.22.3
held back            go1.22.5
END
    expect 0 govern generations --diff 1 3 --json
    [ "$(json .changes)" = '[{"pointer": "default", "before": null, "after": "go1.21.0"}, {"pointer": "@prod", "before": null, "after": "go1.22.3"}]' ]
    expect 0 govern generations --diff 3 3
    [[ -z $out && $err == "no difference" ]]
    for bad in "--diff" "--diff 1" "1" "--diff x 1" "--diff 1 2 3"; do
        # shellcheck disable=SC2086 # words are meant
        expect 2 govern generations $bad
        one_error
    done
    expect 3 govern generations --diff 1 9
    one_error
}

@test "rollback: default, tags and lines, as one generation; a second one undoes it" {
    govern setup --no-rc --quiet
    govern install 1.22.5 --quiet
    govern tag prod 1.22.5 --quiet
    govern default --unset
    [ "$(generation)" = generations/6 ]
    echo 1.22 >.go-version
    expect 0 govern rollback 3 --reason 'bad build'
    diff - <(echo "$out") <<'END'
back to generation 3, as generation 7
default is go1.21.0
latest is go1.22.3 (it was go1.22.5)
1.22 is go1.22.3 (it was go1.22.5)
@prod is go1.22.3 (it was go1.22.5)
go1.22.5 is held back
END
    expect 0 "$prefix/bin/go" version
    [[ $out == "go version go1.22.3"* ]]
    # What other commands do leaves it there.
    govern gc --quiet
    govern tag other 1.21 --quiet
    expect 0 "$prefix/bin/go" version
    [[ $out == "go version go1.22.3"* ]]
    expect 0 "$prefix/bin/go" +1.22.5 version
    [[ $out == "go version go1.22.5"* ]]
    expect 0 govern rollback 6 --json
    [ "$(json .generation) $(json .returned_to)" = "9 6" ]
    expect 0 "$prefix/bin/go" version
    [[ $out == "go version go1.22.5"* ]]
    expect 0 govern rollback
    expect 0 govern rollback
    [[ $out == "back to generation 9, as generation 11"* ]]
    expect 0 govern rollback 6
    [ "$out" = "all is as it was in generation 6 already" ]
    expect 0 govern journal --check
}

@test "what is not installed any more is named, and nothing changes" {
    govern default --unset
    govern uninstall 1.21.0
    before=$(generation)
    expect 3 govern rollback 3
    one_error
    [[ $err == *"in generation 3 the default is go1.21.0, which is not installed"* ]]
    [[ $err == *"hint: govern install 1.21.0" ]]
    [ "$(generation)" = "$before" ]
    expect 3 govern rollback 99
    one_error
    for bad in x 0 -1 1.5 ''; do
        expect 2 govern rollback -- "$bad"
        one_error
    done
    expect 2 govern rollback 1 2
    expect 2 govern tag a 1.22 --reason "$(printf 'a%.0s' {1..1001})"
    one_error
    # A line may lead elsewhere, which is said.
    govern install 1.21.0 1.22.5 --quiet
    govern tag -d prod
    govern uninstall 1.22.3
    expect 0 govern rollback 1
    [[ $err == *"1.22 was go1.22.3 then, which is not there any more"* ]]
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/none
    expect 3 govern rollback
    expect 0 govern generations
    [[ -z $out && $err == "no generations yet" ]]
}

@test "rollback --dry-run: what would change, and nothing does" {
    govern install 1.22.5 --quiet
    before=$(generation)
    expect 0 govern rollback --dry-run 1
    diff - <(echo "$out") <<'END'
this would go back to generation 1, as generation 5
no default (it was go1.21.0)
latest is go1.22.3 (it was go1.22.5)
1.22 is go1.22.3 (it was go1.22.5)
no @prod (it was go1.22.3)
go1.22.5 is held back
END
    expect 0 govern rollback -n 1 --json
    [ "$(json .dry_run) $(json .generation) $(json .changes.1.after)" = "true 5 go1.22.3" ]
    expect 0 govern rollback -n 4
    [ "$out" = "all is as it was in generation 4 already" ]
    expect 3 govern rollback -n 9
    [ "$(generation) $(readlink "$prefix/current/1.22")" = "$before ../../toolchains/go1.22.5" ]
    [ "$(ls "$prefix/generations")" = $'1\n2\n3\n4' ]
}

@test "hooks are asked and told of a rollback, and one that refuses keeps all as it is" {
    govern default 1.22.3 --quiet
    mkdir -p "$root/hooks/pre-switch.d" "$root/hooks/post-switch.d"
    for event in pre post; do
        # shellcheck disable=SC2016 # for the hook
        printf '#!/bin/sh\necho "$GOVERN_HOOK $GOVERN_HOOK_COMMAND $GOVERN_HOOK_POINTER $GOVERN_HOOK_VERSION $GOVERN_HOOK_BEFORE" >>%s\n' \
            "$BATS_TEST_TMPDIR/log" >"$root/hooks/$event-switch.d/10-log"
        chmod 755 "$root/hooks/$event-switch.d/10-log"
    done
    expect 0 govern rollback
    diff - "$BATS_TEST_TMPDIR/log" <<'END'
pre-switch rollback default go1.21.0 go1.22.3
post-switch rollback default go1.21.0 go1.22.3
END
    # Lines, where they are what changes; not where they follow an installation.
    : >"$BATS_TEST_TMPDIR/log"
    expect 0 govern install 1.22.5
    expect 0 govern rollback
    diff - "$BATS_TEST_TMPDIR/log" <<'END'
pre-switch rollback latest go1.22.3 go1.22.5
pre-switch rollback 1.22 go1.22.3 go1.22.5
post-switch rollback latest go1.22.3 go1.22.5
post-switch rollback 1.22 go1.22.3 go1.22.5
END
    printf '#!/bin/sh\nexit 1\n' >"$root/hooks/pre-switch.d/10-log"
    before=$(generation)
    expect 4 govern rollback
    [ "$(generation)" = "$before" ]
}

@test "Tab offers generations, the newest first" {
    expect 0 govern complete -- rollback ''
    [ "$out" = $'3\tgovern default 1.21 --quiet\n2\tgovern tag prod 1.22.3 --quiet --reason ticket 42\n1\tgovern install 1.21.0 1.22.3 --quiet' ]
    expect 0 govern complete -- generations --diff 1 ''
    [[ $out == $'3\t'* && $out != *$'\n1\t'* ]]
}

@test "what a kept generation points to stays; how many are kept is a setting" {
    why() { # VERSION: why prune keeps it
        expect 0 govern prune -n --json "${@:2}"
        printf '%s' "$out" | python3 -c '
import json, sys
print(*(t["why"] for t in json.load(sys.stdin)["kept"] if t["version"] == sys.argv[1]))' "$1"
    }
    govern install 1.22.5 --quiet # 4
    govern tag -d prod             # 5
    [ "$(why go1.22.3)" = generation ]
    [ "$(why go1.22.3 --no-rollback)" = "" ]
    # One that is held back does not count as the newest of its line.
    govern rollback 3 --quiet # 6
    govern tag -d prod --quiet # 7
    [ "$(why go1.22.3 --no-rollback)" = newest ]
    govern rollback 5 --quiet # 8
    printf '[store]\nkeep_generations = 3\n' >>"$HOME/.config/govern/govern.ini"
    [ "$(why go1.22.3)" = generation ]
    sed -i 's/= 3/= 0/' "$HOME/.config/govern/govern.ini"
    [ "$(why go1.22.3)" = "" ]
    expect 0 govern uninstall 1.22.3
    [[ $out == *$'\n'"@prod is go1.22.3 in generation 6: a rollback to it needs it again" ]]
}

@test "gc lets the oldest generations go, but none that somebody may still read" {
    printf '[store]\nkeep_generations = 2\n' >>"$HOME/.config/govern/govern.ini"
    for tag in a b c; do govern tag $tag 1.21 --quiet; done # 6
    numbers() { (cd "$prefix/generations" && echo *); }
    expect 0 govern gc --json
    [ "$(json .freed)" = "[]" ]
    [ "$(numbers)" = "1 2 3 4 5 6" ]
    # 4 replaced 3 just now; what was replaced before that was so long ago.
    touch -d '-2 hours' "$prefix/generations"/[1-3]
    expect 0 govern gc --dry-run --json
    [ "$(json .freed.0.what) $(json .freed.0.count)" = "generations 2" ]
    [ "$(numbers)" = "1 2 3 4 5 6" ]
    expect 0 govern gc
    [[ $out == "generations  2"* ]]
    [ "$(numbers)" = "3 4 5 6" ]
    expect 0 govern journal
    [[ $out == *"generations until 2 gone"*"govern gc" ]]
    touch -d '-2 hours' "$prefix/generations"/*
    sed -i 's/= 2/= 0/' "$HOME/.config/govern/govern.ini"
    expect 0 govern gc
    [ "$(numbers)" = 6 ]
    [ "$(generation)" = generations/6 ]
    expect 3 govern rollback
    [[ $err == *"no generation before this one"* ]]
    for c in rollback 'generations --diff 1 2' promote 'journal --sign'; do
        # shellcheck disable=SC2086 # words
        expect 3 govern --root "$HOME/none" $c
        [ "${err%%$'\n'*}" = "govern: there is no store at '$HOME/none'" ]
    done
    govern default --unset
    [ "$(generation)" = generations/7 ]
    expect 0 govern generations
    [[ $out == *$'\n6 '*$'\n7 *'* ]]
}
