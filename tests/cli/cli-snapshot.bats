#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snapshot and diff: what decides a build here, and where that differs.

load lib

setup_file() {
    load_site go1.21.0 go1.22.5
    export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    cli_setup
    govern --root "$BATS_FILE_TMPDIR/store" install 1.21.0 1.22.5 --quiet
    # A go that answers as a real one: with its settings, and a directory that is never the same.
    for v in go1.21.0 go1.22.5; do
        go=$BATS_FILE_TMPDIR/store/$platform/toolchains/$v/bin/go
        chmod u+w "${go%/*}" && rm "$go"
        cat >"$go" <<-'END'
		#!/bin/sh
		[ "$*" = "env -json" ] || exit 2
		echo "{\"CC\": \"cc\", \"GOCACHE\": \"$HOME/cache\", \"GOFLAGS\": \"$GOFLAGS\","
		echo "\"GOGCCFLAGS\": \"-fPIC -ffile-prefix-map=/tmp/go-build$$=/tmp/go-build -g\","
		echo "\"GOMODCACHE\": \"$HOME/mod\", \"GOPROXY\": \"$GOPROXY\","
		echo "\"GOTOOLCHAIN\": \"$GOTOOLCHAIN\"}"
		END
        chmod 755 "$go"
    done
    mkdir "$BATS_FILE_TMPDIR/c"
    for name in cc c++ ld pkg-config; do
        printf '#!/bin/sh\n[ "$*" = --version ] && echo "%s 1.2" && echo more\n' $name >"$BATS_FILE_TMPDIR/c/$name"
        chmod 755 "$BATS_FILE_TMPDIR/c/$name"
    done
}

setup() { # all read the same store
    cli_setup
    export GOVERN_ROOT=$BATS_FILE_TMPDIR/store PATH=$BATS_FILE_TMPDIR/c:$PATH
}

own_store() {
    cp -a "$GOVERN_ROOT" "$HOME/store"
    export GOVERN_ROOT=$HOME/store
}

@test "all that decides a build, keys in order, schema first" {
    printf '1.22\n' >.go-version
    printf 'module x\ngo 1.21\ntoolchain go1.22.5\n' >../go.mod
    mkdir -p "$HOME/.config/go"
    printf 'GOFLAGS=-v\nGOPRIVATE=a\n#x\nGOPRIVATE=b\n' >"$HOME/.config/go/env"
    GOFLAGS=-mod=mod CC=cc GOOGLE_KEY=x expect 0 govern snapshot
    printf '%s' "$out" | python3 -c '
import json, sys
def sorted_keys(pairs):
    keys = [k for k, _ in pairs]
    assert keys == sorted(keys) or keys[0] == "schema" and keys[1:] == sorted(keys[1:]), keys
    return dict(pairs)
s = json.load(sys.stdin, object_pairs_hook=sorted_keys)
assert list(s)[0] == "schema" and s["schema"] == 1
t = s["toolchains"]["go1.22.5"]
assert list(s["toolchains"]) == ["go1.21.0", "go1.22.5"]
assert t["h1"].startswith("h1:") and t["trust"] == "proven" and not t["adopted"]
assert t["go_env"]["GOFLAGS"] == "-mod=mod" and t["go_env"]["GOTOOLCHAIN"] == "local"
assert t["go_env"]["GOGCCFLAGS"] == "-fPIC -g"
assert s["caches"]["modules"].endswith("/mod") and s["caches"]["build"].endswith("/cache")
assert s["in_force"]["version"] == "go1.22.5" and s["in_force"]["line"] == 1
assert s["in_force"]["file"].endswith("/w/.go-version")
assert s["pointers"]["1.22"] == s["pointers"]["latest"] == "go1.22.5"
assert s["go_mod"]["go"] == "1.21" and s["go_mod"]["toolchain"] == "go1.22.5"
assert s["go_env_file"]["values"] == {"GOFLAGS": "-v", "GOPRIVATE": "b"}
assert s["environment"]["GOFLAGS"] == "-mod=mod" and "GOOGLE_KEY" not in s["environment"]
assert s["host"]["kernel"] and s["platform"] and s["store"]["generation"] >= 1
assert s["c"]["c++"]["version"] == "c++ 1.2" and s["c"]["ld"]["path"].endswith("/c/ld")
assert list(s["c"]) == ["c++", "cc", "ld", "pkg-config"]'
}

@test "twice the same is the same; -o writes a file; no store is one without toolchains" {
    expect 0 govern snapshot -o a.json
    [ "$out" = "a.json written" ]
    expect 0 govern snapshot --output=b.json -q
    diff <(grep -v taken_at a.json) <(grep -v taken_at b.json)
    expect 1 govern snapshot -o none/a.json
    one_error
    GOVERN_ROOT=$HOME/none expect 0 govern snapshot
    [ "$(json .toolchains)" = "{}" ]
    [ ! -e "$HOME/none" ]
}

@test "no secrets, wherever they are; what is no secret stays" {
    mkdir -p "$HOME/.config/go"
    echo 'GOAUTH=git hunter22hunter' >"$HOME/.config/go/env"
    export GOPROXY=https://me:hunter22@a.example.com/x,direct GO_TOKEN=hunter22hunter
    export GOFLAGS=-ldflags=-X=main.password=hunter22 HTTPS_PROXY=http://u:hunter2@h:1
    expect 0 govern snapshot
    [[ $out != *hunter2* && $out == *"@a.example.com/x,direct"* ]]
    # The same everywhere, so that it can be compared.
    [[ $out == *'"GOPROXY": "https://<secret c6f>@a.example.com/x,direct"'* ]]
    [[ $out == *'"GOFLAGS": "-ldflags=-X=main.password=<secret c24>"'* ]]
    [[ $out == *'"HTTPS_PROXY": "http://<secret>@h:1"'* ]]
    [[ $out == *'"GO_TOKEN": "<secret '???'>"'* && $out == *'"GOAUTH": "<secret '???'>"'* ]]
}

@test "diff: what matters first, 1; the rest with --all; the same for several told once" {
    govern snapshot -qo a.json
    expect 0 govern diff a.json
    [ "$out" = "no difference in what matters" ]
    own_store
    govern tag prod 1.21.0
    rm -rf "$GOVERN_ROOT/$platform/toolchains/go1.21.0"
    echo 1.22.5 >.go-version
    GOFLAGS=-x LD_LIBRARY_PATH=/x govern snapshot -qo b.json
    expect 1 govern diff a.json b.json
    [[ $out == "--- "*$'\n'"+++ "* && $err == *"'a.json' and 'b.json' differ in what matters: "* ]]
    diff - <(tail -n +3 <<<"$out" | grep -v '^in force\|^- no Go here') <<-'END'
	+ go1.22.5
	toolchain go1.21.0
	- installed
	pointer @prod
	+ go1.21.0
	go env GOFLAGS of go1.22.5
	- ""
	+ -x
	END
    [[ $err == *"other differences: --all shows them"* ]]
    expect 1 govern diff --all a.json b.json
    [[ $out == *$'environment LD_LIBRARY_PATH\n+ /x'* ]]
    expect 1 govern diff a.json b.json --json
    [[ $(json .differences.1) == '{"kind": "toolchain", "name": "go1.21.0", "toolchains": [], '*'"values": ["installed", null]}' ]]
    [[ $out == *'"same": false'*'"error": {'*'"code": 1'* ]]
    rm .go-version
    GOFLAGS=-x LD_LIBRARY_PATH=/x GOVERN_ROOT=$BATS_FILE_TMPDIR/store expect 1 govern diff a.json
    [[ $out == *$'\n'"go env GOFLAGS of go1.21.0, go1.22.5"$'\n'* ]]
    # Only the rest differs: 0.
    LD_LIBRARY_PATH=/x GOVERN_ROOT=$BATS_FILE_TMPDIR/store expect 0 govern diff a.json .
}

@test "diff of generations; a generation and how it is here" {
    own_store
    govern tag prod 1.21.0
    expect 1 govern diff 1 2
    [ "$out" = $'--- generation 1\n+++ generation 2\npointer @prod\n+ go1.21.0' ]
    expect 0 govern diff 2
    expect 1 govern diff 1 . --json
    [ "$(json .differences)" = '[{"kind": "pointer", "name": "@prod", "toolchains": [], "matters": true, "most": null, "values": [null, "go1.21.0"]}]' ]
    expect 3 govern diff 1 77
    one_error
}

@test "what cannot be compared: 1, 2 and 3, and one line" {
    echo '{"schema": 1}' >none.json
    echo '[' >broken.json
    sed 's/"schema": 1/"schema": 2/' <(govern snapshot) >newer.json
    for f in none broken newer; do
        expect 1 govern diff $f.json
        [[ $err == "govern: '$f.json' cannot be compared: it "* ]]
    done
    expect 3 govern diff missing.json
    one_error
    expect 2 govern diff
    one_error
    expect 2 govern diff --nodes a
    expect 2 govern diff --nodes a,b c
    for url in ssh:// ssh:///x ssh://-oProxyCommand=x "ssh://h/\$(x)" "ssh://h/'x" "ssh://h x/y" \
        ssh://:22 'ssh://h/`x`' 'ssh://h/"x'; do
        expect 2 govern diff "$url"
        [[ $err == "govern: '$url' is not ssh://"* ]]
    done
    expect 2 govern diff --offline ssh://h .
    [[ $err == "govern: 'ssh://h' is asked over the network"* ]]
    ln -s /dev/zero endless
    expect 1 govern diff endless
}

@test "what a snapshot says commands no terminal" {
    govern snapshot | sed 's/"latest": "[^"]*"/"latest": "\\u001b[31m\\u009b"/' >evil.json
    expect 1 govern diff evil.json
    [[ $out == *$'\n- ?[31m?\n'* ]]
}

# ssh, as far as it is asked: a home for each host.
some_hosts() { # HOST...
    mkdir -p bin
    cat >bin/ssh <<-'END'
	#!/bin/sh
	echo "$*" >>"$SSH_LOG"
	while [ "$1" != -- ]; do shift; done
	[ "$2" != gone ] || { echo "ssh: gone: no route" >&2; exit 255; }
	HOME=$(dirname "$SSH_LOG")/home-${2#*@} GOVERN_ROOT= PATH=/usr/bin:/bin exec sh -c "$3"
	END
    chmod 755 bin/ssh
    export PATH=$PWD/bin:$PATH SSH_LOG=$PWD/log
    for host; do
        mkdir -p "home-$host/.local/share" "home-$host/src/app"
        cp -a "$GOVERN_ROOT" "home-$host/.local/share/govern"
        mkdir -p "home-$host/.local/share/govern/$platform/bin"
        ln -sf "$B/bin/govern" "home-$host/.local/share/govern/$platform/bin/govern"
    done
}

@test "hosts by ssh, which finds govern in the store there; with a port and a directory" {
    some_hosts a b
    expect 0 govern diff ssh://a ssh://me@b:2222
    grep -qe '^-T -o BatchMode=yes -o ConnectTimeout=20 -- a sh -c ' log
    grep -qe ' -p 2222 -- me@b sh -c ' log
    echo 1.21.0 >"home-b/src/app/.go-version"
    expect 1 govern diff ssh://a "ssh://b$PWD/home-b/src/app"
    [[ $out == *$'\nin force\n'*$'\n'"+ go1.21.0"* ]]
    expect 1 govern diff ssh://a ssh://gone
    [[ $err == "govern: 'gone' gives no snapshot: ssh: gone: no route" ]]
    expect 1 govern diff ssh://a ssh://b/none
    one_error
    rm "home-b/.local/share/govern/$platform/bin/govern"
    expect 1 govern diff ssh://a ssh://b
    [[ $err == *"gives no snapshot: govern is neither in PATH nor in the store there" ]]
}

@test "--nodes: who differs from the most of them" {
    some_hosts a b c
    expect 0 govern diff --nodes a,b,c
    HOME=$PWD/home-b GOVERN_ROOT= govern tag prod 1.21.0
    expect 1 govern diff --nodes a,b,c
    [ "$out" = $'pointer @prod\n  most: (none)\n  ssh://b: go1.21.0' ]
    [[ $err == *"govern: 3 nodes differ in what matters: 1" ]]
    expect 1 govern diff --nodes a,b,c --json
    [[ $(json .differences.0.values) == '[null, "go1.21.0", null]' && $out == *'"source": "ssh://b"'* ]]
    expect 1 govern diff --nodes a,gone,b
    [[ $err == *"'gone' gives no snapshot"* ]]
}

@test "-o: through a link to where the file is; what is no file stays what it is" {
    echo mine >real
    ln -s real link
    ln -s missing nowhere
    mkfifo pipe
    touch -d '-1 day' .tmp-govern-0 # of a govern that was killed here
    expect 0 govern snapshot -o link
    [ -L link ] && grep -q schema real && [ ! -e .tmp-govern-0 ]
    for what in pipe nowhere .; do
        expect 1 govern snapshot -o "$what"
        one_error
    done
    [ -p pipe ] && [ -L nowhere ] && [ ! -e missing ]
    expect 1 govern matrix --junit pipe 1.22.5 -- true
    [[ $err == *"'pipe' is not a regular file" && -p pipe ]]
    expect 0 govern matrix --junit link 1.22.5 -- true
    [ -L link ] && grep -q '<testsuites' real
}
