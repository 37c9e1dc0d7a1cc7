#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Power loss on ext4: see power.py."""
import sys

sys.dont_write_bytecode = True
import power

sys.exit(power.main("ext4"))
