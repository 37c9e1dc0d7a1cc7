#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# policy check with a real Go, a real module and its real go.sum.  Ten seconds of Go, so only
# TORTURE=full does it; tests/cli/cli-policy-modules.bats has the rest.

load lib

setup_file() {
    [ "${TORTURE-}" = full ] || skip_all "ten seconds of Go: TORTURE=full"
    [ -n "${skip_reason-}" ] || need_proxy
    need_toolchains 1.26.11
}

setup() {
    real_setup
    PATH=$B/bin:$PATH
    export GOVERN_VERSION=1.26.11 GOSUMDB=off
    mkdir r
    cat >r/main.go <<'EOF'
package main

import (
	"fmt"

	"rsc.io/quote"
)

func main() { fmt.Println(quote.Hello()) }
EOF
    cat >r/go.mod <<'EOF'
module example.com/r

go 1.22

require rsc.io/quote v1.5.2

require (
	golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c // indirect
	rsc.io/sampler v1.3.0 // indirect
)
EOF
    go=$store/$(platform)/toolchains/go1.26.11/bin/go
    (cd r && GOFLAGS=-modcacherw "$go" mod tidy && "$go" mod vendor) || skip "a module cannot be fetched"
}

finds() { # STATUS LINE...: that, and nothing else
    local want=$1
    shift
    run --separate-stderr govern policy check r
    printf '%s\n' "$output" "$stderr"
    [ "$status" = "$want" ]
    [ "$output" = "$(printf '%s\n' "$@")" ]
}

everything() {
    find r "$GOMODCACHE" -printf '%p %T@ %C@ %s\n' | sort
}

bats_require_minimum_version 1.5.0

@test "vendor, go.sum and the module cache of a real module: right, and changed by a byte" {
    before=$(everything)
    finds 0 "nothing is against the policy"
    echo '// more' >>r/vendor/rsc.io/quote/quote.go
    finds 4 "$PWD/r/vendor/rsc.io/quote/quote.go:31: it differs from what go mod vendor makes [vendor]"
    sed -i '$d' r/vendor/rsc.io/quote/quote.go
    echo '// more' >>"$GOMODCACHE/rsc.io/quote@v1.5.2/quote.go"
    finds 4 "$PWD/r/go.sum:3: rsc.io/quote v1.5.2: dir has been modified ($GOMODCACHE/rsc.io/quote@v1.5.2) [module-changed]"
    sed -i '$d' "$GOMODCACHE/rsc.io/quote@v1.5.2/quote.go"
    sed -i 's,^\(rsc.io/sampler v1.3.0 h1:\)7,\18,' r/go.sum
    finds 4 "$PWD/r/go.sum:5: rsc.io/sampler v1.3.0 in the module cache is not what go.sum says [module-changed]"
    sed -i 's,^\(rsc.io/sampler v1.3.0 h1:\)8,\17,' r/go.sum
    finds 0 "nothing is against the policy"
    [ "$(everything | cut -d' ' -f1)" = "$(cut -d' ' -f1 <<<"$before")" ]
    sed -i 's/quote v1.5.2/quote v1.5.1/' r/go.mod
    finds 4 \
        "$PWD/r/go.mod:5: rsc.io/quote@v1.5.1: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt [vendor]" \
        "$PWD/r/go.mod:5: rsc.io/quote@v1.5.2: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod [vendor]" \
        "$PWD/r/go.sum: the module cache cannot be verified: rsc.io/quote@v1.5.1: module lookup disabled by GOPROXY=off [unverified]"
}

@test "an empty module cache: said, and fetched only when that is asked for" {
    export GOMODCACHE=$BATS_TEST_TMPDIR/empty
    finds 4 "$PWD/r/vendor/modules.txt: vendor cannot be compared without --download: rsc.io/quote: module lookup disabled by GOPROXY=off [unverified]"
    run govern policy check --download r
    echo "$output"
    [ "$status" = 0 ]
    [ ! -e "$GOMODCACHE" ]
}

@test "a workspace: what go work vendor makes, and what was changed by hand" {
    mkdir w
    mv r w/a
    rm -r w/a/vendor
    mkdir w/b
    printf 'module example.com/b\n\ngo 1.22\n' >w/b/go.mod
    printf 'package b\n' >w/b/b.go
    printf 'go 1.22\n\nuse (\n\t./a\n\t./b\n)\n\nreplace example.com/none => ./b\n' >w/go.work
    mv w r
    (cd r && "$go" work vendor)
    before=$(everything)
    finds 0 "nothing is against the policy"
    [ "$(everything)" = "$before" ]
    echo '// more' >>r/vendor/rsc.io/quote/quote.go
    rm r/vendor/rsc.io/sampler/glass.go
    finds 4 "$PWD/r/vendor/rsc.io/quote/quote.go:31: it differs from what go work vendor makes [vendor]" \
        "$PWD/r/vendor/rsc.io/sampler/glass.go: it is missing, and go work vendor makes it [vendor]"
    sed -i 's/quote v1.5.2/quote v1.5.1/' r/a/go.mod
    run govern policy check r
    echo "$output"
    [[ $output == *"r/go.work: rsc.io/quote@v1.5.1: is explicitly required in go.mod, but not marked"* ]]
}
