#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The shim runs as many instructions as it did: the one figure of its speed that does not
# depend on what else the machine does (tests/bench/shim-instructions.py).
set -u
export PYTHONDONTWRITEBYTECODE=1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # VARIABLE=VALUE...
	why=$(python3 "$here/shim-instructions.py" "${B:?}" "$work/shim-instructions.json" "$@" 2>&1)
}
compare() {
	said=$("$here/check" "$work" "$here/figures" 2>&1)
}
verdict() { # STATUS TEXT
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		printf '%s\n' "$why" "$said" | sed 's/^/# /'
		bad=1
	fi
}

bad=0 said=
count
status=$?
if [ "$status" = 77 ]; then
	echo "1..0 # skip $why"
	exit 0
fi
echo 1..3
verdict "$status" "1 - callgrind counts"
compare
verdict $? "2 - no more instructions than are kept in tests/bench/figures"
# The control: variables that look like ours until their last letter are more work.
count GOTOOLCHAIM=a GOVERSIOM=b GOROOTS=c GOTOOLDIRS=d GOVERN_VERSIOM=e GOVERN_BEHINT=f \
	GOVERN_EXPORTED_GOTOOLCHAIM=g PATHS=h PWDS=i && ! compare
verdict $? "3 - more work is noticed"
exit "$bad"
