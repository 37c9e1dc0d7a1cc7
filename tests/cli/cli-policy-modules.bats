#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# policy check DIR: vendor directories, go.sum and the module cache, with a go that does as if
# (tests/tools/standin-go.c; tests/real/policy.bats has a real one).

load lib

setup_file() {
    export site=$BATS_FILE_TMPDIR/site
    python3 tests/tools/mktoolchain.py --go "$B/tests/tools/standin-go" "$site" go1.22.5 >/dev/null
    GOSUMDB=$("$B/tests/tools/mklog" "$site" <"$site/hashes")
    export GOSUMDB
    export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    cli_setup
    govern --root "$BATS_FILE_TMPDIR/store" install 1.22.5 --default --quiet
}

setup() { # all read the same store
    cli_setup
    export GOVERN_ROOT=$BATS_FILE_TMPDIR/store
    unset GOFLAGS GOWORK GOPATH GOMODCACHE GOPRIVATE
    export GOENV=off
    # What `go mod` and `go list` do: their words, and what they were given, to a log.
    export STANDIN_MODULES=$HOME/go-mod KEPT=$HOME
    cat >"$STANDIN_MODULES" <<'EOF'
#!/bin/sh
{
    echo "$1 $2 ${PWD##*/}"
    for name in GOPROXY GOFLAGS GOPRIVATE GOVCS GOAUTH GOTOOLCHAIN GOWORK GOENV GOSUMDB; do
        echo " $name=$(printenv "$name" || echo unset)"
    done
} >>"$KEPT/log"
case "$1 $2" in
"mod verify") [ ! -e "$KEPT/verify" ] || { cat "$KEPT/verify" >&2; exit 1; } ;;
"list -mod=vendor") [ ! -e "$KEPT/list" ] || { cat "$KEPT/list" >&2; exit 1; } ;;
"mod vendor")
    [ ! -e "$KEPT/vendor" ] || { cat "$KEPT/vendor" >&2; exit 1; }
    echo spoilt >>"${3#-modfile=}"
    cp -r "$KEPT/wanted/." "$5/" 2>/dev/null || cp -r "$KEPT/wanted" "$5"
    ;;
"work vendor")
    [ ! -e "$KEPT/vendor" ] || { cat "$KEPT/vendor" >&2; exit 1; }
    find . | sort >"$KEPT/found"
    echo spoilt >>"$GOWORK" && echo spoilt >go.work.sum
    cp -r "$KEPT/wanted" "$4"
    ;;
esac
EOF
    chmod 755 "$STANDIN_MODULES"
    cache=$HOME/go/pkg/mod/cache/download/example.com/!big/m/@v
    mkdir -p r/vendor/example.com/m "$cache"
    printf 'module x\n\ngo 1.22\n\nrequire example.com/Big/m v1.2.3\n' >r/go.mod
    printf 'example.com/Big/m v1.2.3 h1:aaa=\nexample.com/Big/m v1.2.3/go.mod h1:bbb=\n' >r/go.sum
    printf '# example.com/Big/m v1.2.3\n## explicit\n' >r/vendor/modules.txt
    printf 'package m\n\nvar X = 1\n' >r/vendor/example.com/m/m.go
    cp -r r/vendor "$HOME/wanted"
    printf 'h1:aaa=' >"$cache/v1.2.3.ziphash"
}

check() { # STATUS [OPTION...]: "FILE:LINE RULE MESSAGE" of each finding into `got`
    local want=$1
    shift
    expect "$want" govern policy check r --json "$@"
    printf '%s' "$out" | python3 -c '
import json, os, sys
for f in json.load(sys.stdin)["findings"]:
    print("%s:%s %s %s" % (os.path.relpath(f["file"]), f["line"] or "-", f["rule"], f["message"]))' >got
}

@test "all as it should be: Go is asked thrice, with nobody's settings, and nothing is written" {
    export GOFLAGS=-mod=mod GOPRIVATE='*' GOTOOLCHAIN=auto GOWORK=$PWD/go.work
    before=$(find r "$HOME/go" -printf '%p %T@ %C@\n' | sort)
    check 0
    [ "$(find r "$HOME/go" -printf '%p %T@ %C@\n' | sort)" = "$before" ]
    [ "$(grep -v '^ ' "$HOME/log")" = $'mod verify r\nlist -mod=vendor r\nmod vendor r' ]
    grep -qx " GOPROXY=file://$HOME/go/pkg/mod/cache/download,off" "$HOME/log"
    for setting in GOFLAGS= GOPRIVATE= 'GOVCS=\*:off' GOAUTH=off GOTOOLCHAIN=path GOWORK=off \
        GOENV=off GOSUMDB=off; do
        [ "$(grep -cx " $setting" "$HOME/log")" = 3 ]
    done
    [ -z "$(ls "$HOME/.cache/govern/checks")" ]
    # A pin is a pin: Go does not become another.
    echo 1.22.5 >r/.go-version
    unset GOTOOLCHAIN
    check 0
    grep -qx ' GOTOOLCHAIN=local' "$HOME/log"
}

@test "vendored files that are others, with the line that differs first" {
    sed -i 's/X = 1/X = 2/' r/vendor/example.com/m/m.go
    touch r/vendor/example.com/m/more.go
    ln -s m.go r/vendor/example.com/m/link.go
    mkfifo r/vendor/fifo
    touch "$HOME/wanted/missing.go" "$HOME/wanted/fifo"
    check 4
    diff got - <<'END'
r/vendor/example.com/m/link.go:- vendor it is not among what go mod vendor makes
r/vendor/example.com/m/m.go:3 vendor it differs from what go mod vendor makes
r/vendor/example.com/m/more.go:- vendor it is not among what go mod vendor makes
r/vendor/fifo:- vendor it is no regular file, as go mod vendor makes it
r/vendor/missing.go:- vendor it is missing, and go mod vendor makes it
END
    touch r/vendor/{1..60}
    check 4
    [ "$(wc -l <got)" = 51 ]
    grep -qx 'r/vendor:- vendor more files that are others: 15' got
}

@test "modules.txt that does not agree with go.mod; then the files are not compared" {
    sed -i "4i // example.com/Big/m v1.2.30" r/go.mod
    printf 'go: inconsistent vendoring in %s:\n' "$PWD/r" >"$HOME/list"
    printf '\texample.com/Big/m@v1.2.3: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n' >>"$HOME/list"
    check 4
    [ "$(cat got)" = "r/go.mod:6 vendor example.com/Big/m@v1.2.3: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt" ]
    [[ $(cat "$HOME/log") != *"mod vendor"* ]]
}

@test "the module cache: against go.sum, and as go mod verify finds it" {
    rm -r r/vendor
    printf 'h1:zzz=\n' >"$cache/v1.2.3.ziphash"
    check 4
    [ "$(cat got)" = "r/go.sum:1 module-changed example.com/Big/m v1.2.3 in the module cache is not what go.sum says" ]
    printf 'h1:aaa=' >"$cache/v1.2.3.ziphash"
    echo "example.com/Big/m v1.2.3: dir has been modified (/somewhere)" >"$HOME/verify"
    check 4 --sarif s.sarif
    [ "$(cat got)" = "r/go.sum:1 module-changed example.com/Big/m v1.2.3: dir has been modified (/somewhere)" ]
    grep -q '"startLine": 1' s.sarif && grep -q '"module-changed"' s.sarif
    check 0 --no-modules
    # What is not there, and what leads out of the cache, is not looked at: no Go is run.
    rm "$HOME/log"
    echo 'h1:other=' >"$HOME/go/pkg/mod/cache/secret.ziphash"
    printf '../secret/x v1 h1:ccc=\n../.. ../secret h1:ccc=\n/etc v1 h1:x=\nexample.com/none v1.0.0 h1:x=\n\n  \nodd\n' >r/go.sum
    check 0
    [ ! -e "$HOME/log" ]
}

@test "what cannot be verified is a finding, and says what would help" {
    printf 'go: downloading example.com/Big/m v1.2.3\ngo: x imports\n\texample.com/Big/m: module lookup disabled by GOPROXY=off\n' >"$HOME/vendor"
    check 4
    [ "$(cat got)" = "r/vendor/modules.txt:- unverified vendor cannot be compared without --download: example.com/Big/m: module lookup disabled by GOPROXY=off" ]
    rm "$HOME/vendor"
    printf 'verifying example.com/Big/m@v1.2.3: checksum mismatch\n\tdownloaded: h1:x=\n' >"$HOME/vendor"
    check 4
    [ "$(cat got)" = "r/go.sum:1 module-changed example.com/Big/m v1.2.3 in the module cache is not what go.sum says" ]
    rm "$HOME/vendor"
    printf 'go: module lookup disabled by GOPROXY=off\n' >"$HOME/verify"
    check 4
    [ "$(cat got)" = "r/go.sum:- unverified the module cache cannot be verified: module lookup disabled by GOPROXY=off" ]
    rm "$HOME/verify"
    expect 4 env GOVERN_ROOT="$HOME/none" govern policy check r
    [[ $out == *"r/go.mod: no Go can look at its modules: "*"[unverified]" ]]
}

@test "--download: from where Go would fetch; options are check's" {
    GOPROXY=https://proxy.example expect 0 govern policy check r --download
    [ "$(grep -cx " GOPROXY=file://$HOME/go/pkg/mod/cache/download,https://proxy.example" "$HOME/log")" = 1 ]
    [ "$(grep -cx ' GOPROXY=off' "$HOME/log")" = 2 ]
    expect 2 govern policy show --download
    expect 2 govern policy check --download . --offline
    expect 2 govern policy apply --no-modules
}

@test "whose repository it is: not test data, not other modules' vendor, no go.work without vendor" {
    mkdir -p w/testdata w/vendor/a
    cp -r r w/testdata/
    cp -r r w/vendor/a/
    cp r/go.mod w/
    printf '## workspace\n' >w/vendor/modules.txt # the workspace's, which is not here
    expect 0 govern policy check w
    rm -r w/vendor
    printf 'go 1.22\n\nuse .\n' >w/go.work
    expect 0 govern policy check w
    [ ! -e "$HOME/log" ]
}

@test "a workspace: what go work vendor makes of a copy, and nothing is written" {
    printf 'go 1.22\n\nuse ./a\n' >r/go.work
    mkdir r/a r/.git
    mv r/go.mod r/go.sum r/a/
    for file in r/vendor/modules.txt "$HOME/wanted/modules.txt"; do
        printf '## workspace\n# example.com/Big/m v1.2.3\n## explicit\n' >$file
    done
    before=$(find r "$HOME/go" -printf '%p %T@ %C@\n' | sort)
    check 0
    [ "$(find r "$HOME/go" -printf '%p %T@ %C@\n' | sort)" = "$before" ]
    [ "$(grep -v '^ ' "$HOME/log")" = $'list -mod=vendor r\nwork vendor copy\nmod verify a' ]
    [ "$(cat "$HOME/found")" = $'.\n./a\n./a/go.mod\n./a/go.sum\n./go.work' ]
    grep -A 9 '^mod verify' "$HOME/log" | grep -qx ' GOWORK=off'
    grep -A 9 '^list' "$HOME/log" | grep -qx " GOWORK=$PWD/r/go.work"
    grep -A 9 '^work' "$HOME/log" | grep -qx " GOWORK=$HOME/.cache/govern/checks/.*/copy/go.work"
    sed -i 's/X = 1/X = 2/' r/vendor/example.com/m/m.go
    touch "$HOME/wanted/missing.go"
    check 4
    diff got - <<'END'
r/vendor/example.com/m/m.go:3 vendor it differs from what go work vendor makes
r/vendor/missing.go:- vendor it is missing, and go work vendor makes it
END
    printf 'example.com/Big/m v1.2.3 h1:zzz=\n' >r/go.work.sum
    echo 'go: no such tool' >"$HOME/vendor"
    check 4
    diff got - <<'END'
r/go.work.sum:1 module-changed example.com/Big/m v1.2.3 in the module cache is not what go.work.sum says
r/vendor/modules.txt:- unverified vendor cannot be compared without --download: no such tool
END
    printf 'go: inconsistent vendoring in %s:\n\texample.com/Big/m@v1.2.3: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n' "$PWD/r" >"$HOME/list"
    check 4
    grep -qx 'r/go.work:- vendor example.com/Big/m@v1.2.3: is explicitly required in go.mod, .*' got
}
