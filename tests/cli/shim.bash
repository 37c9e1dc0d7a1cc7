# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the tests of the shim: a store made by hand, toolchains that say what they were given
# (shim-probe.c) and a way to start programs as no shell does (shim-launch.c).

shim_setup_file() {
    here=$(cd "$BATS_TEST_DIRNAME" && pwd)
    export PROBE_BIN=$BATS_FILE_TMPDIR/probe LAUNCH=$BATS_FILE_TMPDIR/launch
    export COST=$BATS_FILE_TMPDIR/cost
    ${CC:-cc} -D_GNU_SOURCE -O1 -static -o "$PROBE_BIN" "$here/shim-probe.c" 2>/dev/null ||
        ${CC:-cc} -D_GNU_SOURCE -O1 -o "$PROBE_BIN" "$here/shim-probe.c"
    ${CC:-cc} -D_GNU_SOURCE -O1 -o "$LAUNCH" "$here/shim-launch.c"
    ${CC:-cc} -D_GNU_SOURCE -O1 -o "$COST" "$here/../bench/shim-cost.c"
}

shim_setup() {
    shim=$(cd "${B:?}" && pwd)/libexec/govern/go
    # The kernel's names: a store below a link is a test of its own.
    top=$(cd "$BATS_TEST_TMPDIR" && pwd -P)
    # named as a store names it, so that the shim may go by its own name
    prefix=$top/store/$("$B/bin/govern" env platform)
    out=$top/out
    make_prefix "$prefix"
    make_toolchain "$prefix" go1.22.5
    mkdir -p "$top/home" "$top/w"
    unset GOROOT GOTOOLCHAIN GOTOOLDIR GOFLAGS PROBE GOVERN_VERSION GOVERN_BEHIND \
        GOVERN_EXPORTED_GOTOOLCHAIN GOVERN_INSTALLING
    export HOME=$top/home PATH=$prefix/bin:/usr/bin:/bin
    cd "$top/w" || return 1
}

make_prefix() { # PREFIX
    mkdir -p "$1/bin" "$1/toolchains" "$1/generations/1"
    cp "$shim" "$1/bin/go"
    cp "$shim" "$1/bin/gofmt"
    ln -s generations/1 "$1/current"
}

make_toolchain() { # PREFIX NAME
    mkdir -p "$1/toolchains/$2/bin" "$1/toolchains/$2/pkg/tool"
    cp "$PROBE_BIN" "$1/toolchains/$2/bin/go"
    cp "$PROBE_BIN" "$1/toolchains/$2/bin/gofmt"
}

pin() { # VERSION [DIR]
    printf '%s\n' "$1" >"${2:-.}/.go-version"
}

ran() { # PATH: the program that said something in $output
    grep -qxF "exe $1" <<<"$output" || {
        echo "expected $1, got:"
        echo "$output"
        return 1
    }
}

says() { # LINE: $output has it
    grep -qxF -- "$1" <<<"$output" || {
        echo "no line '$1' in:"
        echo "$output"
        return 1
    }
}

says_not() { # PATTERN
    ! grep -q -- "$1" <<<"$output" || {
        echo "'$1' is in:"
        echo "$output"
        return 1
    }
}

is_glibc() { # the shim is built with it, musl being absent
    grep -aqF GLIBC_TUNABLES "$shim"
}
