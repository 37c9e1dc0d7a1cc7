#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The timer of a user, as `govern setup --auto-upgrade` writes it, under a real systemd of that
# user's own: it is scheduled, and its service upgrades the store, from within its sandbox.
set -eu
skip() {
	echo "1..0 # skip $*"
	exit 0
}
[ "${TORTURE-}" = full ] || skip "an installation and an upgrade: TORTURE=full"
[ "$(id -u)" = 0 ] || skip "needs root: a user of its own, and control groups"
for systemd in /usr/lib/systemd/systemd /lib/systemd/systemd none; do
	[ ! -x "$systemd" ] || break
done
[ "$systemd" != none ] || skip "no systemd"
for program in setpriv unshare systemctl; do
	command -v "$program" >/dev/null || skip "no $program"
done

user=61234 # nobody's
top=$(mktemp -d /tmp/govern-timer.XXXXXX) # its sockets need a short name
trap 'rm -rf "$top"' EXIT
chmod 755 "$top"
cp -r "$B/bin" "$B/libexec" "$top/"
mkdir -p "$top/home/.config/environment.d" "$top/run"
for version in go1.22.3 go1.22.6; do
	python3 tests/tools/mktoolchain.py --go "$B/tests/tools/standin-go" "$top/site" $version \
		>/dev/null
done
key=$("$B/tests/tools/mklog" "$top/site" <"$top/site/hashes")
# What a user's services find in their environment.
printf 'GOPROXY=file://%s\nGOSUMDB="%s"\nGOENV=off\n' "$top/site" "$key" \
	>"$top/home/.config/environment.d/go.conf"
chown -R $user:$user "$top/home" "$top/run" "$top/site"
chmod 700 "$top/run"

as_user() {
	setpriv --reuid=$user --regid=$user --clear-groups env -i HOME="$top/home" \
		PATH="$top/bin:/usr/bin:/bin" XDG_RUNTIME_DIR="$top/run" GOPROXY="file://$top/site" \
		GOSUMDB="$key" GOENV=off "$@"
}

leads() { # the default
	readlink "$top/home/.local/share/govern/$(as_user govern env platform)/current/default"
}

cat >"$top/as-systemd" <<EOF
mount -t cgroup2 none /sys/fs/cgroup || exit 3
mount -t tmpfs none /run && mkdir -p /run/systemd/system || exit 3 # as sd_booted(3) has it
mkdir /sys/fs/cgroup/user && echo \$\$ >/sys/fs/cgroup/user/cgroup.procs || exit 3
chown -R $user:$user /sys/fs/cgroup/user
as_user() {
	setpriv --reuid=$user --regid=$user --clear-groups env -i HOME="$top/home" \\
		PATH=/usr/bin:/bin XDG_RUNTIME_DIR="$top/run" "\$@"
}
as_user $systemd --user --log-target=console >"$top/log" 2>&1 &
manager=\$!
until [ -S "$top/run/systemd/private" ]; do
	kill -0 \$manager 2>/dev/null || exit 3
	sleep .05
done
as_user systemctl --user list-timers --all --no-pager >"$top/timers"
as_user systemctl --user start govern-upgrade.service
as_user systemctl --user show govern-upgrade.service -p Result -p NoNewPrivileges >"$top/shown"
as_user systemctl --user start govern-upgrade.service
EOF
cd "$top/home"
as_user govern setup --no-rc >/dev/null
as_user govern install 1.22.3 --default --quiet >/dev/null
as_user govern setup --no-rc --auto-upgrade daily --timer systemd >/dev/null 2>&1
before=$(leads)
status=0
unshare --mount --pid --cgroup --fork --mount-proc --kill-child sh "$top/as-systemd" \
	>"$top/out" 2>&1 || status=$?
[ "$status" != 3 ] ||
	skip "systemd does not start here: $(cat "$top/log" "$top/out" 2>/dev/null | tail -n 1)"

n=0
bad=0
check() { # NAME COMMAND...
	n=$((n + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $n - $name"
		return
	fi
	echo "not ok $n - $name"
	cat "$top/timers" "$top/shown" "$top/out" "$top/log" 2>/dev/null | sed 's/^/# /'
	bad=1
}
check "it was the older one before" test "$before" = ../../toolchains/go1.22.3
check "the timer waits for its time" \
	grep -q 'govern-upgrade.timer *govern-upgrade.service' "$top/timers"
check "the service ends well" test "$status $(sort "$top/shown" | tr '\n' ' ')" = \
	"0 NoNewPrivileges=yes Result=success "
check "and the store is upgraded" test "$(leads)" = ../../toolchains/go1.22.6
echo "# tried $n cases of a user's timer, bad states: $bad"
echo "1..$n"
exit $bad
