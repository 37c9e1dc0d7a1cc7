# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Debian tree with a user in it, for packages to be installed into.

packages_of_commit() { # DIRECTORY: $dist is the source
    make -s dist B="$1" >&2
    dist=$(echo "$1"/govern-*.tar.gz)
    export dist
}

# For setup_file(): a package of the commit, in $made.
make_package() { # TARGET VARIABLE=VALUE...
    all || return 0
    .make/deps packages >&2
    git rev-parse -q --verify HEAD >/dev/null 2>&1 || return 0
    packages_of_commit "$BATS_FILE_TMPDIR"
    export made=$BATS_FILE_TMPDIR/one/$1
    make -s "$@" B="$BATS_FILE_TMPDIR/one" DIST="$dist" >"$BATS_FILE_TMPDIR/log" 2>&1 || {
        tail -n 20 "$BATS_FILE_TMPDIR/log" >&2
        return 1
    }
    load_site go1.22.5
}

# For setup().
need_package() {
    all || skip "only with TORTURE=full"
    [ -n "${dist-}" ] || skip "no git checkout"
}

# The tree is downloaded once and kept; each test has a copy of its own.
tree_of_debian() { # PACKAGE...
    [ "$(id -u)" = 0 ] || skip "needs root for chroot"
    local kept
    kept=$B/trees/$(printf '%s\n' "$@" | sort -u | sha256sum | cut -c 1-12).tar
    if [ ! -s "$kept" ]; then
        mkdir -p "$B/trees"
        # shellcheck disable=SC1091
        mmdebstrap --quiet --mode=root --format=tar --variant=minbase \
            --include="$(printf '%s,' "$@")" \
            "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$kept.new" >&2 &&
            mv "$kept.new" "$kept" || skip "no Debian mirror here"
    fi
    tree=$BATS_TEST_TMPDIR/tree
    mkdir "$tree"
    tar -C "$tree" -xf "$kept"
    cp -a "$site" "$tree/site"
    in_tree true || skip "no mount namespace here"
    in_tree useradd -m -s /bin/bash u
    in_tree install -d -o u -g u /home/u/.config /home/u/.config/govern
    printf '[sources]\norder = goproxy\n' >"$tree/home/u/.config/govern/govern.ini"
}

in_tree() { # COMMAND...
    unshare --mount --fork chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        sh -c 'mount -t proc proc /proc && exec "$@"' sh "$@"
}

as_user() { # COMMAND...
    in_tree setpriv --reuid=u --regid=u --clear-groups env HOME=/home/u USER=u SHELL=/bin/bash \
        GOPROXY=file:///site GOSUMDB="$GOSUMDB" "$@"
}

user_makes_store() {
    expect 0 as_user govern setup
    expect 0 as_user govern install 1.22.5 --default
    user_has_go
}

user_has_go() {
    expect 0 as_user bash -lc 'go version'
    [[ $out == *go1.22.5* ]]
}

store() {
    state "$tree/home/u"
}
