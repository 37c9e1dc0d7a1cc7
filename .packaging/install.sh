#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Puts a govern that is built (`make bindist`) into a prefix: without root, without a
# package manager, with what busybox has.
#
# The whole script is read before any of it runs, so a download that was cut does nothing.
set -eu
LC_ALL=C
export LC_ALL

usage() {
	cat <<'USAGE'
usage: install.sh [--prefix DIR] [--sha256 HEX] [DIRECTORY | ARCHIVE | URL]
       install.sh [--prefix DIR] --uninstall

Installs govern from a tree or an archive that `make bindist` made; without one, from the
directory where this script lies.  Nothing is downloaded unless a URL is given, and then
only with the SHA-256 that the archive has to have.

  --prefix DIR    where to: DIR/bin/govern, DIR/libexec/govern, DIR/share
                  (/usr/local for root, else ~/.local)
  --sha256 HEX    what the archive's SHA-256 has to be
  --uninstall     removes what was installed; stores and toolchains stay
USAGE
}

fail() { # TEXT [HINT]
	echo "install.sh: $1" >&2
	[ -z "${2-}" ] || echo "hint: $2" >&2
	exit 1
}

# The files of an installation, one a line: what an upgrade and --uninstall go by.
list=libexec/govern/files

# A line of it that leads out of the prefix is not ours.
is_plain() { # PATH
	case /$1/ in
	*/../* | */./* | *//*) return 1 ;;
	/bin/govern/ | /libexec/govern/* | /share/*) return 0 ;;
	*) return 1 ;;
	esac
}

is_ours() { # DIRECTORY, relative to the prefix: in which others have nothing
	case $1/ in
	share/doc/govern/*) return 0 ;;
	*) return 1 ;;
	esac
}

remove_files() { # FILE-WITH-A-LIST: each file in it goes, and our directories when they are empty
	while IFS= read -r file; do
		is_plain "$file" || fail "'$prefix/$list' names '$file', which is none of ours"
		rm -f "$prefix/$file"
		dir=${file%/*}
		while is_ours "$dir" && rmdir "$prefix/$dir" 2>/dev/null; do
			dir=${dir%/*}
		done
	done <"$1"
}

uninstall() {
	[ -f "$prefix/$list" ] || fail "nothing was installed into '$prefix' by this script"
	remove_files "$prefix/$list"
	rm -f "$prefix/$list"
	rmdir "$prefix/libexec/govern" 2>/dev/null || true
	echo "govern is gone from $prefix; stores stay (\`govern setup --remove\` is each store's own)"
}

download() { # URL FILE
	[ -n "$sha256" ] || fail "a URL needs --sha256, or anybody could have made what it leads to"
	if command -v curl >/dev/null 2>&1; then
		curl -fsSL -o "$2" -- "$1"
	elif command -v wget >/dev/null 2>&1; then
		wget -q -O "$2" "$1"
	else
		fail "neither curl nor wget is here" "download '$1', and give the file's name"
	fi || fail "cannot download '$1'"
}

unpack() { # ARCHIVE: its tree becomes $from
	if [ -n "$sha256" ]; then
		sum=$(sha256sum <"$1" | cut -d ' ' -f 1)
		[ "$sum" = "$sha256" ] || fail "'$1' has the SHA-256 $sum, not $sha256"
	fi
	mkdir "$work/tree"
	gzip -dc <"$1" | tar -C "$work/tree" -xf - || fail "cannot unpack '$1'"
	for from in "$work"/tree/*; do
		[ -d "$from" ] && return
	done
	fail "'$1' has no directory in it"
}

# A program that does not start here is worse than none.
check_start() {
	said=$("$from/bin/govern" --version 2>&1) && [ -x "$from/libexec/govern/go" ] && return
	printf '%s\n' "$said" >&2
	fail "this govern does not start here: it is for another system, or a library is missing" \
		"ldd '$from/bin/govern'; docs/INSTALL.md names the libraries"
}

# Beside its place first, then renamed: who runs the old one goes on with that.
put() { # FILE, relative to $from and to the prefix
	mkdir -p "$prefix/$(dirname "$1")"
	cp "$from/$1" "$prefix/$1.new$$"
	case $1 in
	bin/* | libexec/*) chmod 755 "$prefix/$1.new$$" ;;
	*) chmod 644 "$prefix/$1.new$$" ;;
	esac
	mv -f "$prefix/$1.new$$" "$prefix/$1"
}

install_tree() {
	check_start
	(cd "$from" && find bin libexec share -type f | sort) >"$work/files"
	while IFS= read -r file; do
		is_plain "$file" || fail "'$file' has no place in a prefix"
	done <"$work/files"
	mkdir -p "$prefix/libexec/govern" || fail "cannot write below '$prefix'" \
		"give a --prefix that is yours"
	# What is new is told of before it is there, what is old until it is gone.
	if [ -f "$prefix/$list" ]; then
		cp "$prefix/$list" "$work/old"
	else
		: >"$work/old"
	fi
	sort -u "$work/files" "$work/old" >"$work/all"
	cp "$work/all" "$prefix/$list"
	while IFS= read -r file; do
		put "$file"
	done <"$work/files"
	grep -vxF -f "$work/files" "$work/old" >"$work/gone" || true # none
	remove_files "$work/gone"
	cp "$work/files" "$prefix/$list.new" && mv -f "$prefix/$list.new" "$prefix/$list"
	echo "$said is in $prefix"
	echo "next: $prefix/bin/govern setup"
}

main() {
	prefix='' from='' sha256='' removing=
	while [ $# -gt 0 ]; do
		case $1 in
		--prefix | --sha256)
			[ $# -gt 1 ] || fail "$1 needs a value"
			case $1 in
			--prefix) prefix=$2 ;;
			--sha256) sha256=$2 ;;
			esac
			shift
			;;
		--uninstall) removing=1 ;;
		-h | --help)
			usage
			exit 0
			;;
		-*)
			usage >&2
			exit 2
			;;
		*)
			[ -z "$from" ] || fail "one tree at a time: '$from' or '$1'"
			from=$1
			;;
		esac
		shift
	done
	if [ -z "$prefix" ]; then
		if [ "$(id -u)" = 0 ]; then
			prefix=/usr/local
		else
			prefix=${HOME:?}/.local
		fi
	fi
	umask 022
	if [ -z "$removing" ]; then
		mkdir -p "$prefix" || fail "cannot make '$prefix'" "give a --prefix that is yours"
	fi
	[ -d "$prefix" ] || fail "'$prefix' is no directory"
	prefix=$(cd "$prefix" && pwd)
	if [ -n "$removing" ]; then
		uninstall
		return
	fi
	work=$(mktemp -d "${TMPDIR:-/tmp}/govern-install.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	case ${from:=$(dirname "$0")} in
	*://*)
		download "$from" "$work/archive"
		unpack "$work/archive"
		;;
	*)
		if [ -f "$from" ]; then
			unpack "$from"
		fi
		;;
	esac
	[ -f "$from/bin/govern" ] || fail "'$from' is no govern that is built" \
		"make bindist, and run the install.sh that it puts there"
	install_tree
}

main "$@"
