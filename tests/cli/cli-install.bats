#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# install, uninstall, list, available, verify.

load lib

setup_file() {
    load_site go1.20 go1.21.0 go1.22.3 go1.22.5 go1.23rc1
}

setup() {
    cli_setup
}

generations() {
    find "$prefix/generations" -mindepth 1 -maxdepth 1 -name '[0-9]*' | wc -l
}

@test "one version: proven, listed, linked into bin, latest and its line point to it" {
    expect 0 govern install 1.22.5
    [[ $out == "go1.22.5 installed: proven, from goproxy"* ]]
    [ -z "$err" ]
    expect 0 govern list
    [[ $out == *go1.22.5*proven*goproxy*"$prefix/toolchains/go1.22.5"* ]]
    [ "$("$prefix/bin/go1.22.5" version)" = "go version go1.22.5 ${platform/-//}" ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.5 ]
    [ "$(readlink "$prefix/current/1.22")" = ../../toolchains/go1.22.5 ]
}

@test "the modes are those of the rule, whatever unpack left" {
    mkdir -p own/bin own/libexec/govern
    cp "$B/bin/govern" own/bin
    cp "$B/libexec/govern/"* own/libexec/govern
    mv own/libexec/govern/unpack own/libexec/govern/unpack.real
    cat >own/libexec/govern/unpack <<END
#!/bin/sh
"$PWD/own/libexec/govern/unpack.real" "\$@"
chmod 6777 /proc/self/fd/3/bin/go /proc/self/fd/3/bin
chmod 666 /proc/self/fd/3/VERSION
chmod 700 /proc/self/fd/3/bin/gofmt
chmod 777 /proc/self/fd/3
END
    chmod +x own/libexec/govern/unpack
    expect 0 own/bin/govern install 1.22.5
    cd "$prefix/toolchains/go1.22.5"
    # only the setgid bit of a directory may be the store's own
    [ "$(stat -c %a . bin bin/go bin/gofmt VERSION | tr '\n' ' ')" = "755 2755 755 755 644 " ]
    expect 0 govern verify 1.22.5
}

@test "a kept archive that is empty, cut off or something else is fetched anew" {
    printf '[store]\nkeep_cache = yes\n' >>"$HOME/.config/govern/govern.ini"
    python3 "$here/tests/tools/serve.py" "$site" port 3>&- &
    server=$!
    while [ ! -s port ] && kill -0 "$server"; do sleep 0.05; done
    GOPROXY=http://127.0.0.1:$(cat port)
    expect 0 govern install 1.22.5
    kept=$(find "$HOME/.cache/govern/archives" -type f)
    cp "$kept" kept
    for damage in ': >"$kept"' 'echo junk >"$kept"' 'truncate -s 60 "$kept"' \
        'seq 10000 >"$kept"' 'truncate -s -9 "$kept"'; do
        cp kept "$kept"
        eval "$damage"
        expect 0 govern install --force 1.22.5
        cmp kept "$kept"
    done
    kill "$server"
    expect 0 govern install --force 1.22.5
}

@test "already there: says so, 0, asks nobody" {
    expect 0 govern install 1.22.5
    GOPROXY=file:///nonexistent expect 0 govern install 1.22.5 --offline
    [[ $out == "go1.22.5 is already installed (proven)" ]]
    expect 0 govern install 1.22.5 --json
    [ "$(json .installed.0.already)" = true ]
}

@test "several at a time, one of them twice: one change of pointers for all" {
    expect 0 govern install 1.22.3 1.22.5 go1.22.3 1.21 --jobs 3 --json
    [ "$(json .schema)" = 1 ]
    [ "$(json .installed.0.version) $(json .installed.1.version) $(json .installed.2.version)" = \
        "go1.22.3 go1.22.5 go1.21.0" ]
    for key in platform path trust source h1 seconds bytes_downloaded already; do
        json ".installed.0.$key" >/dev/null
    done
    [ "$(json .installed.0.trust)" = proven ]
    [ "$(generations)" = 1 ]
}

@test "one of several fails: the others are there, its message and its status count" {
    expect 3 govern install 1.22.5 1.22.4 --jobs 1
    [[ $out == go1.22.5* ]]
    [[ $err == *1.22.4* ]]
    expect 0 govern list --json
    [ "$(json .toolchains.0.version)" = go1.22.5 ]
}

@test "a line, latest, oldstable, a pre-release, a range" {
    expect 0 govern install 1.22 latest oldstable 1.23rc '>=1.20 <1.21' --json
    v=$(json .installed)
    [[ $v == *go1.22.5* && $v == *go1.21.0* && $v == *go1.23rc1* && $v == *'"go1.20"'* ]]
}

@test "--default sets it, in the same generation" {
    expect 0 govern install 1.22.3 --default
    expect 0 govern default
    [ "$out" = go1.22.3 ]
    [ "$(generations)" = 1 ]
    expect 2 govern install 1.22.3 1.22.5 --default
    one_error
}

@test "without SPEC: what the pin asks for; the message of a failure names the pin" {
    echo 1.22.3 >.go-version
    expect 0 govern install
    [[ $out == go1.22.3* ]]
    expect 0 govern install
    [[ $out == "go1.22.3 is already installed"* ]]
    echo 1.22.99 >.go-version
    expect 3 govern install --json
    [ "$(json .error.file)" = "$PWD/.go-version" ]
    rm .go-version
    expect 2 govern install
    one_error
    GOVERN_VERSION=1.21.0 expect 0 govern install
    [[ $out == go1.21.0* ]]
}

@test "a tag, system, nonsense: 2 with a reason" {
    for spec in '1.22..3' '../x' tip @prod system; do
        expect 2 govern install "$spec"
        one_error
        [ "$spec" != tip ] || [ ! -e "$root" ] # a slip of the finger makes no store
    done
}

@test "no such version: 3" {
    expect 3 govern install 1.99
    one_error
}

@test "a server that cannot be reached: 1, one line, nothing is there" {
    printf '[network]\nretries = 0\n' >"$PWD/net.ini"
    export GOVERN_CONFIG=$PWD/net.ini
    GOPROXY=http://127.0.0.1:1 expect 1 govern install 1.22.5
    one_error
    [ -z "$(ls "$root/staging")" ]
    [ -z "$(ls "$HOME/.cache/govern/partial")" ]
    GOPROXY=http://127.0.0.1:1 expect 1 govern install 1.22.5 --offline
    one_error
    [[ $err == *"hint: leave --offline out"* ]]
    GOPROXY=http://127.0.0.1:1 expect 1 govern available
    one_error
}

@test "a GOPROXY that is none: 2, the entry is named, its password is not" {
    GOPROXY=nonsense expect 2 govern install 1.22.5
    one_error
    [[ $err == *"'nonsense'"* ]]
    GOPROXY=ftp://me:secret@host.example/x expect 2 govern install 1.22.5
    one_error
    [[ $err == *host.example* && $err != *secret* ]]
}

@test "--from a file tells the version; a damaged one is refused with 4 and nothing is there" {
    expect 0 govern install --from "$site/go1.22.5.linux-amd64.tar.gz" --platform linux-amd64
    [[ $out == go1.22.5*proven* ]]
    python3 - "$site/go1.21.0.linux-amd64.tar.gz" bad.tar.gz <<'EOF'
import gzip, sys
data = bytearray(gzip.open(sys.argv[1]).read())
at = data.index(b"go1.21.0", 600)
data[at + 7] = ord("1")
gzip.open(sys.argv[2], "wb").write(bytes(data))
EOF
    expect 4 govern install 1.21.0 --from "$PWD/bad.tar.gz" --platform linux-amd64
    one_error
    [ ! -e "$root/linux-amd64/toolchains/go1.21.0" ]
    [ -z "$(ls "$root/staging")" ]
    expect 2 govern install --from "$PWD/bad.tar.gz"
    one_error
}

@test "--from a directory or a source, with a SPEC" {
    GOPROXY=off expect 0 govern install 1.22.3 --from "$site" --platform linux-amd64
    [[ $out == *"from dir"* ]]
    expect 0 govern install 1.21.0 --from goproxy
}

@test "--platform: its own prefix; not a platform: 2" {
    here_platform=$platform
    other=linux-s390x
    (cd "$here" && python3 tests/tools/mktoolchain.py "$BATS_TEST_TMPDIR/site" go1.22.5 $other >/dev/null)
    GOSUMDB=$("$B/tests/tools/mklog" "$BATS_TEST_TMPDIR/site" <"$BATS_TEST_TMPDIR/site/hashes")
    GOPROXY=file://$BATS_TEST_TMPDIR/site expect 0 govern install 1.22.5 --platform $other
    [ -d "$root/$other/toolchains/go1.22.5" ]
    [ ! -e "$root/$here_platform/toolchains/go1.22.5" ]
    expect 0 govern list --platform $other --json
    [ "$(json .toolchains.0.platform)" = $other ]
    expect 2 govern install 1.22.5 --platform ../x
    one_error
}

@test "--trust: said on stderr when it is less than proven; nonsense: 2" {
    expect 0 govern install 1.22.5 --trust checksummed
    [[ $err == *warning*checksummed* ]]
    expect 2 govern install 1.22.5 --trust maybe
    one_error
}

@test "GOSUMDB=off: 4, a store that locks the level: 4" {
    GOSUMDB=off expect 4 govern install 1.22.5
    one_error
    mkdir -p "$root"
    expect 0 govern setup --no-rc
    printf '[policy]\nlock = trust.minimum\n' >"$root/govern.ini"
    expect 4 govern install 1.22.5 --trust unproven
    [[ $err == *"this store wants proven"* ]]
}

@test "--jobs and GOVERN_JOBS take a number" {
    for n in 0 '' 33; do
        expect 2 govern install 1.22.5 --jobs "$n"
        one_error
    done
    GOVERN_JOBS=many expect 2 govern install 1.22.5
    [[ $err == *GOVERN_JOBS* ]]
}

@test "no progress where stderr is no terminal; on one it is taken back" {
    expect 0 govern install 1.22.5
    [ -z "$err" ]
    script -qec 'govern install 1.22.3' /dev/null >tty </dev/null
    grep -q 'go1.22.3 installed' tty
}

@test "uninstall: an exact version; what is not there: 3; none: 2" {
    expect 0 govern install 1.22.3 1.22.5
    expect 0 govern uninstall 1.22.5
    [ "$out" = "go1.22.5 uninstalled" ]
    [ ! -e "$prefix/toolchains/go1.22.5" ]
    [ ! -L "$prefix/bin/go1.22.5" ]
    [ -z "$(ls "$root/trash")" ]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.3 ]
    expect 3 govern uninstall 1.22.5
    one_error
    expect 2 govern uninstall
    one_error
}

@test "uninstall: a line that is one toolchain; of two they are named, 2" {
    expect 0 govern install 1.22.3 1.22.5 1.21.0
    expect 2 govern uninstall 1.22
    [[ $err == *"go1.22.3, go1.22.5"* ]]
    expect 0 govern uninstall 1.21
    [ -d "$prefix/toolchains/go1.22.3" ]
}

@test "uninstall refuses the default and what runs, 4, unless --force" {
    expect 0 govern install 1.22.5 1.22.3
    expect 0 govern default 1.22.5
    expect 4 govern uninstall 1.22.5
    one_error
    [[ $err == *default* ]]
    cp /bin/sleep "$prefix/toolchains/go1.22.3/bin/sleep"
    "$prefix/toolchains/go1.22.3/bin/sleep" 600 3>&- &
    pid=$!
    until [[ $(readlink "/proc/$pid/exe") == */sleep ]]; do sleep 0.02; done
    expect 4 govern uninstall 1.22.3
    kill "$pid"
    [[ $err == *"process $pid"* ]]
    expect 0 govern uninstall --force 1.22.5
    [ ! -L "$prefix/current/default" ]
}

@test "list: marks, JSON keys" {
    expect 0 govern install 1.22.3 1.22.5
    expect 0 govern default 1.22.5
    expect 0 govern pin 1.22.3
    expect 0 govern list
    [[ $out == *"go1.22.3  pin"* && $out == *"go1.22.5  default"* ]]
    expect 0 govern list --json
    for key in version platform path default tags trust source h1 bytes installed_at adopted; do
        json ".toolchains.0.$key" >/dev/null
    done
    [ "$(json .toolchains.1.default)" = true ]
    [ "$(json .toolchains.0.tags)" = "[]" ]
    [[ $(json .toolchains.0.installed_at) =~ ^[0-9-]{10}T[0-9:]{8}Z$ ]]
}

@test "list: a damaged receipt is told, 1, and the others are listed" {
    expect 0 govern install 1.22.3 1.22.5 1.20
    echo '{' >"$root/receipts/$platform/go1.22.3.json"
    expect 1 govern list
    [[ $err == "govern: '$root/receipts/$platform/go1.22.3.json' is damaged: "* ]]
    [[ $err == *"hint: govern install --force 1.22.3" ]]
    [[ $out == *"go1.20 "*proven* && $out == *"go1.22.3 "*unproven* && $out == *"go1.22.5 "*proven* ]]
    expect 1 govern list --json
    [ "$(json .toolchains.1.version) $(json .toolchains.2.version)" = "go1.22.3 go1.22.5" ]
    [[ $(json .error.message) == *"go1.22.3.json' is damaged: "* ]]
    expect 0 govern run 1.22.3 go version
    expect 0 govern install --force 1.22.3
    expect 0 govern list
}

@test "verify and install wait for who works on the same toolchain" {
    expect 0 govern install 1.22.5
    words="waiting for another govern, which works on"
    expect_behind "$root/locks/$(ls "$root/locks" | grep go1.22.5)" "$words go1.22.5" \
        0 govern verify 1.22.5
    expect_behind "$root/locks/${platform}_go1.22.3" "$words go1.22.3" \
        0 govern install 1.22.3
    [ "$err" = "$words go1.22.3" ]
}

@test "a full disk: 1, what and where; what was there stays, and can be uninstalled" {
    [ "$(id -u)" = 0 ] || skip "needs root to mount"
    unshare -m true 2>/dev/null || skip "no mount namespaces"
    mkdir -p "$root"
    cat >full.sh <<EOF
mount -t tmpfs -o size=256k govern-test '$root' || exit 77
govern install 1.22.5 || exit 70
head -c 1M /dev/zero >'$root/hooks'
govern install 1.22.3 2>err && exit 71
grep -q "^govern: cannot .*'$root'.*: No space left on device" err || exit 72
[ -z "\$(ls '$root/staging')" ] || exit 73
govern verify --offline || exit 74
govern uninstall 1.22.5 || exit 75
[ -z "\$(govern list)" ] && [ -z "\$(ls '$root/trash')" ] || exit 76
EOF
    try unshare -m sh full.sh
    [ "$status" != 77 ] || skip "cannot mount"
    [ "$status" = 0 ] || { echo "$status: $out $err $(cat err)" >&2; false; }
}

@test "what is remembered of the log cannot be read: it is not asked as if for the first time" {
    expect 0 govern install 1.22.5
    mv "$root/log-heads" "$root/heads" && ln -s log-heads "$root/log-heads"
    expect 0 govern verify -v
    [[ $out == *"by the proof kept with it"* && $err == *"cannot open '$root/log-heads': "* ]] || { echo "$out $err" >&2; false; }
    expect 1 govern install 1.22.3
    one_error
    [ ! -e "$prefix/toolchains/go1.22.3" ]
    rm "$root/log-heads" && mv "$root/heads" "$root/log-heads"
    expect 0 govern install 1.22.3
    expect 0 govern verify
    [[ $out == *"by the log"* ]]
}

@test "available: the newest of each line, marks; --all with pre-releases; a SPEC; JSON" {
    expect 0 govern install 1.22.5
    expect 0 govern available
    [[ $out == *go1.22.5*installed* && $out != *go1.22.3* && $out != *rc1* ]]
    [[ $out == *go1.20*"end of life"* ]]
    [ -z "$(grep ' $' <<<"$out")" ]
    expect 0 govern available --all
    [[ $out == *go1.22.3* && $out == *go1.23rc1* ]]
    expect 0 govern available 1.22
    [ "$(wc -l <<<"$out")" = 2 ]
    expect 0 govern available latest
    [[ $out == go1.22.5* && $(wc -l <<<"$out") = 1 ]]
    expect 0 govern available --json
    for key in version stable line installed supported; do
        json ".releases.0.$key" >/dev/null
    done
    [ "$(json .releases.0.installed) $(json .releases.2.supported)" = "true false" ]
    expect 3 govern available 1.99
    one_error
    expect 3 govern available 1.99 --json
    [ "$(json releases) $(json error.code)" = "[] 3" ]
}

@test "available makes no store" {
    expect 0 govern available
    [ ! -e "$root" ]
}

@test "verify names each changed, missing and extra file, 4; --offline too" {
    expect 0 govern install 1.22.5 1.22.3
    expect 0 govern verify
    [ "$(wc -l <<<"$out")" = 2 ]
    t=$prefix/toolchains/go1.22.5
    chmod -R u+w "$t"
    file=$(cd "$t" && find src -type f | sort | head -n 1)
    echo x >>"$t/$file"
    rm "$t/VERSION"
    echo x >"$t/extra"
    for how in "" --offline; do
        expect 4 govern verify $how 1.22.5
        [[ $out == *"changed $file"* && $out == *"missing VERSION"* && $out == *"extra extra"* ]]
    done
    expect 4 govern verify --json
    [ "$(json .error.code)" = 4 ]
    [[ $(json .verified) == *'"extra"'* ]]
    expect 0 govern verify --offline 1.22.3
    expect 3 govern verify 1.99
    one_error
}

@test "verify --offline proves without the site" {
    expect 0 govern install 1.22.5
    GOPROXY=file:///nonexistent expect 0 govern verify --offline
    [[ $out == *"proven, by the proof kept with it"* ]]
}

@test "a store of a newer format: 4, nothing is written" {
    expect 0 govern setup --no-rc
    echo 99 >"$root/format"
    for c in "list" "install 1.22.5" "verify"; do
        # shellcheck disable=SC2086
        expect 4 govern $c
        one_error
        [[ $err == *99* ]]
    done
}

@test "a read-only store: listing and running work, installing says why not, 1" {
    [ "$(id -u)" = 0 ] || skip "needs root to mount"
    expect 0 govern install 1.22.5
    expect 0 govern default 1.22.5
    unshare -m true 2>/dev/null || skip "no mount namespaces"
    cat >ro.sh <<EOF
mount --bind '$root' '$root' && mount -o remount,bind,ro '$root' || exit 77
govern list >/dev/null && govern current >/dev/null && govern verify --offline >/dev/null &&
govern run 1.22.5 go version >/dev/null || exit 70
govern install 1.22.5 >out && grep -q already out || exit 73
govern install 1.22.3 2>err && exit 71
grep -q '^govern: ' err || exit 72
EOF
    try unshare -m sh ro.sh
    [ "$status" != 77 ] || skip "cannot mount"
    [ "$status" = 0 ]
}

@test "Ctrl-C: nothing is left behind, and it dies by the signal" {
    cat >slow.py <<'EOF'
import http.server, socketserver, sys, time
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        open("asked", "w").close()
        time.sleep(600)
    def log_message(self, *a): pass
s = socketserver.ThreadingTCPServer(("127.0.0.1", 0), H)
s.daemon_threads = True
open("port", "w").write(str(s.server_address[1]))
s.serve_forever()
EOF
    python3 slow.py 3>&- &
    server=$!
    while [ ! -s port ] && kill -0 "$server"; do sleep 0.05; done
    python3 - "http://127.0.0.1:$(cat port)" <<'EOF' >code
import os, signal, subprocess, sys, time
env = dict(os.environ, GOPROXY=sys.argv[1])
p = subprocess.Popen(["govern", "install", "1.22.5"], env=env, stderr=subprocess.PIPE)
while p.poll() is None and not os.path.exists("asked"):
    time.sleep(0.05)
time.sleep(0.3)
p.send_signal(signal.SIGINT)
err = p.communicate(timeout=300)[1]
print(p.returncode, len(err))
EOF
    kill "$server"
    [ "$(cat code)" = "-2 0" ]
    [ -z "$(ls "$root/staging")" ]
    expect 0 govern list --json
    [ "$(json .toolchains)" = "[]" ]
}
