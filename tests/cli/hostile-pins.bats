#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Pins that mean harm, through the shim as it is installed: V1 to V15 of the list of threats.
# tests/resolve has each spelling; V10 (deep and removed directories) and V15 (privileges) are
# in shim.bats and shim-errors.bats; of V11 (whose file it is) docs/SECURITY.md says why not.

load shim
bats_require_minimum_version 1.5.0

setup_file() {
    shim_setup_file
}

setup() {
    shim_setup
    # Whatever runs it was led out of the store.
    mkdir -p "$top/evil/bin"
    printf '#!/bin/sh\ntouch "%s"\n' "$top/canary" >"$top/evil/bin/go"
    chmod 755 "$top/evil/bin/go"
}

# The pin file is refused or says nothing; it is quick, nothing outside the store runs.
refused() {
    run -127 timeout 120 go version
    [ ! -e "$top/canary" ]
    [[ $output != *$'\e'* && $output != *$'\r'* ]]
}

@test "V1: traversal" {
    for s in .. ../../x 1.22.5/../../x /bin ./1.22.5 $'go1.22.5\n../../x' '1.22.5%2f..' \
        ../../../evil "$top/evil" path:"$top/evil" '1.22.5-../../../../evil'; do
        printf '%s' "$s" >.go-version
        refused
        [[ $output == *"$PWD/.go-version"* ]]
        rm .go-version
        printf 'golang %s\n' "${s//$'\n'/ }" >.tool-versions
        refused
        rm .tool-versions
        GOVERN_VERSION=$s refused
    done
}

@test "V2: go.mod says nothing to the shim, and only versions to pin --from-mod" {
    pin 1.22.5
    for s in 'toolchain go1.22.5-../../../evil' 'toolchain ../x-go1.22' 'toolchain /bin/sh' \
        'go 1.99999999999999999999'; do
        printf 'module m\n%s\n' "$s" >go.mod
        run go version
        ran "$prefix/toolchains/go1.22.5/bin/go"
        [ ! -e "$top/canary" ]
        mkdir -p from-mod
        cp go.mod from-mod
        run env -C from-mod "$B/bin/govern" pin --from-mod
        [[ $s == "go "* ]] || [ "$status" -ne 0 ]
        ! grep -qs / from-mod/.go-version
        rm -r from-mod
    done
}

@test "V3: a FIFO" {
    mkfifo .go-version
    refused
}

@test "V4: devices and /proc" {
    for target in /dev/zero /dev/tty /proc/kmsg /proc/self/mem /dev/full; do
        ln -sf $target .go-version
        refused
    done
}

@test "V5: a loop, a directory, a socket; a dangling link counts as absent" {
    ln -s .go-version .go-version
    refused
    rm .go-version
    mkdir .go-version
    refused
    rmdir .go-version
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(".go-version")'
    refused
    rm .go-version
    ln -s nowhere .go-version
    refused # nothing else is pinned
    pin 1.22.5 ..
    run go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
}

@test "V6: huge" {
    truncate -s 10G .go-version
    refused
    rm .go-version
    head -c 1048576 /dev/zero | tr '\0' 1 >.go-version
    refused
    yes 1.22.5 | head -n 100000 >.go-version
    refused
    yes golang 1.22.5 | head -n 100000 >.tool-versions
    rm .go-version
    refused
}

@test "V7: bytes; what is shown of them is fit for a terminal" {
    for s in '1.22\0.5' '１.22' '\u202e1.22' '\033[2J' '1.22.5\033]0;x\a' '\x9b2J' '1.22.5\x80'; do
        # shellcheck disable=SC2059 # escapes are meant
        printf "$s" >.go-version
        refused
    done
    printf '\xef\xbb\xbf  go1.22.5\r\n# \033[2J' >.go-version
    run go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
}

@test "V8: options and aliases; latest asks no network" {
    for s in -v --help none -C/tmp '*' '$(touch x)'; do
        printf '%s\n' "$s" >.go-version
        refused
    done
    pin latest
    run -127 strace -f -e trace=network -o "$top/trace" go version
    ! grep -q 'socket(' "$top/trace"
    [ ! -e x ]
}

@test "V9: a file that may not be read, one that comes and goes" {
    pin 1.22.5
    run setpriv --reuid=65534 --clear-groups true
    if [ "$status" -eq 0 ]; then
        chmod 000 .go-version
        run setpriv --reuid=65534 --clear-groups env -C / test -x "$prefix/bin/go"
        if [ "$status" -eq 0 ]; then
            run setpriv --reuid=65534 --clear-groups go version
            [ "$status" -eq 127 ]
        fi
        chmod 644 .go-version
    fi
    (for _ in {1..300}; do mv .go-version x && mv x .go-version; done) 2>/dev/null &
    for _ in {1..30}; do
        status=0
        output=$(go version 2>&1) || status=$?
        [ "$status" -eq 127 ] || ran "$prefix/toolchains/go1.22.5/bin/go"
        [ ! -e "$top/canary" ]
    done
    wait
}

@test "V12: many versions: nothing is installed for a pin" {
    for minor in {1..30}; do
        pin "1.$minor.1"
        refused
    done
    [ "$(ls "$prefix/toolchains")" = go1.22.5 ]
}

@test "V13: only shims in PATH, a program that is the shim" {
    pin system
    PATH=$prefix/bin run -127 "$prefix/bin/go" version
    make_toolchain "$prefix" go1.22.6
    ln -sf ../../../bin/go "$prefix/toolchains/go1.22.6/bin/go"
    pin 1.22.6
    run timeout 120 go version
    [ "$status" -eq 126 ]
}

@test "V14: GOROOT of another, GOTOOLCHAIN=auto, no argv[0]" {
    pin 1.22.5
    GOROOT=$top/evil run go version
    ran "$prefix/toolchains/go1.22.5/bin/go"
    [ ! -e "$top/canary" ]
    GOTOOLCHAIN=../../../evil run go version
    [ ! -e "$top/canary" ]
    GOTOOLCHAIN=go1.22.5-../../../evil run go version
    [ ! -e "$top/canary" ]
}
