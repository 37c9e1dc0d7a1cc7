#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# govern inspect.  What it reads of each format is compared with Go's own answer by
# tests/buildinfo; here is what it makes of that.

load lib

setup_file() {
    load_site go1.22.5 go1.21.9
    export binaries=$BATS_FILE_TMPDIR/binaries
    python3 tests/buildinfo/binaries.py "$binaries"
}

setup() {
    cli_setup
    cp "$binaries/elf-64-inline-le-section" app
    cp "$binaries/old" old
}

@test "a table: version, platform, modules" {
    expect 0 govern inspect app
    [ "$(sed -n 1p <<<"$out" | xargs)" = "GO FITS PLATFORM FILE MODULES MODULE" ]
    [ "$(sed -n 2p <<<"$out" | xargs)" = "go1.22.5 - linux-amd64 app 3 example.com/app v1.2.3" ]
    [ -z "$err" ]
}

@test "below a directory other files are passed over, damaged ones are warned of" {
    mkdir -p d/e
    cp app d/e/app
    echo text >d/text
    ln -s ../app d/link
    head -c 600 app >d/damaged
    expect 0 govern inspect d
    [ "$(wc -l <<<"$out")" = 2 ]
    [[ $out == *" d/e/app "* ]]
    [ "$err" = "govern: warning: 'd/damaged': it is cut off or damaged" ]
    # named, it is an error, and others are told all the same
    expect 1 govern inspect d/damaged app
    [[ $out == *go1.22.5*" app "* && $err == "govern: 'd/damaged': it is cut off or damaged" ]]
}

@test "a file of holes is not read for ever" {
    # An ELF file whose one segment of data has no end that anybody reaches.
    python3 -c 'import os, struct
n = 8 << 40
head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0,
                                                     64, 56, 1, 64, 0, 0)
load = struct.pack("<IIQQQQQQ", 1, 6, 4096, 4096, 4096, n, n, 4096)
with open("holes", "wb") as f:
    f.write(head + load)
    f.truncate(n + 4096)' || skip "the file system has no files of 8 TiB"
    expect 1 timeout -s KILL 100 "$B/bin/govern" inspect app holes
    [[ $out == *' app '* && $err == "govern: 'holes': too much of it would have to be read" ]]
}

@test "nothing found is status 3, and each reason is told" {
    mkdir empty
    expect 3 govern inspect empty
    [ "$err" = "govern: no Go binaries found" ]
    expect 3 govern inspect nothere
    [[ $err == "govern: cannot inspect 'nothere': "* ]]
    echo "#!/bin/sh" >script
    echo "a text of more than sixteen bytes" >>script
    expect 3 govern inspect script
    [ "$err" = "govern: 'script': it is no executable (ELF, PE, Mach-O)" ]
    expect 3 govern inspect /bin/ls
    [ "$err" = "govern: '/bin/ls': it has no Go build information" ]
    mkfifo fifo
    expect 1 govern inspect fifo
    [[ $err == *"neither a file nor a directory" ]]
    expect 2 govern inspect
    expect 2 govern inspect --csv --sarif app
    expect 2 govern inspect --spec 1.22 --pin . app
    expect 2 govern inspect --max-age soon app
    expect 2 govern inspect --spec system app
    expect 2 govern inspect --spec oldstable app
}

@test "the pin where it lies, and that of --pin" {
    echo 1.22.5 >.go-version
    expect 0 govern inspect app
    [[ $out == *"go1.22.5  yes "* ]]
    mkdir other
    cp app other/
    printf '1.21.9\n1.20\n' >other/.go-version
    expect 1 govern inspect app other
    [ "$err" = "govern: 'other/app': built with go1.22.5, not with 1.21.9 ($PWD/other/.go-version:1)" ]
    [ "$(grep -c yes <<<"$out") $(grep -c ' no ' <<<"$out")" = "1 1" ]
    expect 0 govern inspect --pin . app other
    expect 1 govern inspect --pin other app
    # what was asked for by name is there
    expect 1 govern inspect --pin nowhere app
    [ "$err" = "govern: cannot look into 'nowhere': No such file or directory" ]
    mkdir "$BATS_TEST_TMPDIR/bare"
    expect 3 govern inspect --pin "$BATS_TEST_TMPDIR/bare" app
    [[ $err == "govern: nothing is pinned in "*"/bare or above"* ]]
    # each word of a pin may be what it was built with
    printf '1.21.9\n1.22\n' >other/.go-version
    expect 0 govern inspect other
    # one that is not valid is told of, and nobody is judged by it
    echo nonsense >other/.go-version
    expect 0 govern inspect other
    [[ $err == *"warning: $PWD/other/.go-version:1: 'nonsense' is not a version"* ]]
}

@test "tags and latest are what they lead to now" {
    expect 0 govern install 1.22.5 1.21.9
    govern tag prod 1.21.9
    expect 0 govern inspect --spec latest app
    expect 1 govern inspect --spec @prod app
    [ "$err" = "govern: 'app': built with go1.22.5, not with @prod" ]
    govern tag prod 1.22.5
    expect 0 govern inspect --spec @prod app
    expect 3 govern inspect --spec @none app
    [ -z "$out" ]
}

@test "--spec: lines and ranges; a Go that is no release fits none" {
    expect 0 govern inspect --spec 1.22 app
    expect 0 govern inspect --spec '>=1.21 <1.23' app
    expect 1 govern inspect --spec 1.21 app
    expect 0 govern inspect --spec 1.21 "$binaries/experiment"
    expect 1 govern inspect --spec '>=1.21' "$binaries/devel"
    [[ $err == *"built with devel go1.24-0123456789 Mon Jan 1 00:00:00 2024 +0000, not with"* ]]
}

@test "--max-age: by what the toolchain says of its release" {
    expect 1 govern inspect --max-age 1d app
    [[ $err == *"when that was released is not known here" ]]
    expect 0 govern install 1.22.5
    chmod -R u+w "$prefix/toolchains/go1.22.5"
    printf 'go1.22.5\ntime %s\n' "$(date -u -d '10 days ago' +%FT%TZ)" \
        >"$prefix/toolchains/go1.22.5/VERSION"
    expect 0 govern inspect --max-age 11d app
    expect 1 govern inspect --max-age 9d app
    [[ $err == *"built with go1.22.5, which was released on $(date -u -d '10 days ago' +%F)" ]]
}

@test "--denied: policy, by the version" {
    printf '[policy]\ndeny = 1.22.5\n' >>"$HOME/.config/govern/govern.ini"
    expect 0 govern inspect app
    expect 1 govern inspect --denied app
    [[ $err == *"govern.ini:4)"* ]]
    expect 0 govern inspect --denied "$binaries/old"
    expect 1 govern inspect --denied "$binaries/devel"
    [[ $err == *"which is no release" ]]
}

@test "--json: all that the file says" {
    echo 1.21.9 >.go-version
    expect 1 govern inspect --json app
    PIN="1.21.9 ($PWD/.go-version:1)" python3 - "$BATS_TEST_TMPDIR/out" <<'PY'
import json, os, sys
o = json.load(open(sys.argv[1]))
f = o["files"][0]
assert (o["schema"], o["error"]["code"], len(o["files"])) == (1, 1, 1), o
assert (f["path"], f["version"], f["go_version"], f["format"]) == ("app", "go1.22.5", "go1.22.5", "elf")
assert (f["package"], f["main"]["version"]) == ("example.com/app", "v1.2.3")
assert f["modules"][0]["sum"] == "h1:BBBB="
assert f["modules"][1]["replaced_by"]["path"] == "example.com/new"
assert f["settings"][1] == {"key": "-ldflags", "value": '-s -w -X "main.a=b c"'}
assert (f["fits"], f["findings"][0]["rule"], f["expected"]) == (False, "pin", os.environ["PIN"])
PY
    rm .go-version
    expect 0 govern inspect --json app "$binaries/devel"
    [ "$(json files.0.version) $(json files.1.fits)" = "null null" ]
    expect 3 govern inspect --json /bin/ls
    [ "$(json files.0.findings.0.rule) $(json error.code)" = "unknown 3" ]
}

@test "--csv: RFC 4180" {
    mkdir 'a "b", c'
    cp app 'a "b", c/app'
    echo 1.21 >.go-version
    expect 1 govern inspect --csv 'a "b", c/app' old
    python3 - "$BATS_TEST_TMPDIR/out" <<'PY'
import csv, sys
raw = open(sys.argv[1], newline="").read()
assert raw.count("\r\n") == 3 and raw.count("\n") == 3, raw
rows = list(csv.DictReader(raw.splitlines()))
assert rows[0]["path"] == 'a "b", c/app', rows
assert (rows[0]["go_version"], rows[0]["fits"], rows[0]["rules"]) == ("go1.22.5", "no", "pin"), rows
assert (rows[0]["goos"], rows[0]["module_version"]) == ("linux", "v1.2.3"), rows
assert rows[1]["go_version"] == "go1.13.15" and rows[1]["goos"] == "", rows
PY
    # as it is for a program, and nothing that a terminal obeys on one
    mkdir $'\e[31m'
    cp app $'\e[31m/app'
    expect 1 govern inspect --csv $'\e[31m'
    [[ $out == *$'\e[31m/app'* ]]
    out=$(script -qec 'govern inspect --csv ?*31m 2>/dev/null' /dev/null </dev/null) || true
    [[ $out == *"?[31m/app,"* && $out != *$'\e'* ]]
}

@test "--sarif: a result for each finding" {
    echo 1.21 >.go-version
    expect 1 govern inspect --sarif app
    [ "$(json version) $(json runs.0.tool.driver.name)" = "2.1.0 govern" ]
    [ "$(json runs.0.results.0.ruleId)" = pin ]
    [ "$(json runs.0.tool.driver.rules.0.id)" = pin ]
    [ "$(json runs.0.results.0.locations.0.physicalLocation.artifactLocation.uri)" = app ]
    rm .go-version
    mkdir 'a b%'
    cp "$binaries/devel" 'a b%/ü'
    expect 1 govern inspect --sarif --spec 1.22 "$PWD/a b%"
    place=runs.0.results.0.locations.0.physicalLocation.artifactLocation
    [ "$(json $place.uri) $(json $place.uriBaseId)" = "a%20b%25/%C3%BC %SRCROOT%" ]
    mkdir elsewhere
    cd elsewhere
    expect 1 govern inspect --sarif --spec 1.22 "${PWD%/*}/a b%"
    [ "$(json $place.uri)" = "file://${PWD%/*}/a%20b%25/%C3%BC" ]
    cd ..
    expect 0 govern inspect --sarif app
    [ "$(json runs.0.results)" = "[]" ]
}

@test "--cyclonedx: modules with package URLs and sums, each once, the same each time" {
    cp app twin
    expect 0 govern inspect --cyclonedx app twin
    first=$out
    python3 - "$BATS_TEST_TMPDIR/out" <<'PY'
import json, sys
bom = json.load(open(sys.argv[1]))
assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.5", 1)
refs = [c["bom-ref"] for c in bom["components"]]
assert len(refs) == len(set(refs)), refs
by = {c.get("purl", c["name"]): c for c in bom["components"]}
assert "pkg:golang/stdlib@1.22.5" in by
dep = by["pkg:golang/example.com/dep@v0.1.0%2Bincompatible"]
assert dep["name"] == "example.com/Dep" and dep["type"] == "library"
assert {"name": "govern:h1", "value": "h1:BBBB="} in dep["properties"]
new = by["pkg:golang/example.com/new@v1.0.1"]
assert {"name": "govern:replaces", "value": "example.com/old"} in new["properties"]
assert "purl" not in by["../here"]
for edge in bom["dependencies"]:
    assert edge["ref"] in refs and set(edge["dependsOn"]) <= set(refs)
    assert len(edge["dependsOn"]) == 4
assert len(bom["dependencies"]) == 2
PY
    expect 0 govern inspect --cyclonedx app twin
    [ "$out" = "$first" ]
}

@test "what may not be looked into is said" {
    let_others_in
    mkdir -p d/closed
    cp app d/app
    cp app d/secret
    chmod 700 d/closed
    chmod 600 d/secret
    expect 0 as_other govern --root "$HOME/none" inspect d
    [[ $out == *" d/app "* ]]
    [[ $err == *"warning: 'd/closed': Permission denied"* ]]
    [[ $err == *"warning: 'd/secret': Permission denied"* ]]
}
