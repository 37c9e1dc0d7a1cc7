#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What govern says could stand in the place of the last word, and the scripts that ask it;
# tests/newuser/completion.t presses Tab in real shells.

load lib

setup_file() {
    load_site go1.20 go1.21.9 go1.22.3 go1.22.5 go1.23rc1 go1.23.0 go1.24rc1
}

setup() {
    cli_setup
}

offers() { # WORD... is CANDIDATE...
    local words=()
    while [ "$1" != is ]; do words+=("$1"); shift; done
    shift
    expect 0 govern complete -- "${words[@]}"
    [ -z "$err" ]
    [ "$(cut -f1 <<<"$out" | paste -sd ' ')" = "$*" ] || {
        printf '%s: %s\n' "${words[*]}" "$out"
        return 1
    }
}

@test "commands, and aliases for who begins to type one" {
    expect 0 govern complete -- ""
    for c in $(govern help | sed -n '/^commands:/,/^options/s/^  \([a-z]*\) .*/\1/p'); do
        [[ $'\n'$out == *$'\n'"$c"$'\t'* ]] || { echo "no $c"; return 1; }
    done
    [[ $out != *auto-install* && $out != *complete$'\t'* && $out != *local$'\t'* ]]
    offers loc is local
    offers uninst is uninstall
    offers --offline uninst is uninstall
    offers no-such is
    offers help uninst is uninstall
    offers help list "" is
}

@test "options: of the command and global ones, with what they take" {
    expect 0 govern complete -- install -
    for o in $(govern help install | sed -n 's/^.*\(--[a-z-]*\)\( .*\)\?$/\1/p' | sort -u); do
        [[ $out == *"$o"$'\t'* || $o = --json ]] || { echo "no $o"; return 1; }
    done
    [[ $out == *--root$'\t'* ]]
    offers install --trust is --trust
    offers install --trust "" is proven checksummed unproven
    offers install --trust=un is --trust=unproven
    offers list --platform linux-am is linux-amd64
    offers --color a is auto always
    offers bundle --platforms linux-am is linux-amd64
    offers bundle --platforms linux-amd64,linux-a is \
        linux-amd64,linux-arm64 linux-amd64,linux-arm
    offers bundle --platforms=darwin-arm64,darwin- is --platforms=darwin-arm64,darwin-amd64
    offers list --platform linux-amd64,linux-a is
    offers install --jobs "" is
    offers install --force=x is
    offers list --no-such=x is
    offers install -- --tr is
}

@test "files and directories are the shell's" {
    offers install --from "" is goproxy godev :file
    offers install --from ./ is :file
    offers install --from=x is :file
    offers --root "" is :directory
    offers run 1.22.5 "" is :command
    offers run 1.22.5 -- "" is :command
    offers run 1.22.5 go "" is :file
    offers run 1.22.5 go -x --js is :file
    offers some-plugin "" is :file
}

@test "installed toolchains, newest first, in the words that name just them" {
    offers uninstall "" is
    expect 0 govern install 1.20.0 1.21.9 1.22.3 1.22.5
    offers uninstall "" is 1.22.5 1.22.3 1.21.9 1.20.0
    offers default go is go1.22.5 go1.22.3 go1.21.9 go1.20
    offers uninstall 1.22.5 1.2 is 1.22.3 1.21.9 1.20.0
    offers default 1.22.5 "" is
    offers pin 1.21 is 1.21.9
    expect 0 govern tag prod 1.22.3
    offers default @ is @prod
    offers tag "" is prod
    offers tag @ is @prod
    offers tag --delete p is prod
    offers tag prod 1.22 is 1.22.5 1.22.3
    offers tag prod @ is @prod
    offers uninstall 1.22 is 1.22.5 1.22.3
    offers --root "$BATS_TEST_TMPDIR/other" uninstall "" is
    offers "--root=$BATS_TEST_TMPDIR/other" uninstall "" is
}

@test "words of commands that have their own: generations, lines, settings, kinds" {
    expect 0 govern install 1.21.9 1.22.3 1.22.5
    expect 0 govern default 1.22.5
    offers rollback "" is 2 1
    offers diff "" is 2 1 :file
    offers diff 1 "" is 2 :file
    offers generations --diff 1 "" is 2
    offers upgrade "" is 1.22 1.21
    offers upgrade 1.22 "" is 1.21
    offers matrix 1.22.5,1.2 is 1.22.5,1.22.3 1.22.5,1.21.9
    offers policy "" is show check apply
    offers policy check "" is :directory
    offers setup --timer "" is systemd machine cron
    offers setup --auto-upgrade "" is daily weekly no
    offers upgrade --channel "" is canary
    offers import --from g is goenv gvm g goup gobrew
    offers adopt --trust "" is proven unproven
    offers env trust is trust.minimum trust.sumdb
    offers env pre is prefix
}

@test "each kind of word that a table names is known" {
    known=$(sed -n 's/.*is_kind(kind, n, "\([a-z-]*\)").*/\1/p; /^	} fixed/,/^	};/s/{"\([a-z]*\)",/\n@\1\n/gp' \
        "$here/core/cli/cmd-complete.c" | sed 's/^@//')
    for kind in $(sed -n 's/.*\.complete = "\([^"]*\)".*/\1/p' "$here"/core/cli/cmd-*.c | tr ' |,' '\n'); do
        grep -qx "$kind" <<<"$known" || { echo "$kind"; return 1; }
    done
}

@test "releases: lines first, then what is in one" {
    offers install l is latest
    expect 0 govern available
    offers install "" is latest oldstable 1.23 1.22 1.21 1.20
    offers install 1.2 is 1.23 1.22 1.21 1.20
    offers install 1.22 is 1.22 1.22.5 1.22.3
    offers install 1.22. is 1.22.5 1.22.3
    offers install go1.22. is go1.22.5 go1.22.3
    offers install 1.20 is 1.20 1.20.0
    offers install 1.23 is 1.23 1.23.0
    offers install 1.23r is 1.23rc1
    offers install 1.22.3 1.22. is 1.22.5
}

@test "releases: the network is never asked" {
    : >requests
    python3 "$here/tests/tools/serve.py" --log requests "$site" port 3>&- &
    server=$!
    while [ ! -s port ] && kill -0 "$server"; do sleep 0.05; done
    GOPROXY=http://127.0.0.1:$(cat port)
    offers install 1.22. is
    [ ! -s requests ]
    expect 0 govern available
    [ -s requests ]
    : >requests
    offers install 1.22. is 1.22.5 1.22.3
    find "$HOME/.cache/govern/lists" -type f -exec touch -d '3 days ago' {} +
    offers install 1.22. is 1.22.5 1.22.3
    [ ! -s requests ]
    kill "$server"
    offers install 1.22. is 1.22.5 1.22.3
}

@test "nothing is ever an error: no HOME, no cache, a store that cannot be read, junk" {
    export GOVERN_CONFIG=$PWD/junk.ini
    echo '[[[' >junk.ini
    offers install "" is latest oldstable
    unset GOVERN_CONFIG
    expect 0 env -u HOME govern complete -- uninstall ""
    [ -z "$out$err" ]
    mkdir -p "$root" && echo 99 >"$root/format"
    offers uninstall "" is
    offers is $(govern complete | cut -f1)
    offers -- - is $(govern complete -- -- - | cut -f1)
    offers "--" "" is $(govern complete -- "" | cut -f1)
    expect 0 govern complete -- --root
    expect 0 govern complete -- "$(printf 'a%.0s' $(seq 5000))"
    expect 0 govern complete -- "--$(printf 'a%.0s' $(seq 5000))=b"
}

@test "the scripts: as they lie in completions/; other shells are refused" {
    expect 0 govern completion bash
    [ "$out" = "$(cat "$here/completions/govern.bash")" ]
    expect 0 govern completion zsh
    [ "$out" = "$(cat "$here/completions/_govern")" ]
    expect 0 govern completion fish
    [ "$out" = "$(cat "$here/completions/govern.fish")" ]
    expect 2 govern completion tcsh
    [[ $err == "govern: there is no completion for 'tcsh'"*"hint: govern completion bash" ]]
    expect 2 govern completion
    [[ $err == "govern: no shell given"* ]]
    offers completion "" is bash zsh fish
}
