# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the tests of what is handed on.  Each is made by `make` as a packager would type it,
# below a directory of the test's own.

load ../cli/lib

# The builds of packages take minutes.
all() { # setup_file() ends when it fails, setup() skips
    [ "${TORTURE-}" = full ]
}

# What is built stays as it is, whatever somebody changes meanwhile.
make_from_built() { # TARGET VARIABLE=VALUE...
    make -o programs "$@" B="$B" >"$BATS_TEST_TMPDIR/make" 2>&1 || {
        cat "$BATS_TEST_TMPDIR/make" >&2
        return 1
    }
}

# Everything below a directory that is no directory, by its name there.
files() { # DIRECTORY
    (cd "$1" && find . ! -type d | LC_ALL=C sort)
}

# Name, kind, mode, owner, target and content of everything below a directory.
state() { # DIRECTORY
    (cd "$1" && find . -printf '%p %y %m %u %g %l\n' | LC_ALL=C sort &&
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
}

platform() {
    GOVERN_ROOT=/none "$B/bin/govern" env platform
}

