#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A pinned version is missing and store.auto_install is on: what the shim hands over, and
# what the manager makes of it.

load lib

setup_file() {
    export PROBE_BIN=$BATS_FILE_TMPDIR/probe site=$BATS_FILE_TMPDIR/site
    ${CC:-cc} -D_GNU_SOURCE -O1 -static -o "$PROBE_BIN" tests/cli/shim-probe.c 2>/dev/null ||
        ${CC:-cc} -D_GNU_SOURCE -O1 -o "$PROBE_BIN" tests/cli/shim-probe.c
    for v in go1.22.3 go1.22.5; do
        python3 tests/tools/mktoolchain.py --go "$PROBE_BIN" "$site" $v >/dev/null
    done
    GOSUMDB=$("$B/tests/tools/mklog" "$site" <"$site/hashes")
    export GOSUMDB here=$PWD
}

setup() {
    cli_setup
    unset CI PROBE
    auto_install always
    expect 0 govern setup --no-rc
    PATH=$prefix/bin:/usr/bin:/bin
    pin=$PWD/.go-version
    echo 1.22.5 >.go-version
}

auto_install() { # VALUE
    printf '[store]\nauto_install = %s\n' "$1" >"$HOME/.config/govern/govern.ini"
    printf '[sources]\norder = goproxy\n[network]\nretries = 0\n' >>"$HOME/.config/govern/govern.ini"
}

is_missing() { # the usual message, its place, and what follows it
    expect 127 go version
    err=${err#"govern: installing go1.22.5 for $pin:1"$'\n'}
    one_error
    [[ $err == "govern: go1.22.5 is not installed (pinned by $pin:1)$1"* ]] || { echo "$err"; false; }
    [ ! -e "$prefix/toolchains/go1.22.5" ]
}

serve() { # [RULE...]: the site over http; $log tells who asked
    log=$BATS_TEST_TMPDIR/log
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/script"
    mkfifo "$BATS_TEST_TMPDIR/alive"
    python3 "$here/tests/server/loopback.py" --dir "$site" --port-file "$BATS_TEST_TMPDIR/port" \
        --script "$BATS_TEST_TMPDIR/script" --log "$log" <"$BATS_TEST_TMPDIR/alive" 3>&- &
    exec 8>"$BATS_TEST_TMPDIR/alive"
    for _ in $(seq 100); do [ -s "$BATS_TEST_TMPDIR/port" ] && break; sleep 0.1; done
    GOPROXY=http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")
}

teardown() {
    exec 8>&-
}

asked() { # PATTERN: how many requests
    grep -c "\"path\": \"[^\"]*$1" "$log" || true
}

# N go commands that begin in the same moment, as an editor starts them; how each ended is
# in $ended, what they said on stderr in $said.
together() { # N
    python3 - "$1" >ended 2>said <<'END'
import os, subprocess, sys
r, w = os.pipe()
run = ["sh", "-c", 'read x <&%d; exec go list ./...' % r]
all = [subprocess.Popen(run, pass_fds=[r], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                        stderr=subprocess.PIPE) for _ in range(int(sys.argv[1]))]
os.close(w)
for p in all:
    sys.stderr.write(p.communicate(timeout=120)[1].decode())
    print(p.returncode)
END
    ended=$(sort ended | uniq -c | tr -s ' ')
    said=$(cat said)
}

@test "twenty at once: one download, one notice that names the pin, and each goes on" {
    serve '*.zip drip=60000'
    together 20
    [ "$ended" = " 20 42" ] || { echo "$ended $said"; false; }
    [ "$(asked .zip)" = 1 ]
    [ "$(grep -c "^govern: installing go1.22.5 for $pin:1$" <<<"$said")" = 1 ]
    ! grep -v -e '^govern: installing' -e '^govern: waiting for another govern, which installs 1.22.5 for ' <<<"$said"
    [ "$(govern journal --json | grep -c '"event": "install"')" = 1 ]
}

@test "twenty at once for a line: the list too is asked for once" {
    echo 1.22 >.go-version
    serve '*.zip drip=60000'
    together 20
    [ "$ended" = " 20 42" ]
    [ "$(asked .zip) $(asked @v/list)" = "1 1" ]
}

@test "twenty at once, and it cannot be had: one tries, all say why" {
    serve '*.zip hang'
    sed -i 's/^retries = 0/&\nlow_speed_time = 2/' "$HOME/.config/govern/govern.ini"
    together 20
    [ "$ended" = " 20 127" ]
    [ "$(asked .zip)" = 1 ] || { echo "$said"; false; }
    [ "$(grep -c "^govern: go1.22.5 is not installed (pinned by $pin:1); it cannot be installed: " <<<"$said")" = 20 ]
    [ "$(grep '^govern: go1' <<<"$said" | sort -u | wc -l)" = 1 ]
    # A failure is not remembered.
    : >"$BATS_TEST_TMPDIR/script"
    expect 42 go version
}

@test "a file of one's own that is linked into locks/ keeps what is in it" {
    echo mine >"$HOME/mine"
    ln "$HOME/mine" "$root/locks/${platform}_attempt_1.22.5"
    expect 42 go version
    [ "$(cat "$HOME/mine")" = mine ]
    echo 1.22.9 >.go-version
    ln "$HOME/mine" "$root/locks/${platform}_attempt_1.22.9"
    expect 127 go version
    [ "$(cat "$HOME/mine")" = mine ]
}

@test "what runs then finds all as it came: arguments, files, signals, variables, process" {
    cat >launch.py <<'END'
import os, signal, sys
os.umask(0o027)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.dup2(os.open("/dev/null", os.O_RDONLY), 7)
os.set_inheritable(7, True)
os.close(0)
print(os.getpid(), file=open("pid", "w"))
os.environ["PROBE"] = sys.argv[1]
os.execv(sys.argv[2], ["odd name", "build", "--root", "", "-o", "a b", "--"])
END
    export GOVERN_ROOT=/nonexistent GOFLAGS=-x GOROOT=/nowhere
    expect 42 python3 launch.py first "$prefix/bin/go"
    [[ $err == *"installing go1.22.5"* && -z $out ]]
    grep -qx "pid $(cat pid)" first
    expect 42 python3 launch.py second "$prefix/bin/go"
    [ -z "$err" ]
    for f in first second; do
        sed -i -e '/^pid /d' -e "s/^env PROBE=.*//" $f
    done
    diff first second
    grep -qx 'argv 0 \[odd name\]' first
    ! grep -q INSTALLING first
    grep -qx 'ignored 1' first
    grep -qx 'fd 7' first
    ! grep -qx 'fd 0' first
}

@test "stdin is the toolchain's: nothing of it is read" {
    python3 "$here/tests/tools/mktoolchain.py" --go /bin/cat "$BATS_TEST_TMPDIR/cats" go1.22.5 >/dev/null
    GOSUMDB=$("$B/tests/tools/mklog" "$BATS_TEST_TMPDIR/cats" <"$BATS_TEST_TMPDIR/cats/hashes") \
        GOPROXY=file://$BATS_TEST_TMPDIR/cats expect 0 sh -c 'printf "a\nb\n" | go -'
    [ "$out" = $'a\nb' ]
}

@test "gofmt, go -C, GOVERN_VERSION; the store is the shim's, whatever GOVERN_ROOT says" {
    rm .go-version
    mkdir sub
    echo 1.22.3 >sub/.go-version
    GOVERN_ROOT=$HOME/other expect 42 go -C sub build
    [[ $err == "govern: installing go1.22.3 for $PWD/sub/.go-version:1" ]]
    [ ! -e "$HOME/other" ]
    GOVERN_VERSION=1.22.5 expect 0 gofmt
    [[ $err == "govern: installing go1.22.5 for GOVERN_VERSION" ]]
    [ -d "$prefix/toolchains/go1.22.5" ]
}

@test "no: the usual message; the shim hands over only once the store was told" {
    auto_install no
    is_missing ""
    [[ $err == *$'\nhint: govern install 1.22.5' && $err != *";"* ]]
    expect 0 govern setup --no-rc
    [ ! -e "$prefix/auto-install" ]
    is_missing ""
    auto_install yes
    expect 0 govern setup --no-rc
    [ -e "$prefix/auto-install" ]
}

@test "another user's mark stays when ours is off" {
    [ "$(id -u)" = 0 ] || skip "needs root to be two users"
    chown 65534 "$prefix/auto-install"
    auto_install no
    expect 0 govern setup --no-rc
    [ -e "$prefix/auto-install" ]
    is_missing ""
}

@test "yes: not without a terminal, not in CI; always does" {
    auto_install yes
    is_missing "; not installed by itself without a terminal, unless store.auto_install is 'always'"
    [[ $err == *$'\nhint: govern install 1.22.5' ]]
    CI=true is_missing "; not installed by itself in CI, unless store.auto_install is 'always'"
    CI=true expect 127 script -qec 'go version' /dev/null </dev/null
    [[ $out == *"in CI"* && ! -e $prefix/toolchains/go1.22.5 ]]
    CI=false expect 42 script -qec 'go version' /dev/null </dev/null
    [[ $out == *"installing go1.22.5 for $pin:1"* ]]
    expect 0 govern uninstall 1.22.5
    auto_install always
    CI=1 expect 42 go version
}

@test "a pin of another user's: never; root's counts as one's own" {
    let_others_in
    chown -R 65534:65534 "$HOME" "$PWD"
    cp "$pin" real
    ln -s "$PWD/real" link
    expect 42 as_other go version
    [ "$(stat -c %u "$prefix/toolchains/go1.22.5")" = 65534 ]
    expect 0 as_other govern uninstall 1.22.5
    for file in "$pin" "$PWD/link"; do
        chown -h 12345 "$file"
        [ "$file" = "$pin" ] || { rm "$pin"; chown 65534 real; mv link .go-version; }
        expect 127 as_other go version
        [[ $err == *"; not installed by itself because the pin is another user's"* ]] || { echo "$err"; false; }
    done
    rm .go-version
    echo 1.22.5 >.go-version
    expect 42 as_other go version
    # root does not follow what a user wrote
    expect 0 as_other govern uninstall 1.22.5
    chown 65534 .go-version
    is_missing "; not installed by itself because the pin is another user's"
}

@test "never for less than trust.minimum: 127, and why" {
    GOSUMDB=off is_missing "; it cannot be installed: go1.22.5 cannot be proven: GOSUMDB=off, and "
    cp -r "$site" "$BATS_TEST_TMPDIR/flipped"
    python3 "$here/tests/tools/mktoolchain.py" --go "$PROBE_BIN" --flip VERSION \
        "$BATS_TEST_TMPDIR/flipped" go1.22.5 >/dev/null
    GOPROXY=file://$BATS_TEST_TMPDIR/flipped is_missing "; it cannot be installed: "
}

@test "offline, a server that is gone, a version that nobody has: 127, and why" {
    GOPROXY=off is_missing "; it cannot be installed: go1.22.5: GOPROXY=off allows no download"
    GOPROXY=http://127.0.0.1:9 is_missing "; it cannot be installed: "
    echo 1.30.1 >.go-version
    expect 127 go version
    [[ $err == *"govern: go1.30.1 is not installed (pinned by $pin:1); it cannot be installed: there is no go1.30.1 for $platform"* ]] || { echo "$err"; false; }
}

@test "what cannot be installed is left as the shim has it" {
    mkdir "$BATS_TEST_TMPDIR/tools" # no other go is in PATH
    ln -s "$(command -v cat)" "$(command -v python3)" "$BATS_TEST_TMPDIR/tools"
    for word in @prod 1.22.5@prod go1.22.5-corp system 1.x.y; do
        echo "$word" >.go-version
        PATH=$prefix/bin:$BATS_TEST_TMPDIR/tools expect 127 go version
        one_error
        [[ $err != *installed\ by\ itself* && $err != *"cannot be installed"* ]]
    done
    expect 127 go +1.22.3 version
    [[ $err == "govern: go1.22.3 is not installed (asked for by +1.22.3)"* ]]
}

@test "a broken govern.ini: the usual message" {
    echo nonsense >"$HOME/.config/govern/govern.ini"
    is_missing ""
}

@test "a read-only store: 127, and why" {
    [ "$(id -u)" = 0 ] || skip "needs root to be two users"
    let_others_in
    chown -R 65534 "$HOME/.config" "$pin"
    expect 127 as_other go version
    [[ $err == "govern: go1.22.5 is not installed (pinned by $pin:1); it cannot be installed: cannot "* ]]
    one_error
}

@test "fallbacks: the first is installed; a pin that names what is there needs nothing" {
    echo "1.22.5 1.22.3" >.go-version
    expect 42 go version
    [[ $err == *"installing go1.22.5"* ]]
    expect 0 govern install 1.22.3
    expect 0 govern uninstall 1.22.5
    expect 42 go version
    [ -z "$err" ]
}

@test "a pin in a directory with an escape in its name does not reach the terminal" {
    mkdir $'a\e[2Jb'
    cd $'a\e[2Jb'
    echo 1.22.5 >.go-version
    expect 42 go version
    [[ $err == *"installing go1.22.5 for "*"/a?[2Jb/.go-version:1" ]]
}

@test "Ctrl-C: it dies by the signal, nothing is left, and who waits goes on" {
    serve '*.zip stall 1'
    python3 - <<'END' >code
import os, signal, subprocess, time
log = os.path.join(os.environ["BATS_TEST_TMPDIR"], "log")
def asked():
    return os.path.exists(log) and ".zip" in open(log).read()
p = subprocess.Popen(["go", "build"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
for _ in range(200):
    if asked(): break
    time.sleep(0.05)
q = subprocess.Popen(["go", "build"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
said = q.stderr.readline()
time.sleep(0.2)
p.send_signal(signal.SIGINT)
err = p.communicate(timeout=60)[1]
print(p.returncode, b"waiting" in said, err.count(b"\n"))
q.communicate(timeout=60)
print(q.returncode)
END
    [ "$(cat code)" = $'-2 True 1\n42' ] || { cat code; false; }
    [ -z "$(ls "$root/staging")" ]
}

@test "killed while it tries: who waits tries again" {
    serve '*.zip stall 1'
    python3 - <<'END' >code
import os, subprocess, time
log = os.path.join(os.environ["BATS_TEST_TMPDIR"], "log")
p = subprocess.Popen(["go", "build"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
for _ in range(200):
    if os.path.exists(log) and ".zip" in open(log).read(): break
    time.sleep(0.05)
q = subprocess.Popen(["go", "build"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
q.stderr.readline()
p.kill(); p.wait()
q.communicate(timeout=60)
print(q.returncode)
END
    [ "$(cat code)" = 42 ]
}

@test "the journal tells of it, and nothing of the go command's arguments" {
    expect 42 go build -ldflags=-X=main.token=n0b0dys-business
    expect 0 govern journal
    [[ $out == *"go1.22.5 installed, proven"*auto-install ]]
    ! grep -r n0b0dys "$root"
}
