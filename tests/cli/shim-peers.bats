#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154
#
# What other managers test of their shims, or had to learn: names that a shell takes apart,
# an environment that changes what a shell does, what passes through, what lies in the way.

load shim.bash
bats_require_minimum_version 1.5.0
setup_file() { shim_setup_file; }
setup() { shim_setup; }

@test "a store and a directory with blanks, quotes, a newline and bytes that are no UTF-8" {
    odd="$top/it's \"a\" \$(b) *"$'\n\xff'
    mkdir -p "$odd/w/sub"
    make_prefix "$odd/s/linux-test"
    make_toolchain "$odd/s/linux-test" go1.22.5
    pin 1.22.5 "$odd/w"
    cd "$odd/w/sub"
    PROBE=$out PATH="$odd/s/linux-test/bin:/usr/bin:/bin" run go version
    [ "$status" -eq 42 ]
    grep -zqF "exe $odd/s/linux-test/toolchains/go1.22.5/bin/go"$'\n' "$out"
    grep -zqF "cwd $odd/w/sub"$'\n' "$out"
    # and in a message nothing of it is a line of its own
    pin 1.0.9 "$odd/w"
    PATH="$odd/s/linux-test/bin:/usr/bin:/bin" run -127 --separate-stderr go version
    [ "${#stderr_lines[@]}" = 2 ]
}

@test "arguments arrive as they are" {
    pin 1.22.5
    args=('/path to/go script.go' '' '  ' -- -e '-n' $'a\nb\tc' $'\xff\xfe' '$HOME' '`id`' '*'
        "it's" '"' '\' '!!' 'ä' "$(printf '%0100000d' 0)")
    run go run "${args[@]}"
    [ "$status" -eq 42 ]
    says "argv 1 [run]"
    says "argv 2 [/path to/go script.go]"
    says "argv 3 []"
    says "argv 5 [--]"
    says "argv 6 [-e]"
    says $'argv 9 [\xff\xfe]'
    says 'argv 11 [`id`]'
    says "argv 15 [\\]"
    says "argv 17 [ä]"
    says "argv 18 [${args[16]}]"
    says_not "argv 19"
}

@test "variables that change what a shell or a loader does change nothing" {
    pin 1.22.5
    echo 'echo sourced; exit 9' >"$top/rc"
    run env IFS=o ENV="$top/rc" BASH_ENV="$top/rc" CDPATH="$top" GREP_OPTIONS=-v \
        POSIXLY_CORRECT=1 SHELLOPTS=xtrace LD_LIBRARY_PATH="$top" GLOBIGNORE='*' \
        GODEBUG=x LANG=xx LC_ALL=xx TMPDIR=/absent "$prefix/bin/go" version
    [ "$status" -eq 42 ]
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says "env IFS=o"
    says "env CDPATH=$top"
    says_not sourced
}

@test "variables of other managers say nothing, and pass" {
    make_toolchain "$prefix" go1.21.0
    pin 1.22.5
    GOENV_VERSION=1.21.0 ASDF_GOLANG_VERSION=1.21.0 MISE_GO_VERSION=1.21.0 GOENV_DIR=$top \
        GOENV_ROOT=$top ASDF_DIR=$top GIMME_GO_VERSION=1.21.0 GOUP_GO_VERSION=1.21.0 \
        GOENV_GOPATH_PREFIX=$top run go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says "env GOENV_VERSION=1.21.0"
    says "env ASDF_GOLANG_VERSION=1.21.0"
}

@test "GOPATH, GOBIN, GOCACHE, PATH are the user's, set or not" {
    pin 1.22.5
    run go version
    for name in GOPATH GOBIN GOCACHE GOMODCACHE GOROOT GOENV; do says_not "^env $name="; done
    says "env PATH=$PATH"
    GOPATH=$top/gp GOBIN='' GOCACHE=off GOMODCACHE=$top/mc GOENV=off run go version
    says "env GOPATH=$top/gp"
    says "env GOBIN="
    says "env GOCACHE=off"
    says "env GOMODCACHE=$top/mc"
    says "env GOENV=off"
}

@test "stdin, every exit status and a signal are the program's own" {
    program=$prefix/toolchains/go1.22.5/bin/go
    pin 1.22.5
    printf '#!/bin/sh\ntr a-z A-Z\n' >"$program"
    [ "$(echo hello | go)" = HELLO ]
    # shellcheck disable=SC2016 # the program's
    printf '#!/bin/sh\nexit "$1"\n' >"$program"
    for n in 0 1 2 3 126 127 128 255; do
        status=0
        go "$n" || status=$?
        [ "$status" = "$n" ]
    done
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nkill -TERM $$\n' >"$program"
    python3 - "$prefix/bin/go" <<'END'
import subprocess, sys
assert subprocess.run([sys.argv[1], "x"]).returncode == -15
END
}

@test "a cd through a link and back up: the pin of the path that was typed" {
    make_toolchain "$prefix" go1.21.0
    mkdir -p real/project typed
    ln -s "$PWD/real/project" typed/project
    pin 1.21.0 typed
    pin 1.22.5 real
    run bash -c 'cd typed/project && go version'
    ran "$prefix/toolchains/go1.21.0/bin/go"
    run bash -c 'cd typed/project && cd .. && go version'
    ran "$prefix/toolchains/go1.21.0/bin/go"
    run bash -c 'cd -P typed/project && go version'
    ran "$prefix/toolchains/go1.22.5/bin/go"
    run bash -c 'cd typed/project && cd -P .. && go version'
    ran "$prefix/toolchains/go1.22.5/bin/go"
    # PWD as it was before somebody else changed the directory
    run env -C real/project PWD="$PWD/typed" go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
}

@test "what else lies among the toolchains is in nobody's way" {
    pin 1.22
    echo x >"$prefix/toolchains/.DS_Store"
    mkdir -p "$prefix/toolchains/go1.22.9" "$prefix/toolchains/go1.22.x" "$prefix/toolchains/tmp.1"
    ln -s /absent "$prefix/toolchains/go1.22.8"
    ln -s ../../toolchains/go1.22.5 "$prefix/generations/1/1.22"
    run go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
    pin 1.22.8
    run -127 go version
    pin 1.22.9
    run go version
    [ "$status" -eq 126 ] # half a toolchain
    [[ $output == *"go1.22.9 has no go"* ]]
}
