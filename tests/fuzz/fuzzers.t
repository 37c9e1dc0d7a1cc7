#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each fuzz target for a few seconds.  What a target once found is in its corpus, which
# `make check` also runs without libFuzzer; `make fuzz FUZZ_SECONDS=600` looks for more.
set -eu
if ! command -v clang >/dev/null; then
	echo "1..0 # skip no clang"
	exit 0
fi
log=$B/tests/fuzz/fuzzers.log
rm -rf "$B/fuzz/log"
status=0
make -j"$(nproc)" -k fuzz B="$B" FUZZ_SECONDS="${FUZZ_SECONDS:-10}" >"$log" 2>&1 ||
	status=$?
if [ "$status" -ne 0 ]; then
	grep -E 'ERROR|SUMMARY|runtime error|Test unit written|\*\*\*' "$log" | tail -n 8 |
		sed 's/^/# /'
	echo "not ok 1 - each fuzz target for a few seconds ($log)"
else
	echo "ok 1 - each fuzz target for a few seconds"
fi
awk '/stat::number_of_executed_units/ { n += $2 }
	END { printf "# tried %d cases of fuzzed input, bad states: %d\n", n, '"$((status != 0))"' }' \
	"$B"/fuzz/log/*
echo 1..1
exit "$status"
