// SPDX-License-Identifier: Apache-2.0
#include "core/cli/cli.h"

const char gv_version_mark[] = "@(#)govern " GV_VERSION;
