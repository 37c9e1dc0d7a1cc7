#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# govern setup --auto-upgrade: a timer of systemd, or a line of cron.

load lib

setup() {
    site=$BATS_TEST_TMPDIR/none
    cli_setup
    mkdir "$HOME/bin"
    cat >"$HOME/bin/crontab" <<'EOF'
#!/bin/sh
[ ! -e "$HOME/broken" ] || { echo "crontab: you may not" >&2; exit 1; }
case $1 in
-l) [ -e "$HOME/tab" ] && exec cat "$HOME/tab"; echo "no crontab for you" >&2; exit 1 ;;
-r) exec rm "$HOME/tab" ;;
*) exec cp "$1" "$HOME/tab" ;;
esac
EOF
    chmod 755 "$HOME/bin/crontab"
    PATH=$HOME/bin:$PATH
    units=$HOME/.config/systemd/user
}

@test "a line of cron, the other lines byte for byte as they were" {
    printf '# mine\nMAILTO=me\n\n5 4 * * *  true %% x\n' >"$HOME/tab"
    cp "$HOME/tab" "$HOME/was"
    expect 0 govern setup --no-rc --auto-upgrade daily --timer cron
    [ "$(wc -l <"$HOME/tab")" = 5 ]
    diff <(head -n 4 "$HOME/tab") "$HOME/was"
    tail -n 1 "$HOME/tab" | grep -qE "^[0-9]+ [1-5] \* \* \* '$prefix/bin/govern' --root '$root' upgrade --quiet --every 20h # govern setup --auto-upgrade$"
    expect 0 govern setup --no-rc --auto-upgrade daily --timer cron
    [ "$(wc -l <"$HOME/tab")" = 5 ]
    expect 0 govern setup --no-rc --auto-upgrade weekly --timer cron
    tail -n 1 "$HOME/tab" | grep -qE '^[0-9]+ [1-5] \* \* [0-6] '
    # what it says can be run as it stands
    expect 0 sh -c "$(tail -n 1 "$HOME/tab" | cut -d' ' -f6-)"
    [ -z "$out$err" ]
    expect 0 govern setup --no-rc --auto-upgrade no --timer cron
    cmp "$HOME/tab" "$HOME/was"
    rm "$HOME/tab"
    expect 0 govern setup --no-rc --auto-upgrade daily --timer cron
    expect 0 govern setup --no-rc --remove
    [ ! -e "$HOME/tab" ]
}

@test "a crontab that cannot be read is not written over" {
    echo '* * * * * true' >"$HOME/tab"
    touch "$HOME/broken"
    expect 1 govern setup --no-rc --auto-upgrade daily --timer cron
    [[ $err == *"crontab' failed: crontab: you may not"* ]]
    [ "$(cat "$HOME/tab")" = '* * * * * true' ]
}

@test "a timer and a service of systemd, and none of them afterwards" {
    expect 0 govern setup --no-rc --auto-upgrade daily --timer systemd
    grep -qx 'OnCalendar=daily' "$units/govern-upgrade.timer"
    grep -q '^RandomizedDelaySec=' "$units/govern-upgrade.timer"
    grep -qF "ExecStart=\"$prefix/bin/govern\" --root \"$root\" upgrade --quiet --every 20h" "$units/govern-upgrade.service"
    [ "$(readlink "$units/timers.target.wants/govern-upgrade.timer")" = ../govern-upgrade.timer ]
    if command -v systemd-analyze; then
        cp "$units"/govern-upgrade.* "$BATS_TEST_TMPDIR"
        XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR try systemd-analyze verify --user "$BATS_TEST_TMPDIR"/govern-upgrade.*
        # It warns of what it does not know; of the machine's own units it says more.
        ! grep -E 'govern-upgrade.*(Unknown|Failed to parse)' <<<"$err"
        echo 'Nonsense=1' >>"$BATS_TEST_TMPDIR/govern-upgrade.timer"
        XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR try systemd-analyze verify --user "$BATS_TEST_TMPDIR"/govern-upgrade.*
        grep -E 'govern-upgrade.*Unknown' <<<"$err"
    fi
    find "$units" -type f -exec touch -d 2020-01-01 {} +
    expect 0 govern setup --no-rc --auto-upgrade daily --timer systemd
    [ -z "$(find "$units" -type f -newermt 2020-01-02)" ]
    expect 0 govern setup --no-rc --auto-upgrade daily --timer cron # one of them, not both
    [ ! -e "$units" ]
    [ -s "$HOME/tab" ]
    expect 0 govern setup --no-rc --auto-upgrade weekly --timer systemd
    [ ! -e "$HOME/tab" ]
    expect 0 govern setup --no-rc --remove
    [ ! -e "$units" ]
}

@test "the timer of another store stays, whichever is removed first" {
    for by in systemd cron; do
        expect 0 govern --root "$HOME/other" setup --no-rc
        expect 0 govern setup --no-rc --auto-upgrade daily --timer "$by"
        cp -r "$units" "$HOME/units" 2>/dev/null || cp "$HOME/tab" "$HOME/was"
        expect 0 govern --root "$HOME/other" setup --no-rc --auto-upgrade no
        expect 0 govern --root "$HOME/other" setup --no-rc --remove
        if [ "$by" = systemd ]; then
            diff -r "$units" "$HOME/units"
            rm -r "$HOME/units"
        else
            cmp "$HOME/tab" "$HOME/was"
        fi
        expect 0 govern setup --no-rc --remove
        [ ! -e "$units" ] && [ ! -e "$HOME/tab" ]
    done
    # Of a store and its canary it is one.
    expect 0 govern --root "$root/canary" setup --no-rc --auto-upgrade daily --timer cron
    expect 0 govern setup --no-rc --auto-upgrade no
    [ ! -e "$HOME/tab" ]
}

@test "systemd is told: the timer is stopped while its unit is there, and not afterwards" {
    cat >"$HOME/bin/systemctl" <<'EOF'
#!/bin/sh
[ -e "$HOME/.config/systemd/user/govern-upgrade.timer" ] && there=there || there=gone
echo "$* ($there)" >>"$HOME/told"
EOF
    chmod 755 "$HOME/bin/systemctl"
    expect 0 govern setup --no-rc --auto-upgrade daily --timer systemd
    expect 0 govern setup --no-rc --auto-upgrade daily --timer systemd # nothing to tell
    expect 0 govern setup --no-rc --auto-upgrade no
    expect 0 govern setup --no-rc --auto-upgrade no
    diff "$HOME/told" - <<'EOF'
--user daemon-reload (there)
--user restart govern-upgrade.timer (there)
--user stop govern-upgrade.timer (there)
--user daemon-reload (gone)
EOF
}

@test "the units of a machine are sandboxed, and run as the store's owner" {
    expect 0 govern setup --print --auto-upgrade daily --timer machine
    for line in ProtectSystem=strict NoNewPrivileges=yes CapabilityBoundingSet= PrivateTmp=yes \
        "ReadWritePaths=\"$root\"" CacheDirectory=govern; do
        [[ $out$'\n' == *$'\n'"$line"$'\n'* ]]
    done
    [ ! -e "$units" ]
}

@test "--remove takes the timer of the machine along, when it is of this store" {
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "cannot mount"
    cat >sequence <<'EOF'
mkdir -p /etc/systemd/system
mount -t tmpfs tmpfs /etc/systemd/system
there() { [ -e /etc/systemd/system/govern-upgrade.timer ]; }
g() { "$B/bin/govern" "$@" >/dev/null 2>"$HOME/err"; }
g setup --no-rc --auto-upgrade daily --timer machine
there
g --root "$HOME/another" setup --no-rc
g --root "$HOME/another" setup --no-rc --remove
there
g setup --no-rc
g setup --no-rc --remove
! there
EOF
    expect 0 unshare -m bash -e sequence
}

@test "a unit of that name that is somebody else's stays; what the option takes" {
    mkdir -p "$units"
    echo '[Service]' >"$units/govern-upgrade.service"
    expect 1 govern setup --no-rc --auto-upgrade daily --timer systemd
    [[ $err == *"govern-upgrade.service' is not of govern setup"* ]]
    expect 0 govern setup --no-rc --remove
    [ "$(cat "$units/govern-upgrade.service")" = '[Service]' ]
    expect 2 govern setup --no-rc --timer cron
    [[ $err == *"govern setup --auto-upgrade daily --timer cron" ]]
    for words in hourly 'daily --timer at' 'daily --remove'; do
        # shellcheck disable=SC2086 # words
        expect 2 govern --root "$HOME/none" setup --auto-upgrade $words
        one_error
    done
    [ ! -e "$HOME/none" ] # nor anything else
    [ -z "$(ls -A "$HOME" | grep -E '^[.](bash|prof|zsh)')" ]
    expect 0 govern setup --print --auto-upgrade no --timer cron
    [[ $out == *$'\n'"# the timer of upgrades would go" ]]
}
