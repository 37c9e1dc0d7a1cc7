#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154
#
# What the shim does when it cannot: one message by one write, 126 or 127, no loop.

load shim.bash
bats_require_minimum_version 1.5.0
setup_file() { shim_setup_file; }
setup() { shim_setup; }

@test "not installed: two lines on stderr, nothing on stdout, 127" {
    pin 1.30.1
    go version >"$out" 2>"$out.err" || status=$?
    [ "$status" -eq 127 ]
    [ ! -s "$out" ]
    [ "$(cat "$out.err")" = "govern: go1.30.1 is not installed (pinned by $top/w/.go-version:1)
hint: govern install 1.30.1" ]
}

@test "the message is one write" {
    command -v strace >/dev/null || skip "no strace"
    pin 1.30.1
    run -127 strace -e trace=write -o "$out" "$prefix/bin/go"
    [ "$(grep -c '^write(2' "$out")" -eq 1 ]
    [ "$(grep -c '^write' "$out")" -eq 1 ]
}

@test "a bad pin: 127, the file and the line" {
    printf '# first\n^1.22\n' >.go-version
    run -127 go
    [[ $output == "govern: $top/w/.go-version:2: "* ]]
}

@test "nothing pinned, no default, no other go: 127" {
    PATH=$prefix/bin run -127 "$prefix/bin/go"
    [[ $output == "govern: "* ]]
}

@test "closed stderr: no file gets the message, 127" {
    pin 1.30.1
    cp .go-version before
    for closed in "-c 2" "-c 0 -c 1 -c 2" "-c 1 -c 2"; do
        # shellcheck disable=SC2086
        run -127 "$LAUNCH" $closed "$prefix/bin/go" go
        cmp before .go-version
        [ "$(find "$top/w" -type f | wc -l)" -eq 2 ]
    done
    run -127 bash -c 'exec 2>/dev/full; exec go'
}

@test "there and not executable: 126" {
    pin 1.22.5
    go=$prefix/toolchains/go1.22.5/bin/go
    printf 'not a program' >"$go"
    run -126 go
    [[ $output == *"not a program for this machine"* ]]
    printf '#!/nowhere/interpreter\n' >"$go"
    run -126 go
    [[ $output == *"interpreter"* ]]
    chmod -x "$go"
    run -126 go
    rm "$go" && mkdir "$go"
    run go
    [ "$status" -ne 0 ]
    [[ $output == "govern: "* ]]
}

@test "too long for execve because of what a pin adds: 126, not a crash" {
    pin 1.22.5
    low=1000 high=200000
    while [ $((high - low)) -gt 1 ]; do
        middle=$(((low + high) / 2))
        PROBE=/dev/null "$LAUNCH" -v "$middle" "$prefix/bin/go" go 2>/dev/null && status=0 || status=$?
        case $status in
        42) low=$middle ;;
        96 | 126) high=$middle ;; # the kernel said no to the launcher, or to the shim
        *) echo "status $status with $middle" && return 1 ;;
        esac
    done
    [ "$low" -gt 12000 ]
}

@test "bin/go is a link back to the shim: 126, no loop" {
    pin 1.22.5
    go=$prefix/toolchains/go1.22.5/bin/go
    for target in "$prefix/bin/go" ../../../bin/go; do
        ln -sf "$target" "$go"
        run -126 timeout 120 go
    done
    rm "$go" && ln "$prefix/bin/go" "$go"
    run -126 timeout 120 go
    make_prefix "$top/second"
    ln -sf "$top/second/bin/go" "$go"
    run -126 timeout 120 go
}

@test "two stores in PATH: the other's shim is passed over" {
    make_prefix "$top/second"
    mkdir "$top/real" && cp "$PROBE_BIN" "$top/real/go"
    PATH=$prefix/bin:$top/second/bin:$top/real:/usr/bin:/bin
    run timeout 120 go
    ran "$top/real/go"
    pin system
    run timeout 120 go
    ran "$top/real/go"
    PATH=$prefix/bin:$top/second/bin run -127 "$prefix/bin/go"
}

# A goenv or asdf shim, as far as it matters here: a script that looks through PATH for a
# go behind its own directory's first entry, or simply calls `go` again.
@test "beside another manager's shim: no loop" {
    mkdir "$top/peer" "$top/real"
    cp "$PROBE_BIN" "$top/real/go"
    cat >"$top/peer/go" <<'PEER'
#!/bin/sh
# looks through PATH again, itself left out
IFS=:
for d in $PATH; do
    [ "$d" = "$(dirname "$0")" ] || [ ! -x "$d/go" ] || exec "$d/go" "$@"
done
exit 111
PEER
    chmod +x "$top/peer/go"
    for path in "$prefix/bin:$top/peer:$top/real" "$top/peer:$prefix/bin:$top/real"; do
        PATH=$path:/usr/bin:/bin
        run -42 timeout 120 go build
        ran "$top/real/go"
        pin system
        run timeout 120 go build
        ran "$top/real/go"
        rm .go-version
    done
    # a PATH that names the other's directory again, as login shells in each other do
    for tail in "$top/real" "$top/peer:$top/real:$top/peer"; do
        PATH=$prefix/bin:$top/peer:$top/peer:$prefix/bin:$tail:/usr/bin:/bin
        run -42 timeout 120 go build
        ran "$top/real/go"
    done
    rm "$top/real/go"
    PATH=$prefix/bin:$top/peer:$top/peer:/usr/bin:/bin
    run -127 timeout 120 go build
    PATH=$prefix/bin:$top/peer:/usr/bin:/bin
    run -127 timeout 120 go build
}

@test "a go in PATH that cannot be executed: it is named, and the next one is not taken" {
    mkdir "$top/bad" "$top/real"
    cp "$PROBE_BIN" "$top/real/go"
    printf '#!/nonexistent/sh\n' >"$top/bad/go"
    chmod +x "$top/bad/go"
    PATH=$prefix/bin:$top/bad:$top/real:/usr/bin:/bin
    run -126 go version
    [[ $output == *"cannot execute '$top/bad/go': the program interpreter"* ]]
    pin system
    run -126 go version
    [[ $output == *"cannot execute '$top/bad/go': the program interpreter"* ]]
}

@test "inside a go command whose program cannot be executed: it is named, and no other runs" {
    make_toolchain "$prefix" go1.21.0
    go=$prefix/toolchains/go1.22.5/bin/go
    printf '#!/nonexistent/sh\n' >"$go"
    pin 1.21.0
    GOVERN_VERSION=1.21.0 GOROOT=${go%/bin/go} GOTOOLDIR=${go%/bin/go}/pkg/tool run -126 go version
    [[ $output == *"cannot execute '$go': the program interpreter"* ]]
}

@test "a denied toolchain that is damaged, too: shim and manager say the same" {
    echo "policy.deny" >"$prefix/toolchains/go1.22.5.denied"
    pin 1.22.5
    for damage in true "chmod -x" rm; do
        $damage "$prefix/toolchains/go1.22.5/bin/go"
        run -126 go version
        [[ $output == *"go1.22.5 is denied by policy.deny"* ]]
        run -4 "$B/bin/govern" --root "${prefix%/*}" which
        [[ $output == *"go1.22.5 is denied by policy.deny"* ]]
    done
}

@test "with another user's privileges: refused" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to make a set-id program"
    pin 1.22.5
    chown 65534 "$prefix/bin/go"
    chmod 4755 "$prefix/bin/go"
    run "$prefix/bin/go"
    [ "$status" -ne 42 ] || skip "this file system ignores set-id"
    [ "$status" -eq 126 ]
    [[ $output == "govern: refusing "* ]]
}

@test "auto-install: only when the store says so, and only once" {
    pin 1.30.1
    cat >"$prefix/bin/govern" <<'GOVERN'
#!/bin/sh
echo "govern $# [$1] [$2] [$3] [$4] [$5] [$6] ${GOVERN_INSTALLING:+installing}"
[ ! -e "$AGAIN" ] || exec "$AGAIN" "$6" "$7"
GOVERN
    chmod +x "$prefix/bin/govern"
    export AGAIN=$top/none
    run -127 go build 'a b'
    touch "$prefix/auto-install"
    run -0 go build 'a b'
    [ "$output" = "govern 7 [--root] [$top/store] [auto-install] [go] [go] [build] installing" ]
    run gofmt
    [ "$output" = "govern 5 [--root] [$top/store] [auto-install] [gofmt] [gofmt] [] installing" ]
    GOVERN_VERSION=1.31.1 run go env
    [ "$output" = "govern 6 [--root] [$top/store] [auto-install] [go] [go] [env] installing" ]
    # comes back with nothing installed
    AGAIN=$prefix/bin/go run -127 timeout 120 go build x
    [[ $output == *"go1.30.1 is not installed"* ]]
    # another process's mark is not ours
    GOVERN_INSTALLING=1 run go build x
    [ "$output" = "govern 7 [--root] [$top/store] [auto-install] [go] [go] [build] installing" ]
}

@test "auto-install: not for +SPEC, not for a bad pin, not without govern" {
    touch "$prefix/auto-install"
    printf '#!/bin/sh\necho called\n' >"$prefix/bin/govern"
    chmod +x "$prefix/bin/govern"
    run -127 go +1.30.1
    says_not called
    pin '^1.22'
    run -127 go
    says_not called
    pin 1.30.1
    rm "$prefix/bin/govern"
    run -127 go
    [[ $output == *"go1.30.1 is not installed"* ]]
}
