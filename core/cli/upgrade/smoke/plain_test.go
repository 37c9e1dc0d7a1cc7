// SPDX-License-Identifier: Apache-2.0
package main

import "testing"

func TestSum(t *testing.T) {
	if n := sum(100); n != 5050 {
		t.Fatal(n)
	}
}
