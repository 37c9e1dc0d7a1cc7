# SPDX-License-Identifier: Apache-2.0
"""The commands that are swept, and what they start from.

A command that changes something joins by one line in COMMANDS."""

import collections

import real

# What a store looks like before: the base it is made from, then commands.  KEY=VALUE before
# one is its environment; "interrupt CALL:N" kills it at that call of the thread that installs;
# "unpack VERSION DIR" is another manager's installing; "hooks" puts one into the store for each
# event, "source" a source plugin into PATH; with "forget" no generation but the last is to be
# kept, and all of them are hours old.  "ini root SECTION KEY VALUE" is what govern.ini says
# there, nothing when there is no more; "key" a secret key, "check" a check that holds once.
BASES = {
    "bare": (None, []),
    "setup": ("bare", ["setup"]),
    "one": ("setup", ["install 1.22.5 --default"]),
    "two": ("one", ["install 1.22.6"]),
    "pinned": ("two", ["pin 1.22.6"]),
    "unproven": ("one", ["GOSUMDB=off install --trust unproven 1.22.6"]),
    "interrupted": ("one", ["interrupt renameat:3 install 1.22.6"]),
    "half-published": ("one", ["interrupt renameat:4 install 1.22.6"]),
    # {other} is a site whose go1.22.6 is another tree.
    "other": ("one", ["GOSUMDB=off install --from {other} --trust unproven 1.22.6"]),
    "half-replaced": ("other", ["interrupt renameat:5 install --force 1.22.6"]),
    "foreign": ("one", ["unpack go1.22.6 .goenv/versions/1.22.6"]),
    "tagged": ("two", ["tag prod 1.22.6"]),
    "hooked": ("one", ["hooks"]),
    "two-hooked": ("two", ["hooks"]),
    "source": ("one", ["source"]),
    "removed": ("two", ["setup --remove"]),
    "many": ("two", ["tag prod 1.22.5", "tag --delete prod", "forget"]),
    "canary": ("one", ["ini home upgrade share 100", "setup --no-rc --channel canary"]),
    "tried": ("canary", ["GOENV=off upgrade --channel canary"]),
    "pointed": ("two", ["default 1.22.6", "tag prod 1.22.6"]),
    "adopted": ("foreign", ["adopt ../home/.goenv/versions/1.22.6"]),
    "soaked": ("one", ["check"]),
    "denied": ("two", ["ini root policy deny 1.22.6"]),
    "allowed": ("denied", ["policy apply", "ini root"]),
    "signed": ("two", ["key", "journal --sign --key key", "tag prod 1.22.6"]),
    "buildable": ("one", ["install 1.21.3"]),
    "bundled": ("two", ["bundle -o go.bundle 1.22.6", "uninstall 1.22.6"]),
}

Command = collections.namedtuple("Command", "name base line again pieces may heal away unless "
                                            "real full ends ours check by late")


def command(name, base, line, again=(0,), pieces=False, may=False,
            heal="install 1.22.5", away=False, unless=None,
            real=False, full=False, ends=0, ours=False, check=None, by=None,
            late=None):
    """again: what the command may say when it is run once more after it succeeded.
    pieces: it changes several files, each of which is old or new.  may: it may well succeed
    without a change.  heal: what puts right what was left, and changes nothing else.
    away: it replaces go1.22.6 by another tree, and for a moment there is none.  unless: what
    it says when part of it was not for it to do.  real: with a toolchain of 12,000 files, at
    calls taken at random, in the full sweep only.  full: in that one only, for it starts a dozen
    programs each time, or is one of many alike.  ends: its status when nothing goes wrong.
    ours: what others' programs do that it starts is theirs.  check: what holds at any time.
    by: what would leave the state that it passes through, and that a kill may leave.  late:
    what the next command may bring, although this one said that it was done."""
    return Command(name, base, line, again, pieces, may, heal, away, unless, real, full, ends,
                   ours, check, by, late)


UPGRADE = "GOENV=off upgrade"
FAILING = "STANDIN_FAILS=go1.22.6:vet GOENV=off upgrade"
SOAKING = "GOENV=off upgrade --soak 1s --project . --check ./check"


COMMANDS = [
    command("install", "one", "install 1.22.6"),
    command("install-first", "bare", "install 1.22.5", heal=None),
    command("install-over-interrupted", "interrupted", "install 1.22.6"),
    command("install-half-published", "half-published", "install 1.22.6"),
    command("install-half-replaced", "half-replaced", "install --force 1.22.6", away=True),
    command("install-force", "two", "install --force 1.22.6"),
    command("install-replaces", "other", "install --force 1.22.6", away=True),
    command("install-bundle", "bundled", "install --from go.bundle"),
    command("bundle", "two", "bundle --force -o go.bundle 1.22.6"),
    command("install-hooks", "hooked", "install 1.22.6"),
    command("default-hooks", "two-hooked", "default 1.22.6"),
    command("uninstall-hooks", "two-hooked", "uninstall 1.22.6", again=(0, 3)),
    command("install-exec", "source", "install 1.22.6 --from exec:x"),
    command("uninstall", "two", "uninstall 1.22.6", again=(0, 3)),
    # Pointers go before the tree does, its hold behind it: or lines would lead there.
    command("uninstall-pointed", "pointed", "uninstall --force 1.22.6", again=(0, 3),
            pieces=True, full=True),
    command("uninstall-held", "tried", "uninstall --force 1.22.6", again=(0, 3),
            pieces=True, late="pointer !", full=True),
    command("uninstall-adopted", "adopted", "uninstall --force 1.22.6", again=(0, 3),
            full=True),
    command("adopt", "foreign", "adopt ../home/.goenv/versions/1.22.6"),
    # What glob(3) cannot look at it leaves out.
    command("import", "foreign", "import --apply --yes --from goenv", may=True,
            unless="left (goenv): "),
    command("default", "two", "default 1.22.6"),
    command("default-unset", "two", "default --unset"),
    command("tag", "two", "tag prod 1.22.6"),
    command("tag-delete", "tagged", "tag --delete prod", again=(0, 3)),
    command("rollback", "tagged", "rollback 1"),
    command("rollback-hooks", "two-hooked", "rollback 1"),
    command("prune", "two", "prune --yes --keep 0"),
    command("gc", "interrupted", "gc", may=True),
    command("gc-generations", "many", "gc", may=True),
    command("doctor-fix", "interrupted", "PATH={prefix}/bin:/usr/bin:/bin doctor --fix",
            may=True),
    command("journal", "two", "journal --check", may=True),
    command("pin", "two", "pin 1.22.5"),
    command("pin-over", "pinned", "pin 1.22.5"),
    command("pin-unset", "pinned", "pin --unset"),
    command("setup", "bare", "setup", pieces=True, heal=None),
    command("setup-again", "removed", "setup", pieces=True),
    command("setup-remove", "two", "setup --remove", pieces=True,
            unless="is not yours to change"),
    command("leave", "setup", "setup --remove", pieces=True, heal=None),
    command("verify-raises", "unproven", "verify 1.22.6", may=True),
    # What it brought in is held until it is checked; its own next run goes on from there.
    command("upgrade", "one", UPGRADE, heal="upgrade", full=True),
    command("upgrade-fails", "one", FAILING, heal=FAILING, again=(1,), ends=1, full=True),
    command("upgrade-soak", "soaked", SOAKING, heal=SOAKING, again=(0, 1), ends=1, full=True,
            by=SOAKING.replace("--soak 1s ", "")),
    command("upgrade-canary", "canary", UPGRADE + " --channel canary",
            heal=UPGRADE + " --channel canary", late="bin/", full=True),
    command("promote", "tried", "promote", full=True),
    command("build", "buildable", "build 1.21.3 --name x", ours=True, full=True),
    command("matrix-install", "one", "matrix --install --logs logs --junit junit.xml "
            "1.22.5,1.22.6 -- go version", pieces=True, full=True),
    command("journal-sign", "signed", "journal --sign --key key", pieces=True, full=True,
            check="journal --check --key key.pub"),
    command("policy-apply", "denied", "policy apply", full=True),
    command("policy-allow", "allowed", "policy apply", full=True),
    command("policy-check", "two", "policy check --sarif findings.sarif", full=True),
    command("snapshot", "two", "snapshot -o snapshot.json", full=True),
    command("stamp", "pinned", "stamp", may=True, ours=True, full=True),
    command("run", "two", "run 1.22.5 -- go version"),
    command("install-real", "one", "install " + real.VERSION[len("go"):], real=True),
]
