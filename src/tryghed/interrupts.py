"""Ctrl-C at moments when it must wait: while a library is imported, or a child process is being made."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def waiting() -> Iterator[None]:
    """Let Ctrl-C wait until the block is done.

    Raises:
        KeyboardInterrupt: After the block, where Ctrl-C was pressed in it.
    """
    pressed: list[int] = []
    with handled(lambda number, _: pressed.append(number)):
        yield
    if pressed:
        raise KeyboardInterrupt


@contextmanager
def handled(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Handle Ctrl-C in another way; only the main thread may say so, and only it is interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
