#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# govern ps.  What runs is tests/tools/as-go.c, which says that go1.22.3 built it.

load lib

setup_file() {
    load_site go1.22.3 go1.22.5 go1.23.0
    export GOPROXY=file://$site one=$BATS_FILE_TMPDIR/one all=$BATS_FILE_TMPDIR/all
    GOVERN_ROOT=$one "$B/bin/govern" install --quiet 1.22.3
    GOVERN_ROOT=$all "$B/bin/govern" install --quiet 1.22.3 1.22.5 1.23.0
}

setup() {
    cli_setup
    export GOVERN_ROOT=$one
    cp "$B/tests/tools/as-go" app
    started=
}

teardown() {
    # shellcheck disable=SC2086 # numbers
    [ -z "$started" ] || kill $started
}

start() { # PROGRAM: $pid
    "$@" 3>&- </dev/null >/dev/null 2>&1 &
    pid=$!
    started="$started $pid"
    until [ "$(tr "\0" " " <"/proc/$pid/cmdline")" = "$1 " ]; do sleep 0.01; done
}

# What is said of $pid.
of() { # KEY...
    printf '%s' "$out" | python3 -c '
import json, sys
for p in json.load(sys.stdin)["processes"]:
    if p["pid"] == int(sys.argv[1]): print(*(p[key] for key in sys.argv[2:]))' "$pid" "$@"
}

@test "a program: what built it, what is in force where it runs" {
    echo 1.22.3 >.go-version
    start ./app
    expect 0 govern ps --json
    [ "$(json schema)" = 1 ]
    [ "$(of kind package version toolchain in_force current)" = \
        "program example.com/app go1.22.3 go1.22.3 go1.22.3 True" ]
    [ "$(of program uid directory why newest advice)" = \
        "$PWD/app $(id -u) $PWD $PWD/.go-version:1 None None" ]
    # a newer patch comes, then the pin follows
    GOVERN_ROOT=$all
    expect 0 govern ps --json
    [ "$(of newest current advice)" = \
        "go1.22.5 True build it again and restart it: go1.22.5 is installed" ]
    echo 1.22 >.go-version
    expect 0 govern ps
    line=$(grep "^ *$pid " <<<"$out" | xargs)
    [ "$line" = "$pid program go1.22.3 go1.22.5 example.com/app $PWD build it again and restart it: go1.22.5 is in force" ]
    [[ $(head -n 1 <<<"$out" | xargs) == "PID KIND GO IN FORCE PROGRAM DIRECTORY ADVICE" ]]
}

@test "its own environment counts, not ours" {
    GOVERN_ROOT=$all
    echo 1.22.5 >.go-version
    export GOVERN_VERSION=1.22.5
    GOVERN_VERSION=1.23.0 start ./app
    expect 0 govern ps --json
    [ "$(of in_force why current)" = "go1.23.0 GOVERN_VERSION False" ]
}

@test "a build: a program of a toolchain" {
    prefix=$one/$platform
    tools=$prefix/toolchains/go1.22.3/pkg/tool/x
    chmod -R u+w "$prefix/toolchains/go1.22.3"
    mkdir -p "$tools"
    LC_ALL=C sed 's|path\texample.com/app|path\tcmd/compile\nx y|' app >"$tools/compile"
    chmod +x "$tools/compile"
    start "$tools/compile"
    expect 0 govern ps --json
    [ "$(of kind package toolchain goroot)" = \
        "build cmd/compile go1.22.3 $prefix/toolchains/go1.22.3" ]
}

@test "its file was replaced" {
    start ./app
    cp app new
    mv new app
    expect 0 govern ps --json
    [ "$(of replaced program version advice)" = \
        "True $PWD/app go1.22.3 restart it: its file was replaced" ]
}

@test "what may not be looked at is said" {
    let_others_in
    start ./app
    expect 0 as_other govern --root "$HOME/none" ps
    [[ $out != *" $pid "* && $err == *"processes of others that could not be looked at: "* ]]
    expect 0 as_other govern --root "$HOME/none" ps --json
    [ "$(json hidden)" -gt 0 ]
    [ -z "$(of kind)" ]
}
