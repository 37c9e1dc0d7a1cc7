#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Options, help, exit codes, errors as text and as JSON, what happens to stdout.

load lib

setup_file() {
    load_site go1.22.5
}

setup() {
    cli_setup
}

@test "--version and --help go to stdout and succeed, before and after a command" {
    expect 0 govern --version
    [[ $out =~ ^govern\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    [ -z "$err" ]
    expect 0 govern --help
    [[ $out == *"usage: govern"* && -z $err ]]
    expect 0 govern -h
    expect 0 govern list -h
    [[ $out == "usage: govern list"* ]]
    expect 0 govern help install
    [[ $out == *--platform* ]]
}

@test "every command has -h, help and a line in the whole help" {
    for c in setup install uninstall list available pin default current which run verify env help; do
        expect 0 govern $c -h
        [[ $out == "usage: govern $c"* && -z $err ]]
        expect 0 govern help $c
        expect 0 govern help
        [[ $out == *$'\n  '$c* ]]
    done
}

@test "aliases are the commands" {
    expect 0 govern help local
    [[ $out == "usage: govern pin"* ]]
    expect 0 govern help global
    [[ $out == "usage: govern default"* ]]
}

@test "no command, an unknown one, an unknown option: 2 and the nearest match" {
    expect 2 govern
    one_error
    expect 2 govern instal
    one_error
    [[ $err == *"hint: govern install" ]]
    expect 2 govern help verfiy
    [[ $err == *"hint: govern help verify" ]]
    expect 2 govern list --jsno
    one_error
    [[ $err == *"did you mean '--json'?" ]]
    expect 2 govern install --platfrom x
    [[ $err == *"did you mean '--platform'?" ]]
    expect 2 govern zzz
    one_error
    [[ $err == *"hint: govern help" ]]
    expect 2 govern instal 1.22 --json
    [ "$(json error.hint)" = "govern install" ]
}

@test "what other managers call it leads to our command; 2, nothing is done" {
    while read -r theirs ours; do
        expect 2 govern "$theirs" 1.22
        one_error
        [[ $err == *"hint: govern $ours" ]] || { echo "$theirs: $err" >&2; false; }
    done <<'EOF'
use pin
ls list
versions list
ls-remote available
remove uninstall
exec run
update upgrade
version --version
unset pin --unset
listall available --all
rehash doctor
whence list
EOF
    expect 2 govern help rm
    [[ $err == *"hint: govern help uninstall" ]]
    expect 2 govern help update
    [[ $err == *"hint: govern help upgrade" ]]
    expect 2 govern help version
    [[ $err == *"hint: govern help" ]]
}

@test "a word that is no version: the nearest one, else where to look" {
    expect 2 govern install latst
    one_error
    [[ $err == *"did you mean 'latest'?" ]]
    expect 2 govern install unstable
    [[ $err == *"hint: govern available --all" ]]
    expect 2 govern install 1.22@latest
    [[ $err == *"hint: write 1.22" ]]
    expect 2 govern run +1.22 go version
    [[ $err == *"hint: write 1.22" ]]
    expect 2 govern default 1.2.3.4
    one_error
    [[ $err == *"hint: govern available" ]]
    expect 2 govern pin ''
    one_error
}

@test "nothing is abbreviated" {
    expect 2 govern lis
    expect 2 govern list --js
    expect 2 govern --vers
}

@test "--opt=value, --opt value, a missing value, a value too many" {
    expect 0 govern --root="$HOME/a" env root
    [ "$out" = "$HOME/a" ]
    expect 0 govern env --root "$HOME/b" root
    [ "$out" = "$HOME/b" ]
    expect 2 govern env --root
    one_error
    expect 2 govern list --json=yes
    one_error
    expect 2 govern --color=blue list
    one_error
}

@test "a relative --root is below the working directory, a relative GOVERN_ROOT is refused" {
    expect 0 govern --root store env root
    [ "$out" = "$PWD/store" ]
    GOVERN_ROOT=store expect 2 govern list
    one_error
    [[ $err == *GOVERN_ROOT* ]]
}

@test "-- ends options" {
    expect 3 govern which -- --explain
    [[ $err != *"unknown option"* ]]
    expect 2 govern -- --version
}

@test "too many operands are refused" {
    expect 2 govern current here
    one_error
    expect 2 govern pin 1.22 1.23
    one_error
}

@test "-q and -v, and short options together" {
    expect 0 govern -qv list
    [ -z "$out$err" ]
    expect 2 govern -qx list
    one_error
}

@test "no HOME: said so, 2" {
    expect 2 env -u HOME PATH="$PATH" govern list
    one_error
    [[ $err == *HOME* ]]
}

@test "an error with --json: an object on stdout, the same line on stderr" {
    expect 3 govern current --json
    [ "$(json .schema)" = 1 ]
    [ "$(json .error.code)" = 3 ]
    [[ $err == "govern: $(json .error.message)"* ]]
    [[ $err == *"hint: $(json .error.hint)" ]]
    expect 2 govern list --json --bogus
    [ "$(json .error.code)" = 2 ]
    expect 2 govern list --bogus --json
    [ "$(json .error.code)" = 2 ]
}

@test "an error in a file: the object has file and line" {
    printf '\n1.22.x.y\n' >.go-version
    expect 2 govern current --json
    [ "$(json .error.file)" = "$PWD/.go-version" ]
    [ "$(json .error.line)" = 2 ]
}

@test "--json where there is none is a usage error" {
    expect 2 govern setup --json
    [ "$(json .error.code)" = 2 ]
}

@test "exit 0 and schema 1 for the listings of an empty store" {
    for c in list verify; do
        expect 0 govern $c --json
        [ "$(json .schema)" = 1 ]
    done
    expect 0 govern list
    [ -z "$out" ]
    [[ $err == *"govern install"* ]]
    expect 0 govern list --platform windows-arm64
    [[ $err == *"govern install --platform windows-arm64 latest" ]]
}

@test "a full disk behind stdout is reported, 1" {
    for c in --help 'prune --dry-run'; do
        status=0
        # shellcheck disable=SC2086 # words
        govern $c >/dev/full 2>err || status=$?
        [ "$status" = 1 ]
        grep -q '^govern: cannot write to standard output: No space left' err
    done
}

@test "a closed stdout is reported, 1, and never a store's file" {
    status=0
    govern --version >&- 2>err || status=$?
    [ "$status" = 1 ]
    grep -q '^govern: cannot write to standard output' err
    status=0
    govern install 1.22.5 >&- 2>&- <&- || status=$?
    [ "$status" = 1 ]
    expect 0 govern verify 1.22.5
}

@test "a reader that went away: a message and 1, not a signal" {
    python3 - <<'EOF' >code
import os, subprocess
r, w = os.pipe()
os.close(r)
with open("err", "w") as err:
    print(subprocess.run(["govern", "help"], stdout=w, stderr=err).returncode)
EOF
    [ "$(cat code)" = 1 ]
    grep -q '^govern: cannot write to standard output' err
}

@test "colours: none in a pipe, always with --color=always, never with never" {
    expect 3 govern current
    [[ $err != *$'\e'* ]]
    expect 3 govern --color=always current
    [[ $err == *$'\e['* ]]
    NO_COLOR=1 expect 3 govern --color=never current
    [[ $err != *$'\e'* ]]
}

@test "a plugin in the plugin directory comes before one in PATH; its arguments are its own" {
    mkdir -p p
    printf '#!/bin/sh\necho path "$@"\nexit 9\n' >p/govern-hello
    chmod +x p/govern-hello
    PATH=$PWD/p:$PATH expect 9 govern hello --json -x -- y
    [ "$out" = "path --json -x -- y" ]
    expect 0 govern setup --no-rc
    mkdir -p "$prefix/libexec/govern/plugins"
    printf '#!/bin/sh\necho plugin "$GOVERN_ROOT"\n' >"$prefix/libexec/govern/plugins/govern-hello"
    chmod +x "$prefix/libexec/govern/plugins/govern-hello"
    PATH=$PWD/p:$PATH expect 0 "$prefix/bin/govern" --root "$root" hello
    [ "$out" = "plugin $root" ]
}

@test "a plugin is never taken from a relative element of PATH" {
    mkdir -p p
    printf '#!/bin/sh\necho bad\n' >p/govern-hello
    cp p/govern-hello .
    chmod +x p/govern-hello govern-hello
    PATH=p:.::$PATH expect 2 govern hello
    one_error
    expect 2 govern ../w/hello
    one_error
}

@test "SIGPIPE and SIGINT reach what run becomes as they came" {
    expect 0 govern install 1.22.5
    expect 0 govern run 1.22.5 -- grep -E '^Sig(Ign|Blk|Cgt):' /proc/self/status
    a=$out
    expect 0 grep -E '^Sig(Ign|Blk|Cgt):' /proc/self/status
    [ "$a" = "$out" ]
}

@test "the table that the manual is checked against is the one that help prints" {
    table=$("$here/tests/manuals" --table)
    expect 0 govern help
    for c in $(sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\).*/\1/p' <<<"$out"); do
        expect 0 govern help "$c"
        grep -qx "$c $(sed -n 's/^alias: govern //p' <<<"$out")" <<<"$table"
        [ -f "$here/docs/$(sed -n 's/^man \(govern-.*\) tells more$/\1/p' <<<"$out").1" ]
        expect 0 diff <(sed -n '/^options:/,$s/^  .*--\([a-z-]*\).*/\1/p' <<<"$out") \
            <(sed -n "s/^$c --\([a-z-]*\).*/\1/p" <<<"$table")
    done
    [ "$(govern help | sed -n '/^commands:/,/^$/s/^  [a-z]/&/p' | wc -l)" -eq \
        "$(grep -vc -e ' --' <<<"$table")" ]
}

@test "the manual names every setting and exit status" {
    man=$(cat "$here/docs/govern.1")
    ini=$(cat "$here/docs/govern.ini.5")
    expect 0 govern env
    for key in $(sed -n 's/^\([a-z]*\.[a-z_]*\) .*/\1/p' <<<"$out"); do
        grep -q "Sy .*$key" <<<"$ini" || { echo "$key" >&2; false; }
    done
    for status in 0 1 2 3 4; do
        grep -q "^.It $status\$" <<<"$man"
    done
}

@test "where there is no store, each command says so, and makes none" {
    cd "$BATS_TEST_TMPDIR"
    while read -r status command; do
        # shellcheck disable=SC2086 # words are meant
        expect "$status" govern --offline $command
        [ ! -e "$root" ] || { echo "made a store: $command" >&2; false; }
    done <<'END'
0 list
0 verify
0 tag
0 generations
0 gc --all
0 prune
0 ps
0 snapshot
0 journal --check
0 upgrade --dry-run
0 policy apply
0 setup --remove
3 uninstall 1.22.4
3 uninstall --force 1.22
3 default
3 default 1.22.5
3 tag @x 1.22.5
3 tag --delete @x
3 run 1.22.5 go version
3 matrix 1.22.5 go version
3 verify 1.22.5
3 bundle -o x 1.22.5
3 rollback
3 promote
3 generations --diff 1 2
3 journal --sign
END
}
