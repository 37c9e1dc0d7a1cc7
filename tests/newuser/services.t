#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Go that is started where no person logs in: by sshd, cron, systemd and sudo.  The real
programs, on a machine of its own; what reads no rc file is told of the store by the line that
`govern setup --print` and doctor give."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine
from machine import ASK, DEFAULT, PINNED, SHELLS, Machine, not_ours, program, ran, wrong
from rig import FULL, Tap

tap = Tap()


def wait_for(path, seconds=300):
    for _ in range(seconds * 20):
        if os.path.exists(path):
            return True
        time.sleep(0.05)
    return False


def line_for(m, shell, where):
    """The line that setup prints for `where`."""
    said = m.run(shell, [m.bin(shell) + "/govern", "setup", "--print"])
    found = re.search(r"(?m)^# %s.*:\n# (.*)$" % where, said)
    return found[1] if found else "no line for %s: %s" % (where, said)


def fix_in(text):
    """What doctor says about PATH."""
    if "{" not in text:
        return text
    for f in json.loads(text[text.index("{"):text.rindex("}") + 1])["findings"]:
        if f["id"] == "path-absent":
            return f["fix"]
    return "no finding: " + text


# -- ssh -------------------------------------------------------------------------------------

class Sshd:
    """On the loopback of this machine, with a key of its own for each user."""

    def __init__(self):
        os.makedirs("/run/sshd", exist_ok=True)
        os.makedirs("/run/ssh", exist_ok=True)
        for key in ("/run/ssh/host", "/run/ssh/user"):
            if not os.path.exists(key):  # else it asks
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                               check=True)
        Machine.write("/run/ssh/config", "\n".join((
            "ListenAddress 127.0.0.1:2222", "HostKey /run/ssh/host",
            "AuthorizedKeysFile /run/ssh/user.pub", "PidFile none", "UsePAM no",
            "PasswordAuthentication no", "PrintMotd no", "PrintLastLog no", "")))
        self.sshd = subprocess.Popen([program("sshd"), "-D", "-e", "-f", "/run/ssh/config"],
                                     stderr=subprocess.DEVNULL)
        for _ in range(6000):
            if not self("nobody", "true").startswith("ssh: connect"):
                break
            time.sleep(0.05)

    def __call__(self, user, *command, terminal=False, say=None):
        done = subprocess.run(
            ["ssh", "-F", "none", "-p", "2222", "-i", "/run/ssh/user", "-o", "BatchMode=yes",
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             "-o", "LogLevel=ERROR", "-tt" if terminal else "-T", user + "@127.0.0.1",
             *command], input=say, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=900, check=False, env={"PATH": "/usr/bin:/bin", "TERM": "dumb"})
        return done.stdout

    def close(self):
        self.sshd.terminate()
        self.sshd.wait()


def by_ssh(m):
    if not program("sshd") or not program("ssh"):
        tap.skip("ssh", "no sshd")
        return
    bad, ssh = [], Sshd()
    try:
        for shell in m.shells:
            said = ssh(m.user(shell), ASK)
            tap.case()
            bad += (not_ours if shell == "dash" else wrong)("ssh with " + shell, said)
            tap.case()
            bad += wrong("ssh -t with " + shell,
                         ssh(m.user(shell), terminal=True, say=ASK + "\nexit\n"))
            tap.case()
            bad += wrong("ssh and a login shell, " + shell,
                         ssh(m.user(shell), "%s -lc %s" % (shell, shlex.quote(ASK))))
        # What doctor tells whose shell reads nothing, done.
        fix = fix_in(ssh(m.user("dash"), shlex.quote(m.bin("dash") + "/govern") +
                         " doctor --json"))
        tap.case()
        command = re.search(r"ssh HOST '(.*)COMMAND'", fix)
        bad += wrong("as doctor says: " + fix, ssh(
            m.user("dash"), command[1] + ASK)) if command else [fix]
    finally:
        ssh.close()
    tap.check("ssh host 'go version'", bad)


def diff_by_ssh(m):
    """`govern diff` between users of each shell, by a real ssh with a configuration of its
    own: each has what one has but dash, whose tag is its own."""
    if not program("sshd") or not program("ssh"):
        tap.skip("govern diff by ssh", "no sshd")
        return
    if not FULL and "diff_by_ssh" not in sys.argv:
        tap.skip("govern diff by ssh", "it logs in twenty times: TORTURE=full")
        return
    bad, ssh, who = [], Sshd(), m.shells[0]
    config = m.home(who) + "/.ssh"
    try:
        os.makedirs(config, exist_ok=True)
        shutil.copy("/run/ssh/user", config + "/key")
        m.write(config + "/config", "Host *\nIdentityFile \"%s/key\"\n"
                "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n"
                "Port 2222\n" % config, 0o600)
        os.chmod(config + "/key", 0o600)
        m.give(config, who)
        nodes = ["ssh://%s@127.0.0.1" % m.user(s) for s in m.shells]
        govern = m.bin(who) + "/govern"
        said = m.run(who, [govern, "diff", "--nodes", ",".join(nodes)])
        tap.case()
        if said.splitlines()[0] != "no difference in what matters":
            bad.append("all the same: %r" % said)
        m.run("dash", [m.bin("dash") + "/govern", "tag", "own", PINNED])
        said = m.run(who, [govern, "diff", "--nodes", ",".join(nodes)])
        tap.case()
        if not said.startswith("pointer @own\n  most: (none)\n  %s: %s\n" % (
                "ssh://%s@127.0.0.1" % m.user("dash"), PINNED)):
            bad.append("one has a tag: %r" % said)
        # A port, and a directory: what is pinned there.
        for s in m.shells:
            m.run(s, ["ln", "-sfn", "project", "linked"])
            url = "ssh://%s@127.0.0.1:2222%s/linked" % (m.user(s), "/run/homes/" + s)
            os.makedirs("/run/homes", exist_ok=True)
            if not os.path.islink("/run/homes/" + s):
                os.symlink(m.home(s), "/run/homes/" + s)
            said = m.run(who, [govern, "diff", "--json", nodes[0], url])
            tap.case()
            found = [d["values"] for d in json.loads(said[said.index("{"):said.rindex(
                "}") + 1])["differences"] if d["kind"] == "in force"]
            if found != [[DEFAULT, PINNED]]:
                bad.append("%s: %r: %s" % (s, found, said))
        m.run("dash", [m.bin("dash") + "/govern", "tag", "--delete", "own"])
    finally:
        ssh.close()
    tap.check("govern diff by ssh, whatever the shell there is", bad)


# -- cron ------------------------------------------------------------------------------------

def run_cron(m, shell, lines):
    """What the job of that crontab says.  @reboot is now, for this machine."""
    out = m.home(shell) + "/cron.out"
    if os.path.exists(out):
        os.unlink(out)
    for name in ("/run/crond.reboot", "/run/crond.pid"):
        if os.path.exists(name):
            os.unlink(name)
    job = "%s\n@reboot (%s) >cron.part 2>&1; mv ~/cron.part ~/cron.out\n"
    tab = "/var/spool/cron/crontabs/" + m.user(shell)
    m.write(tab, job % (lines, ASK + "; %s doctor --json" % shlex.quote(
        m.bin(shell) + "/govern")), 0o600)
    os.chown(tab, m.uids[shell], 0)
    cron = subprocess.Popen([program("cron"), "-f"], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        if not wait_for(out):
            return "the job did not run"
        with open(out, encoding="utf-8") as f:
            return f.read()
    finally:
        cron.terminate()
        cron.wait()


def by_cron(m):
    if not program("cron") or not os.path.isdir("/var/spool/cron/crontabs"):
        tap.skip("cron", "no cron of Debian's kind")
        return
    machine.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/spool/cron")
    os.mkdir("/var/spool/cron/crontabs")
    bad = []
    for shell in m.shells:
        said = run_cron(m, shell, "MAILTO=\"\"")
        tap.case()
        bad += not_ours("cron, nothing said", said)
        line = line_for(m, shell, "a crontab")
        tap.case()
        if not fix_in(said).endswith(": " + line):
            bad += ["doctor, in cron: %s, not %s" % (fix_in(said), line)]
        tap.case()
        bad += wrong("cron with '%s'" % line, run_cron(m, shell, "MAILTO=\"\"\n" + line))
        if not FULL:
            break
    tap.check("cron, with the line that setup and doctor give", bad)


# -- sudo ------------------------------------------------------------------------------------

def by_sudo(m):
    if not program("sudo"):
        tap.skip("sudo", "no sudo")
        return
    m.bind("/etc/sudoers", "Defaults env_reset, secure_path=\"/usr/sbin:/usr/bin:/sbin:/bin\"\n"
           "ALL ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    m.bind("/etc/pam.d/sudo", "".join("%s sufficient pam_permit.so\n" % kind for kind in
                                     ("auth", "account", "session")))
    bad = []
    for shell in ("bash", "zsh", "fish"):
        if shell not in m.shells:
            continue

        def say(command, shell=shell):
            return m.run(shell, [SHELLS[shell], "-l", "-c", command])
        tap.case()
        bad += not_ours("sudo go", say("sudo go version"))
        fix = fix_in(say("sudo (command -v govern) doctor --json" if shell == "fish" else
                         "sudo \"$(command -v govern)\" doctor --json"))
        command = re.search(r"sudo \".*(?= ARGUMENT)", fix)
        tap.case()
        bad += wrong("as doctor says: " + fix, say(ASK.replace(
            "go v", command[0] + " v"))) if command else [fix]
        tap.case()
        bad += not_ours("sudo -i", say("sudo -i go version"))
    tap.check("sudo with a secure_path: doctor explains", bad)


# -- systemd ---------------------------------------------------------------------------------

UNITS = "/run/units"
# As the first process of PIDs and control groups of its own.
SYSTEMD = """mount -t cgroup2 none /sys/fs/cgroup && exec env -i container=other \\
    SYSTEMD_UNIT_PATH=%s /usr/lib/systemd/systemd --system --show-status=no --log-target=null
""" % UNITS


def unit(name, text):
    Machine.write("%s/%s" % (UNITS, name), "[Unit]\nDefaultDependencies=no\n" + text)


def boot(m, units):
    """Runs ASK and doctor as a service for each: name, shell, line of the unit.  What each
    said by its name; nothing at all where systemd does not start."""
    os.makedirs(UNITS)
    for name, shell, line in units:
        Machine.write("%s/%s.sh" % (UNITS, name), "cd; %s; %s doctor --json\n" % (
            ASK, shlex.quote(m.bin(shell) + "/govern")))
        unit(name + ".service", "[Service]\nType=oneshot\nUser=%s\n%s\nExecStart=/bin/sh "
             "%s/%s.sh\nStandardOutput=file:%s/%s.out\nStandardError=inherit\n" % (
                 m.user(shell), line, UNITS, name, UNITS, name))
    names = " ".join(name + ".service" for name, *_ in units)
    unit("end.service", "After=%s\n[Service]\nType=oneshot\n"
         "ExecStart=systemctl --force --force exit 0\n" % names)
    unit("default.target", "Wants=%s end.service\n" % names)
    subprocess.run(["unshare", "--mount", "--pid", "--cgroup", "--fork", "--mount-proc",
                    "--kill-child", "sh", "-c", SYSTEMD], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900,
                   check=False)
    said = {}
    for name, *_ in units:
        if os.path.exists("%s/%s.out" % (UNITS, name)):
            with open("%s/%s.out" % (UNITS, name), encoding="utf-8") as f:
                said[name] = f.read()
    return said


def by_systemd(m):
    if not os.access("/usr/lib/systemd/systemd", os.X_OK):
        tap.skip("systemd", "no systemd")
        return
    lines = {shell: line_for(m, shell, "a unit") for shell in m.shells}
    said = boot(m, [(shell + "-" + told, shell, lines[shell] if told == "told" else "")
                    for shell in m.shells for told in ("told", "not")])
    if not said:
        tap.skip("systemd", "it does not start here")
        return
    bad = []
    for shell, line in lines.items():
        tap.case()
        bad += wrong("a unit with '%s'" % line, said.get(shell + "-told", "nothing"))
        tap.case()
        without = said.get(shell + "-not", "nothing")
        bad += not_ours("a unit, nothing said", without)
        tap.case()
        if not fix_in(without).endswith(": " + line):
            bad += ["doctor, in a unit: %s, not %s" % (fix_in(without), line)]
    tap.check("a unit of systemd, with the line that setup and doctor give", bad)


if __name__ == "__main__":
    sys.exit(machine.suites(tap, "Gos started by services", by_ssh, diff_by_ssh, by_cron,
                            by_sudo, by_systemd))
