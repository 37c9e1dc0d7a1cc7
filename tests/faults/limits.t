#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154
#
# Little of something: file descriptors, memory, file size, processes, stdio, bytes at a time.
# Either it is done or it says why, and what was there stays; with enough it is done.

load ../cli/lib.bash
bats_require_minimum_version 1.5.0
setup_file() { load_site go1.22.5 go1.22.6; }
# Without syncing: what is tried here does not depend on it, and it is most of the time.
govern() { "${govern[@]}" "$@"; }
setup() {
    inject="$B/tests/tools/inject"
    govern=("$inject" -n "$B/bin/govern")
    export ASAN_OPTIONS=detect_leaks=0 # it cannot look under a tracer
    cli_setup
    expect 0 govern install 1.22.5 --default
    expect 0 govern setup
}
teardown() { [ -z "${group-}" ] || rmdir "$group"; }

# After a command that had too little: old or new, and with enough it works.
whole() {
    [ "$(PATH=$prefix/bin go version)" = "go version go1.22.5 ${platform/-//}" ]
    expect 0 govern verify
    expect 0 govern install 1.22.6
    expect 0 govern verify
    [ -z "$(find "$root/staging" "$root/trash" -mindepth 1)" ]
}

failed_well() { # done, or one line that says why
    [ "$status" = 0 ] || { [ "$status" = 1 ] && one_error; }
}

@test "R2: no look at the free space decides: a full disk is met where it is full" {
    ! grep -rnE '\<(f?statvfs|posix_fallocate)\(' core/install core/store core/worker/unpack
}

@test "R3: few file descriptors" {
    seen=
    for n in 4 8 12 16 20 24 32 40; do
        try prlimit --nofile="$n" "${govern[@]}" install 1.22.6
        # Not enough for the loader: no word of ours.
        [ "$status" = 127 ] || failed_well
        seen="$seen $status"
        [ "$(PATH=$prefix/bin go version)" = "go version go1.22.5 ${platform/-//}" ]
    done
    echo "# $seen"
    [[ $seen == *" 1"* ]] && [[ $seen == *" 0" ]]
    whole
}

@test "R3: little memory" {
    ! ldd "$B/bin/govern" | grep -q asan || skip "a sanitizer has its own memory"
    for mb in 8 16 32 64 128; do
        try prlimit --as=$((mb << 20)) govern install 1.22.6
        [ "$status" = 127 ] || failed_well
    done
    whole
}

@test "R3: no more processes" {
    [ "$(id -u)" = 0 ] || skip "needs root, to become one who has no process"
    chmod -R a+rX "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
    chown -R 61234 "$HOME"
    setpriv --reuid=61234 --clear-groups true || skip "no such user to become"
    setpriv --reuid=61234 --clear-groups test -x "$B/bin/govern" || skip "\$B is closed"
    for n in 1 2 4; do
        try setpriv --reuid=61234 --clear-groups \
            prlimit --nproc="$n" "${govern[@]}" install 1.22.6
        failed_well
    done
    chown -R "$(id -u)" "$HOME"
    whole
}

@test "R3: closed stdin, stdout and stderr: no file of the store gets what is printed" {
    status=0
    govern install 1.22.6 <&- >&- 2>&- || status=$?
    [ "$status" -le 1 ]
    whole
    status=0
    govern default 1.22.6 <&- 2>&- || status=$?
    [ "$status" = 0 ]
    [ "$(cat "$root/format")" = 1 ]
}

@test "R4: files may not be large: SIGXFSZ kills nobody" {
    for bytes in 0 1 100 1000 4096; do
        status=0 # by a pipe: a message is written to no file
        err=$(prlimit --fsize="$bytes" "${govern[@]}" install 1.22.6 2>&1 >/dev/null) || status=$?
        out=
        failed_well
        echo "# $status $err"
    done
    whole
}

@test "R5: a reader that has enough: no message of a signal's" {
    for what in list 'help' 'list --json' 'env'; do
        for turn in 1 2 3; do
            # shellcheck disable=SC2086 # words
            bash -c 'set -o pipefail; govern "$@" 2>"$0" | :' "$BATS_TEST_TMPDIR/said" $what ||
                [ "$?" -le 1 ]
            [ "$(wc -l <"$BATS_TEST_TMPDIR/said")" -le 1 ]
        done
    done
}

wait_at_a_lock() { # SIGNAL...: to a command that waits; its status
    lock=$(ls "$root"/locks/*go1.22.5* | sed s/1.22.5/1.22.6/)
    exec 7>"$lock"
    flock 7
    "${govern[@]}" install 1.22.6 7>&- >"$BATS_TEST_TMPDIR/said" 2>&1 &
    pid=$!
    until grep -q waiting "$BATS_TEST_TMPDIR/said"; do
        kill -0 "$pid" || break
        sleep 0.05
    done
    kill -STOP "$pid"
    for s in "$@"; do kill -"$s" "$pid"; done
    kill -CONT "$pid"
    status=0
    wait "$pid" || status=$?
    exec 7>&-
}

@test "R5: a signal ends a command that waits" {
    wait_at_a_lock TERM
    [ "$status" = 143 ]
    whole
}

@test "R5: the second one ends it at once" {
    wait_at_a_lock HUP TERM
    [ "$status" = 143 ] || [ "$status" = 129 ]
    whole
}

@test "R5: SIGINT that was ignored when it started is ignored by its children too" {
    "$inject" -in -o "$BATS_TEST_TMPDIR/report" -a unpack1.0:read:19:INT \
        "$B/bin/govern" install 1.22.6
    grep -qx 'exit 0' "$BATS_TEST_TMPDIR/report"
    grep -qx 'hit 1' "$BATS_TEST_TMPDIR/report"
    whole
}

@test "R6: calls that do less than they were asked" {
    "$inject" -n -o "$BATS_TEST_TMPDIR/trace" "$B/bin/govern" install 1.22.6 >/dev/null
    tried=0 bad=0
    while read -r who call n; do
        expect 0 govern uninstall 1.22.6
        case ${TORTURE-}:$n in
        full:* | *:[12] | *:*5) ;;
        *) expect 0 govern install 1.22.6 && continue ;;
        esac
        tried=$((tried + 1))
        "$inject" -n -o "$BATS_TEST_TMPDIR/report" -a "$who:$call:$n:SHORT" \
            "$B/bin/govern" install 1.22.6 >/dev/null 2>"$BATS_TEST_TMPDIR/err" || true
        if ! grep -qx 'exit 0' "$BATS_TEST_TMPDIR/report"; then
            echo "$who:$call:$n:SHORT: $(cat "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/err")"
            bad=$((bad + 1))
        fi
        expect 0 govern install 1.22.6
        expect 0 govern verify 1.22.6
    done < <(awk '
        # What comes before these is the loader, which cannot do with less.
        $2 ~ /^govern/ && $3 == "fcntl" || $2 ~ /^unpack/ && $3 == "prctl" {
            begun[substr($2, 1, 6)] = 1
        }
        $1 == "call" && $3 ~ /^p?(read|write)(64)?$/ && begun[substr($2, 1, 6)] {
            print $2, $3, $4
        }' "$BATS_TEST_TMPDIR/trace")
    echo "# tried $tried cases of a short read or write, bad states: $bad" >&3
    [ "$tried" -gt 10 ]
    [ "$bad" = 0 ]
}

@test "R9: 64 MiB and few processes for all of it together" {
    [ "$(id -u)" = 0 ] || skip "needs root, for a control group"
    if mkdir "/sys/fs/cgroup/memory/govern-$$" 2>/dev/null; then
        group=/sys/fs/cgroup/memory/govern-$$
        echo $((64 << 20)) >"$group/memory.limit_in_bytes"
    elif grep -qs memory /sys/fs/cgroup/cgroup.subtree_control &&
        mkdir "/sys/fs/cgroup/govern-$$" 2>/dev/null; then
        group=/sys/fs/cgroup/govern-$$
        echo $((64 << 20)) >"$group/memory.max"
    else
        skip "no control group for memory can be made"
    fi
    export group
    try bash -c 'echo $$ >"$group/cgroup.procs" && exec "$@" install 1.22.6' - "${govern[@]}"
    [ "$status" = 0 ]
    # With too little it dies, and nothing else does.
    case $group in */memory/*) echo $((1 << 20)) >"$group/memory.limit_in_bytes" || true ;; *)
        echo $((1 << 20)) >"$group/memory.max" ;;
    esac
    status=0
    bash -c 'echo $$ >"$group/cgroup.procs" && exec "$@" install --force 1.22.6' - "${govern[@]}" \
        >/dev/null 2>&1 || status=$?
    whole
}
