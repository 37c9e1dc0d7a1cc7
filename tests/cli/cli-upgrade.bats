#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# govern upgrade, with toolchains whose go only does as if (tests/tools/standin-go.c).

load lib

setup_file() {
    load_site --go "$B/tests/tools/standin-go" go1.21.3 go1.21.4 go1.22.3 go1.22.5 go1.22.6 go1.23rc1
}

setup() {
    cli_setup
    unset STANDIN_FAILS STANDIN_LOG
    export GOENV=off
    expect 0 govern install 1.22.3 --default
}

leads() { # POINTER
    local to
    to=$(readlink "$prefix/current/$1") || to=nowhere
    echo "${to##*/}"
}

hook() { # EVENT NAME: the script is stdin
    mkdir -p "$root/hooks/$1.d"
    { echo '#!/bin/sh'; cat; } >"$root/hooks/$1.d/$2"
    chmod 755 "$root/hooks/$1.d/$2"
}

# All that tells where something leads, and what is installed.
pointers() {
    (cd "$prefix/current/" && find . -type l -name '[!!]*' -printf '%f %l\n' | sort)
}

@test "the newest patch of the default's line is brought in, checked, and led to in one switch" {
    export STANDIN_LOG=$HOME/log
    hook smoke 10-x <<'EOF'
readlink "$GOVERN_ROOT/$GOVERN_PLATFORM/current/1.22" >"$HOME/during"
echo "$GOVERN_HOOK_VERSION $GOVERN_HOOK_PATH" >>"$HOME/during"
EOF
    expect 0 govern upgrade --dry-run
    [[ $out == *"1.22  go1.22.3  go1.22.6, default  wanted"* ]]
    [ ! -e "$prefix/toolchains/go1.22.6" ]
    [ ! -e "$STANDIN_LOG" ]
    expect 0 govern upgrade --reason 'CVE-2024-1'
    [[ $out == *"1.22  go1.22.3  go1.22.6, default  upgraded"* ]]
    for p in default 1.22 latest; do [ "$(leads $p)" = go1.22.6 ]; done
    [ "$(leads '!go1.22.6')" = nowhere ]
    diff "$HOME/during" - <<EOF
../../toolchains/go1.22.3
go1.22.6 $prefix/toolchains/go1.22.6
EOF
    for what in 'version' 'vet .' 'build -o smoke .' 'run main.go' 'test .'; do
        grep -qx "go1.22.6 $what" "$STANDIN_LOG"
    done
    expect 0 govern journal --json
    [[ $out == *'"event": "upgrade"'* && $out == *'"reason": "CVE-2024-1"'* ]]
    expect 0 govern upgrade
    [[ $out == *"current"* ]]
    expect 0 govern upgrade --quiet
    [ -z "$out$err" ]
    [ -z "$(ls "$HOME/.cache/govern/checks")" ]
}

@test "a check that fails: all is as before, and stays so until an upgrade gets through" {
    before=$(pointers)
    export STANDIN_FAILS=go1.22.6:vet
    expect 1 govern upgrade
    [[ $err == *"govern: the smoke check of go1.22.6: 'go vet .' failed with status 2"* ]]
    [[ $err == *"broken on purpose"* ]]
    [[ $out == *"check-failed"* ]]
    [ "$(pointers)" = "$before" ]
    # it is there, and nothing takes it by itself
    expect 0 govern list
    [[ $out == *"go1.22.6  held"* ]]
    expect 0 govern run 1.22 -- go version
    [[ $out == *go1.22.3* ]]
    expect 0 govern run 1.22.6 -- go version
    [[ $out == *go1.22.6* ]]
    expect 0 govern install 1.21.3
    expect 0 govern default 1.22
    [ "$(leads default)" = go1.22.3 ]
    expect 0 govern prune --yes
    [ -e "$prefix/toolchains/go1.22.3" ]
    # the next one finds it there
    unset STANDIN_FAILS
    mv "$site/golang.org/toolchain/@v" "$site/golang.org/toolchain/away"
    mkdir "$site/golang.org/toolchain/@v"
    cp "$site/golang.org/toolchain/away/list" "$site/golang.org/toolchain/@v/"
    status=0
    govern upgrade || status=$?
    rm -r "$site/golang.org/toolchain/@v"
    mv "$site/golang.org/toolchain/away" "$site/golang.org/toolchain/@v"
    [ $status = 0 ]
    for p in default 1.22 latest; do [ "$(leads $p)" = go1.22.6 ]; done
}

@test "what is held back is let go by who installs it by name" {
    export STANDIN_FAILS=go1.22.6:test
    expect 1 govern upgrade --quiet
    [ "$(leads 1.22)" = go1.22.3 ]
    expect 0 govern install 1.22
    [[ $out == *"go1.22.6 is already installed"* ]]
    [ "$(leads 1.22)" = go1.22.6 ]
    [ "$(leads default)" = go1.22.3 ]
}

@test "killed while it is checked: nothing has moved, nor does it when that is healed" {
    before=$(pointers)
    hook smoke 10-x <<'EOF'
touch "$HOME/begun"
exec sleep 60
EOF
    govern upgrade >/dev/null 2>&1 &
    pid=$!
    until [ -e "$HOME/begun" ]; do sleep .05; done
    kill -KILL $pid
    wait $pid || true
    [ "$(pointers)" = "$before" ]
    expect 0 govern install 1.21.3
    [ "$(leads 1.22)" = go1.22.3 ]
    [ "$(leads latest)" = go1.22.3 ]
    rm "$root/hooks/smoke.d/10-x"
    expect 0 govern upgrade
    [ "$(leads default)" = go1.22.6 ]
}

@test "each line for itself: one fails, the other goes on" {
    expect 0 govern install 1.21.3
    expect 0 govern tag old 1.21.3
    export STANDIN_FAILS=go1.21.4:build
    expect 1 govern upgrade --json
    [ "$(json 'upgrades[0].result')" = check-failed ]
    [[ $(json 'upgrades[0].error.message') == *"'go build -o smoke .' failed"* ]]
    [ "$(json 'upgrades[1].result')" = upgraded ]
    [ "$(json 'upgrades[1].moves[0].pointer')" = default ]
    [ "$(json 'upgrades[1].moves[0].before')" = go1.22.3 ]
    [ "$(leads 1.21)" = go1.21.3 ]
    [ "$(leads 1.22)" = go1.22.6 ]
}

@test "a tag stays where it was put, and moves when that is asked for" {
    expect 0 govern default --unset
    expect 0 govern tag prod 1.22.3
    expect 0 govern upgrade
    [[ $out == *"@prod"* ]]
    [ "$(leads 1.22)" = go1.22.6 ]
    [ "$(leads @prod)" = go1.22.3 ]
    expect 0 govern upgrade --tags
    [ "$(leads @prod)" = go1.22.6 ]
    [ "$(leads default)" = nowhere ]
}

@test "the lines in use: the default's, tags', what is in force here, and what pins ask for" {
    expect 0 govern install 1.21.3
    expect 0 govern upgrade -n
    [[ $out != *"1.21 "* ]]
    mkdir -p src/app
    echo 1.21.3 >src/app/.go-version
    expect 0 govern upgrade -n --scan src
    [[ $out == *"1.21  go1.21.3  go1.21.4"*"src/app/.go-version:1"* ]]
    (cd src/app && expect 0 govern upgrade -n && [[ $out == *"1.21  go1.21.3  go1.21.4"* ]])
    expect 0 govern upgrade -n 1.21
    [[ $out == *"1.21  go1.21.3  go1.21.4"* && $out != *"1.22 "* ]]
    expect 0 govern upgrade --scan src
    [ "$(cat src/app/.go-version)" = 1.21.3 ]
    [ "$(leads 1.21)" = go1.21.4 ]
}

@test "what cannot be a line, and options that do not go together" {
    expect 2 govern upgrade 1.22.5
    one_error
    expect 3 govern upgrade 1.20
    [[ $err == *"nothing of 1.20 is installed"*"govern install 1.20"* ]]
    expect 2 govern upgrade --check true
    expect 2 govern upgrade --soak soon
    expect 2 govern upgrade --every 5
    expect 2 govern upgrade 1.22 --scan .
    one_error
    # before anything is held back for it
    expect 2 govern upgrade --jobs 0
    one_error
    expect 2 govern upgrade --jobs 0 --json
    [ "$(json error.code)" = 2 ]
    [ -z "$(find "$prefix/current/" -name '!*')" ]
}

@test "what ends all of it is a part of the one answer to --json" {
    out=$(ulimit -f 0 && govern upgrade --json 2>/dev/null | cat)
    [ "$(json error.code) $(json 'upgrades[0].result')" = "1 wanted" ]
}

@test "a project is built and tested in a copy, by the toolchain that is for it" {
    mkdir -p app/sub other
    echo 1.21 >other/.go-version
    echo kept >app/sub/file
    ln -s sub/file app/link
    find app -exec touch -d 2020-01-01 {} +
    was=$(find app -printf '%p %T@ %C@ %l\n' | sort)
    export STANDIN_LOG=$HOME/log
    expect 1 govern upgrade --project app --project other \
        --check 'pwd >>"$HOME/where"; cat link; echo spoilt >sub/file; go test ./...; exit 7'
    [[ $err == *"the check of 'app' with go1.22.6: "*"failed with status 7"* ]]
    [ "$(leads default)" = go1.22.3 ]
    [ "$(find app -printf '%p %T@ %C@ %l\n' | sort)" = "$was" ]
    grep -qx 'go1.22.6 test ./...' "$STANDIN_LOG"
    [[ $(cat "$HOME/where") == "$HOME/.cache/govern/checks/"* ]]
    expect 0 govern upgrade --project app --project other
    [ "$(wc -l <"$HOME/where")" = 1 ]
    grep -qx 'go1.22.6 build ./...' "$STANDIN_LOG"
    [ "$(leads default)" = go1.22.6 ]
}

@test "--offline: nor are the modules of a project fetched" {
    mkdir app
    expect 0 govern install 1.22.5
    govern available >/dev/null # what is remembered of releases
    # shellcheck disable=SC2016 # the check's own
    expect 0 govern --offline upgrade --project app \
        --check 'echo "$GOPROXY $GONOPROXY $GOSUMDB" >"$HOME/said"'
    [ "$(leads default)" = go1.22.6 ]
    [[ $(cat "$HOME/said") == *"off none off" ]]
}

@test "what fails while it soaks is taken back; what somebody moved on is his" {
    expect 0 govern install 1.22.5 1.21.3
    expect 0 govern default 1.22.3
    expect 0 govern tag prod 1.22.3
    expect 0 govern tag mine 1.22.3
    mkdir app
    expect 1 govern upgrade --tags --project app --soak 1s --check '
        [ -e "$HOME/checked" ] || { touch "$HOME/checked"; exit 0; }
        govern tag mine 1.21.3
        echo it leaks; exit 1'
    [[ $err == *"the check of 'app' with go1.22.6"* && $err == *"it leaks"* ]]
    [[ $out == *"rolled-back"* ]]
    [ "$(leads default)" = go1.22.3 ]
    [ "$(leads @prod)" = go1.22.3 ]
    [ "$(leads @mine)" = go1.21.3 ]
    [ "$(leads 1.22)" = go1.22.5 ]
    grep -q 'the check of' "$prefix/current/generation.json"
    expect 0 govern journal
    [[ $out == *"go1.22.5"* ]]
}

@test "what holds while it soaks stays" {
    mkdir app
    expect 0 govern upgrade --project app --soak 1s --check 'echo x >>"$HOME/checks"'
    [ "$(leads default)" = go1.22.6 ]
    [ "$(wc -l <"$HOME/checks")" -ge 2 ]
}

@test "a hook refuses the switch: nothing is switched, and the status says why" {
    before=$(pointers)
    hook pre-switch 10-no <<<'echo not on a Friday; exit 1'
    expect 4 govern upgrade
    [[ $err == *"not on a Friday"* ]]
    [ "$(pointers)" = "$before" ]
}

@test "never beyond what policy allows" {
    printf '[policy]\ndeny = 1.22.6\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern upgrade
    [ "$(leads default)" = go1.22.5 ]
}

@test "what policy refuses is passed over for the next older one, and told" {
    cp -r "$site" site
    export GOPROXY=file://$PWD/site
    info() { # VERSION TIME
        printf '{"Version":"x","Time":"%s"}\n' "$2" \
            >"site/golang.org/toolchain/@v/v0.0.1-$1.$platform.info"
    }
    info go1.22.6 "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    info go1.22.5 2024-07-02T00:00:00Z
    printf '[policy]\nminimum_age = 7d\n' >>"$HOME/.config/govern/govern.ini"
    rule="policy.minimum_age is '7d' ($HOME/.config/govern/govern.ini:4)"
    why="go1.22.6 is passed over: go1.22.6 was released 0h ago, and $rule"
    expect 0 govern upgrade -n
    [[ $out == *"1.22  go1.22.3  go1.22.5, default  wanted"*"1.22: $why" ]]
    expect 0 govern upgrade --json
    [ "$(json 'upgrades[0].new')" = go1.22.5 ]
    [ "$(json 'upgrades[0].passed_over.version')" = go1.22.6 ]
    [ "1.22: go1.22.6 is passed over: $(json 'upgrades[0].passed_over.reason')" = "1.22: $why" ]
    [ ! -e "$prefix/toolchains/go1.22.6" ]
    [ "$(leads default)" = go1.22.5 ]
    # Nothing that may be is newer: all is well, and a timer has nothing to say.
    expect 0 govern upgrade
    [[ $out == *"current"*"1.22: $why" ]]
    expect 0 govern upgrade --quiet
    [ -z "$out$err" ]
    # What is there already is judged by what is known of it.
    expect 0 govern uninstall --force 1.22.5
    expect 0 govern default 1.22.3
    expect 0 govern install 1.22.5
    printf 'allow = 1.22.3\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern upgrade --json
    [ "$(json 'upgrades[0].result')" = current ]
    [[ $out == *"go1.22.6 is not allowed by policy.allow '1.22.3'"* ]]
    # Who cannot say when it was made does not stop it: the toolchain says so itself.
    sed -i '/allow/d' "$HOME/.config/govern/govern.ini"
    rm "site/golang.org/toolchain/@v/v0.0.1-go1.22.6.$platform.info"
    expect 0 govern upgrade
    [ "$(leads default)" = go1.22.6 ]
}

@test "what turns out to be too young when it is here is passed over, too" {
    mkdir site
    for v in 1.22.3:2024-05-01 1.22.5:2024-07-02 1.22.6:$(date -u +%F); do
        python3 "$here/tests/tools/mktoolchain.py" --go "$B/tests/tools/standin-go" \
            --time "${v#*:}T00:00:00Z" site "go${v%:*}" >/dev/null
    done
    GOSUMDB=$("$B/tests/tools/mklog" site <site/hashes)
    export GOPROXY=file://$PWD/site GOSUMDB
    rm -rf site/golang.org/toolchain/@v/*.info "$root" "$HOME/.cache"
    expect 0 govern install 1.22.3 --default
    printf '[policy]\nminimum_age = 7d\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern upgrade --json
    [ "$(json 'upgrades[0].new') $(json 'upgrades[0].result')" = "go1.22.5 upgraded" ]
    [ "$(json 'upgrades[0].passed_over.version')" = go1.22.6 ]
    [[ $(json 'upgrades[0].passed_over.reason') == "go1.22.6 was released "*" ago, and policy.minimum_age is '7d'"* ]]
    [ "$(leads default)" = go1.22.5 ]
    [ ! -e "$prefix/toolchains/go1.22.6" ]
    [ -z "$(find "$prefix/current/" -name '!*')" ]
    # Nothing else is newer.
    expect 0 govern upgrade
    [[ $out == *"current"*"1.22: go1.22.6 is passed over: go1.22.6 was released"* ]]
    expect 0 govern upgrade --quiet
    [ -z "$out$err" ]
}

@test "a line that gets no fixes any more stays where it is" {
    expect 0 govern install 1.21.3 --default
    printf '[policy]\nsupported_only = yes\n' >>"$HOME/.config/govern/govern.ini"
    mkdir elsewhere
    cp -r "$site" site
    for v in go1.23.1 go1.24.1; do
        python3 "$here/tests/tools/mktoolchain.py" --go "$B/tests/tools/standin-go" site $v >/dev/null
    done
    GOPROXY=file://$PWD/site expect 0 govern upgrade -n
    [[ $out == *"1.21  go1.21.3  go1.21.3"*"current"*"go1.21.4 is passed over: go1.21.4 gets no fixes any more"* ]]
}

@test "one upgrade for a store: who comes meanwhile, or too soon, has nothing to do" {
    expect 0 govern upgrade --every 20h --quiet
    [[ $out == *upgraded* ]]
    expect 0 govern default 1.22.3
    expect 0 govern upgrade --every 20h --quiet
    [ "$(leads default)" = go1.22.3 ]
    [ -z "$out$err" ]
    expect 0 govern upgrade --every 20h --json
    [ "$(json upgrades)" = '[]' ]
    exec 7>>"$root/locks/${platform}_attempt_upgrade"
    flock 7
    touch -d '2 days ago' "$root/locks/${platform}_attempt_upgrade"
    expect 0 govern upgrade --every 20h --quiet
    expect 1 govern upgrade
    [[ $err == *"still at work on upgrade"* ]]
    exec 7>&-
    expect 0 govern upgrade
    [ "$(leads default)" = go1.22.6 ]
}

@test "what the releases fixed, where somebody knows" {
    cat >fixes <<'EOF'
# from the security announcements
1.22.3 CVE-1: too old
1.22.5 CVE-2: net/http
1.22.6 CVE-3: go/parser
1.21.4 CVE-4: another line
EOF
    expect 0 govern upgrade -n --fixes fixes --json
    [ "$(json 'upgrades[0].fixes')" = '["CVE-2: net/http", "CVE-3: go/parser"]' ]
}

@test "a pre-release that is the default becomes a release of its line, and no other line's" {
    expect 0 govern install 1.23rc1 --default
    expect 0 govern upgrade -n
    [[ $out != *"1.23 "* ]]
}
