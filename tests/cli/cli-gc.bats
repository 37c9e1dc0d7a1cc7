#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# gc: what it frees, what it leaves, what it says.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3
}

setup() {
    cli_setup
    cache=$HOME/.cache/govern
    govern install 1.22.3 --quiet
}

# Garbage of each kind, and beside it what must stay.
litter() {
    mkdir -p "$root/trash/0123456789abcdef/bin" "$cache"/{partial,archives,lists,releases} \
        "$cache/sum.golang.org/tile/8/0"
    head -c 5000 /dev/zero >"$root/trash/0123456789abcdef/bin/go"
    ln -s "$HOME" "$root/trash/fedcba9876543210"
    mkdir -p "$root/staging/${platform}_go1.21.0_0123456789abcdef/tree"
    head -c 300 /dev/zero >"$root/staging/${platform}_go1.21.0_0123456789abcdef/tree/VERSION"
    : >"$root/locks/${platform}_go1.21.0"
    mkdir -p "$prefix/libexec/govern"
    for file in "$root" "$root/log-heads" "$root/receipts/$platform" "$prefix" \
        "$prefix"/{bin,generations,libexec/govern,toolchains} "$cache/lists"; do
        file=$file/.tmp-govern-0123456789abcdef
        echo 123456789 >"$file"
        touch -d '-3 hours' "$file"
    done
    for file in partial/old lists/old releases/old sum.golang.org/tile/8/0/001 archives/any list-1-2; do
        echo 123456789 >"$cache/$file"
        touch -d '-31 days' "$cache/$file"
    done
    for file in partial/new lists/new sum.golang.org/tile/8/0/002 .tmp-govern-new; do
        echo 123456789 >"$cache/$file"
    done
    echo mine >"$cache/mine"
    touch -d '-1 year' "$cache/mine"
}

left() { # what is left of it all
    (cd "$root" && find trash staging -mindepth 1 && find . -name '.tmp-*') | sort
    (cd "$cache" && find . -type f -o -type l | sort)
}

freed() { # WHAT: "count bytes"
    printf '%s' "$out" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["freed"]:
    if f["what"] == sys.argv[1]: print(f["count"], f["bytes"])' "$1"
}

@test "what nobody needs goes; --dry-run says the same and does nothing" {
    litter
    left >before
    expect 0 govern gc --dry-run --json
    left | diff before -
    dry=$out
    expect 0 govern gc --json
    [ "$(json .dry_run)" = false ]
    [ "$(freed trash)" = "2 5000" ]
    [ "$(freed staging)" = "1 300" ]
    [ "$(freed temporary)" = "8 80" ]
    [ "$(freed partial)" = "1 10" ]
    [ "$(freed archives)" = "1 10" ]
    [ "$(freed lists)" = "3 30" ]
    [ "$(freed tiles)" = "1 10" ]
    [ "$(freed cache-temporary)" = "1 10" ]
    [ "$(json .bytes)" = 5450 ]
    [ "${dry/true/false}" = "$out" ]
    [ "$(left)" = "./.tmp-govern-new
./lists/new
./mine
./partial/new
./sum.golang.org/tile/8/0/002" ]
    [ -d "$HOME" ]
    expect 0 govern gc
    [ "$out" = "nothing to clean" ]
    expect 0 govern verify
}

@test "as a table, and what it comes to" {
    litter
    expect 0 govern gc -n
    [[ $out == *"trash "*"5.0 kB"* && $out == *$'\n'"5.5 kB would be freed" ]]
    expect 0 govern gc
    [[ $out == *$'\n'"5.5 kB freed" ]]
}

@test "--all: the rest of the cache too, but nothing of anybody else" {
    litter
    expect 0 govern gc --all
    [ "$(cd "$cache" && find . -type f | sort)" = $'./.tmp-govern-new\n./mine' ]
    expect 0 govern verify
}

@test "archives stay while store.keep_cache is on" {
    litter
    printf '[store]\nkeep_cache = yes\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern gc
    [ -e "$cache/archives/any" ]
    expect 0 govern gc --all
    [ ! -e "$cache/archives/any" ]
}

@test "what another command is at work on stays" {
    litter
    # The lock of the name that the stage is for, and a download under way.
    flock -F "$root/locks/${platform}_go1.21.0" sleep 600 &
    flock -F "$cache/partial/old" sleep 600 &
    while flock -n "$root/locks/${platform}_go1.21.0" true; do sleep 0.05; done
    while flock -n "$cache/partial/old" true; do sleep 0.05; done
    expect 0 govern gc --all --json
    [ -d "$root/staging/${platform}_go1.21.0_0123456789abcdef/tree" ]
    [ -e "$cache/partial/old" ]
    [ -z "$(freed staging)" ]
    [ "$(freed partial)" = "1 10" ]
    kill %1 %2
}

@test "stages of other platforms are found as well" {
    mkdir -p "$root/plan9-arm"/{bin,toolchains,generations} "$root/receipts/plan9-arm" \
        "$root/staging/plan9-arm_go1.21.0_0123456789abcdef/tree"
    : >"$root/locks/plan9-arm_go1.21.0"
    expect 0 govern gc --json
    [ "$(freed staging)" = "1 0" ]
    [ -z "$(ls "$root/staging")" ]
}

@test "a store that may only be read: the cache is cleaned all the same" {
    litter
    let_others_in
    expect 0 as_other env HOME="$BATS_TEST_TMPDIR/nobody" XDG_CONFIG_HOME=/none \
        "$B/bin/govern" --root "$root" gc
    [[ $err == "the store '$root' is not yours to clean: only the cache" ]]
    [ -d "$root/trash/0123456789abcdef" ]
}

@test "no store, no cache: nothing to do" {
    rm -rf "$root" "$cache"
    expect 0 govern gc
    [ "$out" = "nothing to clean" ]
    [ ! -e "$root" ] && [ ! -e "$cache" ]
    expect 2 govern gc now
}

@test "beside installs and uninstalls: nobody is disturbed" {
    for i in 1 2 3; do
        govern gc >/dev/null 2>"gc$i" &
        govern install 1.21.0 >/dev/null 2>"in$i" &
        govern install --force 1.22.3 >/dev/null 2>"re$i" &
    done
    wait
    cat gc? in? re? | grep -v '^waiting for another govern' >said || true
    [ ! -s said ] || { cat said >&2; false; }
    expect 0 govern verify
    [[ $out == *go1.21.0* && $out == *go1.22.3* ]]
}
