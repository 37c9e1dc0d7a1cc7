#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# prune: what goes, what stays and why, and that it asks.

load lib

setup_file() {
    load_site go1.20 go1.21.0 go1.21.1 go1.22.3 go1.22.5 go1.23rc1
}

setup() {
    cli_setup
    govern install 1.20 1.21.0 1.21.1 1.22.3 1.22.5 1.23rc1 --quiet
    mkdir src
}

gone() { # names that are not there any more
    for v in 1.20 1.21.0 1.21.1 1.22.3 1.22.5 1.23rc1; do
        [ -d "$prefix/toolchains/go$v" ] || printf '%s ' "$v"
    done
}

goes() { # ARGUMENT...: what would
    expect 0 govern prune --dry-run --json "$@"
    printf '%s' "$out" | python3 -c '
import json, sys
print(*(t["version"][2:] for t in json.load(sys.stdin)["removed"]))'
}

why() { # VERSION: why it stays, of the last goes()
    printf '%s' "$out" | python3 -c '
import json, sys
for t in json.load(sys.stdin)["kept"]:
    if t["version"] == sys.argv[1]: print(t["why"], t["file"] or "-", t.get("line", "-"))' "$1"
}

@test "patches that are not the newest go; --dry-run does nothing; --yes does it" {
    expect 0 govern prune --dry-run
    [[ $out == *"go1.21.0"*goes* && $out == *"go1.22.3"*goes* ]]
    [[ $out == *"go1.22.5"*stays*"the newest of 1.22"* && $out == *"would be freed" ]]
    [ -z "$(gone)" ]
    expect 0 govern prune --yes
    [ "$(gone)" = "1.21.0 1.22.3 " ]
    [[ $out == *"go1.21.0 removed"*"go1.22.3 removed"*" freed" ]]
    [ -z "$(ls "$root/trash")" ]
    expect 0 govern verify
    expect 0 govern prune
    [ "$out" = "nothing to prune" ]
    expect 0 govern journal -n 2
    [[ $out == *"go1.21.0 uninstalled"*"govern prune --yes"* ]]
}

@test "--keep: so many of each line" {
    [ "$(goes --keep 2)" = "" ]
    [ "$(goes --keep 0)" = "1.20 1.21.0 1.21.1 1.22.3 1.22.5 1.23rc1" ]
    expect 2 govern prune --keep x
    one_error
}

@test "the default, tags, what is in force here" {
    govern default 1.21.0
    govern tag prod 1.22.3
    echo 1.20 >.go-version
    goes --keep 0 --no-rollback >got
    [ "$(cat got)" = "1.21.1 1.22.5 1.23rc1" ]
    expect 0 govern prune --keep 0 -n --json
    [ "$(why go1.21.0)" = "default - -" ]
    [ "$(why go1.22.3)" = "tag - -" ]
    [ "$(why go1.20)" = "here - -" ]
}

@test "GOTOOLCHAIN, and what go env -w wrote of it" {
    mkdir -p "$HOME/.config/go"
    printf 'GOTOOLCHAIN=go1.22.3+auto\n' >"$HOME/.config/go/env"
    GOTOOLCHAIN=go1.21.0+path goes --keep 0 >got
    [ "$(cat got)" = "1.20 1.21.1 1.22.5 1.23rc1" ]
    expect 0 env GOTOOLCHAIN=local govern prune --keep 0 -n --json
    [ "$(why go1.22.3)" = "gotoolchain $HOME/.config/go/env -" ]
    [ "$(why go1.21.0)" = "" ]
    GOENV=off goes --keep 0 >got
    [ "$(cat got)" = "1.20 1.21.0 1.21.1 1.22.3 1.22.5 1.23rc1" ]
}

@test "an adopted one that vanished is the newest of nothing, and goes" {
    mkdir "$HOME/x"
    tar -xzf "$site/go1.22.5.$platform.tar.gz" -C "$HOME/x" --strip-components=1
    expect 0 govern uninstall 1.22.5
    expect 0 govern adopt "$HOME/x"
    mv "$HOME/x" "$HOME/y"
    echo 1.22 >src/.go-version
    goes --scan src >got
    [ "$(cat got)" = "1.21.0 1.22.5" ]
    [ "$(why go1.22.3)" = "pin $PWD/src/.go-version 1" ]
    [ "$(goes)" = "1.21.0 1.22.5" ]
    expect 0 govern prune --yes
    [ "$(gone)" = "1.21.0 1.22.5 " ]
    [ -d "$HOME/y/bin" ]
}

@test "--scan: every pin below, all of its words, and go.mod's" {
    mkdir -p src/a/b src/c src/d src/e/.git src/node_modules src/f
    echo '1.21.0 1.22.3' >src/a/b/.go-version
    printf 'nodejs 20\ngolang 1.20\n' >src/c/.tool-versions
    printf 'module m\n\ngo 1.21\n\ntoolchain go1.21.1\n' >src/d/go.mod
    echo 1.22.5 >src/e/.git/.go-version
    echo 1.23rc1 >src/node_modules/.go-version
    goes --keep 0 --scan src >got
    [ "$(cat got)" = "1.22.5 1.23rc1" ]
    expect 0 govern prune --keep 0 -n --json --scan src
    [ "$(why go1.22.3)" = "pin $PWD/src/a/b/.go-version 1" ]
    [ "$(why go1.20)" = "pin $PWD/src/c/.tool-versions 2" ]
    [ "$(why go1.21.1)" = "pin $PWD/src/d/go.mod 5" ]
    # In one directory .go-version wins; a go.work counts as a go.mod does.
    echo 1.23rc1 >src/c/.go-version
    printf 'go 1.22.5\n' >src/f/go.work
    [ "$(goes --keep 0 --scan src)" = "1.20" ]
    # Several directories, in any way of writing them.
    [ "$(goes --keep 0 --scan src/a --scan src/f src/d)" = "1.20 1.23rc1" ]
}

@test "--scan: a line and latest mean the newest that is there" {
    echo 1.21 >src/.go-version
    [ "$(goes --keep 0 --scan src)" = "1.20 1.21.0 1.22.3 1.22.5 1.23rc1" ]
    echo latest >src/.go-version
    [ "$(goes --keep 0 --scan src)" = "1.20 1.21.0 1.21.1 1.22.3 1.23rc1" ]
    printf 'go 1.21\n' >src/go.mod
    [ "$(goes --keep 0 --scan src)" = "1.20 1.21.0 1.22.3 1.23rc1" ]
}

@test "--scan: the pin above is in force below" {
    mkdir -p src/deep/er
    echo 1.21.0 >src/.go-version
    [ "$(goes --keep 0 --scan src/deep)" = "1.20 1.21.1 1.22.3 1.22.5 1.23rc1" ]
}

@test "--scan: what cannot be read is told, links and loops lead nowhere" {
    echo '^1.22 1.21.0' >src/.go-version
    mkdir src/below
    ln -s .. src/below/up
    ln -s /nonexistent src/below/.go-version
    mkfifo src/below/.tool-versions
    try timeout 120 govern prune --keep 0 --dry-run --scan src
    [ "$status" = 0 ]
    [[ $err == *"warning: $PWD/src/.go-version:1: '^1.22' is not a version"* ]]
    [[ $err == *"warning: cannot read '$PWD/src/below/.tool-versions'"* ]]
    [[ $out == *"go1.21.0"*stays*"$PWD/src/.go-version:1"* ]]
    expect 1 govern prune --dry-run --scan src/none
    one_error
    expect 2 govern prune --scan
    expect 2 govern prune src
    one_error
}

@test "what a process uses stays" {
    (cd "$prefix/toolchains/go1.22.3" && exec sleep 600) &
    while [ "$(readlink /proc/$!/cwd)" != "$prefix/toolchains/go1.22.3" ]; do sleep 0.05; done
    expect 0 govern prune --yes
    [ "$(gone)" = "1.21.0 " ]
    expect 0 govern prune -n
    [[ $out == *"go1.22.3"*stays*"process $! (sleep)"* ]]
    kill $!
}

@test "no terminal: nothing goes (2) without --yes" {
    expect 2 govern prune </dev/null
    [[ $err == "govern: there is no terminal to ask on"* ]]
    expect 2 govern prune --json </dev/null
    [ "$(json .error.code)" = 2 ]
    [ -z "$(gone)" ]
}

on_terminal() { # ANSWER COMMAND...
    python3 - "$@" <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b""
try:
    while b"[y/N]" not in seen:
        seen += os.read(fd, 1000)
    os.write(fd, sys.argv[1].encode() + b"\n")
    while True:
        more = os.read(fd, 1000)
        if not more:
            break
        seen += more
except OSError:
    pass
print(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
}

@test "on a terminal it shows what would go and asks; only y removes it" {
    for answer in n '' no x yess; do
        expect 1 on_terminal "$answer" govern prune
        [[ $out == *"go1.21.0"*goes*"remove 2 toolchains, "*"? [y/N]"*"nothing was changed"* ]]
        [ -z "$(gone)" ]
    done
    expect 0 on_terminal y govern prune
    [ "$(gone)" = "1.21.0 1.22.3 " ]
}

@test "an adopted one loses its link, never its files" {
    mkdir -p mine
    mv "$prefix/toolchains/go1.22.3" mine/go
    ln -s "$PWD/mine/go" "$prefix/toolchains/go1.22.3"
    receipt=$root/receipts/$platform/go1.22.3.json
    python3 - "$receipt" "$PWD/mine/go" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
r["adopted"], r["adopted_from"] = True, sys.argv[2]
json.dump(r, open(sys.argv[1], "w"))
END
    expect 0 govern prune -n
    [[ $out == *"go1.22.3"*goes*"adopted: only the link"* ]]
    expect 0 govern prune --yes
    [ "$(gone)" = "1.21.0 1.22.3 " ]
    [ -x mine/go/bin/go ]
}

@test "an empty store, none at all" {
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/none
    expect 0 govern prune
    [ "$out" = "nothing to prune" ]
    expect 0 govern prune --json
    [ "$(json .removed)$(json .bytes)" = "[]0" ]
    [ ! -e "$GOVERN_ROOT" ]
}
