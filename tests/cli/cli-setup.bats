#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load lib

setup_file() {
    load_site go1.22.5 go1.22.3
}

setup() {
    cli_setup
    # shells that are found, whatever this machine has
    mkdir -p "$BATS_TEST_TMPDIR/shells"
    for s in zsh fish; do
        printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/shells/$s"
        chmod +x "$BATS_TEST_TMPDIR/shells/$s"
    done
    PATH=$PATH:$BATS_TEST_TMPDIR/shells
}

sums() { # of everything in HOME that is not the store or the cache: name, mode, content
    (cd "$HOME" && find . \( -path ./.local -o -path ./.cache \) -prune -o ! -type d -print |
        sort | while read -r f; do
        stat -c '%n %a %F' "$f"
        cat "$f"
    done)
}

@test "the store stands on its own: two real shims, govern, the helpers" {
    expect 0 govern setup --no-rc
    for f in bin/go bin/gofmt bin/govern libexec/govern/fetch libexec/govern/unpack libexec/govern/go; do
        [ -f "$prefix/$f" ] && [ ! -L "$prefix/$f" ] && [ -x "$prefix/$f" ]
    done
    cmp "$B/libexec/govern/go" "$prefix/bin/go"
    cmp "$B/bin/govern" "$prefix/bin/govern"
    PATH=$prefix/bin:/usr/bin:/bin expect 0 govern install 1.22.5
    PATH=$prefix/bin:/usr/bin:/bin expect 0 govern default 1.22.5
    PATH=$prefix/bin:/usr/bin:/bin expect 0 go version
    [[ $out == *go1.22.5* ]]
}

@test "run again, it changes nothing, not even a time stamp" {
    expect 0 govern setup
    before=$(find "$HOME" -type f -exec stat -c '%n %i %Y' {} + | sort)
    expect 0 govern setup
    [[ $out == "nothing to change"* ]]
    [ "$before" = "$(find "$HOME" -type f -exec stat -c '%n %i %Y' {} + | sort)" ]
}

@test "a program that was damaged is put right" {
    expect 0 govern setup --no-rc
    echo x >>"$prefix/bin/go"
    expect 0 govern setup --no-rc
    cmp "$B/libexec/govern/go" "$prefix/bin/go"
}

@test "--remove gives back every byte: with and without a last newline, empty, absent" {
    printf 'no newline at the end' >"$HOME/.profile"
    printf 'case $- in *i*) ;; *) return;; esac\n' >"$HOME/.bashrc"
    : >"$HOME/.zshenv"
    printf 'a\n\n' >"$HOME/.bash_profile"
    chmod 600 "$HOME/.profile"
    before=$(sums)
    expect 0 govern setup
    [ "$(sums)" != "$before" ]
    expect 0 govern setup --remove
    [ "$(sums)" = "$before" ]
    [ ! -e "$prefix/bin/go" ]
    expect 0 govern setup --remove
    [[ $out == "nothing to remove"* ]]
}

@test "--remove takes away the directories that setup made, and no others" {
    for made in . .config .config/fish .config/fish/conf.d; do
        rm -rf "$HOME/.config"
        mkdir -p "$HOME/$made"
        before=$(cd "$HOME" && find . -name .local -prune -o -type d -print | sort)
        expect 0 govern setup
        [ -e "$HOME/.config/fish/conf.d/govern.fish" ]
        expect 0 govern --root "$HOME/.local/other" setup # renewed, it still knows
        expect 0 govern --root "$HOME/.local/other" setup --remove
        [ "$before" = "$(cd "$HOME" && find . -name .local -prune -o -type d -print | sort)" ]
    done
    mkdir -p "$HOME/.config/fish/conf.d"
    echo 'set -x A 1' >"$HOME/.config/fish/conf.d/a.fish"
    expect 0 govern setup
    expect 0 govern setup --remove
    [ "$(ls "$HOME/.config/fish/conf.d")" = a.fish ]
}

@test "--remove takes an empty store with it, and no store with anything in it" {
    before=$(cd "$HOME" && find . | sort)
    expect 0 govern setup
    expect 0 govern setup --remove
    [ "$before" = "$(cd "$HOME" && find . | sort)" ]
    for thing in govern.ini "$platform/bin/mine" staging/mine other-platform/bin/go; do
        expect 0 govern setup --no-rc
        mkdir -p "$(dirname "$root/$thing")"
        echo '# mine' >"$root/$thing"
        expect 0 govern setup --remove
        [[ $out == *"the toolchains stay in $root"* ]]
        [ "$(cat "$root/$thing")" = '# mine' ] && [ -e "$root/format" ]
        rm "$root/$thing"
    done
    rm -rf "$root"
    expect 0 govern setup --no-rc
    expect 0 govern install 1.22.5 --default
    expect 0 govern setup --remove
    [ -d "$prefix/toolchains/go1.22.5" ] && [ -e "$prefix/current/default" ]
    expect 0 govern uninstall --force 1.22.5
    expect 0 govern setup --remove
    [ ! -e "$root" ] && [ "$before" = "$(cd "$HOME" && find . -path ./.cache -prune -o -print | sort)" ]
    expect 0 govern setup --remove
    [[ $out == "nothing to remove"* ]]
}

@test "--remove after the user wrote below the block keeps what he wrote" {
    printf 'above' >"$HOME/.profile"
    expect 0 govern setup
    echo below >>"$HOME/.profile"
    expect 0 govern setup --remove
    [ "$(cat "$HOME/.profile")" = $'above\nbelow' ]
}

@test "--print changes nothing" {
    before=$(find "$HOME" | sort)
    expect 0 govern setup --print
    [[ $out == *"$prefix/bin"* ]]
    [ "$before" = "$(find "$HOME" | sort)" ]
}

@test "PATH gets the directory first and once, in sh, bash and what ssh runs" {
    printf 'case $- in *i*) ;; *) return;; esac\n' >"$HOME/.bashrc"
    expect 0 govern setup
    for file in .profile .bashrc; do
        for start in /usr/bin:/bin "/usr/bin:$prefix/bin:/bin:$prefix/bin" "$prefix/bin:/usr/bin:/bin"; do
            for shell in sh bash; do
                got=$(PATH=$start $shell -uc ". '$HOME/$file'; printf %s \"\$PATH\"")
                [ "$got" = "$prefix/bin:/usr/bin:/bin" ]
            done
        done
    done
    grep -q "set -gx PATH" "$HOME/.config/fish/conf.d/govern.fish"
    [ -f "$HOME/.zshenv" ]
}

@test "the same in zsh and fish, where they are" {
    expect 0 govern setup
    start="/usr/bin:$prefix/bin:/bin:$prefix/bin"
    if [ -x /usr/bin/zsh ]; then
        got=$(PATH=$start /usr/bin/zsh -c 'printf %s "$PATH"')
        [ "$got" = "$prefix/bin:/usr/bin:/bin" ]
        got=$(PATH=$start /usr/bin/zsh -ic 'printf %s "$PATH"' 2>/dev/null)
        [[ $got == "$prefix/bin:"* && ${got#"$prefix/bin:"} != *"$prefix/bin"* ]]
    fi
    if [ -x /usr/bin/fish ]; then
        got=$(PATH=$start /usr/bin/fish -c 'string join : $PATH' 2>/dev/null)
        [[ $got == "$prefix/bin:"* && ${got#"$prefix/bin:"} != *"$prefix/bin"* ]]
    fi
    [ -x /usr/bin/zsh ] || [ -x /usr/bin/fish ] || skip "neither zsh nor fish"
}

@test "a login bash with a .bash_profile of its own finds it too" {
    echo : >"$HOME/.bash_profile"
    expect 0 govern setup
    [ "$(PATH=/usr/bin:/bin bash -lc 'printf %s "${PATH%%:*}"')" = "$prefix/bin" ]
}

@test "a store of somebody else's that is set up: only PATH is left to do, and to undo" {
    let_others_in
    store=$BATS_TEST_TMPDIR/store
    expect 0 govern --root "$store" setup --no-rc
    export HOME=$BATS_TEST_TMPDIR/other
    mkdir "$HOME"
    chown 65534 "$HOME"
    before=$(find "$store" -exec stat -c '%n %i %Y' {} + | sort)
    expect 0 as_other govern --root "$store" setup
    [[ $out == *".profile: the PATH block added"* ]]
    [ "$(PATH=/usr/bin:/bin sh -c ". '$HOME/.profile'; command -v go")" = "$store/$platform/bin/go" ]
    expect 0 as_other govern --root "$store" setup --remove
    [[ $out == *"the programs stay"* && $out != *"toolchains stay"* ]]
    [ ! -e "$HOME/.profile" ]
    [ "$before" = "$(find "$store" -exec stat -c '%n %i %Y' {} + | sort)" ]
    # Not set up: an error, and no block that leads nowhere.
    rm "$store/$platform/bin/gofmt"
    expect 1 as_other govern --root "$store" setup
    one_error
    [ ! -e "$HOME/.profile" ]
}

@test "an rc file that cannot be written: 1, and what to do instead" {
    let_others_in
    mkdir -p "$root"
    chown 65534 "$root"
    expect 1 as_other govern setup
    [[ $err == "govern: cannot "*"/home/"*"hint: use --no-rc, and put "* ]]
}

@test "the line to paste is quoted as a shell wants it" {
    root="$HOME/it's"
    expect 0 govern --root "$root" setup --no-rc
    line=$(sed -n 's/^open a new shell, or: //p' <<<"$out")
    [ "$(PATH=/usr/bin:/bin sh -c "$line; command -v go")" = "$root/$platform/bin/go" ]
}

@test "a root with a quote and a blank in its name" {
    root="$HOME/it's a store"
    expect 0 govern --root "$root" setup
    got=$(PATH=/usr/bin:/bin sh -c ". '$HOME/.profile'; printf %s \"\$PATH\"")
    [ "$got" = "$root/$platform/bin:/usr/bin:/bin" ]
    for how in "" --no-rc --print; do
        # shellcheck disable=SC2086
        expect 2 govern --root "$HOME/a:b" setup $how
        one_error
        [ ! -e "$HOME/a:b" ]
    done
}

@test "another root: the block is renewed, not doubled" {
    expect 0 govern setup
    expect 0 govern --root "$HOME/other" setup
    [ "$(grep -c 'govern_bin=' "$HOME/.profile")" = 1 ]
    [[ $(PATH=/usr/bin sh -c ". '$HOME/.profile'; printf %s \"\$PATH\"") == "$HOME/other/"* ]]
}

@test "rc files keep their mode, and a link stays a link" {
    mkdir -p "$HOME/dotfiles"
    echo mine >"$HOME/dotfiles/profile"
    chmod 640 "$HOME/dotfiles/profile"
    ln -s dotfiles/profile "$HOME/.profile"
    expect 0 govern setup
    [ -L "$HOME/.profile" ]
    grep -q 'govern setup' "$HOME/dotfiles/profile"
    [ "$(stat -c %a "$HOME/dotfiles/profile")" = 640 ]
    expect 0 govern setup --remove
    [ -L "$HOME/.profile" ]
    [ "$(cat "$HOME/.profile")" = mine ]
}

@test "a block without an end is left alone: 1, file and line" {
    printf 'a\n# >>> govern setup >>>\nb\n' >"$HOME/.profile"
    expect 1 govern setup
    [[ $err == *"$HOME/.profile:2"* ]]
    [ "$(cat "$HOME/.profile")" = $'a\n# >>> govern setup >>>\nb' ]
}

@test "no HOME: 2 with rc files, fine without" {
    expect 2 env -u HOME govern --root "$BATS_TEST_TMPDIR/store" setup
    [[ $err == *HOME* ]]
    expect 0 env -u HOME govern --root "$BATS_TEST_TMPDIR/store" setup --no-rc
}
