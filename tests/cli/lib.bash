# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the tests of the command line.  Each file makes a small download site and a checksum
# database of its own (tests/tools); they are read as file://, so no network is touched.

load_site() { # [--go PROGRAM] VERSION...: for setup_file
    local go=()
    [ "$1" != --go ] || { go=("$1" "$2") && shift 2; }
    export site=$BATS_FILE_TMPDIR/site
    for v in "$@"; do
        python3 tests/tools/mktoolchain.py "${go[@]}" "$site" "$v" >/dev/null || return 1
    done
    GOSUMDB=$("$B/tests/tools/mklog" "$site" <"$site/hashes") || return 1
    export GOSUMDB
    export here=$PWD
}

cli_setup() { # for setup(): a home and a directory of its own for each test
    export HOME=$BATS_TEST_TMPDIR/home
    mkdir -p "$HOME" "$BATS_TEST_TMPDIR/w"
    cd "$BATS_TEST_TMPDIR/w" || return 1
    unset GOROOT GOTOOLCHAIN GOVERN_VERSION GOVERN_ROOT GOVERN_JOBS GOENV
    unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME NO_COLOR
    export GOPROXY=file://$site
    mkdir -p "$HOME/.config/govern" # what the site lacks is not looked for on the network
    printf '[sources]\norder = goproxy\n' >"$HOME/.config/govern/govern.ini"
    export PATH=$B/bin:/usr/bin:/bin
    platform=$(govern env platform) || return 1
    root=$HOME/.local/share/govern
    prefix=$root/$platform
}

# Runs a command: $status, $out (stdout) and $err (stderr) apart.  Death by a signal fails.
try() {
    status=0
    "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
    out=$(cat "$BATS_TEST_TMPDIR/out")
    err=$(cat "$BATS_TEST_TMPDIR/err")
    if [ "$status" -ge 128 ]; then
        echo "died: $status: $*: $err" >&2
        return 1
    fi
}

# As try(), and the status must be the one given.
expect() { # STATUS COMMAND...
    local want=$1
    shift
    try "$@"
    [ "$status" = "$want" ] && return 0
    printf 'status %s, not %s: %s\nstdout: %s\nstderr: %s\n' "$status" "$want" "$*" "$out" "$err" >&2
    return 1
}

# A command that runs a program which leaves its PID in $HOME/pid: SIGTERM ends both.
terminate_both() { # COMMAND...
    local pid
    "$@" 2>/dev/null &
    pid=$!
    until [ -s "$HOME/pid" ]; do sleep .05; done
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" = 143 ]
    [ ! -d "/proc/$(cat "$HOME/pid")" ] || grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
}

# For tests with a second user: lets him in to the directories of this test.
let_others_in() {
    [ "$(id -u)" = 0 ] || skip "needs root to be two users"
    local dir=$BATS_TEST_TMPDIR
    chmod 755 "$dir"/*/
    while [ "$dir" != "$(dirname "$BATS_RUN_TMPDIR")" ]; do
        chmod a+rx "$dir"
        dir=$(dirname "$dir")
    done
    as_other test -x "$B/bin/govern" -a -x "$BATS_TEST_TMPDIR" ||
        skip "another user cannot reach the build"
}

as_other() { # COMMAND...
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# As expect(), while somebody has the lock; he lets go when the command says these words.
expect_behind() { # LOCK WORDS STATUS COMMAND...
    local lock=$1 words=$2 want=$3 pid
    shift 3
    exec 7>>"$lock"
    flock 7
    "$@" 7>&- >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
    pid=$!
    until grep -qF "$words" "$BATS_TEST_TMPDIR/err"; do
        kill -0 "$pid" || break
        sleep 0.02
    done
    exec 7>&-
    status=0
    wait "$pid" || status=$?
    err=$(cat "$BATS_TEST_TMPDIR/err")
    [[ $status = "$want" && $err == *"$words"* ]] || {
        printf 'status %s: %s\nstderr: %s\n' "$status" "$*" "$err" >&2
        return 1
    }
}

# The value of a path in $out, as JSON: json .error.code
json() {
    printf '%s' "$out" | python3 -c '
import json, re, sys
v = json.load(sys.stdin)
for key in re.findall(r"\w+", sys.argv[1]):
    v = v[int(key)] if isinstance(v, list) else v[key]
print(json.dumps(v) if isinstance(v, (dict, list, bool, type(None))) else v)' "$1"
}

# What the error must look like: one line, perhaps a hint, and nothing on stdout.
one_error() {
    [ -z "$out" ] || { echo "stdout: $out" >&2; return 1; }
    printf '%s\n' "$err" | python3 -c '
import sys
lines = sys.stdin.read().splitlines()
ok = lines and lines[0].startswith("govern: ") and (
    len(lines) == 1 or len(lines) == 2 and lines[1].startswith("hint: "))
if not ok: print(lines, file=sys.stderr)
sys.exit(not ok)'
}
