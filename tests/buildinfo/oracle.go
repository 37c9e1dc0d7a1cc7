// SPDX-License-Identifier: Apache-2.0

// oracle FILE...: what Go's own debug/buildinfo says of each.  Commands and answers are
// those of tests/tools/buildinfo.c.
package main

import (
	"bufio"
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"runtime/debug"
)

func put(w *bufio.Writer, s string) { fmt.Fprintf(w, "%x.", s) }

func putModule(w *bufio.Writer, m *debug.Module) {
	put(w, m.Path)
	put(w, m.Version)
	put(w, m.Sum)
	if r := m.Replace; r != nil {
		put(w, r.Path)
		put(w, r.Version)
		put(w, r.Sum)
	}
	w.WriteByte(';')
}

// Damaged files make debug/elf panic, too.
func read(data []byte) (info *buildinfo.BuildInfo) {
	defer func() {
		if recover() != nil {
			info = nil
		}
	}()
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return info
}

func answer(w *bufio.Writer, data []byte) {
	info := read(data)
	if info == nil {
		fmt.Fprintln(w, "no")
		return
	}
	w.WriteString("ok ")
	put(w, info.GoVersion)
	put(w, info.Path)
	putModule(w, &info.Main)
	for _, m := range info.Deps {
		putModule(w, m)
	}
	for _, s := range info.Settings {
		put(w, s.Key)
		put(w, s.Value)
	}
	w.WriteByte('\n')
}

func main() {
	var files [][]byte
	for _, name := range os.Args[1:] {
		data, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		files = append(files, data)
	}
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var at, bit int
		for _, data := range files {
			if n, _ := fmt.Sscanf(lines.Text(), "flip %d %d", &at, &bit); n == 2 {
				if at < len(data) {
					data[at] ^= 1 << bit
				}
				answer(w, data)
				if at < len(data) {
					data[at] ^= 1 << bit
				}
			} else if n, _ := fmt.Sscanf(lines.Text(), "cut %d", &at); n == 1 {
				answer(w, data[:min(at, len(data))])
			} else {
				answer(w, data)
			}
		}
	}
}
