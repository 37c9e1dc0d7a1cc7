#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154
#
# The shim becomes the right program and passes everything on.

load shim.bash
bats_require_minimum_version 1.5.0
setup_file() { shim_setup_file; }
setup() { shim_setup; }

@test "becomes the pinned toolchain: same PID, arguments, directory, its exit status" {
    pin 1.22.5
    bash -c 'echo $$; exec go build -o "a b" "" "*" -- +x' >"$out" || status=$?
    [ "$status" -eq 42 ]
    output=$(cat "$out")
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says "pid $(head -n 1 "$out")"
    says "argv 0 [go]"
    says "argv 3 [a b]"
    says "argv 4 []"
    says "argv 5 [*]"
    says "argv 7 [+x]"
    says_not "argv 8"
    says "cwd $top/w"
}

@test "gofmt is told by the file's name, never by argv[0]" {
    pin 1.22.5
    run gofmt -l .
    ran "$prefix/toolchains/go1.22.5/bin/gofmt"
    run bash -c 'exec -a go gofmt'
    ran "$prefix/toolchains/go1.22.5/bin/gofmt"
    says "argv 0 [go]"
    run bash -c 'exec -a gofmt go'
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says "argv 0 [gofmt]"
}

@test "argv[0] empty, and no argv at all" {
    pin 1.22.5
    run "$LAUNCH" "$prefix/bin/go" ''
    [ "$status" -eq 42 ]
    says "argv 0 []"
    run "$LAUNCH" "$prefix/bin/go"
    [ "$status" -eq 42 ]
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says_not "argv 1"
}

@test "+SPEC is taken out, what comes behind stays" {
    make_toolchain "$prefix" go1.21.0
    pin 1.22.5
    run go +1.21.0 +1.22.5 x
    ran "$prefix/toolchains/go1.21.0/bin/go"
    says "argv 0 [go]"
    says "argv 1 [+1.22.5]"
    says "argv 2 [x]"
    says_not "argv 3"
    run gofmt +1.21.0
    ran "$prefix/toolchains/go1.21.0/bin/gofmt"
}

@test "finds its store through links, odd PATH elements and a relative path" {
    pin 1.22.5
    mkdir "$top/links" && ln -s "$prefix/bin/go" "$top/links/go"
    ln -s "$prefix/bin" "$top/bin"
    mkdir -p "$top/toolchains/go1.22.5/bin" # what the text of $top/bin/go would lead to
    cp /bin/true "$top/toolchains/go1.22.5/bin/go"
    ln -s "$top/store" "$top/other"
    platform=${prefix##*/}
    ln -s "$platform" "$top/store/here" # another name than a store's
    mkdir -p "$top/elsewhere/$platform/bin" # such a name, and no store
    ln -s "$prefix/bin/go" "$top/elsewhere/$platform/bin/go"
    for path in "$top/links/go" "$top/store/here/bin/go" "$top/elsewhere/$platform/bin/go" "$top/bin/go" "$top/other/$platform/bin/go" \
        "$prefix/bin//go" "$prefix/bin/../bin/./go" "../store/$platform/bin/go" "./../bin/go"; do
        run "$path"
        [ "$status" -eq 42 ] || { echo "$path: $status"; false; }
        ran "$prefix/toolchains/go1.22.5/bin/go"
    done
}

@test "started by its file descriptor" {
    pin 1.22.5
    run python3 -c 'import os, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
os.execve(fd, ["go"], os.environ)' "$prefix/bin/gofmt"
    ran "$prefix/toolchains/go1.22.5/bin/gofmt"
}

@test "a shim under another name says so" {
    cp "$shim" "$prefix/bin/go2"
    run -127 "$prefix/bin/go2"
    [[ $output == *"must be called go or gofmt"* ]]
}

@test "the environment passes byte for byte, but for what a pin changes" {
    pin 1.22.5
    env -i "PATH=$PATH" "HOME=$HOME" GOROOT=/nowhere GOROOT_FINAL=x GO=1 $'ODD=a\nb\xff' \
        GOFLAGS=-mod=mod GOPATH=/p GOBIN=/b =nameless EMPTY= GOTOOLCHAINS=x go >"$out" || true
    env -i "PATH=$PATH" "HOME=$HOME" GOROOT_FINAL=x GO=1 $'ODD=a\nb\xff' \
        GOFLAGS=-mod=mod GOPATH=/p GOBIN=/b =nameless EMPTY= GOTOOLCHAINS=x \
        GOTOOLCHAIN=local GOVERN_EXPORTED_GOTOOLCHAIN=local "$PROBE_BIN" >"$out.want" || true
    diff <(sed -n '/^env /,$p' "$out.want") <(sed -n '/^env /,$p' "$out")
    grep -q '^env ODD=a$' "$out"
}

@test "without a pin GOTOOLCHAIN is left alone" {
    ln -s ../../toolchains/go1.22.5 "$prefix/current/default"
    run go
    ran "$prefix/toolchains/go1.22.5/bin/go"
    says_not "env GOTOOLCHAIN="
    says_not "env GOVERN"
    GOTOOLCHAIN=auto run go
    says "env GOTOOLCHAIN=auto"
    says_not "env GOVERN"
}

@test "a shim further down decides afresh" {
    make_toolchain "$prefix" go1.21.0
    mkdir sub && pin 1.22.5 && pin 1.21.0 sub
    printf '#!/bin/sh\ncd sub && exec go\n' >"$prefix/toolchains/go1.22.5/bin/go"
    run go
    ran "$prefix/toolchains/go1.21.0/bin/go"
}

@test "thousands of variables, up to what execve takes" {
    pin 1.22.5
    PROBE=$out run "$LAUNCH" -v 12000 "$prefix/bin/go" go
    [ "$status" -eq 42 ]
    [ "$(grep -c '^env V[0-9]*=0' "$out")" -eq 12000 ]
    grep -qx 'env GOTOOLCHAIN=local' "$out"
    # as many as the kernel takes at all, found by halving: the shim adds two, no more
    low=12000 high=200000
    while [ $((high - low)) -gt 64 ]; do
        middle=$(((low + high) / 2))
        if PROBE=/dev/null "$LAUNCH" -v "$middle" "$PROBE_BIN" go; [ $? -eq 42 ]; then
            low=$middle
        else
            high=$middle
        fi
    done
    PROBE=$out run "$LAUNCH" -v $((low - 256)) "$prefix/bin/go" go
    [ "$status" -eq 42 ]
    [ "$(grep -c '^env V[0-9]*=0' "$out")" -eq $((low - 256)) ]
}

@test "open files, umask, signals pass" {
    pin 1.22.5
    umask 027
    PROBE=$out run "$LAUNCH" -i 2 -i 13 -b 10 -b 17 "$prefix/bin/go" go 3</dev/null 7</dev/null
    [ "$status" -eq 42 ]
    PROBE=$out.want run "$LAUNCH" -i 2 -i 13 -b 10 -b 17 "$PROBE_BIN" go 3</dev/null 7</dev/null
    diff <(grep -E '^(fd|umask|blocked|ignored)' "$out.want") \
        <(grep -E '^(fd|umask|blocked|ignored)' "$out")
    grep -qx 'fd 3' "$out"
    grep -qx 'fd 7' "$out"
    grep -qx 'umask 27' "$out"
    grep -qx 'ignored 13' "$out"
    grep -qx 'blocked 10' "$out"
}

@test "closed stdin, stdout, stderr stay closed" {
    pin 1.22.5
    PROBE=$out run "$LAUNCH" -c 0 -c 1 -c 2 "$prefix/bin/go" go
    [ "$status" -eq 42 ]
    PROBE=$out.want "$LAUNCH" -c 0 -c 1 -c 2 "$PROBE_BIN" go || true
    diff <(grep '^fd' "$out.want") <(grep '^fd' "$out")
}

@test "no HOME, no PATH, an empty environment" {
    pin 1.22.5
    run env -i "$prefix/bin/go"
    [ "$status" -eq 42 ]
    ran "$prefix/toolchains/go1.22.5/bin/go"
}

@test "a working directory that was removed has no pin" {
    ln -s ../../toolchains/go1.22.5 "$prefix/current/default"
    pin 1.99.9
    mkdir gone
    run "$LAUNCH" -d "$top/w/gone" "$prefix/bin/go" go
    [ "$status" -eq 42 ]
    ran "$prefix/toolchains/go1.22.5/bin/go"
}

@test "a working directory 2,000 levels deep" {
    pin 1.22.5
    PROBE=$out run timeout 120 "$LAUNCH" -m 2000 "$prefix/bin/go" go
    [ "$status" -eq 42 ]
    grep -qxF "exe $prefix/toolchains/go1.22.5/bin/go" "$out"
}

@test "a working directory that may not be read or searched" {
    # root, where it may search every directory, without that privilege
    unprivileged=(env)
    [ "$(id -u)" -ne 0 ] || unprivileged=(setpriv --inh-caps=-all
        --bounding-set=-dac_override,-dac_read_search)
    ln -s ../../toolchains/go1.22.5 "$prefix/current/default"
    mkdir -p locked/in
    cd locked/in
    chmod 0 "$top/w/locked/in" "$top/w/locked"
    run "${unprivileged[@]}" ls .
    listed=$status
    run "${unprivileged[@]}" "$prefix/bin/go"
    chmod 755 "$top/w/locked" && chmod 755 "$top/w/locked/in"
    [ "$listed" -ne 0 ]
    [ "$status" -eq 42 ]
}

@test "without /proc Go is told its GOROOT" {
    unshare -m true 2>/dev/null || skip "may not unshare"
    pin 1.22.5
    run unshare -m sh -c 'umount -l /proc && exec go'
    [ "$status" -eq 42 ]
    says "env GOROOT=$prefix/toolchains/go1.22.5"
    run go
    says_not "env GOROOT="
}

@test "writes nothing, opens nothing for writing" {
    command -v strace >/dev/null || skip "no strace"
    pin 1.22.5
    PROBE=/dev/null run strace -o "$out" "$prefix/bin/go"
    [ "$status" -eq 42 ]
    sed -n '2,/^execve/p' "$out" >"$out.shim"
    grep -q openat "$out.shim"
    run grep -E 'O_WRONLY|O_RDWR|O_CREAT|^write|^unlink|^rename|^mkdir|^chdir|^fork|^clone' "$out.shim"
    [ "$status" -eq 1 ]
    is_glibc || run grep -E '^(brk|mmap|mprotect)' "$out.shim" # no heap
    [ "$status" -eq 1 ]
}

@test "at most 12 system calls with the pin in the working directory, under 300 KiB" {
    pin 1.22.5
    run "$COST" "$prefix/bin/go" version
    [ "$status" -ne 77 ] || skip "this kernel does not tell system calls apart"
    [ "$status" -eq 0 ]
    ! is_glibc || skip "glibc's start-up adds its own: $output"
    [ "$(awk '/^syscalls/ { print $2 }' <<<"$output")" -le 12 ]
    [ "$(awk '/^rss_kib/ { print $2 }' <<<"$output")" -lt 300 ]
}

@test "the number of system calls does not depend on how much is installed" {
    pin 1.22.5
    run "$COST" "$prefix/bin/go"
    [ "$status" -ne 77 ] || skip "this kernel does not tell system calls apart"
    one=$(awk '/^syscalls/ { print $2 }' <<<"$output")
    for i in $(seq 200); do
        mkdir "$prefix/toolchains/go1.30.$i"
    done
    run "$COST" "$prefix/bin/go"
    [ "$(awk '/^syscalls/ { print $2 }' <<<"$output")" -eq "$one" ]
}

@test "static, not writable where it is executable, marked within its first 4 KiB" {
    head -c 4096 "$shim" | grep -aqF "$(sed -n 's/.*GV_SHIM_MARKER[[:space:]]*"\(.*\)"$/\1/p' \
        "$BATS_TEST_DIRNAME/../../core/resolve/marker.h")"
    command -v readelf >/dev/null || skip "no readelf"
    run readelf -lW "$shim"
    says_not INTERP
    says_not 'LOAD.*RWE'
    says_not 'GNU_STACK.*RWE'
}
