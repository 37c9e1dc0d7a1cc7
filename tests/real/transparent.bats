#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Through the shim everything is as with the real go called by its path: output, status,
# descriptors, signals.

load lib

v=1.26.11

setup_file() {
    need_proxy
    need_toolchains $v 1.27.4
}

setup() {
    real_setup
    export GOENV=off
    real=$prefix/toolchains/go$v/bin/go
    hello $v
    printf 'module example.com/t\n\ngo 1.21\n' >go.mod
}

# Runs the same arguments through the shim and by the real path; both must agree.
same() {
    run env GOTOOLCHAIN=local "$real" "$@"
    local want_status=$status want=$output
    run go "$@"
    if [ "$status" != "$want_status" ] || [ "$output" != "$want" ]; then
        printf 'go %s\nreal (%s):\n%s\nshim (%s):\n%s\n' "$*" "$want_status" "$want" "$status" "$output"
        return 1
    fi
}

@test "build, run, vet, list, tool, env, and their failures" {
    same build -o /dev/null .
    same run .
    same vet .
    same list -f '{{.ImportPath}} {{.Target}}' .
    same tool -n compile
    same env GOROOT GOVERSION GOTOOLDIR
    same nonsense
    same build ./absent
    printf 'package main\n\nfunc main() { undefined() }\n' >main.go
    same build -o /dev/null .
    printf 'package main\n\nimport "os"\n\nfunc main() { os.Exit(3) }\n' >main.go
    same run .
}

@test "tests, with a failing one and one that runs go" {
    cat >t_test.go <<'EOF'
package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestGo(t *testing.T) {
	out, err := exec.Command("go", "version").Output()
	if err != nil || !strings.Contains(string(out), "go1.26.11") {
		t.Fatal(string(out), err)
	}
}

func TestFails(t *testing.T) { t.Skip("not this time") }
EOF
    run go test -count=1 ./...
    echo "$output"
    [ "$status" = 0 ]
    sed -i 's/t.Skip("not this time")/t.Fatal("always")/' t_test.go
    run go test -count=1 ./...
    [ "$status" = 1 ]
}

@test "go generate, also with go run in it" {
    mkdir gen
    printf 'package main\n\nimport ("os"; "runtime")\n\nfunc main() { os.WriteFile("out.txt", []byte(runtime.Version()), 0o644) }\n' >gen/main.go
    sed -i '1i //go:generate go run ./gen\n//go:generate sh -c "go version > ver.txt"' main.go
    run go generate ./...
    echo "$output"
    [ "$status" = 0 ]
    [ "$(cat out.txt)" = "go$v" ]
    [[ $(cat ver.txt) == *"go$v "* ]]
}

@test "a -toolexec script that calls go again stays on the toolchain" {
    cat >exec.sh <<'EOF'
#!/bin/sh
cd / && go version >>"$LOG"
exec "$@"
EOF
    chmod +x exec.sh
    LOG=$PWD/log run go build -a -toolexec "$PWD/exec.sh" -o /dev/null internal/cpu
    echo "$output"
    [ "$status" = 0 ]
    [ "$(sort -u log | sed 's/ linux.*//')" = "go version go$v" ]
}

@test "cgo" {
    command -v gcc >/dev/null || skip "no C compiler"
    cat >main.go <<'EOF'
package main

// int answer(void) { return 42; }
import "C"
import "fmt"

func main() { fmt.Println(C.answer()) }
EOF
    same run .
    run go run .
    [ "$output" = 42 ]
}

@test "a Makefile, and a directory with another pin below" {
    mkdir sub && hello 1.27.4 sub && printf 'module example.com/s\n' >sub/go.mod
    printf 'all:\n\t@go version\n\t@cd sub && go version\n\t@go -C sub version\n' >Makefile
    run make -s
    echo "$output"
    [[ ${lines[0]} == *"go$v "* ]]
    [[ ${lines[1]} == *"go1.27.4 "* ]]
    [[ ${lines[2]} == *"go1.27.4 "* ]]
}

@test "a script of another pin, run by go run, decides afresh" {
    mkdir sub && hello 1.27.4 sub
    cat >main.go <<'EOF'
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	c := exec.Command(os.Args[1], "version")
	c.Dir = "sub"
	out, err := c.CombinedOutput()
	fmt.Print(string(out), err, "\n")
}
EOF
    run go run . "$prefix/bin/go"
    echo "$output"
    [[ $output == *"go1.27.4 "* ]]
}

@test "a passed socket (fd 3) arrives" {
    cat >main.go <<'EOF'
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	b, err := io.ReadAll(os.NewFile(3, "passed"))
	fmt.Println(string(b), err)
}
EOF
    go build -o prog .
    # go itself passes no fd on to `go run`; what matters is that go gets it.
    cat >ls.sh <<'EOF'
#!/bin/sh
readlink /proc/self/fd/3
EOF
    chmod +x ls.sh
    run sh -c "exec 3</dev/null; exec go vet -vettool=$PWD/ls.sh . 3<&3; true"
    printf hello >in
    run sh -c './prog 3<in'
    [ "$output" = "hello <nil>" ]
    run strace -f -e trace=execve -o trace sh -c 'exec 3<in; exec go version'
    [ "$status" = 0 ]
    # Same process, from the shim to the real go.
    [ "$(grep -c 'execve("' trace)" -ge 2 ]
    [ "$(grep 'execve("' trace | awk '{ print $1 }' | sort -u | wc -l)" = 1 ]
}

@test "SIGINT during go build ends it as it ends the real one" {
    printf 'package main\n\nimport _ "net/http"\n\nfunc main() {}\n' >main.go
    status_of() { # PROGRAM
        python3 - "$1" <<'EOF'
import glob, os, signal, subprocess, sys, tempfile, time
with tempfile.TemporaryDirectory() as cache:
    env = dict(os.environ, GOCACHE=cache, GOTOOLCHAIN="local")
    p = subprocess.Popen([sys.argv[1], "build", "-o", "/dev/null", "."], env=env,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # In the middle: something is built, so it listens to signals.
    while p.poll() is None and not glob.glob(cache + "/*/*-a"):
        time.sleep(0.05)
    p.send_signal(signal.SIGINT)
    print(p.wait())
    time.sleep(0.5)
EOF
    }
    [ "$(status_of "$real")" = "$(status_of "$prefix/bin/go")" ]
}

@test "job control: stopped and continued as one process" {
    printf 'package main\n\nimport ("fmt"; "os"; "time")\n\nfunc main() { fmt.Println(os.Getpid()); time.Sleep(time.Second); fmt.Println("done") }\n' >main.go
    go build -o prog .
    python3 - "$prefix/bin/go" <<'EOF'
import os, signal, subprocess, sys, time
p = subprocess.Popen([sys.argv[1], "run", "."], stdout=subprocess.PIPE)
time.sleep(0.3)
os.kill(p.pid, signal.SIGSTOP)
pid, status = os.waitpid(p.pid, os.WUNTRACED)
assert pid == p.pid and os.WIFSTOPPED(status), status
os.kill(p.pid, signal.SIGCONT)
out = p.communicate()[0]
assert b"done" in out and p.returncode == 0, (out, p.returncode)
EOF
}

@test "the shim leaves no trace in what is built" {
    go build -trimpath -o a .
    GOTOOLCHAIN=local "$real" build -trimpath -o b .
    cmp a b
}
