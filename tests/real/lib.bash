# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the tests on real Go toolchains.  They come from the module proxy that this machine's
# Go would ask ($TEST_GOPROXY, see tests/run) into one store below $B, shared by all of these
# tests and kept between runs: a toolchain that is there and proven is not fetched again.

store=$B/tests/real-store
govern=$B/bin/govern

# Ends a file's tests, with the reason, where there is no module proxy.
need_proxy() {
    [ -n "${TEST_GOPROXY-}" ] || skip_all "no module proxy is known on this machine"
    local first=${TEST_GOPROXY%%[,|]*}
    curl -fsS --max-time 20 -o /dev/null "$first/golang.org/toolchain/@v/list" 2>/dev/null ||
        skip_all "no answer from a module proxy"
}

skip_all() {
    skip_reason=$1
    export skip_reason
}

real_setup() { # for setup(): a scrubbed environment and the shim first in PATH
    [ -z "${skip_reason-}" ] || skip "$skip_reason"
    export GOVERN_ROOT=$store GOPROXY=$TEST_GOPROXY
    export HOME=$BATS_TEST_TMPDIR/home GOFLAGS='' GOTELEMETRY=off
    export XDG_CACHE_HOME=$B/tests/real-cache GOCACHE=$B/tests/real-cache/go-build
    export GOMODCACHE=$BATS_TEST_TMPDIR/mod GOPATH=$BATS_TEST_TMPDIR/gopath
    unset GOROOT GOTOOLCHAIN GOVERN_VERSION
    mkdir -p "$HOME" "$BATS_TEST_TMPDIR/w"
    cd "$BATS_TEST_TMPDIR/w" || return 1
    prefix=$store/$(platform)
    PATH=$prefix/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

platform() {
    "$govern" env platform
}

# Brings toolchains into the shared store; the lock keeps files that run side by side apart.
need_toolchains() {
    [ -z "${skip_reason-}" ] || return 0
    mkdir -p "$B/tests"
    (
        flock 9
        export GOVERN_ROOT=$store GOPROXY=$TEST_GOPROXY XDG_CACHE_HOME=$B/tests/real-cache
        "$govern" setup --no-rc >/dev/null && "$govern" install "$@"
    ) 9>"$B/tests/real-store.lock" >&2
}

# The program that all of them compile.
hello() { # VERSION [DIRECTORY]
    mkdir -p "${2-.}"
    printf '%s\n' "$1" >"${2-.}/.go-version"
    cat >"${2-.}/main.go" <<'EOF'
package main

import (
	"fmt"
	"runtime"
)

func main() { fmt.Println(runtime.Version()) }
EOF
}
