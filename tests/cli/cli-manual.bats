#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the manual pages promise and only a run can show; tests/manuals compares the rest.

load lib

setup_file() {
    load_site go1.22.5 go1.22.4
}

setup() {
    cli_setup
}

# answers COMMAND...: each key of its JSON is in the page of the command.
answers() {
    govern "$@" --json >answer.json 2>/dev/null || true
    python3 - "$here/docs" "$1" answer.json <<'PYTHON'
import json, re, sys

def keys(value):
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if isinstance(value, dict):
        # Variables of the environment stand by their own names.
        return {k for k in value if not k.isupper()}.union(*map(keys, value.values()))
    return set()

def told(name):
    """The words of a page's part about JSON, and of the page that it leads to."""
    text = open("%s/govern-%s.1" % (sys.argv[1], name)).read()
    part = re.search(r"^\.Sh JSON\n(.*?)^\.Sh", text, re.S | re.M)[1]
    words = set(re.findall(r"\w+", part))
    more = re.match(r"As\n\.Xr govern-(\w+) 1", part)
    return words | told(more[1]) if more else words

found = keys(json.load(open(sys.argv[3])))
# What each answer, and each error, has is told by govern(1).
missing = found - told(sys.argv[2]) - {"schema", "error"}
if "error" in found:
    missing -= {"code", "message", "file", "line", "hint"}
if missing or found <= {"schema", "error", "code", "message", "hint"}:
    sys.exit("govern %s: not in its page: %s" % (sys.argv[2], sorted(missing) or found))
PYTHON
}

@test "the pages name the keys of JSON that the commands answer with" {
    answers install 1.22.5 1.22.4
    govern pin 1.22.4
    answers pin
    govern default 1.22.5
    answers default
    govern tag prod 1.22.4
    answers tag
    answers list
    answers available
    answers current
    answers which
    answers which --explain
    answers verify
    answers doctor
    answers journal
    answers journal --check
    answers env
    answers gc --dry-run
    answers bundle --output go.bundle 1.22.5
    mkdir -p "$HOME/.goenv/versions" && tar -xzf "$site/go1.22.4.$platform.tar.gz" \
        -C "$HOME/.goenv/versions" && mv "$HOME/.goenv/versions/"{go,1.22.4}
    echo 1.22.4 >"$HOME/.goenv/version"
    answers import
    answers adopt --all --dry-run
    govern tag --delete prod && govern pin --unset
    answers prune --dry-run
}

@test "the pages tell what ends with which status" {
    expect 0 govern install 1.22.5
    expect 2 govern uninstall '>='
    expect 3 govern uninstall 1.30.1
    govern tag prod 1.22.5
    expect 4 govern uninstall 1.22.5
    expect 3 govern adopt "$HOME"
    expect 2 govern import --apply </dev/null
    expect 3 govern default
    expect 3 govern pin
    expect 3 govern tag nobody
    expect 3 govern which nothing
    expect 3 govern run 1.30 true
    expect 3 govern run 1.22.5 no-such-program
    expect 3 govern verify 1.30.1
    expect 3 govern env no.setting
    expect 2 govern completion cmd.exe
    expect 2 govern help nothing
    echo 1.30.1 >.go-version
    expect 3 govern current
    echo one >.go-version
    expect 2 govern current
    expect 2 govern which
}
