// SPDX-License-Identifier: Apache-2.0
/*
 * Waits to be killed, and says of itself that go1.22.3 built it: for `govern ps`, which
 * must not need a Go to be tried.
 */
#include <unistd.h>

#define MARK "0123456789abcdef"
#define TEXT MARK "path\texample.com/app\nmod\texample.com/app\tv1.2.3\t\n" MARK

__attribute__((section(".go.buildinfo"), aligned(16),
	       used)) static const volatile struct {
	char magic[14];
	unsigned char pointer, flags, unused[16];
	unsigned char version_n;
	char version[8];
	unsigned char text_n;
	char text[sizeof(TEXT) - 1];
	char behind[16];
} info = {
	.magic = {'\xff', ' ', 'G', 'o', ' ', 'b', 'u', 'i', 'l', 'd', 'i', 'n', 'f',
		  ':'},
	.pointer = 8,
	.flags = 2,
	.version_n = 8,
	.version = {'g', 'o', '1', '.', '2', '2', '.', '3'},
	.text_n = sizeof(TEXT) - 1,
	.text = TEXT,
};

int main(void)
{
	return pause() == 0 ? info.flags : 0; /* so that the linker keeps it */
}
