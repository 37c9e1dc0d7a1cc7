#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doctor: a clean machine gives no finding; each check is provoked, alone.

load lib

# One home that is set up, made once, and put back before each test: at the same path, for
# rc files name it.
setup_file() {
    load_site go1.22.5 go1.23.4 go1.24.1
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR cli_setup
    rm -f "$HOME/.bashrc" "$HOME/.profile"
    govern setup >/dev/null
    govern install 1.24.1 1.23.4 >/dev/null
    govern default 1.24.1 >/dev/null
    mkdir "$HOME/w"
    mv "$HOME" "$BATS_FILE_TMPDIR/template"
}

setup() {
    cli_setup
    export HOME=$BATS_FILE_TMPDIR/home
    rm -rf "$HOME"
    cp -a "$BATS_FILE_TMPDIR/template" "$HOME"
    cd "$HOME/w" || return 1
    root=$HOME/.local/share/govern
    prefix=$root/$platform
    unset SUDO_USER GOFLAGS GOPATH GOBIN HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY \
        http_proxy https_proxy all_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
    # this machine's own certificates, disk and Go are not what is tested
    : >"$BATS_TEST_TMPDIR/ca.pem"
    export SSL_CERT_FILE=$BATS_TEST_TMPDIR/ca.pem
    export PATH=$prefix/bin:/usr/bin:/bin
}

ids() {
    printf '%s' "$out" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    assert f["message"] and f["why"] and f["fix"], f
    assert f["severity"] in ("note", "warning", "error"), f
    print(f["id"] + ("=fixed" if f["fixed"] else ""))' | sort -u | tr '\n' ' '
}

# Those checks find something, no others do, and the exit status is that.
finds() { # STATUS ID...
    local status=$1
    shift
    expect "$status" govern doctor --json
    local got want
    got=$(ids)
    want=$(for id; do echo "$id"; done | sort -u | tr '\n' ' ')
    [ "$got" = "$want" ] || { echo "found '$got', not '$want': $out" >&2; return 1; }
}

message() { # PATTERN: a message or a fix that matches it is in the answer
    [[ $(printf '%s' "$out" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]: print(f["message"] + "|" + f["fix"])') == $1 ]] ||
        { echo "no '$1' in $out" >&2; return 1; }
}

fake_go() { # DIR
    mkdir -p "$1"
    printf '#!/bin/sh\n' >"$1/go"
    chmod +x "$1/go"
}

@test "a clean machine: nothing, 0, nothing written, and no program started" {
    before=$(find "$HOME" -exec stat -c '%n %i %Y %Z' {} + | sort)
    expect 0 govern doctor
    [[ $out == "nothing is wrong ("* && -z $err ]]
    expect 0 govern doctor --json
    [ "$(json .ok)" = true ] && [ "$(json .findings)" = "[]" ] && [ "$(json .schema)" = 1 ]
    [ "$before" = "$(find "$HOME" -exec stat -c '%n %i %Y %Z' {} + | sort)" ]
    if strace -o /dev/null true 2>/dev/null; then
        ASAN_OPTIONS=detect_leaks=0 strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=execve,connect,clone,fork,vfork \
            govern doctor >/dev/null
        [ "$(grep -c execve "$BATS_TEST_TMPDIR/calls")" = 1 ]
        ! grep -qE 'connect|fork' "$BATS_TEST_TMPDIR/calls"
    fi
    echo 1.24.1 >.go-version
    finds 0
}

@test "each finding is a line, a reason and a repair; errors make it 1, notes do not" {
    GOFLAGS=-mod=mod expect 0 govern doctor
    [[ $out == "note: "*"[goflags-set]"*"why: "*"fix: unset GOFLAGS"*"nothing is wrong"* ]]
    GOROOT=/x expect 1 govern doctor
    [[ $out == "warning: "*"[goroot-set]"* ]]
    [[ $err == "govern: errors: 0, warnings: 1" ]]
    GOROOT=/x expect 1 govern doctor --json
    [ "$(json .ok)" = false ] && [ "$(json .error.code)" = 1 ]
}

@test "path-absent, and the shell's own line to paste" {
    PATH=$B/bin:/usr/bin:/bin finds 1 path-absent
    message "*export PATH='$prefix/bin':*"
}

@test "path-order: a Go, and the shim of another store, before ours" {
    fake_go "$BATS_TEST_TMPDIR/go/bin"
    PATH=$BATS_TEST_TMPDIR/go/bin:$PATH finds 1 path-order
    message "*'$BATS_TEST_TMPDIR/go/bin/go' comes before*"
    mkdir "$BATS_TEST_TMPDIR/other"
    cp "$prefix/bin/go" "$BATS_TEST_TMPDIR/other/go"
    PATH=$BATS_TEST_TMPDIR/other:$PATH finds 1 path-order
    message "*the shim of another store*"
    PATH=$PATH:$BATS_TEST_TMPDIR/go/bin try govern doctor --json
    [[ $out != *path-order* ]]
}

@test "path-manager: goenv, and asdf in a place of its own" {
    fake_go "$HOME/.goenv/shims"
    PATH=$HOME/.goenv/shims:$PATH finds 1 path-manager
    message "*of goenv comes before*"
    fake_go "$BATS_TEST_TMPDIR/data/shims"
    ASDF_DATA_DIR=$BATS_TEST_TMPDIR/data PATH=$BATS_TEST_TMPDIR/data/shims:$PATH \
        finds 1 path-manager
    message "*of asdf comes before*"
    fake_go "$HOME/.vfox/sdks/golang/bin"
    PATH=$HOME/.vfox/sdks/golang/bin:$PATH finds 1 path-manager
    message "*of vfox comes before*"
}

@test "path-relative" {
    PATH=.:$PATH finds 1 path-relative
    PATH=$PATH:. finds 0
}

@test "path-hash: a shell that is older than the shim" {
    fake_go "$BATS_TEST_TMPDIR/go/bin"
    stat -c %W "$prefix/bin/go" | grep -qv '^[0-]$' || skip "no birth times here"
    PATH=$PATH:$BATS_TEST_TMPDIR/go/bin expect 0 bash -c "
        sleep 2
        cp '$prefix/bin/go' '$prefix/bin/new' && mv '$prefix/bin/new' '$prefix/bin/go'
        govern doctor --json; exit \$?"
    [ "$(ids)" = "path-hash " ]
    message "*may remember '$BATS_TEST_TMPDIR/go/bin/go'|hash -r"
}

@test "path-sudo" {
    SUDO_USER=somebody finds 0 path-sudo
}

@test "shim-missing and shim-old, and --fix puts both right" {
    rm "$prefix/bin/gofmt"
    echo x >>"$prefix/bin/go"
    finds 1 shim-missing shim-old
    expect 0 govern doctor --fix --json
    [ "$(ids)" = "shim-missing=fixed shim-old=fixed " ]
    cmp "$B/libexec/govern/go" "$prefix/bin/go"
    finds 0
}

@test "govern-incomplete" {
    mkdir -p "$BATS_TEST_TMPDIR/part/bin"
    cp "$B/bin/govern" "$BATS_TEST_TMPDIR/part/bin/govern"
    PATH=$prefix/bin:/usr/bin:/bin expect 1 "$BATS_TEST_TMPDIR/part/bin/govern" doctor --json
    [ "$(ids)" = "govern-incomplete " ]
    rm "$prefix/libexec/govern/fetch"
    mkfifo "$prefix/libexec/govern/fetch"
    expect 1 timeout 20 govern doctor --json
    [[ $(ids) == *"govern-incomplete "* ]]
    expect 1 timeout 20 govern setup
}

@test "govern-older: a newer one that a package brought, further down PATH" {
    mkdir "$HOME/it's new"
    cp "$B/bin/govern" "$HOME/it's new/govern"
    PATH=$PATH:$HOME/it\'s\ new finds 0
    sed -i 's/@(#)govern [0-9]/@(#)govern 9/' "$HOME/it's new/govern"
    PATH=$PATH:$HOME/it\'s\ new finds 1 govern-older
    # the fix is a line to paste, whatever is in the path
    fix=$(json .findings.0.fix)
    [ "$(eval "printf '%s|' $fix")" = "$HOME/it's new/govern|setup|" ]
    printf 'no govern' >"$HOME/it's new/govern"
    PATH=$PATH:$HOME/it\'s\ new finds 0
}

@test "rc-missing" {
    expect 0 "$B/bin/govern" setup --remove
    expect 0 "$B/bin/govern" setup --no-rc
    finds 0 rc-missing
}

@test "rc-order: another manager, and another go, after the block" {
    echo 'eval "$(goenv init -)"' >>"$HOME/.profile"
    finds 1 rc-order
    message "$HOME/.profile:*goenv is started after the block*"
    cp -a "$BATS_FILE_TMPDIR/template/.profile" "$HOME/.profile"
    fake_go "$HOME/other go/bin"
    echo 'export PATH="$HOME/other go/bin:$PATH"' >>"$HOME/.profile"
    finds 1 rc-order
    message "*'$HOME/other go/bin', which has a go*"
    cp -a "$BATS_FILE_TMPDIR/template/.profile" "$HOME/.profile"
    printf '%s\n' '# eval "$(goenv init -)"' 'export PATH="$PATH:$HOME/other go/bin"' \
        'PATH=$HOME/nothing:$PATH' >>"$HOME/.profile"
    finds 0
}

@test "rc-order in fish: config.fish, and what conf.d has behind the block" {
    fish=$HOME/.config/fish
    mkdir -p "$fish/conf.d"
    : >"$fish/conf.d/govern.fish"
    expect 0 "$B/bin/govern" setup
    fake_go "$HOME/other go/bin"
    echo 'mise activate fish | source' >"$fish/conf.d/a.fish" # before ours
    printf '%s\n' '# goenv init - | source' 'fish_add_path --append "$HOME/other go/bin"' \
        'set -gx PATH $PATH "$HOME/other go/bin"' 'set -x PATH $HOME/nothing $PATH' \
        >"$fish/config.fish"
    finds 0
    for line in 'goenv init - | source' 'fish_add_path -g "$HOME/other go/bin"' \
        'set -gx PATH ~/nothing "$HOME/other go/bin" $PATH # mine'; do
        printf '\n%s\n' "$line" >"$fish/config.fish"
        finds 1 rc-order
        message "$fish/config.fish:2:*"
        eval "$(json .findings.0.fix)"
        finds 0
    done
    echo 'mise activate fish | source' >"$fish/conf.d/mise.fish"
    finds 1 rc-order
}

@test "hook-passed and hook-event" {
    hooks=$root/hooks
    mkdir -p "$hooks/pre-install.d" "$hooks/post-switch.d"
    printf '#!/bin/sh\n' >"$hooks/pre-install.d/10 it's"
    cp "$hooks/pre-install.d/10 it's" "$hooks/pre-install.d/x.bak"
    echo shared >"$hooks/lib.sh"
    finds 1 hook-passed
    message "the hook 'pre-install.d/10 it's' is passed over: it is not executable*"
    eval "$(json .findings.0.fix)"
    finds 0
    chmod o+w "$hooks/post-switch.d"
    finds 1 hook-passed
    eval "$(json .findings.0.fix)"
    finds 0
    mkdir "$hooks/post-instal.d" "$hooks/every-day.d"
    finds 1 hook-event
    message "*call it post-install.d*"
    message "*the events are pre-install.d, *"
    rmdir "$hooks/post-instal.d" "$hooks/every-day.d"
    printf '#!/bin/sh\n' >"$hooks/pre-remove"
    finds 1 hook-event
}

@test "rc-damaged: cut, doubled, converted; what follows is not ours" {
    cp "$HOME/.profile" "$BATS_TEST_TMPDIR/profile"
    for damage in '/<<< govern setup/d' '/^export PATH/,$d' 's/$/\r/'; do
        sed -i "$damage" "$HOME/.profile"
        finds 1 rc-damaged
        message "$HOME/.profile: the block of govern setup was cut*|govern setup"
        expect 0 govern setup
        finds 0
    done
    cat "$BATS_TEST_TMPDIR/profile" >>"$HOME/.profile"
    finds 1 rc-damaged
    sed -i '/^export PATH/,$d' "$HOME/.profile"
    echo 'alias l=ls' >>"$HOME/.profile"
    finds 1 rc-damaged
    message "$HOME/.profile:*has no end*|remove the lines from $HOME/.profile:*"
}

@test "path-absent: by what started it, cron and systemd being told by a line of theirs" {
    mkdir "$BATS_TEST_TMPDIR/as"
    for starter in cron systemd sudo sshd; do
        # a process of that name, which runs what it is given and waits
        cp "$(command -v dash || command -v sh)" "$BATS_TEST_TMPDIR/as/$starter"
    done
    as() { # NAME
        PATH=/usr/bin:/bin setsid "$BATS_TEST_TMPDIR/as/$1" -c \
            "'$B/bin/govern' doctor --json; exit \$?" </dev/null
    }
    expect 1 as cron
    message "*|cron reads no rc file; *: PATH=$prefix/bin:/usr/local/bin:/usr/bin:/bin"
    expect 1 as systemd
    message "*|systemd reads no rc file; *: Environment=\"PATH=$prefix/bin:/usr/*:/bin\""
    expect 1 as sudo
    message '*|sudo sets PATH anew: sudo "$(command -v go)" ARGUMENT...'
    expect 1 as sshd
    message "*|govern setup; *: ssh HOST '. ~/.profile; COMMAND'"
}

@test "goroot-set, and the line that sets it; goroot-file" {
    echo 'export GOROOT=/usr/local/go' >>"$HOME/.profile"
    GOROOT=/usr/local/go finds 1 goroot-set
    message "GOROOT is set to '/usr/local/go'|*take it out of $HOME/.profile:*"
    mkdir -p "$HOME/.config/go"
    echo 'GOROOT=/usr/local/go' >"$HOME/.config/go/env"
    finds 1 goroot-file
    message "*go env -u GOROOT*"
}

@test "gotoolchain-set, but not what the shim exports; gotoolchain-file" {
    GOTOOLCHAIN=go1.23.4 finds 1 gotoolchain-set
    GOTOOLCHAIN=local GOVERN_EXPORTED_GOTOOLCHAIN=local finds 0
    GOTOOLCHAIN=go1.23.4 GOVERN_EXPORTED_GOTOOLCHAIN=go1.23.4 finds 0
    mkdir -p "$HOME/.config/go"
    echo 'GOTOOLCHAIN=go1.23.5+auto' >"$HOME/.config/go/env"
    finds 1 gotoolchain-file
    echo 'GOTOOLCHAIN=auto' >"$HOME/.config/go/env"
    finds 0
}

@test "goflags-set: in the environment and in Go's env file" {
    GOFLAGS=-mod=mod finds 0 goflags-set
    mkdir -p "$HOME/.config/go"
    echo 'GOFLAGS=-mod=vendor' >"$HOME/.config/go/env"
    finds 0 goflags-set
    message "*go env -u GOFLAGS*"
}

@test "gopath-manager" {
    GOBIN=$HOME/.asdf/installs/golang/1.22.3/bin finds 1 gopath-manager
    GOPATH=$HOME/go finds 0
}

@test "govern-version and other-version" {
    GOVERN_VERSION=1.24 finds 0 govern-version
    GOENV_VERSION=1.20.1 finds 0 other-version
    message "GOENV_VERSION is set to '1.20.1'*"
}

@test "gosumdb-off" {
    GOSUMDB=off finds 1 gosumdb-off
}

@test "pin-invalid, pin-missing" {
    echo '^1.22' >.go-version
    finds 1 pin-invalid
    message "*$PWD/.go-version:1*"
    echo 1.22.5 >.go-version
    finds 1 pin-missing
    message "*|govern install 1.22.5"
}

@test "go-none" {
    expect 0 govern default --unset
    finds 1 go-none
}

@test "go-broken, and what the sample of the tree says of the same file" {
    chmod -x "$prefix/toolchains/go1.24.1/bin/go"
    finds 1 go-broken tree-mode
}

@test "pin-gomod: a go.mod that wants more than the pin, here and above; a suffix helps" {
    echo 1.23.4 >.go-version
    printf 'module m\n\ngo 1.24.1\n' >go.mod
    finds 1 pin-gomod
    message "'$PWD/go.mod' wants go1.24.1, and go1.23.4 runs here|govern pin --install 1.24.1"
    mkdir -p a/b
    cd a/b
    finds 1 pin-gomod
    echo 1.23.4+auto >../../.go-version
    try govern doctor --json
    [[ $out != *pin-gomod* ]]
    cd ../..
    echo 1.24.1 >.go-version
    finds 0
    printf 'go 1.25\n' >go.work
    finds 1 pin-gomod
    message "*go.work*"
}

@test "pin-end-of-life: by what is installed, and by the list that is remembered, with its age" {
    expect 0 govern install 1.22.5
    echo 1.22.5 >.go-version
    finds 0 pin-end-of-life
    message "go1.22.5 is past its end of life: there are go1.24.1 and go1.23.4*"
    expect 0 govern uninstall 1.23.4
    expect 0 govern available
    finds 0 pin-end-of-life
    message "*by the list of 20*"
}

@test "policy-refused: default, tag and pin, each with what could be used instead" {
    printf '[policy]\ndeny = 1.24\n' >>"$HOME/.config/govern/govern.ini"
    why="go1.24.1 is denied by policy.deny '1.24' ($HOME/.config/govern/govern.ini:4)"
    finds 1 policy-refused
    message "'default' leads to what policy refuses: $why|govern install --default 1.23.4"
    expect 0 govern install --default 1.23.4
    finds 0
    sed -i '/deny/d' "$HOME/.config/govern/govern.ini"
    expect 0 govern tag prod 1.24.1
    echo 1.24.1 >.go-version
    echo 'deny = 1.24' >>"$HOME/.config/govern/govern.ini"
    finds 1 policy-refused
    message "*'@prod' leads to what policy refuses: $why|govern tag prod 1.23.4*"
    message "$PWD/.go-version:1 asks for what policy refuses: $why|govern pin --install 1.23.4*"
    expect 0 govern pin --install 1.23.4
    expect 0 govern tag prod 1.23.4
    finds 0
    # What is missing and refused is one finding, and installing it is no cure.
    echo 1.24.9 >.go-version
    finds 1 policy-refused
    message "*go1.24.9 is denied by*|govern pin --install 1.23.4"
    rm .go-version
    GOVERN_VERSION=1.24.1 finds 1 policy-refused govern-version
    message "*|unset GOVERN_VERSION*"
}

@test "policy-unapplied: the shim is told by --fix" {
    printf '[policy]\ndeny = 1.23.4\n' >"$root/govern.ini"
    finds 1 policy-unapplied
    message "the shim does not know that go1.23.4 is denied: policy.deny '1.23.4' ($root/govern.ini:2)|govern policy apply"
    [ ! -e "$prefix/toolchains/go1.23.4.denied" ]
    expect 0 govern doctor --fix
    [ -e "$prefix/toolchains/go1.23.4.denied" ]
    finds 0
    echo 1.23.4 >.go-version
    finds 1 policy-refused
    rm "$root/govern.ini"
    finds 1 policy-unapplied
    message "the shim refuses go1.23.4, which is not denied any more|govern policy apply"
    expect 0 govern policy apply
    finds 0
}

@test "pin-dangling" {
    ln -s nowhere .go-version
    finds 1 pin-dangling
    mkdir sub
    cd sub
    finds 1 pin-dangling
}

@test "a directory with a quote in its name: what is proposed can be pasted" {
    mkdir "it's; touch here"
    cd "it's; touch here"
    ln -s nowhere .go-version
    finds 1 pin-dangling
    sh -c "$(printf '%s' "$out" | python3 -c 'import json, sys
print(json.load(sys.stdin)["findings"][0]["fix"])')"
    [ ! -L .go-version ] && [ ! -e here ]
    finds 0
}

@test "pin-case: a file's name, and a tool's" {
    echo 1.23.4 >.Go-Version
    finds 1 pin-case
    message "*|mv '$PWD/.Go-Version' '$PWD/.go-version'"
    rm .Go-Version
    printf 'nodejs 20\nGolang 1.23.4\n' >.tool-versions
    finds 1 pin-case
    message "*.tool-versions:2*"
}

@test "pin-crlf: CRLF, and a byte order mark; what is proposed repairs both" {
    printf '1.24.1\r\n' >.go-version
    finds 0 pin-crlf pin-peers
    sh -c "$(printf '%s' "$out" | python3 -c 'import json, sys
print(json.load(sys.stdin)["findings"][0]["fix"])')"
    [ "$(cat .go-version)" = 1.24.1 ]
    printf '\xef\xbb\xbf1.24.1\n' >.go-version
    finds 0 pin-crlf pin-peers
    sh -c "$(printf '%s' "$out" | python3 -c 'import json, sys
print(json.load(sys.stdin)["findings"][0]["fix"])')"
    finds 0
}

@test "pin-two" {
    echo 1.24.1 >.go-version
    echo 'golang 1.23.4' >.tool-versions
    finds 1 pin-two
    echo 'golang 1.24.1' >.tool-versions
    finds 0
}

@test "pin-peers: what goenv, asdf, mise and setup-go make of it" {
    tools() { # CONTENT: the tools that read it differently
        printf "$1" >"${2:-.go-version}"
        finds 0 pin-peers
        told=$(printf '%s' "$out" | python3 -c '
import json, sys
print(*[f["message"].split(": ")[-1].split(" ")[0] for f in json.load(sys.stdin)["findings"]])')
    }
    tools 'go1.24.1\n'
    [ "$told" = "goenv asdf mise setup-go" ]
    tools '1.24.1 # why\n'
    [ "$told" = "goenv asdf setup-go" ]
    tools '# why\n1.24.1\n'
    [ "$told" = "setup-go" ]
    tools '\n1.24.1\n'
    [ "$told" = "asdf" ]
    tools '1.24.1 1.23.4\n'
    [ "$told" = "goenv asdf mise setup-go" ]
    tools '1.24.1\n1.23.4\n'
    [ "$told" = "asdf mise setup-go" ]
    tools '1.24.x\n'
    [ "$told" = "goenv asdf mise" ]
    tools 'latest\n'
    [ "$told" = "goenv asdf mise setup-go" ]
    tools '1.24.1+auto\n'
    [ "$told" = "goenv asdf mise setup-go" ]
    rm .go-version
    tools 'go 1.24.1\n' .tool-versions
    [ "$told" = "asdf setup-go" ]
    tools 'golang 1.24\n' .tool-versions
    [ "$told" = "asdf" ]
    for plain in 'golang 1.24.1\n' 'nodejs 20\ngolang 1.24.1 # why\n'; do
        printf "$plain" >.tool-versions
        finds 0
    done
    rm .tool-versions
    printf '1.24\n' >.go-version
    finds 0
}

@test "pin-other-file: mise.toml, .vfox.toml, .prototools" {
    echo 1.24.1 >.go-version
    printf '[tools]\nnode = "20"\ngo = "1.23"\n' >mise.toml
    printf '[tools]\ngolang = "1.24.1"\n' >.vfox.toml
    printf 'go = "1.23.4"\n' >.prototools
    finds 0 pin-other-file
    message "*$PWD/mise.toml:3: mise takes '1.23', and go1.24.1 runs here*"
    message "*$PWD/.prototools:1: proto takes '1.23.4'*"
    [[ $out != *vfox* ]]
}

@test "workflow-number, workflow-version: what setup-go takes" {
    mkdir -p .github/workflows
    echo 1.24.1 >.go-version
    printf '      - uses: actions/setup-go@v5\n        with:\n          go-version: 1.20\n' \
        >.github/workflows/a.yml
    finds 1 workflow-number
    message "*a.yml:3: go-version 1.20 is taken for 1.2|write it in quotes: '1.20'"
    printf "          go-version: '1.23.x'\n" >.github/workflows/a.yml
    finds 0 workflow-version
    message "*a.yml:1: setup-go takes '1.23.x', and go1.24.1 runs here*"
    printf 'go 1.23\n\ntoolchain go1.23.4\n' >go.mod
    printf '          go-version-file: go.mod\n' >.github/workflows/a.yml
    finds 0 workflow-version
    printf '%s\n' '  go-version: ["1.20", 1.23]' '  go-version-file: .go-version' \
        "  go-version: '1.24'" "  go-version: '>=1.22'" '  go-version: stable' \
        '  go-version: ${{ matrix.go }}' >.github/workflows/a.yml
    finds 0
    printf '  go-version: [1.20, 1.23]\n' >.github/workflows/a.yml
    finds 1 workflow-number
}

@test "store-absent" {
    rm -rf "$root"
    PATH=$B/bin:$PATH finds 1 store-absent go-none
}

@test "store-unusable: of a newer format" {
    echo 99 >"$root/format"
    finds 1 store-unusable
}

@test "store-read-only" {
    let_others_in
    chmod -R a+rX "$root" "$HOME"
    HOME=$HOME expect 0 as_other env GOVERN_ROOT="$root" XDG_CACHE_HOME="$BATS_TEST_TMPDIR/none" govern doctor --json
    [[ $(ids) == *"store-read-only "* ]]
    rm "$prefix/bin/gofmt"
    HOME=$HOME expect 1 as_other env GOVERN_ROOT="$root" govern doctor --fix --json
    [[ $(ids) == *"shim-missing "* ]]
}

@test "cache-owner: what sudo left there, the cache or a directory in it" {
    let_others_in
    chmod a+rx "$BATS_FILE_TMPDIR" "$HOME" "$HOME/w" "$HOME/.local" "$HOME/.local/share"
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    mkdir -p "$XDG_CACHE_HOME/govern/lists"
    finds_other() {
        try as_other "$B/bin/govern" doctor --json
        [[ " $(ids)" == *" cache-owner "* ]]
    }
    finds_other
    [[ $out == *"sudo chown -R 65534:65534 '$XDG_CACHE_HOME/govern'"* ]]
    chown 65534 "$XDG_CACHE_HOME/govern"
    finds_other
    chown -R 65534 "$XDG_CACHE_HOME/govern"
    ! finds_other || return 1
    [ "$status" -lt 2 ]
}

@test "store-noexec, store-case and disk-space: on a small file system of its own" {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "cannot mount"
    expect 1 unshare -m sh -c "
        mv '$root' '$root.was' && mkdir '$root' &&
        mount -t tmpfs -o size=20m,noexec t '$root' && cp -a '$root.was/.' '$root' &&
        ln -s format '$root/FORMAT' && '$B/bin/govern' doctor --json"
    got=$(ids)
    for id in store-noexec store-case disk-space; do
        [[ $got == *"$id "* ]] || { echo "no $id in $got" >&2; return 1; }
    done
}

@test "store-locks: flock(2) says that there are none" {
    "$B/tests/tools/inject" -o "$BATS_TEST_TMPDIR/report" -a govern1.0:flock:1:ENOLCK \
        govern doctor --json >"$BATS_TEST_TMPDIR/out" 2>/dev/null || {
        [ $? = 77 ] && skip "no ptrace"
        return 1
    }
    grep -qx 'exit 1' "$BATS_TEST_TMPDIR/report"
    out=$(cat "$BATS_TEST_TMPDIR/out")
    [ "$(ids)" = "store-locks " ]
}

@test "store-nfs: statfs(2) says so" {
    nfs="inject=fstatfs:poke_exit=@arg2=6969000000000000"
    strace -o /dev/null -e trace=fstatfs -e "$nfs" true 2>/dev/null || skip "no such strace"
    ASAN_OPTIONS=detect_leaks=0 expect 0 \
        strace -o /dev/null -e trace=fstatfs -e "$nfs" govern doctor --json
    [ "$(ids)" = "store-nfs " ]
}

@test "store-mode" {
    chmod o+w "$prefix/toolchains"
    finds 1 store-mode
    message "*|chmod o-w '$prefix/toolchains'"
}

@test "store-owner: after an install by root" {
    [ "$(id -u)" = 0 ] || skip "needs root to be two users"
    chown -h 65534 "$prefix/toolchains/go1.23.4"
    finds 1 store-owner
    message "*|sudo chown -R 0:0 '$root'"
}

@test "store-leftovers: a stage, the trash, a tree without a receipt; --fix removes them" {
    mkdir -p "$root/staging/${platform}_go1.22.3_0123456789abcdef/tree" "$root/trash/0123456789abcdef"
    mkdir "$prefix/toolchains/go1.21.0"
    finds 1 store-leftovers
    [ "$(printf '%s' "$out" | grep -c '"id"')" = 3 ]
    expect 0 govern doctor --fix --json
    [ "$(ids)" = "store-leftovers=fixed " ]
    [ -z "$(ls "$root/staging" "$root/trash" | grep 0123)" ]
    finds 0
    # temporary files, wherever a command could be killed
    for at in "$root" "$root/log-heads" "$root/receipts/$platform" "$prefix" \
        "$prefix"/{bin,generations,libexec/govern,toolchains}; do
        mkdir -p "$at"
        touch -d '-3 hours' "$at/.tmp-govern-0123456789abcdef"
        touch "$at"
    done
    finds 1 store-leftovers
    [ "$(printf '%s' "$out" | grep -c '"id"')" = 8 ]
    expect 0 govern doctor --fix --json
    [ -z "$(find "$root" -name '.tmp-*')" ]
    # a command that is at work has left nothing behind
    mkdir -p "$root/staging/${platform}_go1.22.3_0123456789abcdef/tree"
    expect 0 flock "$root/locks/${platform}_go1.22.3" govern doctor --json
    [ "$(ids)" = "" ]
}

@test "pointer-dangling: --fix leaves it, for another default is the user's to choose" {
    rm -rf "$prefix/toolchains/go1.24.1" "$root/receipts/$platform/go1.24.1".*
    rm "$prefix/bin/go1.24.1"
    expect 1 govern doctor --fix --json
    [[ $(ids) == *"pointer-dangling "* ]]
    message "*'default' leads to go1.24.1*"
    expect 3 govern current
}

@test "pointer-stale: current is behind" {
    was=$(readlink "$prefix/current")
    expect 0 govern default 1.23.4
    ln -sfn "$was" "$prefix/current"
    finds 1 pointer-stale
    expect 0 govern doctor --fix --json
    [ "$(ids)" = "pointer-stale=fixed " ]
    expect 0 govern current
    [[ $out == go1.23.4* ]]
}

@test "toolchain-link: missing, left over, and somebody else's file" {
    rm "$prefix/bin/go1.23.4"
    finds 1 toolchain-link
    expect 0 govern doctor --fix
    [ -L "$prefix/bin/go1.23.4" ]
    ln -s ../toolchains/go1.21.0/bin/go "$prefix/bin/go1.21.0"
    finds 1 toolchain-link
    expect 0 govern doctor --fix
    [ ! -L "$prefix/bin/go1.21.0" ]
    rm "$prefix/bin/go1.23.4"
    echo mine >"$prefix/bin/go1.23.4"
    expect 1 govern doctor --fix
    [ "$(cat "$prefix/bin/go1.23.4")" = mine ]
}

@test "journal-changed" {
    [ -s "$root/journal" ]
    sed -i 's/go1.23.4/go1.23.5/' "$root/journal"
    finds 1 journal-changed
}

@test "journal-unreadable: a pipe, a directory, a link" {
    rm "$root/journal"
    mkfifo "$root/journal"
    finds 1 journal-unreadable
    rm "$root/journal"
    mkdir "$root/journal"
    finds 1 journal-unreadable
    rmdir "$root/journal"
    echo precious >"$BATS_TEST_TMPDIR/file"
    ln -s "$BATS_TEST_TMPDIR/file" "$root/journal"
    finds 1 journal-unreadable
    message "cannot read '$root/journal': *|move '$root/journal' away"
    expect 0 govern tag prod 1.23.4
    [[ $err == *"cannot write the journal"* ]]
    [ "$(cat "$BATS_TEST_TMPDIR/file")" = precious ]
}

@test "tree-changed: a byte, a file less; touching a file is no change" {
    touch "$prefix/toolchains/go1.23.4/VERSION"
    finds 0
    sed -i 's/1.23.4/1.23.9/' "$prefix/toolchains/go1.23.4/VERSION"
    finds 1 tree-changed
    message "go1.23.4: 'VERSION' is not as it was recorded|govern install --force*"
    rm "$prefix/toolchains/go1.23.4/bin/gofmt"
    finds 1 tree-changed
    message "go1.23.4: * and 1 more files are not as they were recorded*"
}

@test "tree-mode" {
    chmod o+w "$prefix/toolchains/go1.23.4/bin/gofmt"
    finds 1 tree-mode
}

@test "adopted-changed: gone, and another version in its place" {
    mkdir -p "$HOME/sdk/go1.22.5"
    tar -xzf "$site/go1.22.5.$platform.tar.gz" -C "$HOME/sdk/go1.22.5" --strip-components=1
    expect 0 govern adopt "$HOME/sdk/go1.22.5"
    finds 0
    echo go1.22.6 >"$HOME/sdk/go1.22.5/VERSION"
    finds 1 adopted-changed pointer-stale # 1.22 has nothing to lead to
    message "*which is now go1.22.6|govern install 1.22.5"
    rm -rf "$HOME/sdk"
    expect 1 govern doctor --fix --json
    [ "$(ids)" = "adopted-changed pointer-stale=fixed " ]
}

@test "receipt-damaged: the receipt, and the manifest" {
    cp "$root/receipts/$platform/go1.23.4.json" "$BATS_TEST_TMPDIR/was"
    echo '{' >"$root/receipts/$platform/go1.23.4.json"
    finds 1 receipt-damaged
    cp "$BATS_TEST_TMPDIR/was" "$root/receipts/$platform/go1.23.4.json"
    echo nonsense >"$root/receipts/$platform/go1.23.4.manifest"
    finds 1 receipt-damaged
    rm "$root/receipts/$platform/go1.23.4.manifest"
    finds 1 receipt-damaged
}

@test "config-invalid" {
    printf '[sources]\nordr = goproxy\n' >"$HOME/.config/govern/govern.ini"
    finds 1 config-invalid
    message "*govern.ini:2*"
}

@test "auto-install-untold: the setting is on, and only setup or --fix tells the store" {
    printf '[store]\nauto_install = yes\n' >"$HOME/.config/govern/govern.ini"
    finds 1 auto-install-untold
    message "*|govern setup"
    expect 0 govern doctor --fix
    [ -e "$prefix/auto-install" ]
    finds 0
}

@test "clock: behind what the store was last changed at" {
    touch -d '+3 days' "$root/format"
    finds 1 clock
}

@test "ca-bundle" {
    SSL_CERT_FILE=/nowhere finds 1 ca-bundle
    message "SSL_CERT_FILE names '/nowhere'*"
}

@test "proxy: two that differ, one that is none, one too few; no password is shown" {
    HTTPS_PROXY=http://a:1 https_proxy=http://b:1 finds 1 proxy
    HTTPS_PROXY=ftp://me:secret@a:1 finds 1 proxy
    [[ $out != *secret* ]]
    HTTP_PROXY=http://a:1 finds 1 proxy
    HTTPS_PROXY=http://a:1 NO_PROXY=localhost,.example.com finds 0
    HTTPS_PROXY=a:3128 finds 0
}
