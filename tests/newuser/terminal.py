# SPDX-License-Identifier: Apache-2.0
"""A terminal of our own: runs a program on a pseudo-terminal and keeps the screen that a
person would see.  Knows what govern and a plain bash send: text, newline, return, wrapping,
cursor up, erase, colours; everything else that begins with an escape is kept in `strange`.
Characters are as wide as Unicode says (UAX #11), ambiguous ones narrow."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

ESCAPE = re.compile(rb"\x1b(?:\[([?\d;]*)([A-Za-z])|\].*?(?:\x07|\x1b\\)|[=>()].?)", re.S)
STARTED = re.compile(rb"\x1b(?:\[[?\d;]*|\][^\x07]*|[()]?)?$")


PLAIN = frozenset()
STYLES = {1: "bold", 2: "dim", 31: "red", 32: "green", 33: "yellow"}


def width(c):
    if unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


class Terminal:
    def __init__(self, argv, env, columns=80, rows=24, cwd=None):
        # Who asks for a size of 0 gets a terminal that does not say it.
        self.columns, self.rows_of_screen = columns or 80, rows or 24
        self.raw, self.rest = b"", b""
        # Rows of cells: what stands there ("" behind a wide character), and its style.
        self.cells, self.row, self.column = [[]], 0, 0
        self.style = PLAIN
        self.strange, self.status = set(), None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                self.resize(columns, rows, 0)
                if cwd:
                    os.chdir(cwd)
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(126)

    def resize(self, columns, rows=24, fd=None):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.fd if fd is None else fd, termios.TIOCSWINSZ, size)
        self.columns = columns or 80

    def put(self, text):
        for c in text:
            if c == "\n":
                self.row += 1
            elif c == "\r":
                self.column = 0
            elif c == "\b":
                self.column = max(0, self.column - 1)
            elif c >= " ":
                self.put_character(c)
            self.grow()

    def put_character(self, c):
        wide = width(c)
        if wide == 0:
            before = self.cells[self.row][:self.column]
            while before and before[-1][0] == "":
                before.pop()
            if before:
                self.cells[self.row][len(before) - 1] = (before[-1][0] + c, before[-1][1])
            return
        if self.column + wide > self.columns:
            self.row, self.column = self.row + 1, 0
        self.grow()
        row = self.cells[self.row]
        row += [(" ", PLAIN)] * (self.column + wide - len(row))
        row[self.column:self.column + wide] = [(c, self.style), ("", self.style)][:wide]
        self.column += wide

    def grow(self):
        while len(self.cells) <= self.row:
            self.cells.append([])

    def control(self, arguments, letter):
        n = int(arguments) if arguments.isdigit() else 1
        if letter == "A":
            # A real one stops at its first row.
            self.row = max(self.row - n, 0, len(self.cells) - self.rows_of_screen)
        elif letter == "J" and arguments in ("", "0"):
            del self.cells[self.row + 1:]
            del self.cells[self.row][self.column:]
        elif letter == "K" and arguments in ("", "0"):
            del self.cells[self.row][self.column:]
        elif letter == "m":
            self.strange.add("m")
            for code in arguments.split(";"):
                code = int(code) if code.isdigit() else 0
                self.style = self.style | {STYLES[code]} if code in STYLES else PLAIN
        else:
            self.strange.add(arguments + letter)

    def feed(self, data):
        self.raw += data
        data, self.rest = self.rest + data, b""
        cut = STARTED.search(data)
        if cut:
            data, self.rest = data[:cut.start()], data[cut.start():]
        at = 0
        for m in ESCAPE.finditer(data):
            self.put(data[at:m.start()].decode(errors="replace"))
            if m[2]:
                self.control(m[1].decode(), m[2].decode())
            at = m.end()
        self.put(data[at:].decode(errors="replace"))

    def read(self, seconds):
        """What comes within so many seconds; False at the end."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            if left < 0 or not select.select([self.fd], [], [], left)[0]:
                return True
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.feed(data)

    def wait_for(self, what, seconds=120):
        """Until `what` (a regular expression) is on the screen; bytes: until they came."""
        until = time.monotonic() + seconds
        more = True
        while time.monotonic() < until:
            if re.search(what, self.raw if isinstance(what, bytes) else self.screen()):
                return True
            if not more:
                return False
            more = self.read(0.05)
        return False

    def type(self, text):
        os.write(self.fd, text.encode())

    def screen(self):
        rows = ("".join(c for c, _ in row).rstrip() for row in self.cells)
        return "\n".join(rows).strip("\n")

    def end(self, seconds=120):
        """Waits for the end: the status, or minus the signal; None: it had to be killed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            more = self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while more and self.read(0.05) and select.select([self.fd], [], [], 0)[0]:
                    pass
                self.status = os.waitstatus_to_exitcode(status)
                os.close(self.fd)
                return self.status
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
        return None

    def hang_up(self):
        """The window is closed."""
        os.close(self.fd)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return None
