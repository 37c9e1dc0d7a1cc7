#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hooks before and after a change, and govern-NAME subcommands (docs/PLUGINS.md).

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
    log=$HOME/log
    expect 0 govern install 1.22.3 --default
}

hook() { # EVENT NAME: the script is stdin
    mkdir -p "$root/hooks/$1.d"
    { echo '#!/bin/sh'; cat; } >"$root/hooks/$1.d/$2"
    chmod 755 "$root/hooks/$1.d/$2"
}

# Each event of all six writes a line.
hook_all() {
    for when in pre post; do
        for what in install switch remove; do
            hook $when-$what 10-log <<'EOF'
echo "$GOVERN_HOOK $GOVERN_HOOK_COMMAND ${GOVERN_HOOK_POINTER:--} ${GOVERN_HOOK_VERSION:--} ${GOVERN_HOOK_BEFORE:--}" >>"$HOME/log"
EOF
        done
    done
}

logged() { # the lines of the log are stdin; it is empty afterwards
    touch "$log"
    diff "$log" - || return 1
    rm "$log"
}

@test "each command fires its events; what changes nothing fires none" {
    hook_all
    expect 0 govern install 1.22.5 1.22.3
    logged <<<'pre-install install - go1.22.5 -
post-install install - go1.22.5 -'
    expect 0 govern install --force 1.22.5
    logged <<<'pre-install install - go1.22.5 -
post-install install - go1.22.5 -'
    expect 0 govern install 1.22.5 --default
    logged <<<'pre-switch install default go1.22.5 go1.22.3
post-switch install default go1.22.5 go1.22.3'
    expect 0 govern default 1.22.5
    logged </dev/null
    expect 0 govern default --unset
    logged <<<'pre-switch default default - go1.22.5
post-switch default default - go1.22.5'
    expect 0 govern tag prod 1.22.3
    expect 0 govern tag prod 1.22.3
    expect 0 govern tag --delete prod
    logged <<<'pre-switch tag @prod go1.22.3 -
post-switch tag @prod go1.22.3 -
pre-switch tag @prod - go1.22.3
post-switch tag @prod - go1.22.3'
    expect 0 govern uninstall 1.22.3
    logged <<<'pre-remove uninstall - go1.22.3 -
post-remove uninstall - go1.22.3 -'
    expect 0 govern pin 1.21.0 --install
    logged <<<'pre-install pin - go1.21.0 -
post-install pin - go1.21.0 -'
    expect 0 govern gc
    expect 0 govern list
    expect 0 govern verify 1.22.5
    logged </dev/null
    rm .go-version
    expect 0 govern prune --yes --keep 0 --no-rollback
    logged <<<'pre-remove prune - go1.21.0 -
post-remove prune - go1.21.0 -
pre-remove prune - go1.22.5 -
post-remove prune - go1.22.5 -'
}

@test "adopt and auto-install fire those of an install" {
    hook_all
    mkdir -p "$HOME/.goenv/versions"
    tar -x -f "$site/go1.22.5.$platform.tar.gz" -C "$HOME/.goenv/versions"
    expect 0 govern adopt "$HOME/.goenv/versions/go" --dry-run
    logged </dev/null
    expect 0 govern adopt "$HOME/.goenv/versions/go"
    expect 0 govern adopt "$HOME/.goenv/versions/go"
    logged <<<'pre-install adopt - go1.22.5 -
post-install adopt - go1.22.5 -'
    echo 'exit 1' | hook pre-install 20-no
    expect 0 govern uninstall --force 1.22.5
    rm "$log"
    expect 4 govern adopt "$HOME/.goenv/versions/go"
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    rm "$root/hooks/pre-install.d/20-no" "$log"
    expect 0 govern setup --no-rc
    printf '[store]\nauto_install = always\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 "$prefix/bin/govern" setup --no-rc
    echo 1.21.0 >.go-version
    expect 0 "$prefix/bin/go" version
    [ "$out" = "go version go1.21.0 ${platform/-//}" ]
    logged <<<'pre-install auto-install - go1.21.0 -
post-install auto-install - go1.21.0 -'
}

@test "what a hook is told" {
    hook post-install x <<'EOF'
env | grep ^GOVERN_ | sort >"$HOME/env"
cat >"$HOME/stdin"
pwd >"$HOME/cwd"
EOF
    GOVERN_VERSION=1.22.3 expect 0 govern install 1.22.5
    cat >wanted <<EOF
GOVERN_HOOK=post-install
GOVERN_HOOK_BEFORE=
GOVERN_HOOK_COMMAND=install
GOVERN_HOOK_H1=$(govern list --json | grep -o 'h1:[^"]*' | tail -n 1)
GOVERN_HOOK_PATH=$prefix/toolchains/go1.22.5
GOVERN_HOOK_POINTER=
GOVERN_HOOK_SOURCE=goproxy
GOVERN_HOOK_TRUST=proven
GOVERN_HOOK_VERSION=go1.22.5
GOVERN_PLATFORM=$platform
GOVERN_PROGRAM=$B/bin/govern
GOVERN_ROOT=$root
GOVERN_VERSION=1.22.3
EOF
    diff "$HOME/env" wanted
    [ ! -s "$HOME/stdin" ]
    [ "$(cat "$HOME/cwd")" = / ]
}

@test "by name; what they say goes to stderr, behind their names, made visible" {
    for n in 20-b 10-a 9-c; do
        printf 'printf "%s\\033[31m\\n\\n"; echo more >&2' $n | hook post-switch $n
    done
    expect 0 govern default --unset
    [ "$out" = "no default any more" ]
    [ "$err" = "post-switch.d/10-a: 10-a?[31m
post-switch.d/10-a: more
post-switch.d/20-b: 20-b?[31m
post-switch.d/20-b: more
post-switch.d/9-c: 9-c?[31m
post-switch.d/9-c: more" ]
    expect 0 govern -q tag prod 1.22.3
    [ -z "$out$err" ]
}

@test "a pre hook refuses: 4, its last line is the reason, nothing changed, recorded" {
    before=$(find "$root" | grep -v -e journal -e /locks | sort)
    for event in pre-install pre-switch pre-remove; do
        printf 'echo first\necho "not today"\nexit 7' | hook $event 50-no
        printf 'echo never' | hook $event 60-later
    done
    expect 4 govern install 1.22.5
    [ "$err" = "pre-install.d/50-no: first
govern: go1.22.5 is refused by the hook 'pre-install.d/50-no' with status 7: not today" ]
    [ -z "$out" ]
    expect 0 govern install 1.22.3
    expect 4 govern tag prod 1.22.3 --json
    [ "$(json .error.code)" = 4 ]
    [[ $(json .error.message) == "@prod is refused by the hook"* ]]
    expect 4 govern default --unset
    [[ $err == *"default is refused by"* ]]
    expect 4 govern uninstall --force 1.22.3
    rm -r "$root/hooks"
    [ "$before" = "$(find "$root" | grep -v -e journal -e /locks | sort)" ]
    expect 0 govern journal
    [[ $out == *"go1.22.5 refused by pre-install.d/50-no"* && $out == *"@prod refused by pre-switch.d/50-no"* ]]
    expect 0 govern journal --check
}

@test "one of several refused: the others are there; a refused default leaves the rest" {
    hook pre-install x <<<'[ "$GOVERN_HOOK_VERSION" != go1.22.5 ]'
    expect 4 govern install 1.22.5 1.21.0
    [[ $out == *"go1.21.0 installed"* ]]
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    rm "$root/hooks/pre-install.d/x"
    hook pre-switch x <<<'exit 1'
    expect 4 govern install 1.22.5 --default
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.5 ]
    expect 0 govern default
    [ "$out" = go1.22.3 ]
}

@test "one that dies, hangs or cannot be run refuses with 1; after a change it is a warning" {
    printf '[hooks]\ntimeout = 1\n' >>"$HOME/.config/govern/govern.ini"
    echo 'kill -9 $$' | hook pre-switch x
    expect 1 govern tag a 1.22.3
    [[ $err == *"the hook 'pre-switch.d/x' was killed by signal 9"* ]]
    printf 'sleep 99 & echo $! >"$HOME/pid"; echo waiting; wait' | hook pre-switch x
    expect 1 govern tag a 1.22.3
    [[ $err == *"the hook 'pre-switch.d/x' took more than 1 s and was killed: waiting" ]]
    [ ! -d "/proc/$(cat "$HOME/pid")" ] || grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
    printf 'no program' >"$root/hooks/pre-switch.d/x"
    expect 1 govern tag a 1.22.3
    [[ $err == *"cannot run the hook 'pre-switch.d/x'"* ]]
    rm -r "$root/hooks"
    echo 'echo oops; exit 3' | hook post-switch a
    echo 'kill -9 $$' | hook post-switch b
    echo 'sleep 99' | hook post-switch c
    echo 'echo last' | hook post-switch d
    expect 0 govern tag a 1.22.3
    [ "$err" = "govern: warning: the hook 'post-switch.d/a' failed with status 3: oops
govern: warning: the hook 'post-switch.d/b' was killed by signal 9
govern: warning: the hook 'post-switch.d/c' took more than 1 s and was killed
post-switch.d/d: last" ]
    expect 0 govern tag
    [[ $out == *@a*go1.22.3* ]]
}

@test "a hook that runs govern: no lock is held, and no hook runs within one" {
    hook_all
    for event in pre-install post-install pre-switch post-switch pre-remove post-remove; do
        hook $event 20-govern <<'EOF'
set -e
"$GOVERN_PROGRAM" list >/dev/null
"$GOVERN_PROGRAM" tag "in-$GOVERN_HOOK" 1.22.3 -q
"$GOVERN_PROGRAM" install 1.21.0 -q
"$GOVERN_PROGRAM" uninstall 1.21.0 -q
EOF
    done
    expect 0 timeout 60 govern install 1.22.5
    expect 0 timeout 60 govern default 1.22.5
    expect 0 timeout 60 govern uninstall --force 1.22.5
    [ -z "$err" ]
    [ "$(wc -l <"$log")" = 6 ]
    [ "$(govern tag | wc -l)" = 6 ]
    # What is to be installed may be there when the hook ends.
    echo '"$GOVERN_PROGRAM" install -q "$GOVERN_HOOK_VERSION"' | hook pre-install 30-it
    expect 0 timeout 60 govern install 1.22.5
    [[ $out == "go1.22.5 is already installed"* ]]
}

@test "leftovers, what is not executable, links, directories" {
    for n in a~ .b c.bak d.dpkg-old '#e#' f.rpmnew; do
        echo 'echo bad' | hook pre-switch $n
    done
    echo 'echo bad' | hook pre-switch g
    chmod -x "$root/hooks/pre-switch.d/g"
    mkdir "$root/hooks/pre-switch.d/h"
    ln -s /nonexistent "$root/hooks/pre-switch.d/i"
    printf '#!/bin/sh\necho linked\n' >"$HOME/real"
    chmod +x "$HOME/real"
    ln -s "$HOME/real" "$root/hooks/pre-switch.d/j"
    expect 0 govern tag a 1.22.3
    [ "$err" = "govern: warning: the hook 'pre-switch.d/g' is passed over: it is not executable
govern: warning: the hook 'pre-switch.d/h' is passed over: it is no regular file
govern: warning: the hook 'pre-switch.d/i' is passed over: No such file or directory
pre-switch.d/j: linked" ]
    expect 0 govern -v tag b 1.22.3
    [[ $err == *"pre-switch.d/a~: passed over"* ]]
}

@test "what anybody could change, and another user's, is passed over" {
    echo 'echo bad' | hook pre-switch a
    chmod 777 "$root/hooks/pre-switch.d/a"
    expect 0 govern tag a 1.22.3
    [ "$err" = "govern: warning: the hook 'pre-switch.d/a' is passed over: anybody could change it" ]
    chmod 755 "$root/hooks/pre-switch.d/a"
    for dir in hooks/pre-switch.d hooks; do
        chmod 777 "$root/$dir"
        expect 0 govern tag b-${dir//\//-} 1.22.3
        [ "$err" = "govern: warning: the hooks in '$root/hooks/pre-switch.d' are passed over: anybody could change it" ]
        chmod 755 "$root/$dir"
    done
    [ "$(id -u)" = 0 ] || skip "needs root to be two users"
    for path in hooks hooks/pre-switch.d hooks/pre-switch.d/a; do
        chown 65534 "$root/$path"
        expect 0 govern tag c-${path//\//-} 1.22.3
        [[ $err == *"passed over: it belongs to another user" && $err != *bad* ]]
        chown 0 "$root/$path"
    done
    expect 0 govern tag d 1.22.3
    [ "$err" = "pre-switch.d/a: bad" ]
}

@test "no hook of a working directory, nor of HOME" {
    for dir in "$PWD/hooks" "$PWD/.govern/hooks" "$HOME/hooks" "$HOME/.config/govern/hooks"; do
        mkdir -p "$dir/pre-switch.d"
        printf '#!/bin/sh\necho bad >&2; exit 1\n' >"$dir/pre-switch.d/x"
        chmod +x "$dir/pre-switch.d/x"
    done
    expect 0 govern tag a 1.22.3
    [ -z "$err" ]
}

@test "endless output is shown to an end; an interrupt ends a hook" {
    printf '[hooks]\ntimeout = 2\n' >>"$HOME/.config/govern/govern.ini"
    echo 'exec yes' | hook post-switch x
    expect 0 govern tag a 1.22.3
    [ "$(wc -l <<<"$err")" = 1002 ]
    [[ $err == *"(more is not shown)"*"took more than 2 s"* ]]
    printf '[hooks]\ntimeout = 60\n' >"$HOME/.config/govern/govern.ini"
    echo 'echo $$ >"$HOME/pid"; exec sleep 99' | hook pre-switch x
    terminate_both govern tag b 1.22.3
    expect 3 govern tag b
}

@test "subcommands: shown in help and completion, told what they need, never before ours" {
    mkdir p
    export PATH=$PWD/p:$PATH
    for n in govern-hello govern-list govern-source-x govern-Bad govern-; do
        printf '#!/bin/sh\necho "$GOVERN_ROOT $GOVERN_PLATFORM $GOVERN_PROGRAM $*"; exit 42\n' >p/$n
        chmod +x p/$n
    done
    echo text >p/govern-text
    mkdir p/govern-dir
    chmod +x p/govern-dir
    expect 42 govern hello a --json
    [ "$out" = "$root $platform $B/bin/govern a --json" ]
    expect 42 govern --root /elsewhere hello
    [[ $out == "/elsewhere $platform"* ]]
    expect 0 govern list
    [[ $out != *"$B/bin/govern"* ]]
    expect 0 govern help
    [ "$(sed -n '/^plugins:/,/^$/p' <<<"$out")" = $'plugins:\n  hello' ]
    expect 0 govern help hello
    [[ $out == "usage: govern hello "* ]]
    expect 0 govern complete -- hel
    [ "$(cut -f1 <<<"$out" | paste -sd ' ')" = "help hello" ]
    for n in text dir Bad source; do
        expect 2 govern $n
    done
}
