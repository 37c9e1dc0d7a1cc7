#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Policy: what the [policy] sections of govern.ini allow.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5 go1.23rc1 go1.23.1
}

setup() {
    cli_setup
}

rule() { # LINE...: in the store's file
    mkdir -p "$root"
    printf '%s\n' '[policy]' "$@" >"$root/govern.ini"
}

refused() { # RULE TEXT: exit 4, one line that names it, and a hint
    [ "$status" = 4 ]
    [ -z "$out" ]
    one_error
    [[ $err == *"$1"* ]] && [[ $err == *"$2"* ]]
    [[ $err == *"hint: govern policy show"* ]]
}

@test "install, pin, default and tag refuse what is denied, and name the rule" {
    expect 0 govern install 1.22.3 1.22.5 --quiet
    rule 'prereleases = no' 'deny = 1.21, 1.22.3'
    try govern install 1.21.0
    refused "policy.deny '1.21, 1.22.3'" "$root/govern.ini:3"
    [ ! -e "$prefix/toolchains/go1.21.0" ]
    try govern install 1.22.3
    refused "go1.22.3 is denied" ""
    try govern install 1.23rc1
    refused "go1.23rc1 is a pre-release" "$root/govern.ini:2"
    try govern default 1.22.3
    refused "go1.22.3 is denied" ""
    try govern tag prod 1.22.3
    refused "go1.22.3 is denied" ""
    [ ! -e "$prefix/current/default" ] && [ ! -e "$prefix/current/@prod" ]
    for arguments in 1.22.3 1.21.0 '1.21.0 --as-is' '1.22.3 --install'; do
        # shellcheck disable=SC2086 # words
        try govern pin $arguments
        refused denied "$root/govern.ini:3"
        [ ! -e .go-version ]
    done
    expect 0 govern default 1.22
    [[ $out == "go1.22.5 is the default" ]]
    expect 0 govern pin 1.22
}

@test "pin --as-is of a line of which nothing is installed, and check where nothing is" {
    printf '[policy]\ndeny = 1.22, 1.23.1\n' >>"$HOME/.config/govern/govern.ini"
    try govern pin --as-is 1.22.x
    refused "1.22.x is denied by policy.deny '1.22, 1.23.1'" "govern.ini:4"
    [ ! -e .go-version ]
    expect 0 govern pin --as-is 1.23
    mkdir r
    echo 1.22.3 >r/.go-version
    expect 4 govern policy check r
    [[ $out == "$PWD/r/.go-version:1: go1.22.3 is denied by "*"[policy.deny]" ]]
    [ ! -e "$root" ]
}

@test "the newest that is allowed is what a line means" {
    rule 'deny = 1.22.5'
    expect 0 govern install 1.22
    [[ $out == "go1.22.3 installed"* ]]
    expect 0 govern pin 1.22
    [ "$(cat .go-version)" = 1.22.3 ]
    rule 'deny = 1.22'
    try govern install 1.22
    refused "go1.22.5 is denied" ""
}

@test "a user's file adds to the store's and takes nothing away" {
    rule 'deny = 1.22.3' 'prereleases = no'
    printf '[policy]\nprereleases = yes\ndeny = 1.21\nallow = >=1.20\n' \
        >>"$HOME/.config/govern/govern.ini"
    try govern install 1.23rc1
    refused "go1.23rc1 is a pre-release" "$root/govern.ini:3"
    try govern install 1.21.0
    refused "go1.21.0 is denied" "$HOME/.config/govern/govern.ini:"
    try govern install 1.22.3
    refused "go1.22.3 is denied" "$root/govern.ini:2"
    expect 0 govern install 1.22.5
}

@test "sources, and the level of trust" {
    rule 'sources = godev'
    try govern install 1.22.5
    refused "'goproxy' is not among policy.sources 'godev'" "$root/govern.ini:2"
    try govern install --from "$site" 1.22.5
    refused "'dir' is not among" ""
    rule 'minimum_trust = checksummed'
    try govern install --trust unproven 1.22.5
    [ "$status" = 4 ]
    [[ $err == *"--trust unproven is less than policy.minimum_trust 'checksummed'"* ]]
    printf '[trust]\nminimum = unproven\n' >>"$HOME/.config/govern/govern.ini"
    GOSUMDB=off try govern install 1.22.5
    [ "$status" = 4 ]
    rule
    GOSUMDB=off expect 0 govern install 1.22.5
    rule 'minimum_trust = checksummed'
    try govern default 1.22.5
    refused "go1.22.5 is only 'unproven'" ""
}

@test "only lines that get fixes, by the list of releases" {
    rule 'supported_only = yes'
    try govern install 1.21.0
    refused "go1.21.0 gets no fixes any more" "$root/govern.ini:2"
    expect 0 govern install 1.22.5
    expect 0 govern default 1.22.5
}

@test "an age: by the proxy before, by the toolchain afterwards; unknown is refused" {
    rule 'minimum_age = 1d'
    expect 0 govern install 1.22.5 # of 2024
    cp -r "$site" site
    export GOPROXY=file://$PWD/site
    info=site/golang.org/toolchain/@v/v0.0.1-go1.22.3.$platform.info
    [ -e "$info" ]
    printf '{"Version":"x","Time":"%s"}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$info"
    try govern install 1.22.3
    refused "go1.22.3 was released 0h ago, and policy.minimum_age is '1d'" ""
    try govern pin 1.22.3
    refused "released 0h ago" ""
    # The tree says when it was, whatever a proxy says or does not.
    rm "$info"
    expect 0 govern install 1.22.3
    expect 0 govern default 1.22.3
    rm "site/golang.org/toolchain/@v/v0.0.1-go1.21.0.$platform.info"
    try govern pin 1.21.0
    refused "when go1.21.0 was released is not known" ""
}

@test "what installs by itself is refused too, and the shim says why" {
    rule 'deny = 1.22.3' '[store]' 'auto_install = always'
    expect 0 govern setup --no-rc
    echo 1.22.3 >.go-version
    try "$prefix/bin/go" version
    [ "$status" = 127 ]
    [[ $err == *"go1.22.3 is denied by policy.deny '1.22.3' ($root/govern.ini:2)"* ]]
    [ ! -e "$prefix/toolchains/go1.22.3" ]
}

@test "what others look after is adopted only when policy allows it" {
    expect 0 govern install 1.22.5 --quiet
    cp -r "$prefix/toolchains/go1.22.5" other
    export GOVERN_ROOT=$BATS_TEST_TMPDIR/second
    mkdir -p "$GOVERN_ROOT"
    printf '[policy]\ndeny = 1.22.5\n' >"$GOVERN_ROOT/govern.ini"
    try govern adopt "$PWD/other"
    [ "$status" = 4 ]
    [[ $err == *"go1.22.5 is denied"* ]]
    printf '[policy]\nsources = goproxy\n' >"$GOVERN_ROOT/govern.ini"
    try govern adopt "$PWD/other"
    [ "$status" = 4 ]
    [[ $err == *"go1.22.5 is from 'adopted'"* ]]
    printf '[policy]\nsources = adopted\n' >"$GOVERN_ROOT/govern.ini"
    expect 0 govern adopt "$PWD/other"
}

@test "the rules of two lists cannot be read wrongly" {
    rule 'deny = 1.22 1.23'
    try govern install 1.21.0
    [ "$status" = 2 ]
    [[ $err == *"$root/govern.ini:2: policy.deny cannot be '1.22 1.23'"* ]]
    [[ $err == *"hint: it takes versions, lines and ranges, with commas between them"* ]]
}

findings() { # "FILE:LINE RULE" of each
    printf '%s' "$out" | python3 -c '
import json, os, sys
for f in json.load(sys.stdin)["findings"]:
    print("%s:%s %s" % (os.path.relpath(f["file"]) if f["file"] else "-", f["line"] or "-", f["rule"]))'
}

@test "show: the rules, each with its place" {
    expect 0 govern policy
    [ "$err" = "no policy" ]
    rule 'deny = 1.22.3' 'GOFLAGS ='
    expect 0 govern policy show
    [ "$out" = "policy.deny     1.22.3  $root/govern.ini:2
policy.GOFLAGS          $root/govern.ini:3" ]
    expect 0 govern policy --json
    [ "$(json .rules.0.rule) $(json .rules.0.value) $(json .rules.0.line)" = \
        "policy.deny 1.22.3 2" ]
    expect 2 govern policy nothing
    expect 2 govern policy show .
    expect 2 govern policy --sarif f
    expect 0 govern complete policy ''
    [[ $out == *show*check*apply* ]]
}

@test "env: the rules of all files, each with its place" {
    rule 'deny = 1.22.3' 'GOPROXY = https://me:secret@proxy.example'
    printf '[policy]\ndeny = 1.21\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern env
    [[ $out == *"policy.deny "*"1.22.3  ($root/govern.ini:2)"* ]]
    [[ $out == *"policy.deny "*"1.21  ($HOME/.config/govern/govern.ini:4)"* ]]
    [[ $out == *"https://***@proxy.example  ($root/govern.ini:3)"* && $out != *secret* ]]
    expect 0 govern env --json
    [ "$(json policy.0.rule) $(json policy.0.value) $(json policy.0.line)" = "policy.deny 1.22.3 2" ]
    [ "$(json policy.2.file)" = "$HOME/.config/govern/govern.ini" ]
    expect 0 govern env policy.deny
    [ "$out" = 1.22.3 ]
}

@test "check: what is installed, what leads to it, and Go's settings" {
    expect 0 govern policy check
    expect 0 govern install 1.22.3 1.22.5 --quiet
    expect 0 govern default 1.22.3
    expect 0 govern tag prod 1.22.5
    rule 'deny = 1.22.3' 'GOFLAGS = -mod=readonly' 'GONOSUMDB =' 'GOPROXY = off'
    export GOFLAGS=-mod=mod GOPROXY=https://user:secret@proxy.example
    expect 4 govern policy check --json
    findings >got
    diff got - <<END
-:- policy.GOFLAGS
-:- policy.GOPROXY
../home/.local/share/govern/$platform/current/default:- policy.deny
../home/.local/share/govern/$platform/toolchains/go1.22.3:- policy.deny
END
    [[ $out != *secret* && $out == *"GOFLAGS is '-mod=mod', by GOFLAGS"* ]]
    expect 4 govern policy check
    [[ $err == "govern: against the policy: 4"* ]]
    rule 'GOFLAGS = -mod=readonly' 'GONOSUMDB ='
    export GOFLAGS=-mod=readonly
    expect 0 govern policy check
    [ "$out" = "nothing is against the policy" ]
}

@test "check DIR: pins, modules, CI files and Dockerfiles, with file and line" {
    rule 'deny = 1.22.3, <1.21'
    mkdir -p r/.github/workflows r/.circleci r/sub r/old r/vendor/other
    echo 1.22.5 >r/.go-version
    printf '# ours\ngolang 1.22.3 1.22.5\n' >r/sub/.tool-versions
    printf 'module x\n\ngo 1.18\n\ntoolchain go1.22.3\n' >r/sub/go.mod
    printf 'module x\ngo 1.18\n' >r/go.mod
    printf 'what?\n' >r/old/.go-version
    cat >r/.github/workflows/ci.yml <<'END'
jobs:
  test:
    strategy:
      matrix:
        go: ['1.21', "1.22.3", 1.23]
    container: golang:1.22.5-bookworm
    steps:
      - uses: actions/setup-go@v5
        with:
          go-version: 1.22.3 # once more
      - uses: actions/setup-go@v5
        with:
          go-version: ${{ matrix.go }}
      - with:
          go-version:
            - 1.20
            - '1.22.5'
# go-version: 1.22.3
END
    printf 'image:\n  name: registry.example/golang:1.21.1-alpine\n' >r/.gitlab-ci.yml
    printf 'go:\n- 1.22.x\n- "1.18"\nscript: go\n' >r/.travis.yml
    printf 'docker:\n  - image: cimg/go:1.22.3\n  - image: redis:1.22.3\n' >r/.circleci/config.yml
    printf '%s\n' 'FROM --platform=x golang:1.22.3@sha256:0 AS b' 'ARG GO_VERSION=1.20.1' \
        'FROM golang:$GO_VERSION' 'FROM golang:latest' >r/Dockerfile
    cp r/Dockerfile r/vendor/other/
    expect 4 govern policy check r --json
    findings >got
    diff got - <<'END'
r/.circleci/config.yml:2 policy.deny
r/.circleci/config.yml:2 other-version
r/.github/workflows/ci.yml:5 policy.deny
r/.github/workflows/ci.yml:10 policy.deny
r/.github/workflows/ci.yml:10 other-version
r/.github/workflows/ci.yml:16 policy.deny
r/.gitlab-ci.yml:2 other-version
r/.travis.yml:3 policy.deny
r/Dockerfile:1 policy.deny
r/Dockerfile:1 other-version
r/Dockerfile:2 policy.deny
r/Dockerfile:2 other-version
r/old/.go-version:1 unreadable
r/sub/.tool-versions:2 policy.deny
r/sub/go.mod:5 policy.deny
END
    rule
    rm -r r/.github r/.circleci r/.gitlab-ci.yml r/Dockerfile r/old
    expect 0 govern policy check r
}

@test "check DIR: what a file does to be passed over" {
    rule 'deny = 1.22.3, <1.21'
    mkdir -p vendor/r/.github/workflows
    cd vendor/r
    cat >.github/workflows/ci.yml <<'END'
jobs:
  test:
    strategy: {matrix: {os: [x], "go": [1.22, '1.22.3']}}
    steps:
      - with: {go-version: 1.20.1, cache: false}
      - with: { cache: false, 'go-version' : "1.20.2" }
      - with:
          "go-version": 1.20.3
          go-version : 1.20.4 # {a brace}
          go-versions: 1.20.5
          "go-version: 1.20.6
END
    # longer than what is read of one; nobody's to read; not to be read at all
    { cat .github/workflows/ci.yml; head -c 300000 /dev/zero | tr '\0' '#'; } >.travis.yml
    mkfifo Dockerfile
    ln -s Dockerfile.loop Dockerfile.loop
    mkdir Dockerfile.d
    ln -s nowhere Dockerfile.nowhere
    expect 4 govern policy check . --json
    findings >got
    diff got - <<'END'
.github/workflows/ci.yml:3 policy.deny
.github/workflows/ci.yml:5 policy.deny
.github/workflows/ci.yml:6 policy.deny
.github/workflows/ci.yml:8 policy.deny
.github/workflows/ci.yml:9 policy.deny
.travis.yml:- unreadable
Dockerfile:- unreadable
Dockerfile.loop:- unreadable
END
}

@test "check: SARIF for code scanning, relative to where it was run" {
    rule 'deny = 1.22.3' 'GOFLAGS = -mod=readonly'
    mkdir 'a b'
    printf '\n1.22.3\n' >'a b/.go-version'
    expect 4 govern policy check --sarif out.sarif .
    python3 - <<'END'
import json
log = json.load(open("out.sarif"))
assert log["version"] == "2.1.0" and len(log["runs"]) == 1, log
driver, results = log["runs"][0]["tool"]["driver"], log["runs"][0]["results"]
assert driver["name"] == "govern"
ids = [rule["id"] for rule in driver["rules"]]
assert sorted(ids) == ["policy.GOFLAGS", "policy.deny"], ids
assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
assert all(r["ruleId"] in ids and r["level"] == "error" and r["message"]["text"] for r in results)
[place] = [r["locations"][0]["physicalLocation"] for r in results if r["ruleId"] == "policy.deny"]
assert place["artifactLocation"] == {"uri": "a%20b/.go-version", "uriBaseId": "%SRCROOT%"}, place
assert place["region"] == {"startLine": 2}, place
END
    rule
    expect 0 govern policy check --sarif out.sarif .
    [ "$(python3 -c 'import json; print(json.load(open("out.sarif"))["runs"][0]["results"])')" = "[]" ]
    expect 1 govern policy check --sarif no/such/out.sarif .
}

@test "apply: killed before it is in the journal, it comes there with the next" {
    expect 0 govern install 1.22.3 1.22.5 --quiet
    rule 'deny = 1.22.5'
    denials() { grep -c '"event":"deny"' "$root/journal"; }
    mark=$prefix/toolchains/go1.22.5.denied
    expect 0 govern policy apply
    [ "$(denials)" = 1 ]
    # As a kill between the mark and the journal leaves it.
    printf %s "$(cat "$mark")" >"$mark"
    expect 0 govern policy apply
    [[ $out == "go1.22.5 is denied by policy.deny '1.22.5'"* ]]
    [ "$(denials)" = 2 ]
    expect 0 govern policy apply
    [ -z "$out" ] && [ "$(denials)" = 2 ]
    expect 0 govern journal --check
}

@test "apply: the shim refuses what is denied, running builds go on, and back" {
    expect 0 govern install 1.22.3 1.22.5 1.21.0 --quiet
    expect 0 govern setup --no-rc
    expect 0 govern default 1.22.5
    echo 1.22.5 >.go-version
    go=$prefix/bin/go
    expect 0 "$go" version
    expect 0 govern policy apply
    [ -z "$out" ]
    rule 'deny = 1.22.5, 1.23'
    why="policy.deny '1.22.5, 1.23' ($root/govern.ini:2)"
    expect 0 govern policy apply
    [ "$out" = "go1.22.5 is denied by $why" ]
    expect 126 "$go" version
    [ "$err" = "govern: go1.22.5 is denied by $why (pinned by $PWD/.go-version:1)
hint: govern policy show" ]
    expect 126 "$go" +1.22.5 version
    GOTOOLCHAIN=go1.22.5 expect 126 "$go" version
    for command in current 'which go' 'run 1.22.5 go version'; do
        # shellcheck disable=SC2086 # words
        expect 4 govern $command
        [[ $err == *"go1.22.5 is denied by $why"* ]]
    done
    tree=$prefix/toolchains/go1.22.5
    GOROOT=$tree GOTOOLDIR=$tree/pkg/tool/x expect 0 "$go" version
    [[ $out == *go1.22.5* ]]
    # Go's own switching does not find it; lines and `latest` pass over it.
    [ ! -L "$prefix/bin/go1.22.5" ]
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.3 ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.3 ]
    rm .go-version
    expect 126 "$go" version # the default stays what it is
    echo 1.22 >.go-version
    expect 0 "$go" version
    [[ $out == *go1.22.3* ]]
    # What is denied is as it was: looked at, verified, and left alone by what heals.
    expect 0 govern list
    [[ $out == *go1.22.5* ]]
    expect 0 govern verify 1.22.5
    expect 0 govern gc
    [ ! -L "$prefix/bin/go1.22.5" ]
    # What a kill leaves: the mark is there and the link still, a mark has no name yet.
    ln -s ../toolchains/go1.22.5/bin/go "$prefix/bin/go1.22.5"
    touch -d '-1 day' "$prefix/toolchains/.tmp-govern-0"
    expect 1 govern doctor
    [[ $out == *"$prefix/bin/go1.22.5"* ]]
    expect 0 govern gc
    [ ! -L "$prefix/bin/go1.22.5" ]
    [ ! -e "$prefix/toolchains/.tmp-govern-0" ]
    expect 0 govern policy apply
    [ -z "$out" ]
    rule
    expect 0 govern policy apply
    [ "$out" = "go1.22.5 is not denied any more" ]
    rm .go-version
    expect 0 "$go" version
    [[ $out == *go1.22.5* ]]
    [ -L "$prefix/bin/go1.22.5" ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.5 ]
    expect 0 govern journal
    [[ $out == *"go1.22.5 denied by $why"*"go1.22.5 not denied any more"* ]]
}

@test "a mark goes with its toolchain; a user's own rules make none" {
    expect 0 govern install 1.22.3 1.22.5 --quiet
    printf '[policy]\ndeny = 1.22.3\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern policy apply
    [ -z "$out" ]
    rule 'deny = 1.22.5'
    expect 0 govern install 1.21.0 --quiet # tells the shim, too
    [ -e "$prefix/toolchains/go1.22.5.denied" ]
    expect 0 govern uninstall 1.22.5
    [ "$(ls "$prefix/toolchains")" = $'go1.21.0\ngo1.22.3' ]
    expect 2 govern policy apply --json
    expect 2 govern policy apply .
}
