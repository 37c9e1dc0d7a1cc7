// SPDX-License-Identifier: Apache-2.0
#include "core/cli/doctor/crosstargets.h"

#include <string.h>

#include "core/base/text.h"
#include "core/version/version.h"

static const struct gv_cross_target targets[] = {
	{"linux-386",
	 "i686-linux-gnu",
	 "defined(__linux__) && defined(__i386__)",
	 {"gcc-i686-linux-gnu", "", ""}},
	{"linux-amd64",
	 "x86_64-linux-gnu",
	 "defined(__linux__) && defined(__x86_64__)",
	 {"gcc-x86-64-linux-gnu", "gcc-x86_64-linux-gnu", ""}},
	{"linux-arm",
	 "arm-linux-gnueabihf",
	 "defined(__linux__) && defined(__arm__)",
	 {"gcc-arm-linux-gnueabihf", "", ""}},
	{"linux-arm64",
	 "aarch64-linux-gnu",
	 "defined(__linux__) && defined(__aarch64__)",
	 {"gcc-aarch64-linux-gnu libc6-dev-arm64-cross", "gcc-aarch64-linux-gnu",
	  "aarch64-linux-gnu-gcc"}},
	{"linux-ppc64le",
	 "powerpc64le-linux-gnu",
	 "defined(__linux__) && defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)",
	 {"gcc-powerpc64le-linux-gnu", "gcc-powerpc64le-linux-gnu", ""}},
	{"linux-riscv64",
	 "riscv64-linux-gnu",
	 "defined(__linux__) && defined(__riscv) && __riscv_xlen == 64",
	 {"gcc-riscv64-linux-gnu libc6-dev-riscv64-cross", "gcc-riscv64-linux-gnu",
	  "riscv64-linux-gnu-gcc"}},
	{"linux-s390x",
	 "s390x-linux-gnu",
	 "defined(__linux__) && defined(__s390x__)",
	 {"gcc-s390x-linux-gnu", "gcc-s390x-linux-gnu", ""}},
	{"windows-386",
	 "i686-w64-mingw32",
	 "defined(_WIN32) && defined(__i386__)",
	 {"gcc-mingw-w64-i686", "mingw32-gcc", "mingw-w64-gcc"}},
	{"windows-amd64",
	 "x86_64-w64-mingw32",
	 "defined(_WIN32) && defined(__x86_64__)",
	 {"gcc-mingw-w64-x86-64", "mingw64-gcc", "mingw-w64-gcc"}},
	{"darwin-amd64", NULL, "defined(__APPLE__) && defined(__x86_64__)", {"", "", ""}},
	{"darwin-arm64",
	 NULL,
	 "defined(__APPLE__) && defined(__aarch64__)",
	 {"", "", ""}},
};

/* As Go's internal/platform.CgoSupported() has it. */
static bool has_no_cgo(const char *platform)
{
	return gv_after_prefix(platform, "plan9-") || gv_has_suffix(platform, "-wasm");
}

int gv_cross_target_find(const char *platform, const struct gv_cross_target **ret,
			 struct gv_err *err)
{
	if (strcmp(platform, gv_platform_host()) == 0)
		return gv_err_set(err, -GV_EUSAGE, "%s is this machine's own platform",
				  platform);
	if (has_no_cgo(platform))
		return gv_err_set(err, -GV_EUSAGE,
				  "there is no cgo for %s: a build takes no C compiler",
				  platform);
	for (size_t i = 0; i < GV_COUNT(targets); i++) {
		if (strcmp(targets[i].platform, platform) != 0)
			continue;
		*ret = &targets[i];
		return 0;
	}
	return gv_err_set(err, -GV_EUSAGE, "what a cgo build for '%s' needs is not known",
			  platform);
}
