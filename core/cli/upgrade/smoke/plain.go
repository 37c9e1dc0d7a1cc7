// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
)

type answer struct{ N, Sum int }

func sum(n int) int {
	var group sync.WaitGroup
	parts := make(chan int, n)
	for i := 1; i <= n; i++ {
		group.Add(1)
		go func(k int) {
			defer group.Done()
			parts <- k
		}(i)
	}
	group.Wait()
	close(parts)
	total := 0
	for k := range parts {
		total += k
	}
	return total
}

func digest() string {
	text, err := json.Marshal(answer{100, sum(100)})
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:8]
}

func main() {
	fmt.Printf("%s %s-%s %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, digest())
}
