#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# matrix: one command with several toolchains.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5 go1.23rc1
    export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    cli_setup
    govern --root "$BATS_FILE_TMPDIR/store" install 1.21.0 1.22.3 1.22.5 --quiet
}

setup() { # all read the same store
    cli_setup
    export GOVERN_ROOT=$BATS_FILE_TMPDIR/store
    prefix=$GOVERN_ROOT/$platform
    export TMPDIR=$BATS_TEST_TMPDIR
}

own_store() {
    cp -a "$GOVERN_ROOT" "$HOME/store"
    export GOVERN_ROOT=$HOME/store
}

# What an XML reader makes of the JUnit file.
junit() { # FILE PYTHON
    python3 -c '
import sys, xml.etree.ElementTree as tree
r = tree.parse(sys.argv[1]).getroot()
exec(sys.argv[2])' "$@"
}

@test "each runs as by run, with a log of its own, and the table tells of all" {
    expect 0 govern matrix 1.21,1.22 -- go version
    [[ ${out%%$'\n'*} == VERSION*RESULT*TIME*LOG ]]
    [[ $out == *$'\n'"go1.21.0  passed"*$'\n'"go1.22.5  passed"* ]]
    logs=$(sed -n 's/^logs are in //p' <<<"$err")
    [ "$(stat -c %a "$logs")" = 700 ]
    [[ $(cat "$logs/go1.21.0.log") == "go version go1.21.0 "* ]]
    [[ $(cat "$logs/go1.22.5.log") == "go version go1.22.5 "* ]]
    GOROOT=/x expect 0 govern matrix --logs logs 1.22.3 sh -c \
        'echo "$GOVERN_VERSION ${GOROOT-none} $GOTOOLCHAIN"; echo "${PATH%%:*}"; readlink /proc/self/fd/0'
    [ "$(cat logs/go1.22.3.log)" = "go1.22.3 none local
$prefix/toolchains/go1.22.3/bin
/dev/null" ]
}

@test "options before and behind the SPECs; those of the command are its own" {
    expect 0 govern matrix --logs a 1.21 --jobs 1 -- echo --json -v --
    [ "$(cat a/go1.21.0.log)" = "--json -v --" ]
    expect 0 govern matrix 1.21 --logs=b echo --logs=c
    [ "$(cat b/go1.21.0.log)" = --logs=c ]
}

@test "the same toolchain by several words is one" {
    expect 0 govern matrix 1.22,1.22.5,latest,go1.22.5,1.22.x --json -- true
    [[ $(json .results) == '[{"version": "go1.22.5", "spec": "1.22",'* && $out == *'"passed": 1'* ]]
    own_store
    govern tag prod 1.22.3
    expect 0 govern matrix @prod,1.22.3,system --json -- true
    [[ $out == *'"passed": 2'*'"go1.22.3"'*'"version": "system"'* ]]
}

@test "one that fails: the others run, the end of its log is shown, 1" {
    expect 1 govern matrix 1.21,1.22.3,1.22.5 --logs logs -- sh -c '
        seq 30; [ "$GOVERN_VERSION" != go1.22.3 ] || exit 7'
    [[ $out == *$'\n'"go1.22.3  failed, status 7 "* && $out == *"go1.22.5  passed"* ]]
    [[ $err == *"go1.22.3: the end of logs/go1.22.3.log"*$'\n'"  21"$'\n'*$'\n'"  30"$'\n'* ]]
    [[ $err != *$'\n'"  20"$'\n'* && $err != *"the end of logs/go1.21"* ]]
    [[ $err == *$'\n'"govern: the command failed with 1 of 3 toolchains" ]]
    expect 1 govern matrix 1.21 --json -- sh -c 'kill -9 $$'
    [[ $(json .results.0) == *'"result": "killed", "status": null, "signal": 9,'* ]]
    [[ $out == *'"error": {'*'"code": 1'* && $out == *'"command": ['*'"sh"'* ]]
}

@test "so many at a time, and all of them" {
    expect 0 govern matrix --jobs 1 --logs logs 1.21,1.22.3,1.22.5 -- sh -c '
        mkdir here || exit 1; sleep .05; rmdir here'
    # Two that wait for each other.
    expect 0 govern matrix --jobs 2 --logs logs 1.22.3,1.22.5 -- sh -c '
        touch "$GOVERN_VERSION"; until [ -e go1.22.3 ] && [ -e go1.22.5 ]; do sleep .01; done'
}

@test "with --install the words of the list mean what they mean to install" {
    expect 2 govern matrix oldstable,1.22 -- true
    [[ $err == "govern: 'oldstable' needs the list of releases"* ]]
    own_store
    govern uninstall 1.21.0 1.22.5 >/dev/null
    expect 0 govern matrix oldstable,stable,latest,1.22.3 --install --json -- go version
    [ "$(json results.0.version) $(json results.0.spec)" = "go1.21.0 oldstable" ]
    [ "$(json results.1.version) $(json results.1.spec)" = "go1.22.5 stable" ]
    [ "$(json results.2.version) $(json .passed)" = "go1.22.3 3" ]
    [ -e "$GOVERN_ROOT/receipts/$platform/go1.21.0.json" ]
    # A line is what is installed of it, and no list is asked for.
    GOPROXY=off expect 0 govern matrix 1.22 --install --json -- true
    [ "$(json results.0.version)" = go1.22.5 ]
    GOPROXY=off expect 2 govern matrix 1.22,nonsense --install -- true
}

@test "what is missing is told, all of it, and nothing runs; --install brings it in, proven" {
    expect 3 govern matrix '1.23rc1,1.21,>=1.30' -- touch ran
    [[ $err == "govern: go1.23rc1 is not installed"$'\n'"hint: govern install '1.23rc1' '>=1.30'" ]]
    [ ! -e ran ]
    own_store
    expect 0 govern matrix 1.23rc1,1.21 --install --jobs 64 --json -- go version
    [[ $out == *'"passed": 2'* ]]
    expect 0 govern list
    [[ $out == *$'\n'"go1.23rc1 "*" proven "* ]]
    expect 3 govern matrix 1.20,1.21 --install -- touch ran
    [ ! -e ran ]
}

@test "--install puts right what an interrupted one left, also where nothing is missing" {
    cp -r "$GOVERN_ROOT" store
    export GOVERN_ROOT=$PWD/store
    local generations=$GOVERN_ROOT/$platform/generations now
    now=$(readlink "$GOVERN_ROOT/$platform/current") # as if 1.22.5 had come last
    rm -rf "${generations:?}/${now##*/}"
    mkdir "$generations/${now##*/}"
    expect 0 govern matrix 1.22.5 -- true
    [ ! -e "$GOVERN_ROOT/$platform/current/1.22" ]
    expect 0 govern matrix 1.22.5 --install -- true
    [ "$(readlink "$GOVERN_ROOT/$platform/current/1.22")" = ../../toolchains/go1.22.5 ]
}

@test "wrong uses: 2, and a program that is not there: 3" {
    for words in "" "1.22" "1.22 --" "1.22,,1.21 true" "x/y true" "1.22 --jobs 0 true" \
        "1.22 --timeout 5 true"; do
        # shellcheck disable=SC2086 # words
        expect 2 govern matrix $words
        [[ -z $out && $err == "govern: "* ]]
    done
    expect 3 govern matrix 1.22 no-such-program
    one_error
    touch here
    expect 1 govern matrix 1.22 ./here
    [[ $err == *"'./here' cannot be executed" ]]
    # nothing was written to the directory that was made for logs
    [ -z "$(find "$TMPDIR" -name 'govern-matrix-*')" ]
}

@test "a time limit ends the command and what it started" {
    expect 1 govern matrix 1.22 --timeout 1s --json -- sh -c 'sleep 1000 & echo $! >child; wait'
    [ "$(json .results.0.result)" = timed_out ]
    [ ! -d "/proc/$(cat child)" ] || grep -q '^State:.Z' "/proc/$(cat child)/status"
}

@test "what a command leaves running is ended with it" {
    expect 0 govern matrix 1.22 -- sh -c 'sleep 1000 & echo $! >child'
    [ ! -d "/proc/$(cat child)" ] || grep -q '^State:.Z' "/proc/$(cat child)/status"
}

@test "a signal ends all of them, and says what was not finished" {
    govern matrix 1.21,1.22.3,1.22.5 --jobs 2 --logs logs --junit j.xml -- sh -c '
        [ "$GOVERN_VERSION" != go1.21.0 ] || exit 0
        sleep 1000 & echo $! >"$HOME/pid"; wait' >out 2>err &
    pid=$!
    until [ -s "$HOME/pid" ] && grep -q go1.21.0 err; do sleep .02; done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" = 143 ]
    ! kill -0 "$(cat "$HOME/pid")" 2>/dev/null ||
        grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
    grep -q '^go1.21.0  passed' out
    grep -qE '^interrupted, not finished: go1.22.3(, go1.22.5)?$|^interrupted, not finished: go1.22.5$' err
    junit j.xml 'assert int(r.find("testsuite").get("skipped")) >= 1'
}

@test "one that does not listen is killed" {
    expect 1 govern matrix 1.22 --timeout 1s --json -- sh -c 'trap "" TERM; sleep 1000; :'
    [ "$(json .results.0.result)" = timed_out ]
}

@test "--fresh-cache and --goflags: a cache for each, gone afterwards" {
    export GOCACHE=/x GOFLAGS=-v
    expect 0 govern matrix 1.21,1.22 --fresh-cache --goflags=-mod=mod --logs logs -- sh -c '
        echo "$GOFLAGS"; echo "$GOCACHE"; mkdir -p "$GOCACHE/00"; echo x >"$GOCACHE/00/x"; chmod 500 "$GOCACHE/00"'
    for v in go1.21.0 go1.22.5; do
        { read -r flags && read -r cache; } <"logs/$v.log"
        [[ $flags = -mod=mod && $cache == "$TMPDIR"/* && ! -e $cache ]]
    done
    [ "$(sed -n 2p logs/go1.21.0.log)" != "$(sed -n 2p logs/go1.22.5.log)" ]
    expect 0 govern matrix 1.21 --logs logs -- sh -c 'echo "$GOFLAGS $GOCACHE"'
    [ "$(cat logs/go1.21.0.log)" = "-v /x" ]
}

@test "JUnit XML that a reader takes, whatever the command says" {
    expect 1 govern matrix 1.21,1.22.3,1.22.5 --jobs 1 --junit j.xml -- sh -c '
        printf "a<b>&\"]]>\033[31m\001\377\302\205 \357\277\277ü\n"
        case $GOVERN_VERSION in go1.22.3) exit 3 ;; go1.22.5) kill -TERM $$ ;; esac' '<&"'
    junit j.xml '
assert [r.get(k) for k in ("tests", "failures", "errors")] == ["3", "1", "1"]
assert r.find("testsuite").get("name").endswith("<&\"")
one, two, three = r.iter("testcase")
assert two.get("name") == "go1.22.3" and float(two.get("time")) >= 0
assert two.find("failure").get("message") == "failed, status 3"
assert three.find("error").get("message") == "killed, signal 15"
assert one.find("system-out").text == "a<b>&\"]]>[31m\ufffd \u00fc\n"'
    expect 1 govern matrix 1.21 --junit none/j.xml -- true
    [[ $err == *"cannot write 'none/j.xml'"* ]]
    expect 1 govern matrix 1.21 --junit none/j.xml --json -- true
    [ "$(json error.code) $(json passed)" = "1 1" ]
}

@test "a log is a file of ours, and not what a link of that name leads to" {
    mkdir logs
    echo mine >mine
    ln -s ../mine logs/go1.22.5.log
    expect 0 govern matrix 1.22 --logs logs -- echo new
    [ "$(cat mine) $(cat logs/go1.22.5.log)" = "mine new" ]
}

@test "run and matrix agree on what a command gets, inside a go command too" {
    export GOROOT=/x GOTOOLDIR=/x/tool GOVERN_VERSION=1.21 GOFLAGS=-v
    for spec in 1.22.3 1.22+auto system; do
        expect 0 govern run $spec sh -c 'env | grep -v ^_= | sort'
        ran=$out
        expect 0 govern matrix $spec --logs logs -- sh -c 'env | grep -v ^_= | sort'
        [ "$(cat logs/*.log)" = "$ran" ]
        rm -r logs
    done
}

@test "completion: each SPEC of the list, options behind it, then the command" {
    complete() { govern complete -- "$@" | cut -f1; }
    [ "$(complete matrix 1.22 | head -1)" = 1.22.5 ]
    [ "$(complete matrix 1.21.0,1.22.3 )" = 1.21.0,1.22.3 ]
    [ "$(complete matrix 1.21.0, | head -2)" = $'1.21.0,1.22.5\n1.21.0,1.22.3' ]
    [ "$(complete matrix 1.21 --fre)" = --fresh-cache ]
    [ "$(complete matrix 1.21 '')" = :command ]
    [ "$(complete matrix 1.21 -- g)" = :command ]
    [ "$(complete matrix 1.21 -- go -)" = :file ]
}
