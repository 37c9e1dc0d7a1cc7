#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A checksum database that lies in every way, and the client: A1-A6 of the trust chain.
# What is tried, and how it is known what is true: tests/tools/loglies.h and the programs.
# Arguments: only these of them (tiles, heads, answers).
status=0
plan=0
[ $# -gt 0 ] || set -- tiles heads answers
for part; do
	case $part in
	tiles) plan=$((plan + 3)) ;;
	*) plan=$((plan + 5)) ;;
	esac
done
echo 1..$plan
for part; do
	"$B/tests/tools/loglies-$part" || status=1
done
exit "$status"
