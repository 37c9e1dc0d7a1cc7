// SPDX-License-Identifier: Apache-2.0
package main

/*
#include <stdlib.h>
static int twice(int n) { return abs(n) * 2; }
*/
import "C"

import "fmt"

func main() {
	fmt.Println("cgo", C.twice(-21))
}
