#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The source exec:NAME: govern-source-NAME, good ones and hostile ones.

load lib

setup_file() {
    load_site go1.22.3 go1.22.5
    mkdir "$BATS_FILE_TMPDIR/other"
    python3 tests/tools/mktoolchain.py --add src/more.go "$BATS_FILE_TMPDIR/other" go1.22.5 >/dev/null
}

setup() {
    cli_setup
    mkdir p
    export PATH=$PWD/p:$PATH
    printf '[sources]\norder = exec:x\n[exec]\ntimeout = 20\n' >"$HOME/.config/govern/govern.ini"
    archive=$site/go1.22.5.$platform.tar.gz
}

source_is() { # the script that answers; $1 verb, $2 version (list: platform), $3 platform
    { echo '#!/bin/sh'; cat; } >p/govern-source-x
    chmod +x p/govern-source-x
}

# As source_is(), for `locate`; $archive and $site are there.
locates() {
    source_is <<EOF
archive='$archive' site='$site'
case \$1 in
locate) echo 'govern-source 1'
$1
echo end ;;
fetch)
$2
;;
*) exit 9 ;;
esac
EOF
}

nothing_is_there() {
    [ -z "$(ls "$prefix/toolchains")$(ls "$root/staging")" ]
}

settings() { # LINE...: of [network] and others
    printf '[sources]\norder = exec:x\n' >"$HOME/.config/govern/govern.ini"
    printf '%s\n' "$@" >>"$HOME/.config/govern/govern.ini"
}

@test "the example in the tree: list, install, verify, from a plain directory" {
    cp "$here/plugins/exec/govern-source-example" p/
    settings
    sed -i s/exec:x/exec:example/ "$HOME/.config/govern/govern.ini"
    expect 1 govern install 1.22.5
    one_error
    [[ $err == *"exec:example failed with status 1: '' is no directory"* ]]
    echo "$site" >"$HOME/.config/govern/source-example"
    expect 0 govern available --all --json
    [[ $(json .releases) == *go1.22.3*go1.22.5* || $(json .releases) == *go1.22.5*go1.22.3* ]]
    expect 0 govern install 1.22
    [[ $out == "go1.22.5 installed: proven, from exec:example"* ]]
    expect 0 govern list --json
    [ "$(json .toolchains.0.source) $(json .toolchains.0.trust)" = "exec:example proven" ]
    expect 0 govern verify 1.22.5
    expect 3 govern install 1.22.4
    one_error
}

@test "a file, a URL it cannot be had from, a stream: the next one after any failure" {
    locates 'echo "file $archive"'
    expect 0 govern install 1.22.5
    [[ $out == *"proven, from exec:x"* ]]
    expect 0 govern uninstall 1.22.5
    mkfifo fifo
    locates "echo file $PWD/fifo; echo file /etc; echo file /dev/null; echo stream" 'cat "$archive"'
    expect 0 govern install 1.22.5
    expect 0 govern uninstall 1.22.5
    settings '[network]' 'retries = 0'
    locates 'echo file /nonexistent; echo url https://127.0.0.1:1/x.tar.gz; echo stream' \
        'cat "$archive"'
    expect 0 govern install 1.22.5
    [[ $out == *"proven, from exec:x"* ]]
}

@test "what it is told: verb, version, platform, the store, who asks; an empty stdin, /" {
    source_is <<'EOF'
echo "$@; $GOVERN_ROOT; $GOVERN_PLATFORM; $GOVERN_SOURCE; $GOVERN_PROGRAM; $(pwd); $(cat)" >>"$HOME/asked"
[ "$1" != fetch ] || exit 1
echo 'govern-source 1'
[ "$1" = list ] && echo version go1.22.5
[ "$1" = locate ] && echo stream
echo end
EOF
    expect 1 govern install 1.22
    self="$root; $platform; exec:x; $B/bin/govern; /; "
    printf '%s; %s\n' "list $platform" "$self" "locate go1.22.5 $platform" "$self" \
        "fetch go1.22.5 $platform" "$self" >wanted
    diff "$HOME/asked" wanted
}

@test "the plugin directory comes first; --from names it; an unknown one is an error" {
    expect 0 govern setup --no-rc
    mkdir -p "$prefix/libexec/govern/plugins"
    locates 'echo "file $archive"'
    mv p/govern-source-x "$prefix/libexec/govern/plugins/"
    source_is <<<'exit 7'
    expect 0 "$prefix/bin/govern" install 1.22.5
    expect 1 govern install 1.22.3 --from exec:x
    [[ $err == *"exec:x failed with status 7"* ]]
    expect 2 govern install 1.22.3 --from exec:nobody
    [[ $err == *"there is no program 'govern-source-nobody'"* ]]
    GOVERN_CONFIG=$PWD/typo.ini
    export GOVERN_CONFIG
    printf '[sources]\norder = exc:x\n' >typo.ini
    expect 2 govern install 1.22.3
    printf '[sources]\norder = goprxy\n' >typo.ini
    expect 2 govern install 1.22.3
    [[ $err == *"there is no source 'goprxy'"*"did you mean 'goproxy'?" ]]
    printf '[exec]\ntimeot = 3\n' >typo.ini
    expect 2 govern install 1.22.3
    [[ $err == *"did you mean 'timeout'?" ]]
    [ -z "$(ls "$prefix/toolchains" | grep -v go1.22.5)" ]
}

@test "not from the working directory, nor from a relative element of PATH" {
    source_is <<<'echo asked >>"$HOME/asked"; exit 1'
    cd p
    for path in . "" ./ ../p; do
        PATH=$path:${PATH#*:} expect 2 govern install 1.22.5
        [[ $err == *"there is no program 'govern-source-x'"* ]]
    done
    [ ! -e "$HOME/asked" ]
}

@test "it is not asked with --offline, nor when Tab is pressed" {
    source_is <<<'echo asked >>"$HOME/asked"; exit 1'
    expect 1 govern install 1.22 --offline
    one_error
    [[ $err == *"not asked with --offline"* ]]
    expect 0 govern complete -- install 1
    [ ! -e "$HOME/asked" ]
}

@test "where it has no such version, and where it fails, the next source is asked" {
    printf '[sources]\norder = exec:x goproxy\n' >"$HOME/.config/govern/govern.ini"
    locates ''
    expect 0 govern install 1.22.5
    [[ $out == *"from goproxy"* ]]
    source_is <<<'exit 3'
    expect 0 govern install 1.22.3
    [[ $out == *"from goproxy"* ]]
    locates 'echo stream' 'head -c 500 "$archive"; kill -9 $$'
    expect 0 govern install --force 1.22.5
    [[ $out == *"from goproxy"* ]]
}

@test "another version's bytes, a changed tree, a wrong digest: 4, nothing is there" {
    locates 'echo "file $site/go1.22.3.$3.tar.gz"'
    expect 4 govern install 1.22.5
    one_error
    locates 'echo stream' 'cat "$site/go1.22.3.$3.tar.gz"'
    expect 4 govern install 1.22.5
    locates 'echo stream; echo size 99999999' "cat '$BATS_FILE_TMPDIR/other/go1.22.5.'\$3.tar.gz"
    expect 4 govern install 1.22.5
    [[ $err == *"h1:"* ]]
    locates 'echo "file $archive"; echo sha256 0000000000000000000000000000000000000000000000000000000000000000'
    expect 4 govern install 1.22.5
    [[ $err == *"'exec:x' says 0000"* ]]
    nothing_is_there
}

@test "its digest never raises trust" {
    digest=$(sha256sum <"$archive" | cut -d' ' -f1)
    locates "echo stream; echo sha256 $digest" 'cat "$archive"'
    GOSUMDB=off expect 4 govern install 1.22.5 --trust checksummed
    [[ $err == *"go1.22.5 cannot be proven"* ]]
    GOSUMDB=off expect 0 govern install 1.22.5 --trust unproven
    [[ $out == *unproven* ]]
}

@test "garbage: the line is named, and the source is passed over" {
    bad=$'\e[31mred'
    n=0
    while IFS= read -r answer; do
        source_is <<<"printf '$answer'"
        expect 1 govern install 1.22.5
        one_error
        [[ $err == *"exec:x: line "* && $err != *$'\e'* ]] || { echo "$answer: $err" >&2; false; }
        n=$((n + 1))
    done <<EOF

hello\n
govern-source 1
govern-source 2\nend\n
govern-source 1\n
govern-source 1\nend
govern-source 1\nend\nmore\n
govern-source 1\n\nend\n
govern-source 1\nversion go1.22.5\nend\n
govern-source 1\nurl http://127.0.0.1/x.tar.gz\nend\n
govern-source 1\nurl https:///x\nend\n
govern-source 1\nurl https://h/a b\nend\n
govern-source 1\nurl file:///etc/passwd\nend\n
govern-source 1\nfile relative\nend\n
govern-source 1\nfile\nend\n
govern-source 1\nstream now\nend\n
govern-source 1\nsize 3\nend\n
govern-source 1\nstream\nsize 0\nend\n
govern-source 1\nstream\nsize -1\nend\n
govern-source 1\nstream\nsize 1\nsize 1\nend\n
govern-source 1\nstream\nsha256 12\nend\n
govern-source 1\nstr\000eam\nend\n
govern-source 1\n$bad\nend\n
$(printf 'x%.0s' {1..5000})
EOF
    [ "$n" = 24 ]
    source_is <<<"printf 'govern-source 1\nversion 1.22.5\nend\n'"
    expect 1 govern install 1.22
    [[ $err == *"line 2"*"canonical"* ]]
}

@test "endless output, as an answer and as an archive" {
    source_is <<<'exec yes "govern-source 1"'
    expect 1 govern install 1.22
    [[ $err == *"exec:x answers with more than 1048576 bytes"* ]]
    locates 'echo stream; echo size 1000' 'cat "$archive"; cat /dev/zero'
    try govern install 1.22.5
    # whoever sees it first: who counts, or who unpacks
    [[ $status = 1 && $err == *"exec:x sends more than 1000 bytes"* ||
        $status = 4 && $err == *"the archive goes on after its gzip member"* ]]
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    source_is <<<'while :; do echo no >&2; done'
    settings '[exec]' 'timeout = 1'
    expect 1 govern install 1.22
    [[ $err == *"exec:x did not answer within 1 s and was stopped: n"* ]]
}

@test "a hang: at the limit it is killed, with what it started" {
    settings '[exec]' 'timeout = 1' '[network]' 'low_speed_time = 1'
    source_is <<<'sleep 99 & echo $! >"$HOME/pid"; echo govern-source 1; wait'
    expect 1 govern install 1.22
    [[ $err == *"did not answer within 1 s"* ]]
    [ ! -d "/proc/$(cat "$HOME/pid")" ] || grep -q '^State:.Z' "/proc/$(cat "$HOME/pid")/status"
    locates 'echo stream' 'head -c 100 "$archive"; exec sleep 99'
    expect 1 govern install 1.22.5
    [[ $err == *"exec:x sent nothing for 1 s"* ]]
    locates 'echo stream' 'i=0; while :; do dd if="$archive" bs=9 skip=$i count=1 2>&-; i=$((i + 1)); sleep .1; done'
    expect 1 govern install 1.22.5
    [[ $err == *"exec:x sent less than 1024 bytes a second for 1 s"* ]]
    [ -z "$(ls "$root/staging")" ]
}

@test "a child that keeps the pipe open holds nobody up" {
    locates '(sleep 99) & echo stream' '(sleep 99) & cat "$archive"'
    SECONDS=0
    expect 0 govern install 1.22.5
    [ "$SECONDS" -lt 30 ]
    locates 'setsid sleep 99 & echo $! >"$HOME/pid"; echo stream' 'cat "$archive"'
    expect 0 govern install --force 1.22.5
    kill "$(cat "$HOME/pid")"
}

@test "half an archive and success: 4; no archive, nothing at all: 1" {
    locates 'echo stream' 'head -c 500 "$archive"'
    expect 4 govern install 1.22.5
    one_error
    locates 'echo stream' 'echo no archive; seq 10000'
    expect 1 govern install 1.22.5
    [[ $err == *"'exec:x' answers with something that is no archive"* ]]
    locates 'echo stream' ':'
    expect 1 govern install 1.22.5
    nothing_is_there
}

@test "an interrupt ends it, and nothing is left" {
    source_is <<<'sleep 99 & echo $! >"$HOME/pid"; wait'
    terminate_both govern install 1.22
}
