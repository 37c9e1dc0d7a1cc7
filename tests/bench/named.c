// SPDX-License-Identifier: Apache-2.0
/*
 * Linked into a second shim, with names, for callgrind: it reads the names of functions
 * only from a file that has a page to write, which the shim has not.
 */
extern int gv_written;
int gv_written = 1;
