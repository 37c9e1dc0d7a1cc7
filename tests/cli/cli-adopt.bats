#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# adopt: toolchains that are there already, in every layout.

load lib
load adopt

setup_file() {
    load_site go1.20 go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
}

teardown() {
    writable_again
}

@test "a GOROOT: proven, linked, nothing of it written or run" {
    unpack go1.22.5 "$HOME/my go/x"
    printf '#!/bin/sh\ntouch %s/ran\n' "$HOME" >"$HOME/evil"
    before=$(fingerprint "$HOME/my go")
    expect 0 govern adopt "$HOME/my go/x"
    [ "$out" = "go1.22.5 adopted from '$HOME/my go/x': proven" ]
    [ -z "$err" ]
    [ "$before" = "$(fingerprint "$HOME/my go")" ]
    [ "$(readlink "$prefix/toolchains/go1.22.5")" = "$HOME/my go/x" ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.5 ]
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.5 ]
    [ "$("$prefix/bin/go1.22.5" version)" = "go version go1.22.5 ${platform/-//}" ]
    [ "$(govern run 1.22.5 -- go version)" = "go version go1.22.5 ${platform/-//}" ]
    [ "$(trust_of go1.22.5)" = "proven True $HOME/my go/x" ]
    expect 0 govern list
    [[ $out == *"adopted"*"$prefix/toolchains/go1.22.5 -> $HOME/my go/x" ]]
    expect 0 govern verify
    [ "$out" = "go1.22.5: proven, by the log" ]
    GOPROXY=off GOSUMDB=$GOSUMDB expect 0 govern verify --offline
    [ "$out" = "go1.22.5: proven, by the proof kept with it" ]
}

@test "it waits for who works on the same toolchain, and says so" {
    unpack go1.22.5 "$HOME/x"
    expect 0 govern install 1.22.3
    words="waiting for another govern, which works on go1.22.5"
    expect_behind "$root/locks/${platform}_go1.22.5" "$words" 0 govern adopt "$HOME/x"
    [ "$(cat "$BATS_TEST_TMPDIR/out")" = "go1.22.5 adopted from '$HOME/x': proven" ]
    [ "$err" = "$words" ]
}

@test "a directory that holds it, its bin/go, a link to that: the same" {
    unpack go1.22.5 "$HOME/a/go"
    unpack go1.21.0 "$HOME/b/libexec"
    unpack go1.20 "$HOME/c"
    ln -s "$HOME/c/bin/go" "$HOME/go-link"
    expect 0 govern adopt "$HOME/a" "$HOME/b" "$HOME/go-link" --json
    [ "$(json .adopted.0.adopted_from)" = "$HOME/a/go" ]
    [ "$(json .adopted.1.adopted_from)" = "$HOME/b/libexec" ]
    [ "$(json .adopted.2.adopted_from)" = "$HOME/c" ]
    for key in version platform path manager trust source h1 already reason; do
        json ".adopted.0.$key" >/dev/null
    done
    [ "$(json .schema) $(json .adopted.2.version) $(json .adopted.2.trust)" = "1 go1.20 proven" ]
    cd "$HOME"
    expect 0 govern adopt c
    [ "$out" = "go1.20 is adopted from '$HOME/c' already (proven)" ]
}

@test "every layout is found, and each is proven" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    mkdir -p "$HOME/.goenv/versions/1.22.5/go-build-123/00" "$HOME/.goenv/versions/1.19.0/x"
    expect 0 govern adopt --from goenv
    unpack go1.22.3 "$HOME/.asdf/installs/golang/1.22.3/go"
    mkdir -p "$HOME/.asdf/installs/golang/1.22.3/packages"
    expect 0 govern adopt --from asdf
    unpack go1.21.0 "$HOME/.local/share/mise/installs/go/1.21.0"
    ln -s 1.21.0 "$HOME/.local/share/mise/installs/go/1.21"
    ln -s ./1.21.0 "$HOME/.local/share/mise/installs/go/latest"
    expect 0 govern adopt --from mise
    unpack go1.20 "$HOME/.gvm/gos/go1.20"
    mkdir -p "$HOME/.gvm/gos/system" "$HOME/.gvm/gos/prod"
    (cd "$HOME/.gvm/gos/go1.20" && find . >manifest)
    expect 0 govern adopt --from gvm
    expect 0 govern list --json
    for i in 0 1 2 3; do
        [ "$(json .toolchains.$i.trust) $(json .toolchains.$i.source)" = "proven adopted" ]
    done
    [ "$(json .toolchains.2.adopted_from)" = "$HOME/.asdf/installs/golang/1.22.3/go" ]
    expect 0 govern uninstall --force 1.20.0 1.21.0 1.22.3 1.22.5

    unpack go1.22.5 "$HOME/.g/versions/1.22.5"
    unpack go1.22.3 "$HOME/.go/.versions/1.22.3"
    expect 0 govern adopt --from g
    unpack go1.21.0 "$HOME/sdk/go1.21.0"
    : >"$HOME/sdk/go1.21.0/.unpacked-success"
    cp "$site/go1.21.0.$platform.tar.gz" "$HOME/sdk/go1.21.0/"
    mkdir "$HOME/sdk/gotip"
    expect 0 govern adopt --from golang.org/dl
    unpack go1.20 "$HOME/.gobrew/versions/1.20/go"
    expect 0 govern adopt --from gobrew
    expect 0 govern list
    [ "$(grep -c 'proven *adopted' <<<"$out")" = 4 ]
    expect 0 govern uninstall --force 1.20.0 1.21.0 1.22.3 1.22.5

    unpack go1.22.5 "$HOME/.goup/go1.22.5"
    unpack go1.22.3 "$HOME/.go/go1.22.3"
    expect 0 govern adopt --from goup
    unpack go1.21.0 "$HOME/.version-fox/cache/golang/v-1.21.0/golang-1.21.0"
    mkdir -p "$HOME/.version-fox/cache/golang/v-1.21.0/golang-1.21.0/packages/bin"
    : >"$HOME/.version-fox/cache/golang/v-1.21.0/golang-1.21.0/packages/bin/gopls"
    expect 0 govern adopt --from vfox
    unpack go1.20 "$HOME/.gimme/versions/go1.20.linux.amd64"
    expect 0 govern adopt --from gimme
    expect 0 govern list
    [ "$(grep -c 'proven *adopted' <<<"$out")" = 4 ]
}

@test "their own variables say where, with any character in them" {
    while read -r m variable below; do
        unpack go1.20 "$HOME/of-$variable/$below"
        export "$variable=$HOME/of-$variable"
        expect 0 govern adopt --from "$m" -n
        [[ $out == *" would be adopted from '$HOME/of-$variable/$below': proven" ]] ||
            { echo "$m: $out$err" >&2; return 1; }
        unset "$variable"
    done <<END
gvm GVM_ROOT gos/go1.20
g G_HOME versions/1.20
goup GOUP_HOME go1.20/go
gobrew GOBREW_ROOT .gobrew/versions/1.20/go
vfox VFOX_HOME cache/golang/v-1.20/golang-1.20
vfox VFOX_ROOT cache/golang/v-1.20/golang-1.20
gimme GIMME_VERSION_PREFIX go1.20.linux.amd64
proto PROTO_HOME tools/go/1.20
setup-go RUNNER_TOOL_CACHE go/1.20.0/x64
Homebrew HOMEBREW_PREFIX Cellar/go@1.20/1.20/libexec
END
    unpack go1.20 "$HOME/.vfox/cache/golang/v-1.20/golang-1.20"
    expect 0 govern adopt --from vfox -n
    export GOENV_ROOT="$HOME/[g]*e?" ASDF_DATA_DIR=$HOME/a MISE_DATA_DIR=$HOME/m
    export XDG_DATA_HOME=$HOME/xdg
    unpack go1.22.5 "$GOENV_ROOT/versions/1.22.5"
    unpack go1.22.3 "$ASDF_DATA_DIR/installs/golang/1.22.3/go"
    unpack go1.21.0 "$MISE_DATA_DIR/installs/go/1.21.0/go"
    unpack go1.20 "$XDG_DATA_HOME/proto/tools/go/1.20.0"
    for m in goenv asdf mise proto; do
        expect 0 govern adopt --from $m
        [[ $out == *" adopted from "*": proven" ]] || { echo "$m: $out" >&2; return 1; }
    done
    # a relative one is none
    GOENV_ROOT=goenv expect 0 govern adopt --from goenv
    [ "$err" = "there is no toolchain to adopt" ]
}

@test "Go's module cache, read-only, where GOMODCACHE, Go's file or GOPATH say" {
    module go1.22.5
    module go1.21.0 unused
    before=$(fingerprint "$HOME/go")
    expect 0 govern adopt --from go
    [[ $out == *"go1.22.5 adopted from '$HOME/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.5.$platform': proven"* ]]
    [[ $out == *"left (go): '$HOME/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.21.0.$platform' was never used"* ]]
    [ "$before" = "$(fingerprint "$HOME/go")" ]
    expect 4 govern adopt "$HOME/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.21.0.$platform"
    one_error
    [[ $err == *"hint: GOTOOLCHAIN=go1.21.0 go version" ]]
    expect 0 govern uninstall --force 1.22.5
    module go1.22.3 "" "$HOME/elsewhere"
    mkdir -p "$HOME/.config/go"
    echo "GOMODCACHE=$HOME/elsewhere" >"$HOME/.config/go/env"
    expect 0 govern adopt --from go -n
    [[ $out == "go1.22.3 would be adopted from '$HOME/elsewhere/"* ]]
    GOMODCACHE=$HOME/go/pkg/mod expect 0 govern adopt --from go -n
    [[ $out == *go1.22.5* && $out != *go1.22.3* ]]
    rm "$HOME/.config/go/env"
    GOPATH=$HOME/go:$HOME/x expect 0 govern adopt --from go -n
    [[ $out == *go1.22.5* ]]
}

@test "--all: a half-made toolchain of theirs is left, and no failure" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    mkdir -p "$HOME"/.goenv/versions/{1.22.1,1.22.2,1.22.4}/bin
    for v in 1.22.1 1.22.2 1.22.4; do : >"$HOME/.goenv/versions/$v/bin/go"; done
    : >"$HOME/.goenv/versions/1.22.1/VERSION"
    mkfifo "$HOME/.goenv/versions/1.22.2/VERSION"
    ln -s VERSION "$HOME/.goenv/versions/1.22.4/VERSION"
    ln -s loop "$HOME/.goenv/versions/loop"
    expect 0 govern adopt --from goenv
    [[ $out == *"go1.22.5 adopted"* && $out == *"left (goenv): the VERSION file of "*"1.22.2' does not"* ]]
    expect 0 govern import
    expect 1 govern adopt "$HOME/.goenv/versions/1.22.2"
    one_error
}

@test "--all: of two equal ones the first; what is left, and why; a dry run changes nothing" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    unpack go1.22.3 "$HOME/.goenv/versions/1.22.3"
    echo x >>"$HOME/.goenv/versions/1.22.3/LICENSE"
    unpack go1.22.5 "$HOME/sdk/go1.22.5"
    unpack go1.22.3 "$HOME/sdk/go1.22.3"
    mkdir -p "$HOME/.g/versions/1.2.3/bin"
    : >"$HOME/.g/versions/1.2.3/bin/go"
    expect 0 govern adopt --all --dry-run --json
    [ ! -e "$root" ]
    [ "$(json .dry_run)" = true ]
    [ "$(json .adopted.0.version) $(json .adopted.0.manager)" = "go1.22.5 goenv" ]
    [ "$(json .adopted.1.version) $(json .adopted.1.manager)" = "go1.22.3 golang.org/dl" ]
    [ "$(json .left.0.path) $(json .left.0.version)" = "$HOME/.goenv/versions/1.22.3 go1.22.3" ]
    [[ $(json .left.0.reason) == *"its files are not those"* ]]
    [[ $(json .left.1.reason) == *"has no VERSION file" ]]
    [[ $(json .left.2.reason) == "go1.22.5 is adopted already, from "* ]]
    expect 0 govern adopt --from goenv
    [[ $out == *"go1.22.5 adopted from '$HOME/.goenv/versions/1.22.5': proven"* ]]
    [[ $out == *"left (goenv): '$HOME/.goenv/versions/1.22.3' cannot be proven"* ]]
    [ "$(find "$prefix/generations" -mindepth 1 -maxdepth 1 -name '[0-9]*' | wc -l)" = 1 ]
    expect 0 govern adopt --from golang.org/dl
    [[ $out == *"go1.22.3 adopted from '$HOME/sdk/go1.22.3': proven"* ]]
    [[ $out == *"left (golang.org/dl): go1.22.5 is adopted already"* ]]
    expect 0 govern adopt --from golang.org/dl
    [[ $out == *"go1.22.3 is adopted from '$HOME/sdk/go1.22.3' already (proven)"* ]]
}

@test "what is not official: refused with the reason; --trust unproven takes it as that" {
    unpack go1.22.5 "$HOME/x"
    echo x >>"$HOME/x/src/runtime/runtime.go"
    expect 4 govern adopt "$HOME/x"
    one_error
    [[ $err == *"'$HOME/x' cannot be proven to be go1.22.5: its files are not those that the checksum database has recorded"* ]]
    [ -z "$(ls "$prefix/toolchains")" ]
    expect 0 govern adopt "$HOME/x" --trust unproven
    [[ $out == "go1.22.5 adopted from '$HOME/x': unproven, its files"* ]]
    expect 0 govern verify
    [ "$out" = "go1.22.5: unproven" ]
    # what it was then, it has to be
    echo y >>"$HOME/x/LICENSE"
    expect 4 govern verify 1.22.5
    [[ $out == "go1.22.5: changed LICENSE" ]]
    expect 4 govern install 1.22.5
    [[ $err == *"is adopted and only 'unproven', not 'proven'"* ]]
    expect 0 govern install --force 1.22.5
    [ ! -L "$prefix/toolchains/go1.22.5" ]
    [ -e "$HOME/x/bin/go" ]
    expect 0 govern verify
}

@test "spread over several directories, as Debian has it: runs, and is never proven" {
    spread go1.22.5 "$HOME/usr"
    before=$(fingerprint "$HOME/usr")
    expect 4 govern adopt "$HOME/usr/lib/go-1.22"
    [[ $err == *"cannot be proven to be go1.22.5: 'src' is a symbolic link"* ]]
    expect 0 govern adopt "$HOME/usr/lib/go-1.22" --trust unproven
    [ "$("$prefix/bin/go1.22.5" version)" = "go version go1.22.5 ${platform/-//}" ]
    expect 0 govern verify
    [ "$out" = "go1.22.5: unproven" ]
    [ "$(govern list --json | python3 -c 'import json,sys
t = json.load(sys.stdin)["toolchains"][0]
print(t["h1"], t["bytes"] > 100)')" = "None True" ]
    rm "$HOME/usr/lib/go-1.22/bin/gofmt"
    expect 4 govern verify
    [[ $err == *"the tree of go1.22.5 has no program 'bin/gofmt'"* ]]
    [ "$before" != "$(fingerprint "$HOME/usr")" ]
}

@test "offline, and with a log that cannot be reached: what can be said" {
    unpack go1.22.5 "$HOME/x"
    export GOPROXY=http://127.0.0.1:1
    printf '[network]\nretries = 0\n' >"$PWD/net.ini"
    export GOVERN_CONFIG=$PWD/net.ini
    expect 1 govern adopt "$HOME/x"
    one_error
    [[ $err == *"'$HOME/x' cannot be proven to be go1.22.5: "* ]]
    expect 1 govern adopt "$HOME/x" --offline
    one_error
    expect 0 govern adopt "$HOME/x" --offline --trust unproven
    expect 0 govern verify --offline
    [ "$out" = "go1.22.5: unproven" ]
    # proven as soon as the log is there
    export GOPROXY=file://$site
    expect 0 govern adopt "$HOME/x"
    [ "$out" = "go1.22.5 is adopted from '$HOME/x' already (proven)" ]
    expect 0 govern verify --offline
    # --all tells of all, and fails as a whole
    unpack go1.21.0 "$HOME/sdk/go1.21.0"
    GOPROXY=http://127.0.0.1:1 expect 1 govern adopt --from golang.org/dl --json
    [ "$(json .left.0.version)" = go1.21.0 ]
    GOSUMDB=off expect 4 govern adopt "$HOME/sdk/go1.21.0"
    [[ $err == *"GOSUMDB=off"* ]]
    # a log that contradicts itself is no reason to take it unproven
    cp -r "$site" "$HOME/lies"
    sed -i 's|^golang.org/toolchain \(.*\) h1:.|golang.org/toolchain \1 h1:x|' \
        "$HOME"/lies/sumdb/*/lookup/golang.org/*go1.21.0*
    GOPROXY=file://$HOME/lies expect 4 govern adopt "$HOME/sdk/go1.21.0" --trust unproven
    [[ $err == *"not proven to be in its tree"* ]]
    [ ! -L "$prefix/toolchains/go1.21.0" ]
}

@test "what is no toolchain, or a part of one, or another platform's: refused by name" {
    expect 3 govern adopt "$HOME/nowhere"
    one_error
    mkdir "$HOME/empty"
    expect 3 govern adopt "$HOME/empty"
    [[ $err == *"is not a GOROOT: it has no VERSION file" ]]
    unpack go1.22.5 "$HOME/x"
    echo 'devel go1.24-4d4a1c8' >"$HOME/x/VERSION"
    expect 1 govern adopt "$HOME/x"
    [[ $err == *"does not name a release of Go" ]]
    printf 'go1.22.5\n' >"$HOME/x/VERSION"
    chmod a-x "$HOME/x/bin/gofmt"
    expect 4 govern adopt "$HOME/x" --trust unproven
    chmod a+x "$HOME/x/bin/gofmt"
    rm "$HOME"/x/pkg/tool/*/compile
    expect 4 govern adopt "$HOME/x" --trust unproven
    [[ $err == *"has no program 'pkg/tool/${platform/-/_}/compile'" ]]
    unpack go1.21.0 "$HOME/y"
    : >"$HOME/y/g.lock"
    expect 4 govern adopt "$HOME/y" --trust unproven
    [[ $err == *"is not whole"* ]]
    rm "$HOME/y/g.lock"
    cp "$B/libexec/govern/go" "$HOME/y/bin/go"
    expect 4 govern adopt "$HOME/y" --trust unproven
    [[ $err == *"leads back to a govern shim"* ]]
    unpack go1.20 "$HOME/z"
    expect 4 govern adopt "$HOME/z" --platform linux-s390x --trust unproven
    [[ $err == *"'bin/go' of go1.20 is not a program for linux-s390x" ]]
    rm "$HOME/z/bin/go"
    ln -s /bin/true "$HOME/z/bin/go"
    expect 4 govern adopt "$HOME/z"
    one_error
    [ -z "$(ls "$prefix/toolchains")" ]
}

@test "what everybody can change is not taken; what one's own group can, is" {
    unpack go1.22.5 "$HOME/x"
    chmod -R g+w "$HOME/x"
    chmod o+w "$HOME/x/src"
    expect 4 govern adopt "$HOME/x"
    one_error
    [[ $err == *"everybody can change 'src' in '$HOME/x'"* ]]
    chmod o-w "$HOME/x/src"
    chmod u+s "$HOME/x/bin/go"
    expect 4 govern adopt "$HOME/x"
    chmod u-s "$HOME/x/bin/go"
    expect 0 govern adopt "$HOME/x"
    expect 0 govern verify
    chmod o+w "$HOME/x/LICENSE"
    expect 4 govern verify
    [ "$out" = "go1.22.5: mode LICENSE" ]
}

@test "one of that version is there: said, and nothing changes" {
    expect 0 govern install 1.22.5
    unpack go1.22.5 "$HOME/x"
    expect 4 govern adopt "$HOME/x"
    one_error
    [[ $err == *"go1.22.5 is installed already"*"hint: govern uninstall 1.22.5" ]]
    expect 4 govern adopt "$prefix/toolchains/go1.22.5"
    expect 0 govern uninstall 1.22.5
    cp -r "$HOME/x" "$HOME/y"
    expect 0 govern adopt "$HOME/x"
    expect 4 govern adopt "$HOME/y"
    [[ $err == *"go1.22.5 is adopted already, from '$HOME/x'"*"hint: govern uninstall --force 1.22.5" ]]
    expect 0 govern install 1.22.5
    [ "$out" = "go1.22.5 is already installed (proven)" ]
}

@test "uninstall takes the link, with --force, and no file" {
    unpack go1.22.5 "$HOME/x"
    before=$(fingerprint "$HOME/x")
    expect 0 govern adopt "$HOME/x"
    expect 4 govern uninstall 1.22.5
    one_error
    expect 0 govern uninstall --force 1.22.5
    [ ! -L "$prefix/toolchains/go1.22.5" ]
    [ ! -L "$prefix/bin/go1.22.5" ]
    [ -z "$(ls -A "$root/trash")$(ls -A "$root/receipts/$platform")" ]
    [ "$before" = "$(fingerprint "$HOME/x")" ]
}

@test "it vanishes: list, which, run, verify and the shim say so; install and adopt mend it" {
    unpack go1.22.5 "$HOME/x"
    expect 0 govern setup --no-rc
    expect 0 govern adopt "$HOME/x"
    expect 0 govern default 1.22.5
    mv "$HOME/x" "$HOME/y"
    gone="go1.22.5 was adopted from '$HOME/x', where there is no Go any more"
    expect 0 govern list
    [[ $out == *"gone, default"* ]]
    [[ $err == *"$gone"*"hint: govern install 1.22.5" ]]
    expect 0 govern list --json
    [ "$(json .toolchains.0.error.message)" = "$gone" ]
    echo 1.22.5 >.go-version
    for command in "govern which" "govern current" "govern run 1.22.5 -- go version" \
        "govern verify 1.22.5" "govern verify" "$prefix/bin/go version"; do
        try $command
        [ "$status" = 3 ] || [[ $status = 127 && $command == */go* ]]
        one_error
        [[ $err == *"$gone"*"hint: govern install 1.22.5" ]]
    done
    echo '1.22.5 system' >.go-version # it counts as what is not installed
    expect 0 env PATH="$prefix/bin:$HOME/y/bin" "$prefix/bin/go" version
    expect 0 govern adopt "$HOME/y" # the default stays
    rm .go-version
    expect 0 govern current
    [ "$out" = "go1.22.5 (default)" ]
    mv "$HOME/y" "$HOME/z"
    expect 0 govern install 1.22.5
    [ ! -L "$prefix/toolchains/go1.22.5" ]
    expect 0 govern current
    [ -e "$HOME/z/bin/go" ]
    expect 0 govern adopt "$HOME/z" --trust unproven --root "$HOME/other"
    rm -r "$HOME/z"
    expect 0 govern uninstall 1.22.5 --root "$HOME/other"
}

@test "it becomes another version: the same, and it never runs as what it was" {
    unpack go1.22.3 "$HOME/go"
    expect 0 govern setup --no-rc
    expect 0 govern adopt "$HOME/go"
    echo 1.22.3 >.go-version
    expect 0 "$prefix/bin/go" version
    rm -r "$HOME/go"
    unpack go1.22.5 "$HOME/go"
    changed="go1.22.3 was adopted from '$HOME/go', which is now go1.22.5"
    expect 0 govern list
    [[ $out == *"changed, pin"* || $out == *"changed "* ]]
    [[ $err == *"$changed"* ]]
    expect 127 "$prefix/bin/go" version
    [[ $err == *"$changed (pinned by $PWD/.go-version:1)"*"hint: govern install 1.22.3" ]]
    expect 3 govern which
    expect 4 govern default 1.22.3
    [[ $err == *"$changed"* ]]
    expect 4 govern verify
    [[ $err == *"$changed"* ]]
    expect 0 govern adopt "$HOME/go" # now under its name
    [[ $out == "go1.22.5 adopted"* ]]
    expect 0 govern install 1.22.3
    [[ $out == "go1.22.3 installed: proven"* ]]
    expect 0 "$prefix/bin/go" version
    [ "$out" = "go version go1.22.3 ${platform/-//}" ]
    [ -e "$HOME/go/bin/go" ]
}

@test "what has vanished, or is another version now, is not installed: pin, default, available, tag" {
    expect 0 govern install 1.22.3
    unpack go1.22.5 "$HOME/x"
    expect 0 govern adopt "$HOME/x"
    expect 0 govern tag prod 1.22.5
    for how in vanished changed; do
        rm -rf "$HOME/x"
        [ $how = vanished ] || unpack go1.22.3 "$HOME/x"
        rm -f .go-version
        expect 0 govern pin 1.22
        [ "$(cat .go-version)" = 1.22.3 ]
        expect 0 govern default 1.22
        [ "$(readlink "$prefix/current/default")" = ../../toolchains/go1.22.3 ]
        expect 0 govern run 1.22 -- go version
        [[ $out == *go1.22.3* ]]
        expect 0 govern available 1.22 --json
        [[ $out == *'"go1.22.5"'* ]]
        [ "$(json .releases.0.version) $(json .releases.0.installed)" = "go1.22.5 false" ]
        expect 0 govern tag --json
        [ "$(json .tags.0.installed)" = false ]
        # nothing else is there for it: what can be had
        expect 0 govern uninstall 1.22.3 --force
        expect 0 govern pin 1.22
        [ "$(cat .go-version)" = 1.22.5 ]
        [[ $err == *"govern: warning: go1.22.5 was adopted from '$HOME/x'"* ]]
        expect 0 govern install 1.22.3
    done
}

@test "lines and latest pass over one that has vanished, at the next change" {
    expect 0 govern install 1.22.3
    unpack go1.22.5 "$HOME/x"
    expect 0 govern adopt "$HOME/x"
    expect 0 govern run 1.22 -- go version
    [[ $out == *go1.22.5* ]]
    mv "$HOME/x" "$HOME/y"
    expect 0 govern default 1.22.3
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.3 ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.3 ]
    mv "$HOME/y" "$HOME/x"
    expect 0 govern adopt "$HOME/x"
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.5 ]
}

@test "usage" {
    expect 2 govern adopt
    one_error
    expect 2 govern adopt --all "$HOME"
    expect 2 govern adopt --from goenv "$HOME"
    expect 2 govern adopt --from nonsense
    [[ $err == *"hint: one of goenv, asdf, mise, gvm, g, goup, gobrew, "* ]]
    expect 2 govern adopt x --trust nonsense
}
