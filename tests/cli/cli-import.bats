#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# import: what other managers have and run, said first, then taken over.

load lib
load adopt

setup_file() {
    load_site go1.20 go1.21.0 go1.22.3 go1.22.5
}

setup() {
    cli_setup
}

gvm_environment() { # NAME VERSION
    mkdir -p "$HOME/.gvm/environments"
    cat >"$HOME/.gvm/environments/$1" <<END
export GVM_ROOT; GVM_ROOT="$HOME/.gvm"
export gvm_go_name; gvm_go_name="$2"
export gvm_pkgset_name; gvm_pkgset_name="global"
END
}

@test "goenv, asdf, mise and gvm at once: told, then done, and theirs is as it was" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    echo 1.22 >"$HOME/.goenv/version"
    unpack go1.22.3 "$HOME/.asdf/installs/golang/1.22.3/go"
    printf 'nodejs 20\ngolang 1.22.3 # why\n' >"$HOME/.tool-versions"
    unpack go1.20 "$HOME/.local/share/mise/installs/go/1.20"
    mkdir -p "$HOME/.config/mise"
    printf '[tools]\ngo = "1.20"\n' >"$HOME/.config/mise/config.toml"
    unpack go1.21.0 "$HOME/.gvm/gos/go1.21.0"
    mkdir -p "$HOME/.gvm/gos/prod"
    gvm_environment go1.21.0 go1.21.0
    gvm_environment default go1.21.0
    gvm_environment prod go1.21.0
    echo 'export gvm_alias_name="prod"' >>"$HOME/.gvm/environments/prod"
    before=$(fingerprint "$HOME"/.goenv "$HOME"/.asdf "$HOME"/.gvm "$HOME"/.tool-versions \
        "$HOME"/.local/share/mise "$HOME"/.config/mise)

    expect 0 govern import
    [ "$err" = "hint: govern import --apply" ]
    [ ! -e "$root" ]
    expect 0 govern import --json
    [ "$(json .schema) $(json .dry_run)" = "1 true" ]
    [ "$(json .defaults.0.manager) $(json .defaults.0.spec) $(json .defaults.0.followed)" = \
        "goenv 1.22 true" ]
    [ "$(json .defaults.1.manager) $(json .defaults.1.spec) $(json .defaults.1.line)" = \
        "asdf go1.22.3 2" ]
    # what is installed as 1.20 is go1.20, and not the newest of its line
    [ "$(json .defaults.2.manager) $(json .defaults.2.spec) $(json .defaults.2.file)" = \
        "mise go1.20 $HOME/.config/mise/config.toml" ]
    [ "$(json .defaults.3.manager) $(json .defaults.3.spec)" = "gvm go1.21.0" ]
    [ "$(json .tags.0.tag) $(json .tags.0.version)" = "prod go1.21.0" ]
    [ "$(json .default_before) $(json .default_after) $(json .missing)" = "null go1.22.5 false" ]

    expect 2 govern import --apply
    one_error
    [[ $err == *"hint: --yes does it without asking" ]]
    expect 0 govern import --apply --yes
    [[ $out == *"@prod now names go1.21.0, as in gvm"*"go1.22.5 is the default" ]]
    expect 0 govern list
    [ "$(grep -c 'proven *adopted' <<<"$out")" = 4 ]
    [ "$(readlink "$prefix/current/@prod")" = ../../toolchains/go1.21.0 ]
    [ "$(find "$prefix/generations" -mindepth 1 -maxdepth 1 -name '[0-9]*' | wc -l)" = 1 ]
    [ "$before" = "$(fingerprint "$HOME"/.goenv "$HOME"/.asdf "$HOME"/.gvm \
        "$HOME"/.tool-versions "$HOME"/.local/share/mise "$HOME"/.config/mise)" ]

    # again: all of it is there, and what the store has stays
    expect 0 govern default 1.22.3
    expect 0 govern import --apply --yes
    [[ $out == *"the default stays go1.22.3"*"@prod names go1.21.0, as in gvm" ]]
    expect 0 govern default
    [ "$out" = go1.22.3 ]
}

@test "one manager only; a default that nobody has here is installed" {
    mkdir -p "$HOME/.goenv" "$HOME/.g"
    echo 1.22.3 >"$HOME/.goenv/version"
    unpack go1.21.0 "$HOME/.g/versions/1.21.0"
    ln -s versions/1.21.0 "$HOME/.g/go"
    expect 0 govern import --from goenv
    [[ $out == *"go1.22.3 would be installed"*"the default would become 1.22.3" || \
        $out == *"1.22.3 would be installed"* ]]
    mkdir -p "$root/hooks/post-install.d"
    printf '#!/bin/sh\necho "$GOVERN_HOOK $GOVERN_HOOK_VERSION" >>"$HOME/log"\n' \
        >"$root/hooks/post-install.d/10-log"
    chmod 755 "$root/hooks/post-install.d/10-log"
    expect 0 govern import --from goenv --apply --yes
    [[ $out == *"go1.22.3 installed: proven"*"go1.22.3 is the default" ]]
    [ "$(<"$HOME/log")" = "post-install go1.22.3" ]
    expect 0 govern list --json
    [ "$(json .toolchains.0.version) $(json .toolchains.0.adopted)" = "go1.22.3 false" ]
    expect 0 govern default --unset
    expect 0 govern import --from g --apply --yes
    [[ $out == *"go1.21.0 is the default" ]]
    # one that was adopted and has gone is installed
    rm -r "$HOME/.g"
    echo 1.21.0 >"$HOME/.goenv/version"
    expect 0 govern default --unset
    expect 0 govern import --from goenv --apply --yes
    [[ $out == *"go1.21.0 installed: proven"*"go1.21.0 is the default" ]]
    expect 2 govern import --from homebrew
    [[ $err == *"hint: one of goenv, asdf, mise, gvm, g, goup, gobrew" ]]
}

@test "it cannot be installed: what was adopted is there, and the failure counts" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    echo 1.19.1 >"$HOME/.goenv/version"
    expect 3 govern import --apply --yes
    [[ $err == *1.19.1* ]]
    [ "$(readlink "$prefix/current/latest")" = ../../toolchains/go1.22.5 ]
    [ ! -L "$prefix/current/default" ]
}

@test "what cannot be taken over is told, with the place" {
    mkdir -p "$HOME/.goenv" "$HOME/.config/mise"
    echo ../etc >"$HOME/.goenv/version"
    printf '\n[tools]\ngo = [\n"1.22"]\n' >"$HOME/.config/mise/config.toml"
    echo 'golang' >"$HOME/.tool-versions"
    gvm_environment "prod" go1.22.5
    echo 'export gvm_alias_name="prod"' >>"$HOME/.gvm/environments/prod"
    expect 0 govern import
    [[ $out == *"left (goenv): $HOME/.goenv/version:1: "* ]]
    [[ $out == *"left (asdf): $HOME/.tool-versions:1: the line has no version"* ]]
    [[ $out == *"left (mise): $HOME/.config/mise/config.toml:3: what asks for Go here is not on one line"* ]]
    [[ $out == *"left (gvm): 'prod': what it names is not here"* ]]
    [[ $out != *"the default would"* ]]
}

@test "system: no default is set" {
    mkdir -p "$HOME/.goenv"
    echo system >"$HOME/.goenv/version"
    expect 0 govern import --apply --yes
    [[ $out == *"no default: the next go in PATH runs" ]]
    [ ! -L "$prefix/current/default" ]
}

@test "no other manager: said, 0, nothing made" {
    expect 0 govern import
    [ -z "$out" ]
    [ "$err" = "no other manager has anything here" ]
    [ ! -e "$root" ]
    expect 0 govern import --json
    [ "$(json .defaults)" = "[]" ]
}

@test "on a terminal it asks" {
    unpack go1.22.5 "$HOME/.goenv/versions/1.22.5"
    echo 1.22.5 >"$HOME/.goenv/version"
    expect 1 script -qec 'govern import --apply' /dev/null <<<n
    [[ $out == *"would be adopted"*"do this? [y/N]"*"nothing was changed"* ]]
    [ ! -L "$prefix/toolchains/go1.22.5" ]
    # what was looked at for the question is not read once more for the answer
    expect 0 script -qec 'ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=open,openat govern import --apply' \
        /dev/null <<<y
    [ -L "$prefix/toolchains/go1.22.5" ]
    [ "$(grep -c go_js_wasm_exec trace)" = 1 ] || { grep go_js trace; return 1; }
    expect 0 govern default
    [ "$out" = go1.22.5 ]
}
