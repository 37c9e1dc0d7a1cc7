#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# journal: what is recorded, how it is shown, what --check finds; a journal that cannot be
# written.

load lib

setup_file() {
    load_site go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
    journal=$root/journal
}

events() { # as "event version tag before", one a line
    python3 -c '
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    print(*(r.get(k) or "-" for k in ("event", "version", "tag", "before")))' "$journal"
}

@test "each change is one record, and what changes nothing is none" {
    expect 0 govern install 1.22.3
    expect 0 govern install 1.22.3
    expect 0 govern install 1.21.0 --default
    expect 0 govern default 1.22.3
    expect 0 govern default 1.22.3
    expect 0 govern tag prod 1.22
    expect 0 govern tag prod 1.22
    expect 0 govern tag prod 1.21
    expect 0 govern tag --delete prod
    expect 0 govern default --unset
    expect 0 govern uninstall 1.21
    expect 0 govern install 1.21.0 1.22.5 --jobs 1
    echo 1.21.0 >.go-version
    expect 0 govern list
    expect 0 govern pin 1.22.5
    expect 3 govern install 1.22.99
    expect 0 govern verify
    expect 0 govern setup --no-rc
    expect 0 govern setup --no-rc
    expect 0 govern setup --remove --no-rc
    events >got
    cat >want <<'END'
install go1.22.3 - -
install go1.21.0 - -
default go1.21.0 - -
default go1.22.3 - go1.21.0
tag go1.22.3 prod -
tag go1.21.0 prod go1.22.3
tag-delete - prod go1.21.0
default - - go1.22.3
uninstall go1.21.0 - -
install go1.21.0 - -
install go1.22.5 - -
setup - - -
setup-remove - - -
END
    diff want got
    expect 0 govern journal --check
    [[ $out == "13 records, all as they were written"$'\n'"head: "* ]]
}

@test "verify that raises the trust is recorded, with what it was" {
    GOSUMDB=off expect 0 govern install 1.22.5 --trust unproven
    expect 0 govern verify 1.22.5
    expect 0 govern verify 1.22.5
    [ "$(events)" = $'install go1.22.5 - -\nverify go1.22.5 - unproven' ]
    expect 0 govern journal
    [[ $out == *"go1.22.5 is proven (it was unproven)"* ]]
}

@test "who, where, when and what: no password, no query" {
    cp -r "$site" copy
    expect 0 govern install 1.22.5 --from "file://$PWD/copy/"
    try govern install 1.22.3 --from 'https://user:secret@127.0.0.1:1/x?token=secret'
    expect 0 govern tag prod 1.22.5
    expect 0 govern journal --json
    [ "$(json .schema)" = 1 ]
    [ "$(json .records.0.event)" = install ]
    [ "$(json .records.0.version)" = go1.22.5 ]
    [[ "$(json .records.0.h1)" == h1:* ]]
    [ "$(json .records.0.trust)" = proven ]
    name=$(id -un 2>/dev/null) || name="user $(id -u)"
    [ "$(json .records.0.user)" = "$name" ]
    [ "$(json .records.0.host)" = "$(uname -n)" ]
    [ "$(json .records.0.platform)" = "$platform" ]
    [[ "$(json .records.0.command)" == "govern install 1.22.5 --from file://"* ]]
    [[ "$(json .records.0.time)" =~ ^20..-..-..T..:..:..Z$ ]]
    [ "$(json .records.0.previous)" = null ]
    [ "$(json .records.1.previous)" = "$(sed -n 1p "$journal" | sha256sum | cut -d' ' -f1)" ]
    ! grep -q secret "$journal"
}

@test "-n and --since; bad values: 2" {
    expect 0 govern install 1.22.3 1.22.5 --jobs 1
    expect 0 govern tag a 1.22.3
    expect 0 govern journal -n 1
    [ "$(wc -l <<<"$out")" = 2 ]
    [[ $out == *"@a is go1.22.3"* ]]
    expect 0 govern journal --lines=2 --json
    [ "$(json .records.0.version)" = go1.22.5 ]
    expect 0 govern journal --since 1h
    [ "$(wc -l <<<"$out")" = 4 ]
    expect 0 govern journal --since 2999-01-01
    [[ -z $out && $err == "no records" ]]
    expect 0 govern journal --since 2001-01-01T00:00:00Z -n 9
    [ "$(wc -l <<<"$out")" = 4 ]
    for bad in "-n x" "--since yesterday" "--since 5" "--head abc" "--check -n 1" "--since 1d --check"; do
        # shellcheck disable=SC2086 # words are meant
        expect 2 govern journal $bad
        one_error
    done
}

@test "no store, no journal yet: nothing, and that is no error" {
    expect 0 govern journal
    [[ -z $out && $err == "no records" ]]
    expect 0 govern journal --check
    [ "$out" = "0 records, all as they were written" ]
    expect 0 govern journal --json
    [ "$(json .records)" = "[]" ]
}

@test "--check finds an edit, a cut and a reorder: 4, and what is wrong" {
    expect 0 govern install 1.21.0 1.22.3 1.22.5 --jobs 1
    expect 0 govern tag prod 1.22.5
    cp "$journal" good
    edit() { # SED-SCRIPT
        sed "$1" good >"$journal"
        expect 4 govern journal --check
        [[ -z $out && $err == "govern: $journal:"* ]]
        expect 4 govern journal --check --json
        [ "$(json .ok)" = false ]
        [ "$(json .error.code)" = 4 ]
        # It is shown all the same, with a warning.
        expect 0 govern journal
        [[ $err == *"not as it was written"* ]]
    }
    edit '2s/proven/proved/'
    edit '4s/prod/prud/'
    edit 2d
    edit '$d'
    edit '2,$d'
    edit 1d
    edit '1{h;d};2G'
    edit '3{h;d};4G'
    edit '2p'
    edit '3a hello'
    edit '$a {"schema":1,"event":"install","previous":null}'
    : >"$journal"
    expect 4 govern journal --check
    # What others add afterwards does not hide it.
    sed '$d' good >"$journal"
    expect 0 govern tag later 1.22.3
    expect 4 govern journal --check
    [[ $err == *"/journal:4: it does not follow the record before it"* ]]
    cp good "$journal"
    rm "$root/log-heads/journal"
    expect 0 govern journal --check
}

@test "--head: what was noted elsewhere must still be there" {
    expect 0 govern install 1.21.0 1.22.3 --jobs 1
    expect 0 govern journal --check --json
    head=$(json .head)
    [ "$(json .records)" = 2 ]
    cp "$journal" good
    expect 0 govern tag prod 1.22.3
    expect 0 govern journal --head "$head"
    # Written anew from the first record on, with the note: nothing else can tell.
    rm "$journal" "$root/log-heads/journal"
    expect 0 govern tag prod 1.21
    expect 0 govern journal --check
    expect 4 govern journal --head "$head"
    [[ $err == *"no record has the hash that was given" ]]
}

@test "a line that a crash cut off is told, stops nobody, and stays no error" {
    expect 0 govern install 1.22.3
    printf '{"schema":1,"previous":"12' >>"$journal"
    expect 0 govern journal
    [[ $out == *go1.22.3* && $err == *"/journal:2: a crash cut it off"* ]]
    expect 0 govern tag prod 1.22.3
    [ -z "$err" ]
    expect 0 govern journal --check --json
    [ "$(json .findings.0.torn) $(json .findings.0.line) $(json .records)" = "true 2 2" ]
}

@test "a journal that cannot be written: a warning, and the command has done its work" {
    expect 0 govern install 1.22.3
    mv "$journal" moved
    mkdir "$journal"
    expect 0 govern tag prod 1.22.3
    [ "$out" = "@prod is go1.22.3" ]
    [[ $err == "govern: warning: cannot write the journal"* ]]
    expect 0 govern tag prod
    [ "$out" = go1.22.3 ]
    expect 0 govern tag --delete prod --quiet
    [ -z "$err" ]
    expect 1 govern journal
    one_error
}

@test "who only reads the store can read the journal" {
    let_others_in
    umask 077
    expect 0 govern --root "$BATS_TEST_TMPDIR/shared" install 1.22.3
    chmod 755 "$BATS_TEST_TMPDIR/shared"
    expect 0 as_other "$B/bin/govern" --root "$BATS_TEST_TMPDIR/shared" journal
    [[ $out == *"go1.22.3 installed"* ]]
    expect 0 as_other "$B/bin/govern" --root "$BATS_TEST_TMPDIR/shared" journal --check
}

@test "many commands at once: every change is there, and the chain holds" {
    expect 0 govern install 1.22.3
    for i in 1 2 3 4 5 6; do
        govern tag "t$i" 1.22.3 >"log$i" 2>&1 &
    done
    wait
    expect 0 govern journal --check --json
    [ "$(json .records)" = 7 ]
}

@test "--sign: minisign agrees, and who has the public key sees a cut that hides itself" {
    # One key: as `minisign -G -W` makes it, and with the password "correct horse".
    local keys=$here/tests/fuzz/corpus/fuzz-minisign signed=$root/log-heads/journal-signed
    expect 3 govern journal --sign --key "$keys/plain-key"
    expect 3 govern journal --check --key "$keys/public-key"
    expect 0 govern install 1.21.0 1.22.3 --jobs 1
    expect 4 govern journal --check --key "$keys/public-key"
    one_error
    expect 0 govern journal --sign --key "$keys/plain-key"
    [ "$out" = "2 records signed: $signed.minisig" ]
    if command -v minisign; then
        minisign -Vm "$signed" -p "$keys/public-key" | grep -q $'^Trusted comment: timestamp:.*\trecords:2\thead:'
    else
        echo "# no minisign to compare with" >&3
    fi
    expect 0 govern tag prod 1.22.3
    expect 0 govern journal --check --key "$keys/public-key"
    [[ $out == "3 records, "*$'\nsigned 20'*": 2 records" ]]
    expect 0 govern journal --check --key "$(cat "$keys/bare-key")" --json
    [ "$(json .ok) $(json .signed.records)" = "true 2" ]
    # An end that was cut off with all that was noted of it.
    cp "$journal" good
    cp "$root/log-heads/journal" end
    sed -i '2,$d' "$journal"
    printf '%s %s\n' "$(stat -c %s "$journal")" "$(sha256sum <"$journal" | cut -d' ' -f1)" >"$root/log-heads/journal"
    expect 0 govern journal --check
    expect 4 govern journal --check --key "$keys/public-key"
    [[ $err == *"the record that was signed as the last is not there" ]]
    # Nor can it be signed away by the owner himself.
    expect 4 govern journal --sign --key "$keys/plain-key"
    cp good "$journal"
    cp end "$root/log-heads/journal"
    # The signature is of what it says, or it is none.
    sed -i 's/records:2/records:1/' "$signed.minisig"
    expect 4 govern journal --check --key "$keys/public-key"
    [[ $err == *"the signature is not of this" ]]
    rm "$signed.minisig"
    expect 4 govern journal --check --key "$keys/public-key"
    # With a password, which is asked for on a terminal only, and kept elsewhere.
    expect 2 govern journal --sign --key "$keys/encrypted-key" </dev/null
    one_error
    for word in 'correct horse' wrong; do
        python3 - "$word" "$keys/encrypted-key" >"shown $word" <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp("govern", ["govern", "journal", "--sign", "--key", sys.argv[2], "--file", "head"])
out = b""
while b"password of" not in out:
    out += os.read(fd, 1000)
os.write(fd, sys.argv[1].encode() + b"\n")
try:
    while True:
        out += os.read(fd, 1000)
except OSError:
    pass
print(out.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
    done
    grep -q '3 records signed: head.minisig' "shown correct horse"
    ! grep -q horse "shown correct horse"
    grep -q 'this is not the password' "shown wrong"
    [ "$(tail -n 1 "shown wrong")" = " 4" ]
    expect 0 govern journal --check --key "$keys/public-key" --file head
    expect 2 govern journal --file head
    expect 4 govern journal --check --key "$keys/public-key" --head "$(printf '0%.0s' {1..64})"
}

# A machine with a log of its own: what comes is in $BATS_TEST_TMPDIR/log.
with_log() { # COMMAND...
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
    mkdir -p dev run/systemd/journal
    touch dev/null dev/urandom
    unshare -m bash -c '
        set -e
        mount --bind /dev/null dev/null
        mount --bind /dev/urandom dev/urandom
        mount --rbind dev /dev
        mount --bind run /run
        exec "$@"' - python3 -c '
import os, socket, subprocess, sys
taps = []
for path in "/dev/log", "/run/systemd/journal/socket":
    if os.path.lexists(path):
        os.unlink(path)
    tap = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    tap.bind(path)
    tap.setblocking(False)
    taps.append(tap)
status = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "ab") as log:
    for tap in taps:
        while True:
            try:
                log.write(tap.recv(1 << 16) + b"\n")
            except BlockingIOError:
                break
sys.exit(status)' "$BATS_TEST_TMPDIR/log" "$@"
}

@test "journal.forward: syslog and journald get each record, with its hash; no log is a warning" {
    expect 0 govern install 1.22.3
    expect 0 with_log govern tag a 1.22.3
    [ ! -s "$BATS_TEST_TMPDIR/log" ]
    printf '[journal]\nforward = syslog\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 with_log govern tag prod 1.22.3 --reason $'two\nlines'
    hash=$(tail -n 1 "$journal" | sha256sum | cut -d' ' -f1)
    grep -aq "^<13>.* govern\[[0-9]*\]: @prod is go1.22.3 hash=$hash root=$root command=govern tag prod" "$BATS_TEST_TMPDIR/log"
    grep -aq 'reason=two?lines' "$BATS_TEST_TMPDIR/log"
    expect 0 govern journal --head "$hash"
    sed -i 's/= syslog/= journald/' "$HOME/.config/govern/govern.ini"
    expect 0 with_log govern tag --delete prod
    [ -z "$err" ]
    for field in 'MESSAGE=no @prod (it was go1.22.3)' SYSLOG_IDENTIFIER=govern PRIORITY=5 \
        GOVERN_EVENT=tag-delete GOVERN_TAG=prod "GOVERN_ROOT=$root" \
        'GOVERN_COMMAND=govern tag --delete prod' \
        "GOVERN_HASH=$(tail -n 1 "$journal" | sha256sum | cut -d' ' -f1)"; do
        grep -axqF "$field" "$BATS_TEST_TMPDIR/log"
    done
    mkdir empty
    expect 0 unshare -m sh -c 'mount --bind empty /run && exec govern tag b 1.22.3'
    [[ $out == "@b is go1.22.3" && $err == "govern: warning: cannot hand the record on to '/run/systemd/journal/socket': No such file"* ]]
    sed -i 's/= journald/= mail/' "$HOME/.config/govern/govern.ini"
    expect 2 govern tag c 1.22.3
    [[ $err == *"hint: it takes no, syslog or journald" ]]
}
