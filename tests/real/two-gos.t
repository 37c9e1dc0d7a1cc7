#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two Gos, one answer: without a pin, through the shim, everything is as the same Go does it
# when it is called by its path, whatever go.mod, go.work and the environment ask for.  What
# is compared, and what is meant to differ: two_gos.py; what is tried: two_gos_cases.py.
# `make check` takes a sample, `make torture` all of it.  No network is left to Go.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/real/lib.bash
. "$here/lib.bash"

need_proxy
[ -n "${skip_reason-}" ] || need_toolchains 1.20.14 1.21.0 1.25.14 1.26.11 1.27.4
[ -z "${skip_reason-}" ] || {
	echo "1..0 # skip $skip_reason"
	exit 0
}
alone=
! unshare -n true 2>/dev/null || alone='unshare -n'
exec $alone python3 "$here/two_gos.py" "$B" "$store" "$@"
