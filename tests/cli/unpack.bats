#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `unpack` as a program; archives that mean harm are tried in tests/archives/*.t.

setup() {
	unpack=$B/libexec/govern/unpack
	archives=$BATS_TEST_DIRNAME/../archives
	work=$(mktemp -d)
	export PYTHONDONTWRITEBYTECODE=1
}

teardown() {
	rm -rf "$work"
}

# unpack_file KIND PREFIX FILE [ENV...]: into $work/tree; the verdict in $verdict (1: done,
# 2: refused, 3: failed), the sentence in $sentence
unpack_file() {
	local kind=$1 prefix=$2 file=$3
	shift 3
	mkdir -p "$work/tree"
	status=0
	"$@" "$unpack" "$kind" "$prefix" <"$file" 3<"$work/tree" 4>"$work/answer" || status=$?
	verdict=$(od -An -tu4 -N4 "$work/answer" | tr -d ' ')
	errno=$(od -An -tu4 -j4 -N4 "$work/answer" | tr -d ' ')
	sentence=$(tail -c +25 "$work/answer" | tr -d '\0')
}

module=golang.org/toolchain@v0.0.1-go1.22.5.linux-amd64/

@test "a tarball and a module zip of the same files become the same tree" {
	python3 - "$archives" "$work" <<-'PY'
		import sys
		sys.path.insert(0, sys.argv[1])
		import tarballs, zips
		files = [("VERSION", b"go1.22.5\n"), ("bin/go", tarballs.noise(100000)),
		         ("bin/gofmt", b"x"), ("pkg/tool/linux_amd64/vet", b"y"),
		         ("src/go.mod", b"module std\n"), ("src/cmd/go.mod", b"module cmd\n"),
		         ("src/all.bash", b"#"), ("src/cmd/a_go.mod", b"z"),
		         ("src/issue/Äfoo.go", b"package a\n"), ("src/empty", b"")]
		with open(sys.argv[2] + "/t.tar.gz", "wb") as f:
		    f.write(tarballs.gzip(b"".join(
		        tarballs.file("go/" + n, d, mode=0o600) for n, d in files) +
		        tarballs.file("go/test/x", b"x") + tarballs.END))
		with open(sys.argv[2] + "/t.zip", "wb") as f:
		    f.write(zips.archive(start=[zips.Entry(
		        n[:-6] + "_go.mod" if n.endswith("/go.mod") else n, d) for n, d in files]))
	PY
	unpack_file tar.gz go/ "$work/t.tar.gz"
	[ "$verdict" = 1 ]
	mv "$work/tree" "$work/from-tar"
	unpack_file module-zip $module "$work/t.zip"
	[ "$verdict" = 1 ]
	diff -r "$work/from-tar" "$work/tree"
	listing() { (cd "$1" && find . -printf '%P %y %m\n' | sort); }
	[ "$(listing "$work/from-tar")" = "$(listing "$work/tree")" ]
	[ -f "$work/tree/src/cmd/go.mod" ]
	[ ! -e "$work/tree/src/cmd/_go.mod" ]
	[ -x "$work/tree/src/all.bash" ]
	[ ! -x "$work/tree/VERSION" ]
	[ ! -e "$work/from-tar/test" ]
}

@test "names that are not ASCII pass in any locale" {
	"$archives/run.py" --write "$work" pax-not-ascii.tar.gz no-utf8-flag.zip
	unpack_file tar.gz go/ "$work/pax-not-ascii.tar.gz" env LC_ALL=C LANG=C
	[ "$verdict" = 1 ]
	[ -f "$work/tree/src/issue27836.dir/Äfoo.go" ]
	rm -r "$work/tree"
	unpack_file module-zip $module "$work/no-utf8-flag.zip" env LC_ALL=C
	[ "$verdict" = 1 ]
	[ -f "$work/tree/src/Äfoo.go" ]
}

@test "a full disk and other failures of the machine are told apart from bad archives" {
	"$archives/run.py" --write "$work" sizes.tar.gz sizes.zip
	# A directory that is gone, a file in the way, a limit on files
	mkdir "$work/tree"
	exec 9<"$work/tree"
	rmdir "$work/tree"
	status=0
	"$unpack" tar.gz go/ <"$work/sizes.tar.gz" 3<&9 4>"$work/answer" || status=$?
	exec 9<&-
	[ "$status" -eq 1 ]
	[ "$(od -An -tu4 -N8 "$work/answer" | tr -s ' ')" = " 3 2" ] # failed, ENOENT

	mkdir -p "$work/tree/bin"
	unpack_file tar.gz go/ "$work/sizes.tar.gz"
	[ "$verdict $errno" = "3 17" ]
	[[ "$sentence" == *"'bin'"* ]]
	rm -r "$work/tree"

	mkdir -p "$work/tree"
	ln -s /etc/passwd "$work/tree/VERSION"
	unpack_file module-zip $module "$work/sizes.zip"
	[ "$verdict $errno" = "3 17" ]
	[[ "$sentence" == *"'VERSION'"* ]]
	rm -r "$work/tree"

	status=0
	(
		ulimit -f 100
		mkdir "$work/tree"
		exec "$unpack" module-zip $module <"$work/sizes.zip" 3<"$work/tree" \
			4>"$work/answer"
	) || status=$?
	[ "$(od -An -tu4 -N8 "$work/answer" | tr -s ' ')" = " 3 27" ] # EFBIG
	[ "$status" -eq 1 ]
}

@test "a full file system is an error with its number" {
	mkdir "$work/small"
	unshare -m true 2>/dev/null || skip "no right to mount"
	"$archives/run.py" --write "$work" sizes.zip
	run unshare -m sh -c '
		mount -t tmpfs -o size=300k small "$1/small" || exit 99
		mkdir "$1/small/tree"
		"$2" module-zip "$3" <"$1/sizes.zip" 3<"$1/small/tree" 4>"$1/answer"
	' - "$work" "$unpack" $module
	[ "$status" -ne 99 ] || skip "no right to mount"
	[ "$status" -eq 1 ]
	[ "$(od -An -tu4 -N8 "$work/answer" | tr -s ' ')" = " 3 28" ] # ENOSPC
}

@test "nobody listens to the answer: it just leaves" {
	mkdir "$work/tree"
	status=0
	echo x | "$unpack" tar.gz go/ 3<"$work/tree" 4> >(exec true) || status=$?
	[ "$status" -eq 1 ]
}

@test "wrong arguments are a usage error" {
	for args in "" "tar.gz" "tar go/" "tar.gz go" "tar.gz go/ x"; do
		status=0
		# shellcheck disable=SC2086 # words are meant
		"$unpack" $args </dev/null >/dev/null 2>&1 || status=$?
		[ "$status" -eq 2 ]
	done
}
