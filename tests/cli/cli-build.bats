#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# build: from source, with stand-ins whose make.bash makes an archive of itself
# (mktoolchain.py --build).  A patch to that make.bash is how a build goes wrong here.

load lib

setup_file() {
    load_site go1.22.5 go1.23.4
    python3 tests/tools/mktoolchain.py --build "$site" go1.22.5 >/dev/null
    python3 tests/tools/mktoolchain.py --build "$site" go1.24.1 >/dev/null
    for v in 1.12.17 1.20.14; do
        python3 tests/tools/mktoolchain.py --build "$site" "go$v" >/dev/null
    done
    GOSUMDB=$("$B/tests/tools/mklog" "$site" <"$site/hashes")
}

setup() {
    cli_setup
    [ "$platform" = linux-amd64 ] || [ "$platform" = linux-arm64 ] || skip "no stand-in here"
    cache=$HOME/.cache/govern
}

# A patch to the tree of go1.22.5: FILE gets this as its second line.
patch_to() { # FILE LINE [TOOLCHAIN]
    tar -xzOf "$site/${3-go1.22.5}.$platform.tar.gz" "go/$1" >"$BATS_TEST_TMPDIR/old"
    sed -n 1p "$BATS_TEST_TMPDIR/old" >"$BATS_TEST_TMPDIR/new"
    printf '%s\n' "$2" >>"$BATS_TEST_TMPDIR/new"
    sed 1d "$BATS_TEST_TMPDIR/old" >>"$BATS_TEST_TMPDIR/new"
    diff -u --label "a/$1" --label "b/$1" "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/new" ||
        [ $? = 1 ]
}

nothing_left() {
    [ -z "$(find "$root/staging" "$root/trash" -mindepth 1)" ]
}

receipt() { # NAME KEY: of go1.22.5-NAME, or of go1.22.5
    out=$(cat "$root/receipts/$platform/go1.22.5${1:+-$1}.json")
    json "$2"
}

@test "unpatched it is the release, byte for byte, and proven" {
    expect 0 govern build 1.22.5
    [ "$err" = "govern: go1.22.5 was installed: it is needed to build go1.22.5" ]
    [[ $out == "go1.22.5 built: proven, by go1.22.5 in "* ]]
    [ "$("$prefix/bin/go1.22.5" version)" = "go version go1.22.5 linux/${platform#*-}" ]
    expect 0 govern verify --json
    [ "$(json .verified.0.trust) $(json .verified.0.from_log)" = "proven true" ]
    expect 0 govern build 1.22.5 --json
    [ "$(json .built.already) $(json .built.trust) $(json .built.source)" = "true proven build" ]
    expect 0 govern list --json
    [ "$(json .toolchains.0.source)" = build ]
    expect 0 govern journal --json
    [ "$(json .records.0.event) $(json .records.1.event)" = "install build" ]
    nothing_left
}

@test "patched it has a name of its own, says what went in, and can be pinned" {
    patch_to src/runtime/runtime.go '// ours' >one.patch
    patch_to src/cmd/go.mod '// and this' >two.patch
    expect 0 govern build 1.22.5 --patch one.patch --patch=two.patch --name corp --json
    [ "$(json .built.version) $(json .built.trust)" = "go1.22.5-corp unproven" ]
    [ "$(json .built.base) $(json .built.bootstrap)" = "go1.22.5 go1.22.5" ]
    [ "$(json .built.patches.1.name)" = two.patch ]
    [ "$(json .built.patches.1.sha256)" = "$(sha256sum <two.patch | cut -c -64)" ]
    tree=$prefix/toolchains/go1.22.5-corp
    [ "$(sed -n 2p "$tree/src/runtime/runtime.go")" = "// ours" ]
    [ "$(sed -n 2p "$tree/src/cmd/go.mod")" = "// and this" ]
    [ "$(cat "$tree/VERSION")" = "$(printf 'go1.22.5-corp\ntime 2024-06-04T16:53:07Z')" ]
    [ "$(receipt corp .trust) $(receipt corp .source)" = "unproven build" ]
    [ "$(receipt corp .build.patches.0.sha256)" = "$(sha256sum <one.patch | cut -c -64)" ]
    [[ $(receipt corp .build.source_h1) == h1:* ]]
    echo go1.22.5-corp >.go-version
    expect 0 govern current
    [[ $out == "go1.22.5-corp ("*"/.go-version:1)" ]]
    expect 0 govern which
    [ "$out" = "$tree/bin/go" ]
    [ "$(readlink "$prefix/bin/go1.22.5-corp")" = ../toolchains/go1.22.5-corp/bin/go ]
}

@test "it is never taken for the release: no line, not latest, not a default by a range" {
    patch_to src/runtime/runtime.go '// ours' >one.patch
    expect 0 govern build 1.22.5 --patch one.patch
    [[ $out == "go1.22.5-patched built: unproven (patched), by go1.22.5 in "* ]]
    expect 0 govern uninstall 1.22.5
    [ ! -e "$prefix/current/1.22" ] && [ ! -e "$prefix/current/latest" ]
    echo 1.22 >.go-version
    expect 3 govern which
    expect 3 govern default 1.22
    expect 0 govern default go1.22.5-patched
}

@test "verify compares it with its own manifest, and asks nobody" {
    patch_to src/runtime/runtime.go '// ours' >one.patch
    expect 0 govern build 1.22.5 --patch one.patch
    export GOSUMDB="${GOSUMDB%% *} http://127.0.0.1:1/" # nobody there
    expect 0 govern verify go1.22.5-patched -v
    [ "$out" = "go1.22.5-patched: unproven" ]
    [ -z "$err" ]
    echo >>"$prefix/toolchains/go1.22.5-patched/src/runtime/runtime.go"
    expect 4 govern verify go1.22.5-patched
    [ "$out" = "go1.22.5-patched: changed src/runtime/runtime.go" ]
}

@test "what differs from the record is not that release" {
    cp -r "$site" site
    python3 "$here/tests/tools/mktoolchain.py" --build --flip src/runtime/runtime.go site \
        go1.22.5 >/dev/null
    expect 4 govern build 1.22.5 --source "site/go1.22.5.$platform.tar.gz" --bootstrap 1.24.1
    [[ $err == *"go1.22.5 is not what the checksum database"*"--name NAME" ]]
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    nothing_left
    expect 0 govern build 1.22.5 --source "site/go1.22.5.$platform.tar.gz" --name other
    [[ $out == "go1.22.5-other built: unproven, by go1.24.1 in "* ]]
    [ "$(receipt other .build.source_sha256)" = \
        "$(sha256sum <"site/go1.22.5.$platform.tar.gz" | cut -c -64)" ]
}

@test "the source from an archive, a directory, and one of another version" {
    mkdir tree src
    tar -xzf "$site/go1.22.5.$platform.tar.gz" -C tree
    tar -czf src/go1.22.5.src.tar.gz --exclude=go/bin --exclude=go/pkg -C tree go
    expect 0 govern install 1.22.5
    expect 0 govern build 1.22.5 --source src
    [[ $out == "go1.22.5 built: proven, by go1.22.5 in "* ]]
    [[ $(receipt '' .build.source_sha256) == "$(sha256sum <src/go1.22.5.src.tar.gz | cut -c -64)" ]]
    expect 0 govern build 1.22.5 --source tree/go --force
    [[ $out == *"built: proven"* ]]
    expect 0 govern build 1.22.5 --source "file://$PWD/src/go1.22.5.src.tar.gz" --force
    expect 4 govern build 1.22.4 --source tree/go
    [[ $err == *"the source of go1.22.4 is that of 'go1.22.5'"* ]]
    expect 3 govern build 1.22.4 --source src
    [[ $err == *"has neither src/make.bash nor go1.22.4.src.tar.gz"* ]]
    ln -s VERSION tree/go/LINK
    expect 4 govern build 1.22.5 --source tree/go --force
    [[ $err == *"tree/go/LINK' is neither a file nor a directory"* ]]
    nothing_left
}

@test "patches that leave the tree, make links, do not apply, or are none" {
    for name in ../x a/../../x /etc/x '"a/../x"'; do
        printf -- '--- a/src/x\n+++ %s\n@@ -0,0 +1 @@\n+x\n' "$name" >bad.patch
        expect 4 govern build 1.22.5 --patch bad.patch
        [[ $err == *"the patch 'bad.patch' names a file outside of the tree: '"* ]]
    done
    printf 'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n' >bad.patch
    expect 4 govern build 1.22.5 --patch bad.patch
    [[ $err == *"the patch 'bad.patch' makes a symbolic link"* ]]
    # patch(1) takes off blanks before a patch, and reads on behind what only looks like a hunk.
    sed 's/^/   /' bad.patch >in.patch
    expect 1 govern build 1.22.5 --patch in.patch
    [[ $err == *"the patch 'in.patch' has blanks before its lines"* ]]
    (echo '@@ 01,99 01,99 @@' && cat bad.patch) >long.patch
    expect 4 govern build 1.22.5 --patch long.patch
    [[ $err == *"the patch 'long.patch' makes a symbolic link"* ]]
    (echo '@@ -1,1 +1,44444244441 @@' && cat bad.patch) >huge.patch
    expect 1 govern build 1.22.5 --patch huge.patch
    [[ $err == *"the patch 'huge.patch' counts more lines than a patch can have"* ]]
    printf 'diff --git a/../x b/../x\nnew file mode 100644\n' >bad.patch
    expect 4 govern build 1.22.5 --patch bad.patch
    [[ $err == *"names a file outside of the tree: 'a/../x'"* ]]
    printf -- '--- /dev/null\n+++ "b/\\056\\056/x"\n@@ -0,0 +1 @@\n+x\n' >bad.patch
    expect 4 govern build 1.22.5 --patch bad.patch
    [[ $err == *"names a file outside of the tree: '"* ]]
    echo hello >bad.patch
    expect 1 govern build 1.22.5 --patch bad.patch
    [[ $err == *"'bad.patch' is no patch: it names no file"* ]]
    expect 1 govern build 1.22.5 --patch none.patch
    [ ! -e "$prefix/toolchains/go1.22.5" ] # nothing was brought for that
    patch_to src/runtime/runtime.go '// ours' | sed 's/^ package.*/ package other/' >bad.patch
    expect 1 govern build 1.22.5 --patch bad.patch
    [[ $err == *"the patch 'bad.patch' does not apply: "*"(all of it: '$cache/build-go1.22.5-patched.log')"* ]]
    # What only looks like a header is none, and is text of the tree.
    patch_to src/runtime/runtime.go '// ours' | sed 's/^+\/\/.*/+++ ..\/x/' >good.patch
    expect 0 govern build 1.22.5 --patch good.patch
    [ "$(sed -n 2p "$prefix/toolchains/go1.22.5-patched/src/runtime/runtime.go")" = "++ ../x" ]
    nothing_left
}

@test "a build that fails: its log is kept, and nothing else" {
    patch_to src/make.bash 'echo first; seq 3000; echo it broke >&2; exit 3' >bad.patch
    expect 1 govern build 1.22.5 --patch bad.patch
    [ "$err" = "govern: go1.22.5 was installed: it is needed to build go1.22.5-patched
govern: go1.22.5-patched could not be built: it broke (all of it: '$cache/build-go1.22.5-patched.log')" ]
    [ "$(head -n 2 "$cache/build-go1.22.5-patched.log" | tail -n 1)" = first ]
    [ "$(wc -l <"$cache/build-go1.22.5-patched.log")" -gt 3000 ]
    patch_to src/make.bash 'exit 0' >bad.patch
    expect 1 govern build 1.22.5 --patch bad.patch
    [[ $err == *"could not be built: make.bash made no archive"* ]]
    nothing_left
    [ "$(ls "$prefix/toolchains")" = go1.22.5 ]
}

@test "the environment is clean" {
    patch_to src/make.bash 'env; exit 1' >see.patch
    export GOFLAGS=-x GOEXPERIMENT=y CC=z GOTOOLCHAIN=local GOOS=plan9 SECRET=s
    expect 1 govern build 1.22.5 --patch see.patch
    log=$cache/build-go1.22.5-patched.log
    [ "$(grep -oE '^[A-Z_0-9]+=' "$log" | sort | tr -d '\n')" = \
        GOCACHE=GOENV=GOFLAGS=GOPROXY=GOROOT_BOOTSTRAP=GOSUMDB=GOTOOLCHAIN=HOME=LC_ALL=PATH=PWD=SHLVL=TERM=TMPDIR=_= ]
    grep -qx 'GOFLAGS=' "$log" && grep -qx 'GOPROXY=off' "$log"
    grep -q "^HOME=$root/staging/" "$log"
}

@test "a name space without a network, where the kernel has them" {
    unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null || skip "no name spaces here"
    patch_to src/make.bash 'readlink /proc/self/ns/net; id -u; cat /proc/net/dev; exit 1' >see.patch
    expect 1 govern build 1.22.5 --patch see.patch
    log=$cache/build-go1.22.5-patched.log
    ns=$(grep '^net:' "$log")
    [ -n "$ns" ] && [ "$ns" != "$(readlink /proc/self/ns/net)" ]
    grep -qx "$(id -u)" "$log"
    [ "$(grep -o '^ *[^ ]*:' "$log" | tr -d ' ' | grep -v '^net:')" = lo: ]
    [[ $err != *"take the network away"* ]]
}

@test "too little space: told before, with what it takes" {
    [ "$(id -u)" = 0 ] || skip "needs root to mount"
    python3 "$here/tests/tools/mktoolchain.py" --build --pad 700000 site go1.22.6 >/dev/null
    mkdir -p "$root"
    unshare -m sh -ec '
        mount -t tmpfs -o size=6m none "$1"
        govern build 1.22.6 --source "$2" --bootstrap 1.22.5 --name x' \
        sh "$root" "site/go1.22.6.$platform.tar.gz" >out 2>err && return 1
    cat err
    grep -q "No space left on device" err
    grep -qE "cannot build go1.22.6-x: it takes [78] MB in '$root', and [0-5] MB are free" err
}

@test "a build that hangs ends at its limit, and all that it started with it" {
    patch_to src/make.bash "sleep 1000 & echo \$! >$HOME/pid; wait" >bad.patch
    expect 1 govern build 1.22.5 --patch bad.patch --timeout 1s
    [[ $err == *"go1.22.5-patched could not be built: it took more than 1 s"* ]]
    [ ! -d "/proc/$(cat "$HOME/pid")" ] || grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
    nothing_left
}

@test "ended by a signal: nothing runs on, nothing is left" {
    patch_to src/make.bash "sleep 1000 & echo \$! >$HOME/pid; wait" >bad.patch
    terminate_both govern build 1.22.5 --patch bad.patch
    nothing_left
}

@test "killed: nothing runs on, and the next command tidies" {
    patch_to src/make.bash "sleep 1000 & echo \$! >$HOME/pid; wait" >bad.patch
    govern build 1.22.5 --patch bad.patch 2>/dev/null &
    pid=$!
    until [ -s "$HOME/pid" ]; do sleep .05; done
    kill -KILL "$pid"
    wait "$pid" || true
    for _ in $(seq 200); do
        [ -d "/proc/$(cat "$HOME/pid")" ] || break
        grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status" && break
        sleep .05
    done
    [ ! -d "/proc/$(cat "$HOME/pid")" ] || grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
    [ -n "$(ls "$root/staging")" ]
    expect 0 govern gc
    nothing_left
    [ "$(ls "$prefix/toolchains")" = go1.22.5 ]
}

@test "what is there: the same is not built again, something else not over it" {
    patch_to src/runtime/runtime.go '// ours' >one.patch
    patch_to src/runtime/runtime.go '// theirs' >two.patch
    expect 0 govern build 1.22.5 --patch one.patch
    expect 0 govern build 1.22.5 --patch one.patch
    [ "$out" = "go1.22.5-patched is already built: unproven (patched)" ]
    expect 4 govern build 1.22.5 --patch two.patch
    [[ $err == *"go1.22.5-patched is there already, and was built from something else"* ]]
    one_error
    expect 0 govern build 1.22.5 --patch two.patch --force
    [ "$(sed -n 2p "$prefix/toolchains/go1.22.5-patched/src/runtime/runtime.go")" = "// theirs" ]
}

@test "what is there: from another source it is something else" {
    mkdir tree one two
    tar -xzf "$site/go1.22.5.$platform.tar.gz" -C tree
    tar -czf one/go1.22.5.src.tar.gz --exclude=go/bin --exclude=go/pkg -C tree go
    echo '// ours' >>tree/go/src/runtime/runtime.go
    tar -czf two/go1.22.5.src.tar.gz --exclude=go/bin --exclude=go/pkg -C tree go
    expect 0 govern build 1.22.5 --name x --source one
    expect 0 govern build 1.22.5 --name x --source "file://$PWD/one/go1.22.5.src.tar.gz"
    [ "$out" = "go1.22.5-x is already built: unproven" ]
    for other in "--source two" "--source tree/go" ""; do
        # shellcheck disable=SC2086 # two words, or none
        expect 4 govern build 1.22.5 --name x $other
        [[ $err == *"go1.22.5-x is there already, and was built from something else"* ]]
    done
    expect 3 govern build 1.22.5 --name x --source "$HOME"
    expect 4 govern build 1.22.5 --name x --source http://127.0.0.1:1/
    [[ $err == *"'http://127.0.0.1:1/' does not tell whether it was built from that"* ]]
    expect 0 govern build 1.22.5 --name x --source two --force
    [ "$(tail -n 1 "$prefix/toolchains/go1.22.5-x/src/runtime/runtime.go")" = "// ours" ]
    expect 0 govern build 1.22.5 --name y --source tree/go
    expect 4 govern build 1.22.5 --name y --source tree/go
    [[ $err == *"'tree/go' does not tell"* ]]
    expect 0 govern build 1.22.5 --name z
    expect 0 govern build 1.22.5 --name z
    [ "$out" = "go1.22.5-z is already built: unproven" ]
    expect 4 govern build 1.22.5 --name z --source one
}

@test "who compiles it: the release itself, the newest there, or who is named" {
    expect 2 govern build 1.24.1 --bootstrap 1.22.5
    [[ $err == *"go1.22.5 cannot build go1.24.1: that takes go1.22.6 or a newer one"* ]]
    expect 0 govern build 1.22.5 --bootstrap 1.24 --name x
    [[ $out == *"by go1.24.1 in "* ]]
}

@test "before 1.21: the tree that make.bash leaves, under a name of its own" {
    expect 0 govern build 1.12.17
    [[ $out == "go1.12.17-built built: unproven (not reproducible), by go1.12.17 in "* ]]
    tree=$prefix/toolchains/go1.12.17-built
    [ "$(head -n 1 "$tree/VERSION")" = go1.12.17-built ]
    [ "$(cd "$tree/pkg" && find . -type f | sort)" = "./${platform/-/_}/fmt.a
./tool/${platform/-/_}/compile" ]
    gcc=0
    command -v gcc >/dev/null && gcc=
    [ "$(cat "$tree/src/runtime/zversion.go")" = "package sys // cgo '$gcc'" ]
    [ -x "$tree/bin/go" ] && [ -x "$tree/src/make.bash" ] && [ ! -x "$tree/VERSION" ]
    out=$(cat "$root/receipts/$platform/go1.12.17-built.json")
    [ "$(json .trust) $(json .source) $(json .build.base)" = "unproven build go1.12.17" ]
    expect 0 govern verify go1.12.17-built
    [ "$out" = "go1.12.17-built: unproven" ]
    expect 0 govern build 1.12.17
    [ "$out" = "go1.12.17-built is already built: unproven (not reproducible)" ]
    [ "$(readlink "$prefix/current/1.12")" = ../../toolchains/go1.12.17 ]
    nothing_left
}

@test "before 1.21: what make.bash did not finish is not published" {
    patch_to src/make.bash 'exit 0' go1.12.17 >bad.patch
    expect 4 govern build 1.12.17 --patch bad.patch
    [[ $err == *"go1.12.17-patched"*"bin/go"* ]]
    patch_to src/make.bash 'ln -s /etc/passwd ../link' go1.12.17 >bad.patch
    expect 4 govern build 1.12.17 --patch bad.patch
    [[ $err == *"'link'"* ]]
    [ "$(ls "$prefix/toolchains")" = go1.12.17 ]
    nothing_left
}

@test "before 1.21: who compiles it" {
    expect 4 govern build 1.4.3
    [[ $err == *"go1.4.3 cannot be built: Go before 1.5 is written in C"* ]]
    one_error
    mkdir tree
    tar -xzf "$site/go1.20.14.$platform.tar.gz" -C tree
    expect 2 govern build 1.20.14 --source tree/go --bootstrap 1.12.17
    [[ $err == *"go1.12.17 cannot build go1.20.14: that takes go1.17.13 or a newer one"* ]]
    expect 2 govern build 1.12.17 --bootstrap 1.17.13
    [[ $err == *"go1.17.13 cannot build go1.12.17: that takes a Go from 1.4 to 1.15"* ]]
    expect 0 govern build 1.20.14 --source tree/go # nobody is here: one of its own line
    [[ $out == *" by go1.20.14 in "* ]]
}

@test "the source by http, from a server of one's own" {
    mkdir tree www
    tar -xzf "$site/go1.22.5.$platform.tar.gz" -C tree
    tar -czf www/go1.22.5.src.tar.gz --exclude=go/bin --exclude=go/pkg -C tree go
    mkfifo alive
    python3 "$here/tests/server/loopback.py" --dir www --port-file port --log log <alive 3>&- &
    exec 9>alive
    until [ -s port ]; do sleep .02; done
    url=http://127.0.0.1:$(cat port)
    expect 0 govern install 1.22.5
    expect 0 govern build 1.22.5 --source "$url/"
    [[ $out == *"built: proven, by go1.22.5 in "* ]]
    grep -q '"path": "/go1.22.5.src.tar.gz"' log
    digest=$(sha256sum <www/go1.22.5.src.tar.gz | cut -c -64)
    [ "$(receipt '' .build.source_sha256)" = "$digest" ]
    expect 0 govern build 1.22.5 --source "$url/go1.22.5.src.tar.gz" --name x
    [ "$(receipt x .build.source_sha256)" = "$digest" ]
    expect 1 govern build 1.22.5 --source "$url/cut=100/go1.22.5.src.tar.gz" --name y
    expect 3 govern build 1.22.5 --source "$url/none/" --name y
    [ "$(ls "$prefix/toolchains")" = "go1.22.5
go1.22.5-x" ]
    exec 9>&-
    wait
    nothing_left
}

@test "names, usage, and a store that wants more" {
    for name in rc1 'a b' ../x '' beta; do
        expect 2 govern build 1.22.5 --name "$name"
        [[ $err == *"'$name' cannot be a name"* ]]
    done
    expect 2 govern build
    expect 2 govern build go1.22.5-corp
    expect 2 govern build @prod
    expect 2 govern build 1.22.5 --timeout never
    expect 2 govern --root "$HOME/none" build 1.22.5 --timeout never
    expect 2 govern --root "$HOME/none" build 1..22
    [ ! -e "$HOME/none" ]
    mkdir -p "$root"
    printf '[trust]\nminimum = proven\n[policy]\nlock = trust.minimum\n' >"$root/govern.ini"
    expect 4 govern build 1.22.5 --name corp
    [[ $err == *"this store wants proven toolchains"* ]]
    expect 0 govern build 1.22.5
}
