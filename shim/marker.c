// SPDX-License-Identifier: Apache-2.0
/*
 * What tells a shim from a Go (core/resolve/marker.h): an ELF note, because the linker
 * puts notes right behind the headers, within the part of the file that is looked at.
 */
#include "core/resolve/marker.h"

#include <stdint.h>

static const struct {
	uint32_t name_size, text_size, type;
	char name[8];
	_Alignas(4) char text[sizeof(GV_SHIM_MARKER)];
} note __attribute__((used, aligned(4), section(".note.govern"))) = {
	sizeof("govern"), sizeof(GV_SHIM_MARKER), 1, "govern", GV_SHIM_MARKER,
};
