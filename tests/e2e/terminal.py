"""The command line in a terminal of its own, so that a test sees what a user sees and can press Ctrl-C."""

import os
import pty
import re
import subprocess
import sys
import termios
import time

CTRL_C = "\x03"
_MAIN = (
    "import fcntl, os, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "from tryghed.cli.main import main; main()"
)


class Terminal:
    """A running command and the terminal it writes to, which is its controlling one."""

    def __init__(self, *arguments, cwd, columns=100):
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, columns))
        command = [sys.executable, "-c", _MAIN, *map(str, arguments)]
        self.process = subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        os.set_blocking(self._ours, False)
        self._written = b""

    def written(self):
        """Return all that was written so far, control characters included."""
        try:
            while more := os.read(self._ours, 65536):
                self._written += more
        except OSError:  # nothing more now, or never
            pass
        return self._written.decode(errors="ignore")

    def until(self, condition, seconds=120):
        """Wait until `condition` of what was written holds; the command must not end before."""
        end = time.monotonic() + seconds
        while not condition(self.written()):
            assert self.process.poll() is None, f"ended before its moment:\n{self.written()}"
            assert time.monotonic() < end, f"its moment never came:\n{self.written()}"
            time.sleep(0.005)

    def press(self, key):
        os.write(self._ours, key.encode())

    def end(self, seconds=120):
        """Wait for the command; return its exit code and the lines that stay on the screen."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"does not end:\n{self.written()}"
            self.written()
            time.sleep(0.02)
        lines = self.written().replace("\r\n", "\n").split("\n")
        os.close(self._ours)
        return self.process.returncode, [re.sub(r".*\r\x1b\[K", "", line) for line in lines]

    def drawn(self):
        """Return every line as it was drawn, those written over later included."""
        return re.split(r"\r\n|\r\x1b\[K", self.written())
