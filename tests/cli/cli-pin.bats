#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pin, default, current, which, run, env: what is in force, and why.

load lib

setup_file() {
    load_site go1.4 go1.4.3 go1.21.0 go1.22.3 go1.22.5 go1.23rc1
}

setup() {
    cli_setup
    expect 0 govern install 1.22.3 1.22.5
}

@test "pin writes one bare exact version, mode 0644 less the umask" {
    expect 0 govern pin 1.22.3
    [ "$(cat .go-version)" = 1.22.3 ]
    [ "$(stat -c %a .go-version)" = 644 ]
    rm .go-version
    (umask 077 && govern pin go1.22.5)
    [ "$(cat .go-version)" = 1.22.5 ]
    [ "$(stat -c %a .go-version)" = 600 ]
}

@test "pin of a line: the newest installed, else the newest there is, and it says so" {
    expect 0 govern pin 1.22
    [ "$(cat .go-version)" = 1.22.5 ]
    [ -z "$err" ]
    expect 0 govern local 1.21
    [ "$(cat .go-version)" = 1.21.0 ]
    [[ $err == *"go1.21.0 is the newest that can be had"* ]]
    [[ $err == *"hint: govern install 1.21.0"* ]]
}

@test "a first release before 1.21 is pinned with its .0: without, it would be the line" {
    expect 0 govern install 1.4.0 1.4.3
    expect 0 govern pin 1.4.0
    [ "$(cat .go-version)" = 1.4.0 ]
    expect 0 govern current
    [[ $out == "go1.4 ("* ]]
    expect 0 govern default 1.4.0
    expect 4 govern uninstall 1.4.0
    [[ $err == *"hint: govern uninstall --force 1.4.0" ]]
    expect 2 govern uninstall 1.4
    [[ $err == *"hint: govern uninstall 1.4.0" ]]
    expect 0 govern uninstall --force 1.4.0
    expect 3 govern current
    [[ $err == *"hint: govern install 1.4.0" ]]
    expect 3 govern verify 1.4.0
    [[ $err == *"hint: govern install 1.4.0" ]]
}

@test "pin --as-is writes what is given, if a file may say it" {
    expect 0 govern pin --as-is 1.22.x+auto
    [ "$(cat .go-version)" = 1.22.x+auto ]
    expect 2 govern pin --as-is '>=1.21'
    one_error
    expect 0 govern pin system
    [ "$(cat .go-version)" = system ]
    expect 0 govern pin 1.22.3+auto
    [ "$(cat .go-version)" = 1.22.3+auto ]
}

@test "a pin that leads nowhere yet is written, with a warning" {
    expect 0 env PATH="$B/bin" govern pin system
    [ "$out" = "pinned system in .go-version" ]
    [ "$err" = "govern: warning: there is no other go in PATH (pinned by $PWD/.go-version:1)
hint: govern pin latest" ]
    expect 0 govern pin --as-is @nobody
    [[ $err == "govern: warning: there is no tag 'nobody'"* ]]
    expect 0 govern pin --as-is 1.19.13
    [[ $err == "govern: warning: go1.19.13 is not installed"* ]]
    expect 0 govern pin --as-is 1.22
    [ -z "$err" ]
}

@test "pin --install" {
    expect 0 govern pin 1.21 --install
    [ -d "$prefix/toolchains/go1.21.0" ]
    expect 0 govern current
    [ "$out" = "go1.21.0 ($PWD/.go-version:1)" ]
}

@test "pin --as-is --install" {
    expect 0 govern pin --as-is 1.21 --install
    [ "$(cat .go-version)" = 1.21 ]
    [ "$err" = "nothing installed is '1.21': go1.21.0 is the newest that can be had" ]
    expect 0 govern current
    [ "$out" = "go1.21.0 ($PWD/.go-version:1)" ]
}

@test "pin --from-mod: the toolchain line, else the go line" {
    printf 'module x\n\n\tgo 1.22 // floor\n' >go.mod
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    printf 'module x\r\ngo 1.21.0\r\ntoolchain go1.22.3\r\n' >go.mod
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.3 ]
    printf 'module x\ngo 1.22.5\ntoolchain default\n' >go.mod
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    printf 'module x\n' >go.mod
    expect 3 govern pin --from-mod
    one_error
    printf 'module x\ngo 1.22.5\ntoolchain go1.22.3\n' >go.mod # too old: Go passes it over
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    printf 'module x\ntoolchain ../x-go1.22\n' >go.mod
    expect 2 govern pin --from-mod
    one_error
    [ "$(cat .go-version)" = 1.22.5 ]
    rm go.mod
    expect 3 govern pin --from-mod
    one_error
    mkfifo go.mod
    expect 1 timeout 120 govern pin --from-mod
}

@test "pin --from-mod in a workspace: go.work, by which Go goes" {
    printf 'go 1.22.5\nuse ./a\n' >go.work
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    printf 'module x\ngo 1.22.3\n' >go.mod
    expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    GOWORK=off expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.3 ]
    printf 'use ./a\n' >go.work
    expect 3 govern pin --from-mod
    [[ $err == "govern: go.work has neither a toolchain nor a go line"* ]]
}

@test "pin --from-mod where GOFLAGS has a -modfile: that one" {
    printf 'module x\ngo 1.22.3\n' >go.mod
    printf 'module x\ngo 1.22.5\n' >alt.mod
    GOFLAGS="-mod=mod -modfile=alt.mod" expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.5 ]
    GOFLAGS=-modfile=alt.mod expect 0 govern pin 1.22.3
    [[ $err == "govern: warning: 'alt.mod' wants go1.22.5: "* ]]
    GOFLAGS=-modfile=none.mod expect 3 govern pin --from-mod
    [[ $err == "govern: there is no none.mod here"* ]]
    GOFLAGS="-v -tags=modfile=alt.mod" expect 0 govern pin --from-mod
    [ "$(cat .go-version)" = 1.22.3 ]
}

@test "pin of less than go.mod wants: Go will refuse, and pin says so" {
    printf 'module a\ngo 1.22.4\n' >go.mod
    mkdir sub && cd sub
    expect 0 govern pin 1.22.3
    [ "$(cat .go-version)" = 1.22.3 ]
    [ "$err" = "govern: warning: '${PWD%/sub}/go.mod' wants go1.22.4: with this pin Go refuses it
hint: govern pin --install 1.22.4" ]
    expect 0 govern pin 1.22.3+auto
    [ -z "$err" ]
    expect 0 govern pin 1.22.5
    [ -z "$err" ]
    printf 'go 1.22.3\n' >../go.work # a workspace's line counts
    expect 0 govern pin 1.22.3
    [ -z "$err" ]
}

@test "pin without SPEC shows it; nothing pinned: 3; --unset" {
    expect 3 govern pin
    one_error
    expect 0 govern pin 1.22.3
    mkdir -p a/b && cd a/b
    expect 0 govern pin
    [ "$out" = "1.22.3 ($BATS_TEST_TMPDIR/w/.go-version:1)" ]
    expect 0 govern pin --json
    [ "$(json .spec) $(json .line)" = "1.22.3 1" ]
    cd ../..
    expect 0 govern pin --unset
    [ ! -e .go-version ]
    expect 0 govern pin --unset
    for words in '1.22 --unset' --install --as-is '--unset --install'; do
        # shellcheck disable=SC2086 # words
        expect 2 govern pin $words
        one_error
    done
}

@test "pin, doctor and snapshot go by the path that the shim goes by" {
    mkdir -p real/sub other
    ln -s ../real/sub other/link
    echo 1.22.3 >real/.go-version
    echo 1.22.5 >other/.go-version
    printf 'module a\ngo 1.22.9\n' >other/go.mod
    cd other/link
    expect 0 govern current
    [ "$out" = "go1.22.5 (${PWD%/link}/.go-version:1)" ]
    expect 0 govern pin
    [ "$out" = "1.22.5 (${PWD%/link}/.go-version:1)" ]
    expect 1 govern doctor --json
    [[ $out == *"'${PWD%/link}/go.mod' wants go1.22.9"* && $out != */real/* ]]
    expect 0 govern snapshot
    [ "$(json go_mod.file)" = "${PWD%/link}/go.mod" ]
    # what PWD says only when it is true
    expect 0 env PWD=/tmp govern pin
    [[ $out == "1.22.3 ("*/real/.go-version:1\) ]]
}

@test "pin writes through a link, keeps the mode, refuses what is no file" {
    mkdir -p shared
    echo 1.20 >shared/version
    chmod 600 shared/version
    ln -s shared/version .go-version
    expect 0 govern pin 1.22.3
    [ -L .go-version ]
    [ "$(cat shared/version)" = 1.22.3 ]
    [ "$(stat -c %a shared/version)" = 600 ]
    rm .go-version
    ln -s nowhere .go-version
    expect 1 govern pin 1.22.3
    one_error
    [ ! -e nowhere ]
    rm .go-version
    mkdir .go-version
    expect 1 govern pin 1.22.3
    one_error
}

@test "pin writes over no file of the user's to which a repository links" {
    for text in 'alias ll=ls' '# nothing' '' $'1.22.3\nexport PATH'; do
        printf '%s' "$text" >"$HOME/rc"
        ln -sf "$HOME/rc" .go-version
        expect 1 govern pin 1.22.5
        one_error
        [ "$(cat "$HOME/rc")" = "$text" ]
        expect 1 govern pin --as-is 1.22
    done
    head -c 9999 /dev/zero >"$HOME/rc"
    expect 1 govern pin 1.22.5
    [ "$(stat -c %s "$HOME/rc")" = 9999 ]
    expect 0 govern pin --unset
    expect 0 govern pin 1.22.5
    [ ! -L .go-version ]
}

@test "pin in a directory that cannot be written: 1, and says where" {
    [ "$(id -u)" != 0 ] || command -v setpriv >/dev/null || skip "needs setpriv"
    mkdir -p ro
    chmod 555 ro
    cd ro
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/w" "$HOME"
        setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$B/bin/govern" ||
            skip "another user cannot reach the build"
        HOME=/nonexistent expect 1 \
            setpriv --reuid=65534 --regid=65534 --clear-groups govern pin 1.22.3
    else
        expect 1 govern pin 1.22.3
    fi
    one_error
    [[ $err == *.go-version* && $err != *--root* ]]
}

@test "GOVERN_VERSION wins over what is pinned, and pin says so" {
    GOVERN_VERSION=1.22.5 expect 0 govern pin 1.22.3
    [[ $err == *GOVERN_VERSION* ]]
}

@test "default: shown, set, unset; none: 3; not installed: 3" {
    expect 3 govern default
    one_error
    expect 0 govern default 1.22
    expect 0 govern global
    [ "$out" = go1.22.5 ]
    expect 0 govern default --json
    [ "$(json .version)" = go1.22.5 ]
    expect 3 govern default 1.99
    one_error
    expect 2 govern default system
    one_error
    expect 0 govern default --unset
    expect 3 govern default
    expect 0 govern default --unset --json
    [ "$(json .version)" = null ]
    govern default 1.22.3
    expect 0 govern default --unset --json
    [ "$(json .version)" = null ]
}

@test "current and why: file, variable, default, GOTOOLCHAIN" {
    expect 0 govern default 1.22.5
    expect 0 govern current
    [ "$out" = "go1.22.5 (default)" ]
    GOVERN_VERSION=1.22.3 expect 0 govern current
    [ "$out" = "go1.22.3 (GOVERN_VERSION)" ]
    GOTOOLCHAIN=go1.22.3 expect 0 govern current
    [ "$out" = "go1.22.3 (GOTOOLCHAIN)" ]
    printf '# why\n1.22.3\n' >.go-version
    expect 0 govern current
    [ "$out" = "go1.22.3 ($PWD/.go-version:2)" ]
    rm .go-version
    printf 'nodejs 20\ngolang 1.22.3\n' >.tool-versions
    expect 0 govern current
    [ "$out" = "go1.22.3 ($PWD/.tool-versions:2)" ]
}

@test "current --json: the keys, and the kinds" {
    expect 0 govern default 1.22.5
    expect 0 govern current --json
    for key in version spec kind file line goroot program gotoolchain installed; do
        json ".$key" >/dev/null
    done
    [ "$(json .kind) $(json .installed)" = "default true" ]
    expect 0 govern pin 1.22.3
    expect 0 govern current --json
    [ "$(json .kind) $(json .version) $(json .spec) $(json .line)" = "file go1.22.3 1.22.3 1" ]
    [ "$(json .gotoolchain)" = local ]
    [ "$(json .goroot)" = "$prefix/toolchains/go1.22.3" ]
    GOVERN_VERSION=1.22 expect 0 govern current --json
    [ "$(json .kind)" = environment ]
    GOTOOLCHAIN=go1.22.5 expect 0 govern current --json
    [ "$(json .kind)" = gotoolchain ]
    echo 1.22.9 >.go-version
    expect 3 govern current --json
    [ "$(json .installed) $(json .version) $(json .error.code)" = "false go1.22.9 3" ]
    [[ $err == *"hint: govern install 1.22.9" ]]
}

@test "current of the system's go" {
    mkdir -p sys/bin
    echo go1.19.8 >sys/VERSION
    printf '#!/bin/sh\necho system\n' >sys/bin/go
    chmod +x sys/bin/go
    PATH=$PWD/sys/bin:$PATH expect 0 govern current --json
    [ "$(json .kind) $(json .version)" = "system go1.19.8" ]
    PATH=$PWD/sys/bin:$PATH expect 0 govern current
    [[ $out == "go1.19.8 (system: $PWD/sys/bin/go"* ]]
}

@test "a bad pin: 2, file and line" {
    printf '^1.22\n' >.go-version
    expect 2 govern current
    one_error
    [[ $err == *"$PWD/.go-version:1"* ]]
}

@test "which agrees with the shim" {
    expect 0 govern setup --no-rc
    PATH=$prefix/bin:$PATH
    expect 0 govern pin 1.22.3
    expect 0 govern which
    [ "$out" = "$prefix/toolchains/go1.22.3/bin/go" ]
    [ "$(go version)" = "$("$out" version)" ]
    expect 0 govern which gofmt
    [ "$out" = "$prefix/toolchains/go1.22.3/bin/gofmt" ]
    expect 3 govern which nope
    mkdir "$prefix/toolchains/go1.22.3/bin/nope" # which can be "executed", too
    expect 3 govern which nope
    rmdir "$prefix/toolchains/go1.22.3/bin/nope"
    one_error
    [[ $err == *"hint: command -v nope" ]] # go install put it elsewhere
    expect 3 govern which 'a;b'
    [[ $err != *hint* ]]
    expect 2 govern which ../x
    one_error
}

@test "which --explain: every place, in order" {
    mkdir -p a
    expect 0 govern pin 1.22.3
    cd a
    expect 0 govern which --explain
    [[ $out == *"GOVERN_VERSION: not set"*"$PWD/.go-version: absent"*"w/.go-version: the pin"*/bin/go ]]
    expect 0 govern which --explain --json
    [[ $(json .explain) == *'"GOVERN_VERSION"'* ]]
}

@test "a directory with an escape sequence in its name does not reach the terminal" {
    mkdir $'a\e[31mb'
    cd $'a\e[31mb'
    expect 0 govern pin 1.22.3
    for c in current "which --explain" pin; do
        # shellcheck disable=SC2086
        expect 0 govern $c
        [[ $out != *$'\e'* && $out == *"a?[31mb"* ]]
    done
    echo '^1' >.go-version
    expect 2 govern current
    [[ $err != *$'\e'* ]]
}

@test "run: its bin first, GOVERN_VERSION, no GOROOT, the command's status" {
    expect 0 govern default 1.22.5
    GOROOT=/nonexistent expect 0 govern run 1.22.3 -- sh -c 'go version; echo "$GOVERN_VERSION ${GOROOT-none} $GOTOOLCHAIN ${PATH%%:*}"; govern current'
    [[ $out == "go version go1.22.3 "*$'\n'"go1.22.3 none local $prefix/toolchains/go1.22.3/bin"$'\n'"go1.22.3 (GOVERN_VERSION)" ]]
    expect 7 govern run 1.22.3 sh -c 'exit 7'
    expect 0 govern run 1.22.3 echo --json --help -v
    [ "$out" = "--json --help -v" ]
    GOTOOLCHAIN=go1.22.5 expect 0 govern run 1.22.3+auto printenv GOTOOLCHAIN
    [ "$out" = auto ]
}

@test "run: not installed 3, no command 2, no such program 3" {
    expect 3 govern run 1.21.0 go version
    one_error
    [[ $err == *"hint: govern install 1.21.0" ]]
    expect 2 govern run 1.22.3
    one_error
    expect 2 govern run
    expect 3 govern run 1.22.3 no-such-program
    one_error
    expect 1 govern run 1.22.3 "$PWD"
    [ "$err" = "govern: cannot run '$PWD': Permission denied" ]
}

@test "run: a signal that kills the command is what the caller sees" {
    status=0
    govern run 1.22.3 sh -c 'kill -TERM $$' || status=$?
    [ "$status" = 143 ]
}

@test "run of a Go up to 1.9 sets GOROOT, which it needs" {
    expect 0 govern install 1.4.3
    expect 0 govern run 1.4.3 printenv GOROOT
    [ "$out" = "$prefix/toolchains/go1.4.3" ]
}

@test "run from inside a go command means what it says" {
    GOROOT=$prefix/toolchains/go1.22.5 GOTOOLDIR=$prefix/toolchains/go1.22.5/pkg/tool/x \
        expect 0 govern run 1.22.3 go version
    [[ $out == *go1.22.3* ]]
}

@test "env: each with its origin; one value by name; no credentials" {
    GOPROXY=https://me:secret@proxy.example/x,direct expect 0 govern env
    [[ $out == *"trust.minimum"*proven*default* && $out != *secret* ]]
    [[ $out == *"https://***@proxy.example/x,direct"*GOPROXY* ]]
    printf '%s\n' '[godev]' 'feed = https://me:se,cret|secret@feed.example/?mode=json' \
        'files = https://a.example/ https://me:secret@files.example/' >more.ini
    GOVERN_CONFIG=$PWD/more.ini expect 0 govern env
    [[ $out == *"https://***@feed.example/?mode=json "* && $out != *secret* ]]
    [[ $out == *"https://a.example/ https://***@files.example/ "* ]]
    GOVERN_CONFIG=$PWD/more.ini expect 0 govern env --json
    [[ $out == *"***@feed.example"* && $out != *secret* ]]
    expect 0 govern env prefix
    [ "$out" = "$prefix" ]
    expect 0 govern env --json platform root
    [ "$(json .platform)" = "$platform" ] && [ "$(json .root)" = "$root" ]
    expect 3 govern env --json nonsense
    expect 3 govern env root nonsense
    one_error
    expect 0 govern env --json
    [ "$(json .root)" = "$root" ]
    [ "$(json .settings.0.key)" = sources.order ]
}

@test "GOPROXY is found as Go would: govern.ini, variable, Go's env file, go.env in that order" {
    unset GOPROXY
    mkdir -p sys/bin "$HOME/.config/go"
    printf '#!/bin/sh\n' >sys/bin/go && chmod +x sys/bin/go
    echo 'GOPROXY=https://system.example' >sys/go.env
    mkdir link && ln -s ../sys/bin/go link/go
    PATH=$PWD/link:$PATH expect 0 govern env goproxy.url
    [ "$out" = https://system.example ]
    t=$prefix/toolchains/go1.22.5
    chmod u+w "$t"
    printf '# x\nGOPROXY=https://installed.example\n' >"$t/go.env"
    PATH=$PWD/link:$PATH expect 0 govern env goproxy.url
    [ "$out" = https://installed.example ]
    printf 'GOPROXY=https://old.example\nGOPROXY=https://user.example\n' >"$HOME/.config/go/env"
    expect 0 govern env goproxy.url
    [ "$out" = https://user.example ]
    GOENV=off expect 0 govern env goproxy.url
    [ "$out" = https://installed.example ]
    GOPROXY=https://variable.example expect 0 govern env goproxy.url
    [ "$out" = https://variable.example ]
    printf '[goproxy]\nurl = https://ini.example\n' >"$root/govern.ini"
    GOPROXY=https://variable.example expect 0 govern env goproxy.url
    [ "$out" = https://ini.example ]
}

@test "no file of a working directory says more than a version" {
    unset GOPROXY
    printf '[goproxy]\nurl = https://evil.example\n' >govern.ini
    mkdir -p go .config/govern
    cp govern.ini .config/govern/
    echo 'GOPROXY=https://evil.example' | tee go.env go/env >env
    GOENV=env expect 0 govern env goproxy.url
    [[ $out != *evil* ]]
    GOENV=env XDG_CONFIG_HOME=. PATH=.:$PATH expect 0 govern env
    [[ $out != *evil* ]]
    GOVERN_CONFIG=govern.ini expect 2 govern env
    one_error
}

@test "a bad govern.ini: 2, file and line, the nearest key; a command that needs none works" {
    printf '[trust]\nminimun = proven\n' >"$root/govern.ini"
    expect 2 govern env --json
    [ "$(json .error.file) $(json .error.line)" = "$root/govern.ini 2" ]
    [[ $err == *"did you mean 'minimum'?"* ]]
    expect 0 govern list
    expect 0 govern --version
}

@test "in a directory that was removed: says so, not only ENOENT" {
    mkdir gone
    cd gone
    rmdir ../gone
    for command in "pin 1.22.5" "pin"; do
        # shellcheck disable=SC2086
        expect 1 govern $command
        [[ $err == *"cannot tell the working directory"*$'\nhint: it was removed'* ]]
    done
}
