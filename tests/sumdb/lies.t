#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A checksum database that lies in every way, and the client: A1-A6 of the trust chain.
# What is tried, and how it is known what is true: tests/tools/loglies.h and the programs.
status=0
echo 1..13
for part in tiles heads answers; do
	"$B/tests/tools/loglies-$part" || status=1
done
exit "$status"
