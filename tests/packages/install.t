#!/usr/bin/env -S bats --tap
# SPDX-License-Identifier: Apache-2.0
# make install, make uninstall, and the installer of a tree that is built.

load lib

setup_file() {
    load_site go1.22.5
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR make_from_built bindist
    export tree=$B/bindist/govern-$("$B/bin/govern" --version | cut -d ' ' -f 2)-$(platform)
    [ -x "$tree/install.sh" ]
}

setup() {
    export HOME=$BATS_TEST_TMPDIR/home
    mkdir -p "$HOME/.config/govern"
    printf '[sources]\norder = goproxy\n' >"$HOME/.config/govern/govern.ini"
    export GOPROXY=file://$site
    prefix="$BATS_TEST_TMPDIR/a prefix"
    cd "$here"
}

# What an installation consists of, by the directories of the source.
should_be_there() {
    printf './%s\n' bin/govern libexec/govern/fetch libexec/govern/go libexec/govern/unpack \
        share/bash-completion/completions/govern share/fish/vendor_completions.d/govern.fish \
        share/zsh/site-functions/_govern
    (cd docs && printf './share/man/man1/%s\n' *.1 && printf './share/man/man5/%s\n' *.5 &&
        find . ! -name '*.[15]' -type f -printf './share/doc/govern/%P\n')
    echo ./share/doc/govern/README.md
}

# A person's first minute with it: a store, a toolchain, plain `go`.
works() { # PREFIX
    local store="$HOME/.local/share/govern"
    expect 0 "$1/bin/govern" setup --no-rc
    expect 0 "$1/bin/govern" install 1.22.5 --default
    expect 0 env PATH="$store/$(platform)/bin:/usr/bin:/bin" go version
    [[ $out == *go1.22.5* ]]
}

each_shell() { # COMMAND with $sh; never behind `||`, where the shell goes on after a failure
    for sh in "dash" "busybox sh" "bash"; do
        command -v "${sh%% *}" >/dev/null || skip "no ${sh%% *} here"
        echo "by $sh" >&2
        "$@"
    done
}

@test "make install: each file, its mode, and it works where it is put" {
    make_from_built install DESTDIR="$prefix/" prefix=/usr/local
    diff <(should_be_there | LC_ALL=C sort) <(files "$prefix/usr/local")
    [ -z "$(find "$prefix" -type f -path '*/share/*' ! -perm 644)" ]
    [ -z "$(find "$prefix" -type f ! -path '*/share/*' ! -perm 755)" ]
    tests/guide --links "$prefix/usr/local/share/doc/govern"
    works "$prefix/usr/local"
}

@test "make uninstall leaves nothing of ours, and what others put there" {
    make_from_built install DESTDIR="$prefix/" prefix=/usr
    make_from_built uninstall DESTDIR="$prefix/" prefix=/usr
    [ -z "$(files "$prefix")" ]
    [ -z "$(find "$prefix" -name '*govern*')" ]
    make_from_built install DESTDIR="$prefix/" prefix=/usr
    mkdir "$prefix/usr/libexec/govern/plugins"
    touch "$prefix/usr/libexec/govern/plugins/govern-mine" "$prefix/usr/bin/other" \
        "$prefix/usr/share/doc/govern/guide/mine"
    make_from_built uninstall DESTDIR="$prefix/" prefix=/usr
    diff - <(files "$prefix/usr") <<-'LIST'
	./bin/other
	./libexec/govern/plugins/govern-mine
	./share/doc/govern/guide/mine
	LIST
}

@test "the helpers may lie in lib/, where a system has no libexec/" {
    make_from_built install DESTDIR="$prefix" prefix= libexecdir=/lib
    [ ! -e "$prefix/libexec" ]
    works "$prefix"
}

@test "govern.ini of the packages names each setting, with its default" {
    ini=.packaging/govern.ini
    [ -z "$(grep -vE '^(#.*)?$' $ini)" ]
    sed -nE 's/^#(\[[a-z]+\]|[a-z_]+ =.*)$/\1/p' $ini >"$BATS_TEST_TMPDIR/all.ini"
    expect 0 env GOVERN_CONFIG="$BATS_TEST_TMPDIR/all.ini" "$B/bin/govern" env --json
    python3 - "$BATS_TEST_TMPDIR/all.ini" "$BATS_TEST_TMPDIR/out" core/config/settings.c <<'PY'
import configparser, json, re, sys
c = configparser.ConfigParser(interpolation=None, delimiters=("=",))
c.read(sys.argv[1])
told = {"%s.%s" % (s, k): v for s in c.sections() for k, v in c[s].items()}
with open(sys.argv[3], encoding="utf-8") as f:
    should = dict(re.findall(r'\{"([a-z]+\.[a-z_]+)",\s*"([^"]*)"', f.read()))
assert told == should, (told, should)
PY
}

installs() {
    rm -rf "$prefix" "$HOME/.local"
    # shellcheck disable=SC2086 # words are meant
    expect 0 $sh "$tree/install.sh" --prefix "$prefix"
    [[ $out == "govern "*" is in $prefix"*"next: $prefix/bin/govern setup" && -z $err ]]
    diff <({ should_be_there && echo ./libexec/govern/files; } | LC_ALL=C sort) <(files "$prefix")
    [ -z "$(find "$prefix" -type f -path '*/bin/*' ! -perm 755)" ]
    works "$prefix"
    state "$HOME/.local" >"$BATS_TEST_TMPDIR/before"
    # shellcheck disable=SC2086
    expect 0 $sh "$tree/install.sh" --prefix "$prefix" --uninstall
    [ -z "$(files "$prefix")" ]
    [ -z "$(find "$prefix" -name '*govern*')" ]
    state "$HOME/.local" | diff "$BATS_TEST_TMPDIR/before" -
}

@test "install.sh, in each shell: installs, works, uninstalls; a store stays as it is" {
    each_shell installs
}

@test "install.sh needs no root, and by itself takes ~/.local, where the store is too" {
    let_others_in
    [[ $tree == "$B"/* ]]
    as_other env HOME="$HOME" sh -c : || skip "no other user"
    chown -R 65534:65534 "$HOME"
    expect 0 as_other env HOME="$HOME" TMPDIR="$HOME" sh "$tree/install.sh"
    [ "$(stat -c %u "$HOME/.local/bin/govern")" = 65534 ]
    expect 0 as_other env HOME="$HOME" "$HOME/.local/bin/govern" setup --no-rc
    expect 0 as_other env HOME="$HOME" sh "$tree/install.sh" --uninstall
    [ -x "$HOME/.local/share/govern/$(platform)/bin/go" ]
    [ ! -e "$HOME/.local/bin/govern" ] && [ ! -e "$HOME/.local/libexec/govern" ]
    expect 1 as_other env HOME="$HOME" TMPDIR="$HOME" sh "$tree/install.sh" --prefix /govern-test
    [ ! -e /govern-test ]
}

upgrades() {
    rm -rf "$prefix" "$BATS_TEST_TMPDIR/old"
    cp -a "$tree" "$BATS_TEST_TMPDIR/old"
    echo old >"$BATS_TEST_TMPDIR/old/share/man/man1/govern-old.1"
    echo old >"$BATS_TEST_TMPDIR/old/share/man/man1/govern.1"
    echo old >>"$BATS_TEST_TMPDIR/old/bin/govern"
    # shellcheck disable=SC2086
    expect 0 $sh "$BATS_TEST_TMPDIR/old/install.sh" --prefix "$prefix"
    touch "$prefix/share/man/man1/other.1"
    exec 9<"$prefix/bin/govern"
    # shellcheck disable=SC2086
    expect 0 $sh "$tree/install.sh" --prefix "$prefix"
    cmp "$BATS_TEST_TMPDIR/old/bin/govern" /proc/self/fd/9 # who runs the old one goes on with it
    exec 9<&-
    cmp "$tree/bin/govern" "$prefix/bin/govern"
    diff <({ should_be_there && printf './%s\n' libexec/govern/files share/man/man1/other.1; } |
        LC_ALL=C sort) <(files "$prefix")
    cmp docs/govern.1 "$prefix/share/man/man1/govern.1"
}

@test "install.sh over an older one: what that had and this has not goes" {
    each_shell upgrades
}

@test "install.sh from an archive, and from a URL with its SHA-256 only" {
    sum=$(sha256sum "$tree.tar.gz" | cut -d ' ' -f 1)
    url=file://$tree.tar.gz
    expect 0 busybox sh "$tree/install.sh" --prefix "$prefix" "$tree.tar.gz"
    expect 0 busybox sh "$tree/install.sh" --prefix "$prefix" --uninstall
    expect 0 dash "$tree/install.sh" --prefix "$prefix" --sha256 "$sum" "$url"
    expect 0 "$prefix/bin/govern" --version
    expect 0 dash "$tree/install.sh" --prefix "$prefix" --uninstall
    expect 1 dash "$tree/install.sh" --prefix "$prefix" "$url"
    [[ $err == "install.sh: a URL needs --sha256"* ]]
    expect 1 dash "$tree/install.sh" --prefix "$prefix" --sha256 "${sum%?}x" "$url"
    [[ $err == *"has the SHA-256 $sum, not"* ]]
    [ -z "$(files "$prefix")" ]
    expect 0 sh -s -- --prefix "$prefix" "$tree" <"$tree/install.sh"
    expect 0 "$prefix/bin/govern" --version
}

refuses() { # TREE TEXT
    # shellcheck disable=SC2086
    expect 1 $sh "$tree/install.sh" --prefix "$prefix" "$1"
    [[ $err == *"$2"* ]] || { echo "$err" >&2; return 1; }
    [ -z "$(files "$prefix")" ]
}

@test "install.sh changes nothing when a tree does not start here, or is none, or is cut" {
    mkdir "$BATS_TEST_TMPDIR/none"
    each_shell refuses "$BATS_TEST_TMPDIR/none" "is no govern that is built"
    cp -a "$tree" "$BATS_TEST_TMPDIR/broken"
    head -c 5000 "$tree/bin/govern" >"$BATS_TEST_TMPDIR/broken/bin/govern"
    each_shell refuses "$BATS_TEST_TMPDIR/broken" "does not start here"
    cp "$tree/bin/govern" "$BATS_TEST_TMPDIR/broken/bin/govern"
    echo >"$BATS_TEST_TMPDIR/broken/bin/go"
    each_shell refuses "$BATS_TEST_TMPDIR/broken" "'bin/go' has no place in a prefix"
    head -c 100000 "$tree.tar.gz" >"$BATS_TEST_TMPDIR/cut.tar.gz"
    each_shell refuses "$BATS_TEST_TMPDIR/cut.tar.gz" "cannot unpack"
    # A script that was cut by the network does nothing at all.
    head -c "$(($(wc -c <"$tree/install.sh") - 20))" "$tree/install.sh" >"$BATS_TEST_TMPDIR/cut.sh"
    try sh "$BATS_TEST_TMPDIR/cut.sh" --prefix "$prefix" "$tree"
    [ -z "$(files "$prefix")" ]
}

@test "install.sh --uninstall: only what it wrote, never what a list was made to say" {
    expect 0 sh "$tree/install.sh" --prefix "$prefix"
    touch "$BATS_TEST_TMPDIR/mine"
    echo share/../../mine >>"$prefix/libexec/govern/files"
    expect 1 sh "$tree/install.sh" --prefix "$prefix" --uninstall
    [ -e "$BATS_TEST_TMPDIR/mine" ]
    expect 1 sh "$tree/install.sh" --prefix "$BATS_TEST_TMPDIR/none" --uninstall
    expect 2 sh "$tree/install.sh" --no-such
}

@test "a system of busybox alone, as Alpine is, with the libraries: install.sh, setup, go" {
    [ "$(id -u)" = 0 ] || skip "needs root for chroot"
    small=$BATS_TEST_TMPDIR/small
    mkdir -p "$small/bin" "$small/tmp" "$small/root" "$small/proc" "$small/dev"
    cp "$(command -v busybox)" "$small/bin/"
    for f in "$(command -v busybox)" "$tree"/bin/govern "$tree"/libexec/govern/*; do
        ldd "$f" 2>/dev/null || true
    done | sed -nE 's|.*[ 	](/[^ ]+) \(.*|\1|p' | sort -u >"$BATS_TEST_TMPDIR/libraries"
    xargs -a "$BATS_TEST_TMPDIR/libraries" cp -L --parents -t "$small"
    cp -a "$tree" "$small/tmp/new"
    cp -a "$site" "$small/site"
    mknod -m 666 "$small/dev/null" c 1 3 || skip "no device nodes here"
    chroot "$small" /bin/busybox --install -s /bin
    in_small() {
        unshare --mount --fork chroot "$small" /bin/env -i HOME=/root PATH=/bin \
            GOPROXY=file:///site GOSUMDB="$GOSUMDB" \
            sh -c 'mount -t proc proc /proc && exec "$@"' sh "$@"
    }
    in_small true || skip "no mount namespace here"
    expect 0 in_small sh /tmp/new/install.sh
    [[ $out == "govern "*" is in /usr/local"* ]]
    expect 0 in_small /usr/local/bin/govern setup
    expect 0 in_small /usr/local/bin/govern install 1.22.5 --default
    expect 0 in_small sh -lc 'go version'
    [[ $out == *go1.22.5* ]]
    expect 0 in_small sh /tmp/new/install.sh --uninstall
    expect 0 in_small sh -lc 'go version'
    [ -z "$(files "$small/usr")" ]
}
