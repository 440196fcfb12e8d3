"""Puts this folder on the path, so that every test finds `made_waves`.

Ctrl-C works in tests and their children, however pytest was started: a shell has its background jobs ignore it.
"""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
