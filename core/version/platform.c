// SPDX-License-Identifier: Apache-2.0
#include "core/version/version.h"

#include <string.h>

#if defined(__linux__)
#define OS "linux"
#elif defined(__FreeBSD__)
#define OS "freebsd"
#elif defined(__APPLE__)
#define OS "darwin"
#else
#error "this operating system has no name here yet"
#endif

#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__i386__)
#define ARCH "386"
#elif defined(__aarch64__)
#define ARCH "arm64"
#elif defined(__arm__)
#define ARCH "arm"
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH "riscv64"
#elif defined(__s390x__)
#define ARCH "s390x"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH "ppc64le"
#elif defined(__powerpc64__)
#define ARCH "ppc64"
#elif defined(__loongarch64)
#define ARCH "loong64"
#elif defined(__mips64) && defined(__MIPSEL__)
#define ARCH "mips64le"
#elif defined(__mips64)
#define ARCH "mips64"
#elif defined(__mips__) && defined(__MIPSEL__)
#define ARCH "mipsle"
#elif defined(__mips__)
#define ARCH "mips"
#else
#error "this processor has no name here yet"
#endif

const char *gv_platform_host(void)
{
	return OS "-" ARCH;
}

/* Letters and digits from s on, a letter first; the length. */
static size_t word(const char *s)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}

bool gv_platform_valid(const char *s)
{
	size_t os = word(s), arch;

	if (!os || s[os] != '-')
		return false;
	arch = word(s + os + 1);
	return arch && !s[os + 1 + arch] && os + 1 + arch < GV_PLATFORM_MAX;
}
