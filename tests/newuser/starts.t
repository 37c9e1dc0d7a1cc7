#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each way in which a person's Go is started after `govern setup`: shells, terminals, tmux,
editors, make, git hooks.  What is meant by go is what runs."""

import os
import shlex
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine
from machine import ASK, DEFAULT, PINNED, POOR, SHELLS, Machine, not_ours, program, ran, wrong
from rig import Tap
from terminal import Terminal

tap = Tap()
# bash and dash read no file when they are given a command; dash none but at login.
READS_NOTHING = {("bash", "-c"), ("dash", "-c"), ("dash", "-i")}


def judge(shell, options, how, said):
    tap.case()
    return (not_ours if (shell, options[0]) in READS_NOTHING else wrong)(how, said)


def with_command(m):
    bad = []
    for shell in m.shells:
        for options in (["-c"], ["-l", "-c"], ["-i", "-c"], ["-l", "-i", "-c"]):
            how = "%s %s" % (shell, " ".join(options))
            argv = [SHELLS[shell], *options, ASK]
            bad += judge(shell, options, how, m.run(shell, argv))
            # What is inherited stays as it is.
            tap.case()
            bad += wrong(how + ", inherited",
                         m.run(shell, argv, PATH=m.bin(shell) + ":" + POOR))
    tap.check("a shell that is given a command: login or not, interactive or not", bad)


def with_nothing(m):
    """env -i: not even PATH."""
    bad = []
    for shell in m.shells:
        home = {"HOME": m.home(shell)}
        tap.case()
        bad += wrong("env -i, by its path", m.run(
            shell, ["/bin/sh", "-c", ASK.replace("go v", "env -i %s v" % shlex.quote(
                m.bin(shell) + "/go"))], env=home))
        tap.case()
        bad += not_ours("env -i go", m.run(shell, ["/usr/bin/env", "-i", "go", "version"]))
        for options in (["-c"], ["-l", "-c"]):
            bad += judge(shell, options, "env -i %s %s" % (shell, " ".join(options)), m.run(
                shell, [SHELLS[shell], *options, ASK], env=home))
    tap.check("env -i", bad)


# -- terminals -------------------------------------------------------------------------------

def on_terminal(m):
    bad = []
    for shell in m.shells:
        for options in (["-i"], ["-l"]):
            t = Terminal(m.argv_as(m.uids[shell], [SHELLS[shell], *options]),
                         m.env(shell, TERM="xterm"), columns=200, cwd=m.home(shell))
            t.read(0.2)
            t.type(ASK + "; echo en''d\n")
            t.wait_for(r"(?m)^end")
            t.type("exit\n")
            t.end()
            bad += judge(shell, options, "a terminal with %s %s" % (shell, *options),
                         t.screen())
    tap.check("a new terminal", bad)


def in_tmux(m):
    """tmux starts login shells; what is said in its windows and by run-shell."""
    if not program("tmux"):
        tap.skip("tmux", "no tmux")
        return
    bad = []
    for shell in m.shells:
        out, tmux = m.home(shell) + "/tmux.out", ["tmux", "-L", "test", "-f", "/dev/null"]
        m.run(shell, [*tmux, "new-session", "-d", "-x", "200"], TERM="xterm")
        m.run(shell, [*tmux, "send-keys", "(%s) >tmux.part; mv tmux.part tmux.out\n" % ASK
                      if shell != "fish" else
                      "begin; %s; end >tmux.part; mv ../tmux.part ../tmux.out\n" % ASK])
        for _ in range(6000):
            if os.path.exists(out):
                break
            time.sleep(0.05)
        else:
            bad += [m.run(shell, [*tmux, "capture-pane", "-p"])]
        m.run(shell, [*tmux, "kill-server"])
        tap.case()
        if os.path.exists(out):
            with open(out, encoding="utf-8") as f:
                bad += wrong("tmux with " + shell, f.read())
    tap.check("a window of tmux", bad)


# -- editors ---------------------------------------------------------------------------------

MARK = "5e1d0a7f"


def variables(text):
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def environment_for_code(m, shell, started_in):
    """As VS Code asks: an interactive login shell without a terminal, which prints its
    environment between two marks."""
    said = m.run(shell, [SHELLS[shell], "-i", "-l", "-c",
                         "echo -n %s; /usr/bin/env -0; echo -n %s" % (MARK, MARK)],
                 cwd="/", env=dict(started_in, VSCODE_RESOLVING_ENVIRONMENT="1"))
    return variables(said.split(MARK)[1])


def environment_for_goland(m, shell, started_in):
    """As GoLand asks: the same into a file."""
    out = m.home(shell) + "/environment"
    m.run(shell, [SHELLS[shell], "-l", "-i", "-c", "/usr/bin/env -0 >%s" % shlex.quote(out)],
          cwd="/", env=dict(started_in, INTELLIJ_ENVIRONMENT_READER="true"))
    with open(out, encoding="utf-8") as f:
        return variables(f.read())


def in_editor(m):
    bad = []
    for shell in m.shells:
        # From the menu of a desktop: what its session knows, or next to nothing.
        for started_in in (m.env(shell), {"HOME": m.home(shell), "SHELL": SHELLS[shell]}):
            for asks in (environment_for_code, environment_for_goland):
                env = asks(m, shell, started_in)
                said = "".join(m.run(shell, ["/usr/bin/env", "go", "version"], env=env, cwd=d)
                               for d in (m.home(shell), m.home(shell) + "/project"))
                tap.case()
                bad += wrong("%s, %s" % (asks.__name__, shell), said)
    tap.check("VS Code and GoLand, started from a desktop", bad)


# -- what starts go on its own ---------------------------------------------------------------

def from_make(m):
    bad = []
    for shell in m.shells:
        m.write(m.home(shell) + "/Makefile",
                "all:\n\tgo version\n\t$(MAKE) -C project\n")
        m.write(m.home(shell) + "/project/Makefile", "all:\n\tgo version\n")
        tap.case()
        bad += wrong("make from " + shell, m.run(shell, [SHELLS[shell], "-l", "-c", "make"]))
    tap.check("make, and make below it", bad)


def from_hook(m):
    """git puts directories of its own before PATH, and itself into the top of the tree."""
    bad = []
    script = "git init -q . && git add .go-version && mkdir -p a/b && cd a/b && " \
        "git -c user.name=n -c user.email=e commit -q -m m"
    for shell in m.shells:
        project = m.home(shell) + "/project"
        os.makedirs(project + "/.git/hooks")
        m.write(project + "/.git/hooks/pre-commit", "#!/bin/sh\ngo version\n", 0o755)
        m.give(project, shell)
        said = m.run(shell, [SHELLS[shell], "-l", "-c", "cd project && " + script])
        tap.case()
        if ran(said) != [PINNED]:
            bad += ["a hook from %s: %r" % (shell, said)]
    tap.check("a git hook", bad)


if __name__ == "__main__":
    sys.exit(machine.suites(tap, "ways to start a Go", with_command, with_nothing, on_terminal,
                            in_tmux, in_editor, from_make, from_hook))
