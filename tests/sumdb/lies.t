#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A checksum database that lies in every way, and the client: A1-A6 of the trust chain.
# What it tries and how it knows what is true: tests/tools/loglies.c.
exec "$B/tests/tools/loglies"
