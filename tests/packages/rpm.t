#!/usr/bin/env -S bats --tap
# SPDX-License-Identifier: Apache-2.0
# make rpm: built twice, judged by rpmlint, installed, upgraded and removed below a root of
# its own.  The system in there is Debian, which has what the programs need; rpm's database
# knows nothing of that, so dependencies are not looked at.

load lib
load tree

setup() { need_package; }
setup_file() { make_package rpm; }

rpm_file() {
    echo "$made"/RPMS/*/govern-*.rpm
}

@test "built again elsewhere, by another umask, at another time: the same bytes" {
    (
        umask 077
        export TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1
        make -s rpm B="$BATS_TEST_TMPDIR/some/where/else" DIST="$dist" 2>&1
    ) >"$BATS_TEST_TMPDIR/log" || { tail -n 20 "$BATS_TEST_TMPDIR/log" >&2; return 1; }
    cmp "$(rpm_file)" "$BATS_TEST_TMPDIR"/some/where/else/rpm/RPMS/*/*.rpm
    # rpm writes the directory's name into a source package; what is packed is the same.
    sources() {
        rpm -qp --qf '[%{FILENAMES} %{FILEDIGESTS} %{FILEMODES} %{FILEMTIMES}\n]' "$1"/SRPMS/*
    }
    diff <(sources "$made") <(sources "$BATS_TEST_TMPDIR/some/where/else/rpm")
}

@test "rpmlint remarks only what is explained, and all of that" {
    config=$PWD/.packaging/rpmlint.toml
    remarks() { # OPTION...
        rpmlint "$@" "$(rpm_file)" "$made"/SRPMS/*.rpm 2>&1 | grep -E '^[^ ]+: [EWI]: '
    }
    remarks >"$BATS_TEST_TMPDIR/all"
    [ -s "$BATS_TEST_TMPDIR/all" ]
    [ -z "$(remarks --config "$config")" ] || { remarks --config "$config" >&2; false; }
    python3 - "$config" "$BATS_TEST_TMPDIR/all" <<'PY'
import re, sys, tomllib
with open(sys.argv[1], "rb") as f:
    filters = tomllib.load(f)["Filters"]
with open(sys.argv[2], encoding="utf-8") as f:
    lines = f.read().splitlines()
stale = [p for p in filters if not any(re.search(p, line) for line in lines)]
assert not stale, "remarked no longer: %s" % stale
PY
}

@test "it holds no go in a bin/, no scripts, one configuration file, and a shim with its mark" {
    diff - <(rpm -qlp "$(rpm_file)" | grep '/go[^/]*$' | grep -v '/man[15]/' |
        sed 's/-[0-9.]*$/-VERSION/') <<-'LIST'
	/etc/govern
	/etc/govern/govern.ini
	/usr/bin/govern
	/usr/libexec/govern
	/usr/libexec/govern/go
	/usr/share/bash-completion/completions/govern
	/usr/share/doc/govern
	/usr/share/fish/vendor_completions.d/govern.fish
	/usr/share/licenses/govern-VERSION
	LIST
    [ -z "$(rpm -qp --scripts "$(rpm_file)")" ]
    [ "$(rpm -qcp "$(rpm_file)")" = /etc/govern/govern.ini ]
    rpm -qdp "$(rpm_file)" | grep -qx /usr/share/doc/govern/guide/zh/README.md
    mark=$(sed -n 's/^#define GV_SHIM_MARKER.*"\(.*\)"$/\1/p' core/resolve/marker.h)
    [ -n "$mark" ]
    rpm2cpio "$(rpm_file)" | (cd "$BATS_TEST_TMPDIR" && cpio -id --quiet)
    head -c 4096 "$BATS_TEST_TMPDIR/usr/libexec/govern/go" | grep -q "$mark"
    tests/guide --links "$BATS_TEST_TMPDIR/usr/share/doc/govern"
}

@test "installed, used, upgraded, removed: a user's store stays as it is" {
    # What its programs are linked with here, by the names of Debian's packages.
    tree_of_debian $(ldd "$B/bin/govern" "$B/libexec/govern/fetch" "$B/libexec/govern/unpack" |
        sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | xargs -n 1 realpath | sort -u | xargs dpkg -S |
        sed 's/:.*//' | sort -u)
    in_rpm() {
        rpm --root "$tree" --dbpath /var/lib/rpm "$@"
    }
    in_rpm --initdb
    expect 0 in_rpm -i --nodeps "$(rpm_file)"
    [ -z "$(find "$tree/usr/bin" -name go)" ]
    user_makes_store
    before=$(store)

    make -s rpm B="$BATS_TEST_TMPDIR/two" DIST="$dist" RPM_FLAGS='--define "dist .1"' \
        >"$BATS_TEST_TMPDIR/log" 2>&1 || { tail -n 20 "$BATS_TEST_TMPDIR/log" >&2; return 1; }
    printf '# mine\n[store]\nkeep_cache = yes\n' >"$tree/etc/govern/govern.ini"
    expect 0 in_rpm -U --nodeps "$BATS_TEST_TMPDIR"/two/rpm/RPMS/*/*.rpm
    [[ $(in_rpm -q govern) == *-1.1.* ]]
    grep -q mine "$tree/etc/govern/govern.ini"
    diff <(echo "$before") <(store)
    user_has_go
    expect 0 as_user /usr/bin/govern setup
    user_has_go
    before=$(store)

    expect 0 in_rpm -e govern
    diff - <(find "$tree/usr" "$tree/etc" -name '*govern*' -printf '%P\n' | sort) <<-'LIST'
	govern
	govern/govern.ini.rpmsave
	LIST
    diff <(echo "$before") <(store)
    user_has_go
}
