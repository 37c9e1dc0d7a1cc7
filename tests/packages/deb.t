#!/usr/bin/env -S bats --tap
# SPDX-License-Identifier: Apache-2.0
# make deb: built twice, judged by lintian, installed, upgraded and removed in a Debian tree.

load lib
load tree

setup() { need_package; }
setup_file() { make_package deb DEB_BUILD_OPTIONS=parallel=2; }

deb() {
    echo "$made"/govern_*_*.deb
}

@test "built again elsewhere, by another umask, at another time: the same bytes" {
    (
        umask 077
        export TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1
        make -s deb B="$BATS_TEST_TMPDIR/some/where/else" DIST="$dist" \
            DEB_BUILD_OPTIONS=parallel=2 2>&1
    ) >"$BATS_TEST_TMPDIR/log" || { tail -n 20 "$BATS_TEST_TMPDIR/log" >&2; return 1; }
    for f in "$made"/*.deb "$made"/*.tar.* "$made"/*.dsc; do
        cmp "$f" "$BATS_TEST_TMPDIR/some/where/else/deb/$(basename "$f")"
    done
}

@test "lintian remarks only what is explained, and all of that" {
    lintian --allow-root --pedantic --display-info --tag-display-limit 0 \
        --fail-on error,warning,info,pedantic "$made"/*.changes >"$BATS_TEST_TMPDIR/said" 2>&1 || {
        cat "$BATS_TEST_TMPDIR/said" >&2
        return 1
    }
    [ ! -s "$BATS_TEST_TMPDIR/said" ]
    # The control: without the explanations it does remark something.
    run lintian --allow-root --no-override --fail-on error "$(deb)"
    [ "$status" != 0 ]
}

@test "it holds no go in a bin/, no scripts, one configuration file, and the shim as built" {
    dpkg-deb -R "$(deb)" "$BATS_TEST_TMPDIR/in"
    cd "$BATS_TEST_TMPDIR/in" || return 1
    diff - <(find . -name 'go*' ! -type d | LC_ALL=C sort | grep -v '/man[15]/') <<-'LIST'
	./etc/govern/govern.ini
	./usr/bin/govern
	./usr/libexec/govern/go
	./usr/share/bash-completion/completions/govern
	./usr/share/fish/vendor_completions.d/govern.fish
	./usr/share/lintian/overrides/govern
	LIST
    diff - <(ls DEBIAN) <<<$'conffiles\ncontrol\nmd5sums'
    [ "$(cat DEBIAN/conffiles)" = /etc/govern/govern.ini ]
    cmp usr/libexec/govern/go "$B/libexec/govern/go"
    "$here/tests/guide" --links usr/share/doc/govern
}

@test "installed, used, upgraded, removed, purged: a user's store stays as it is" {
    tree_of_debian $(dpkg-deb -f "$(deb)" Depends | sed 's/([^)]*)//g; s/,/ /g; s/|[^,]*//g')
    cp "$(deb)" "$tree/tmp/one.deb"
    expect 0 in_tree dpkg -i /tmp/one.deb
    expect 0 in_tree test -z "$(find "$tree/usr/bin" -name go)"
    user_makes_store
    before=$(store)

    dpkg-deb -R "$(deb)" "$BATS_TEST_TMPDIR/two"
    sed -i 's/^Version: .*/&.1/' "$BATS_TEST_TMPDIR/two/DEBIAN/control"
    echo >>"$BATS_TEST_TMPDIR/two/usr/libexec/govern/go"
    echo '# new' >>"$BATS_TEST_TMPDIR/two/etc/govern/govern.ini"
    dpkg-deb --root-owner-group -b "$BATS_TEST_TMPDIR/two" "$tree/tmp/two.deb" >/dev/null
    printf '# mine\n[store]\nkeep_cache = yes\n' >"$tree/etc/govern/govern.ini"
    expect 0 in_tree dpkg --force-confold -i /tmp/two.deb
    grep -q mine "$tree/etc/govern/govern.ini"
    diff <(echo "$before") <(store)
    user_has_go

    # What brings a store's programs up to those of the package.
    expect 0 as_user /usr/bin/govern setup
    [ -n "$(diff <(echo "$before") <(store))" ]
    cmp "$tree/usr/libexec/govern/go" "$tree/home/u/.local/share/govern/$(platform)/bin/go"
    before=$(store)

    expect 0 in_tree dpkg -r govern
    grep -q mine "$tree/etc/govern/govern.ini"
    diff <(echo "$before") <(store)
    user_has_go
    expect 0 in_tree dpkg -P govern
    [ ! -e "$tree/etc/govern" ]
    [ -z "$(find "$tree/usr" -name '*govern*')" ]
    diff <(echo "$before") <(store)
    user_has_go
}
