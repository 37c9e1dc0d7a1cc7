#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`govern setup`, again, and `setup --remove`, in the homes that people have: afterwards the
home is what it was, byte for byte, with modes, owners, links, and times of what was not
touched; in between each shell finds the store's go, however the rc files look."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import B, Tap

tap = Tap()
SHELLS = [s for s in ("bash", "zsh", "fish", "dash") if os.access("/usr/bin/" + s, os.X_OK)]
DEBIAN = 'case $- in\n    *i*) ;;\n      *) return;;\nesac\nalias ll="ls -l"\n'
PROFILE = 'if [ -n "$BASH_VERSION" ]; then\n\t. "$HOME/.bashrc"\nfi\n'
BLOCK = "# >>> govern setup >>>"


def put(home, name, text, mode=0o644):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text.encode())
    os.chmod(path, mode)
    os.utime(path, ns=(10**18, 10**18))


def tree(home):
    """Path to what it is, and to when it was changed."""
    found = {}
    for at, dirs, files in os.walk(home):
        for name in dirs + files:
            path = os.path.join(at, name)
            st = os.lstat(path)
            what = [stat.filemode(st.st_mode), st.st_uid, st.st_gid]
            if stat.S_ISLNK(st.st_mode):
                what.append(os.readlink(path))
            elif stat.S_ISREG(st.st_mode):
                with open(path, "rb") as f:
                    what.append(f.read())
            found[os.path.relpath(path, home)] = what, (st.st_ino, st.st_mtime_ns)
    return found


def differences(before, after, touched=""):
    """What differs; where nothing was said of a file, its inode and time count too."""
    bad = []
    for path in sorted(before.keys() | after.keys()):
        a, b = before.get(path), after.get(path)
        if a is None or b is None or a[0] != b[0]:
            bad.append("%s: %r became %r" % (path, a and a[0], b and b[0]))
        elif a[0][0][0] == "-" and path.replace("dot files/", ".") not in touched \
                and a[1] != b[1]:
            bad.append("%s was written" % path)
    return bad


def govern(home, env, *args, status=0):
    done = subprocess.run([B + "/bin/govern", *args], env=dict(
        {"HOME": home, "PATH": "/usr/bin:/bin"}, **env), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd="/")
    bad = [] if done.returncode == status else [
        "govern %s: status %d: %s" % (" ".join(args), done.returncode, done.stdout)]
    return done.stdout, bad


def find_go(home, env, ways):
    """Those shells that do not find the store's go, and first."""
    bad = []
    for shell, option in ways:
        said = subprocess.run(["/usr/bin/" + shell, option, "command -v go"], env=dict(
            {"HOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **env),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            cwd=home, start_new_session=True).stdout
        last = said.splitlines()[-1:] or [""]
        if not last[0].startswith(home) or not last[0].endswith("/bin/go"):
            bad.append("%s %s: %r" % (shell, option, said))
    return bad


# -- homes -----------------------------------------------------------------------------------

def debian(home):
    put(home, ".bashrc", DEBIAN)
    put(home, ".profile", PROFILE)


def empty(home):
    put(home, "file", "")


def no_newlines(home):
    for name in (".bashrc", ".profile", ".zshenv", ".zshrc"):
        put(home, name, "true # no newline", 0o600)
    put(home, ".bash_profile", "", 0o640)


def other_login_files(home):
    put(home, ".bash_login", "PATH=/usr/bin:/bin\n")
    put(home, ".bash_profile", "PATH=/usr/bin:/bin\n")
    put(home, ".profile", "PATH=/usr/bin:/bin\n")
    for name in (".zprofile", ".zlogin"):
        put(home, name, "PATH=/usr/bin:/bin\n")
    put(home, ".config/fish/config.fish", "set -x A 1\n")


def dotfiles(home):
    for name in ("bashrc", "profile", "zshrc"):
        put(home, "dot files/" + name, "true\n", 0o640)
        os.symlink("dot files/" + name, os.path.join(home, "." + name))
    os.makedirs(home + "/dot files/fish")
    os.makedirs(home + "/.config")
    os.symlink("../dot files/fish", home + "/.config/fish")


def crlf(home):
    put(home, ".zshrc", "true\r\n")
    put(home, ".bash_login", "true\r\n")


def zdotdir(home):
    put(home, ".zshenv", 'export ZDOTDIR="$HOME/.config/zsh"\n')
    put(home, ".config/zsh/.zshrc", "PATH=/usr/bin:/bin\n")
    put(home, ".config/zsh/.zprofile", "PATH=/usr/bin:/bin\n")
    return {}


def zdotdir_in_environment(home):
    put(home, "z/.zshenv", "true\n")
    return {"ZDOTDIR": home + "/z"}


def config_elsewhere(home):
    return {"XDG_CONFIG_HOME": home + "/con fig"}


def bash_env(home):
    debian(home)
    return {"BASH_ENV": home + "/.bashrc"}


HOMES = (debian, empty, no_newlines, other_login_files, dotfiles, crlf, zdotdir,
         zdotdir_in_environment, config_elsewhere, bash_env)
WAYS = [(s, o) for s, o in (("bash", "-lc"), ("bash", "-ic"), ("zsh", "-c"), ("zsh", "-lc"),
                            ("zsh", "-ilc"), ("fish", "-c"), ("dash", "-lc")) if s in SHELLS]


def one_home(top, make):
    home = os.path.join(top, make.__name__, "it's \"a\" $home `ünï` & more")
    os.makedirs(home)
    env = make(home) or {}
    before = tree(home)
    tap.case()
    said, bad = govern(home, env, "setup")
    once = tree(home)
    again, more = govern(home, env, "setup")
    bad += more + differences(once, tree(home))
    if not again.startswith("nothing to change"):
        bad += ["the second time: " + again]
    bad += find_go(home, env, WAYS)
    # What a shell leaves in a home is not ours.
    shells = {k for k in tree(home).keys() - once.keys()}
    more, worse = govern(home, env, "setup", "--remove")
    after = {k: v for k, v in tree(home).items() if k not in shells}
    if shells:
        for d in (".config", ".config/fish", ".config/fish/conf.d", ".local", ".local/share",
                  "con fig", "con fig/fish", "con fig/fish/conf.d", ".cache"):
            if d in after and d not in before:
                del after[d]
    return bad + worse + differences(before, after, said + more)


def in_homes(top):
    for make in HOMES:
        tap.check("a home: " + make.__name__.replace("_", " "), one_home(top, make))


# -- rc files that cannot be changed, and those that are damaged -----------------------------

def protected(top):
    bad = []
    for name, spoil in (
            ("read-only", lambda p: os.chmod(p, 0o444)),
            ("hard link", lambda p: os.link(p, p + ".other")),
            ("directory", lambda p: (os.unlink(p), os.mkdir(p))),
            ("leads nowhere", lambda p: (os.unlink(p), os.symlink("gone", p)))):
        home = os.path.join(top, name)
        debian(home)
        spoil(home + "/.profile")
        before = tree(home)
        tap.case()
        said, more = govern(home, {}, "setup", status=1)
        bad += more
        if ".profile'" not in said or "hint: use --no-rc" not in said:
            bad.append("%s: %s" % (name, said))
        bad += find_go(home, {}, [("bash", "-ic")])
        if tree(home)[".profile"] != before[".profile"]:
            bad.append("%s: it was changed" % name)
        # What is a directory or leads nowhere has no block to take out, and is told all the same.
        removed, _ = govern(home, {}, "setup", "--remove",
                            status=0 if name in ("read-only", "hard link") else 1)
        after = {k: v for k, v in tree(home).items() if not k.startswith(".local")}
        bad += [name + ": " + x for x in differences(before, after, said + removed)]
    tap.check("an rc file that cannot be changed: the others are, and nothing is lost", bad)


def damaged(top):
    bad = []
    for name, damage in (
            ("cut", lambda t: t[:t.index(BLOCK) + 90]),
            ("cut in its last line", lambda t: t[:-4]),
            ("doubled", lambda t: t + t[t.index(BLOCK):]),
            ("cut and doubled", lambda t: t[:t.index(BLOCK) + 90] + "\n" + t[t.index(BLOCK):]),
            ("CRLF", lambda t: t.replace("\n", "\r\n")),
            ("no end", lambda t: t[:t.index("# <<<")] + "alias l=ls\n")):
        home = os.path.join(top, "damaged " + name)
        put(home, ".profile", "true\n")
        tap.case()
        _, more = govern(home, {}, "setup")
        bad += more
        with open(home + "/.profile", encoding="utf-8", newline="") as f:
            text = damage(f.read())
        put(home, ".profile", text)
        bad += govern(home, {}, "setup")[1]
        bad += [name + ": " + x for x in find_go(home, {}, [("dash", "-lc"), ("bash", "-lc")])]
        bad += govern(home, {}, "setup", "--remove")[1]
        with open(home + "/.profile", encoding="utf-8", newline="") as f:
            left = f.read()
        if left not in ("true\n", "true\r\n", "true\nalias l=ls\n"):
            bad.append("%s: left: %r" % (name, left))
    tap.check("a block that was damaged: setup makes one of it, --remove none", bad)


def grown(top):
    """The user puts lines into the block, and a file that setup made among his dotfiles."""
    bad, lines = [], "alias mine=1\n# two\n"
    for name, where in (
            ("first", lambda t: t.index("govern_bin=")),
            ("in the loop", lambda t: t.index("done\n")),
            ("last", lambda t: t.index("# <<<")),
            ("behind", len)):
        home = os.path.join(top, "grown " + name)
        put(home, ".bashrc", "true\n")
        put(home, ".config/fish/conf.d/govern.fish", "true\n")
        os.mkdir(home + "/dot files")
        tap.case()
        bad += govern(home, {}, "setup")[1]
        for rc in ".bashrc", ".config/fish/conf.d/govern.fish":
            with open(home + "/" + rc, encoding="utf-8") as f:
                text = f.read()
            at = where(text) if rc == ".bashrc" else text.index("# <<<")
            put(home, rc, text[:at] + lines + text[at:])
        os.rename(home + "/.profile", home + "/dot files/profile")
        os.symlink("dot files/profile", home + "/.profile")
        bad += govern(home, {}, "setup", "--root", home + "/other")[1]
        bad += govern(home, {}, "setup")[1]
        bad += govern(home, {}, "setup", "--remove")[1]
        left = {k: v[0][3] for k, v in tree(home).items() if len(v[0]) > 3}
        for rc in ".bashrc", ".config/fish/conf.d/govern.fish":
            if sorted(left.get(rc, b"").splitlines()) != sorted([b"true", *lines.encode().splitlines()]):
                bad.append("%s: %s: %r" % (name, rc, left.get(rc)))
        if left.get(".profile") != "dot files/profile" or left.get("dot files/profile") != b"":
            bad.append("%s: .profile: %r" % (name, left))
    tap.check("lines that were put into the block, a file that became a link: nothing is lost", bad)


def reachable(top):
    """For every user."""
    os.chmod(top, 0o755)
    while top != "/":
        if not os.stat(top).st_mode & 0o001:
            return False
        top = os.path.dirname(top)
    return True


def of_somebody_else(top):
    """root sees to the home of a user: what it makes there is his, and it goes nowhere else,
    whatever his links and his ZDOTDIR say."""
    if os.geteuid() != 0 or not reachable(top):
        tap.skip("root in somebody's home", "needs root, and a place that others reach")
        return
    home, roots = os.path.join(top, "theirs"), os.path.join(top, "roots")
    put(roots, "zsh/.zshrc", "true\n")
    put(roots, "fish/conf.d/other.fish", "true\n")
    put(home, ".profile", PROFILE, 0o640)
    os.chown(home, 64100, 64101)
    os.chown(home + "/.profile", 64100, 64101)
    os.symlink("/etc/hostname", home + "/.bashrc")
    os.lchown(home + "/.bashrc", 64100, 64101)
    put(home, ".zshenv", "ZDOTDIR=%s/zsh\n" % roots)
    os.chown(home + "/.zshenv", 64100, 64101)
    os.mkdir(home + "/.config")
    os.chown(home + "/.config", 64100, 64101)
    os.symlink(roots + "/fish", home + "/.config/fish")
    os.lchown(home + "/.config/fish", 64100, 64101)
    before, before_roots = tree(home), tree(roots)
    tap.case()
    said, bad = govern(home, {}, "setup", status=1)
    if "belongs to somebody else" not in said:
        bad.append(said)
    bad += differences(before_roots, tree(roots), said)
    for path, (what, _) in tree(home).items():
        if not path.startswith(".local") and what[1:3] != [64100, 64101]:
            bad.append("%s: %r" % (path, what[:3]))
    said += govern(home, {}, "setup", "--remove", status=1)[0]
    after = {k: v for k, v in tree(home).items() if not k.startswith(".local")}
    tap.check("root in somebody's home", bad + differences(before, after, said))


def main():
    top = os.path.realpath(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")))
    try:
        for suite in (in_homes, protected, damaged, grown, of_somebody_else):
            if not sys.argv[1:] or suite.__name__ in sys.argv:
                suite(top)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return tap.end("homes to set up and to leave")


if __name__ == "__main__":
    sys.exit(main())
