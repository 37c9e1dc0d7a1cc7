#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# End of life: a line has two newer ones, as far as is known, and how old that is.

load lib

setup_file() {
    load_site go1.20 go1.20.1 go1.21.0 go1.22.5 go1.23rc1
}

setup() {
    cli_setup
}

marked() { # versions that `list` marks
    sed -n 's/^\(go[^ ]*\) .*end of life.*/\1/p' <<<"$out" | tr '\n' ' '
}

@test "list: by what is installed, where no list is remembered" {
    expect 0 govern install 1.20.1 1.21.0
    GOPROXY=off expect 0 govern list
    [ -z "$(marked)$err" ]
    GOPROXY=off expect 0 govern list --json
    [ "$(json .support_as_of) $(json .toolchains.0.supported)" = "null null" ]
    expect 0 govern install 1.22.5
    GOPROXY=off expect 0 govern list
    [ "$(marked)" = "go1.20.1 " ]
    [ "$err" = "end of life: by what is installed here" ]
    GOPROXY=off expect 0 govern list --json
    [ "$(json .toolchains.0.supported) $(json .toolchains.1.supported)" = "false null" ]
}

@test "by a remembered list, with its age; a line of pre-releases is no line yet" {
    mkfifo alive
    python3 "$here/tests/server/loopback.py" --dir "$site" --port-file port <alive 3>&- &
    exec 8>alive
    for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
    GOPROXY=http://127.0.0.1:$(cat port)
    expect 0 govern available
    [[ $out == *go1.20.1*"end of life"* ]]
    [[ $err == "end of life: by the list of releases of "*"Z, less than a minute old" ]]
    expect 0 govern install 1.20.1 1.21.0 1.23rc1
    touch -d '3 days ago' "$HOME"/.cache/govern/lists/*
    exec 8>&-
    expect 0 govern list
    [ "$(marked)" = "go1.20.1 " ]
    [[ $err == "end of life: by the list of releases of "*"Z, 3 days old" ]]
    expect 0 govern list --json
    [ "$(json .toolchains.0.supported) $(json .toolchains.1.supported)" = "false true" ]
    [ "$(json .toolchains.2.supported)" = true ]
    [ "$(date -d "$(json .support_as_of)" +%F)" = "$(date -d '3 days ago' +%F)" ]
    expect 0 govern available --offline --json
    [ "$(date -d "$(json .as_of)" +%F)" = "$(date -d '3 days ago' +%F)" ]
    expect 0 govern -q list
    [ -z "$err" ]
}
