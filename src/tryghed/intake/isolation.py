"""Reads a file in a child process with limits, so that no delivered file can take the program down with it."""

import os
import resource
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tryghed.errors import DataError
from tryghed.intake.delivered import Delivered, hand_over, take_over
from tryghed.processes import fork_server, start

#: Address space of the child, in bytes.
MEMORY = 4_000_000_000

#: How long reading one file may take.
SECONDS = 120.0

_GRACE = 2.0


@dataclass(frozen=True)
class Task:
    """What the child is to do: read `path` with `reader`, a module-level function, and its options."""

    reader: Callable[..., Delivered]
    path: Path
    form: str
    options: object
    seconds: float = SECONDS
    memory: int = MEMORY


def run(task: Task) -> Delivered:
    """Return what the child read.

    Raises:
        DataError: The file cannot be read, whatever went wrong with it.
    """
    context = fork_server()
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="tryghed-") as folder:
        child = context.Process(target=_serve, args=(task, Path(folder), theirs), daemon=True)
        try:
            start(child)
            theirs.close()
            problem = ours.recv() if ours.poll(task.seconds + _GRACE) else _hanging(task)
        except EOFError:
            child.join()
            problem = _dead(task, child.exitcode)
        finally:
            if child.pid is not None:
                child.kill()
                child.join()
            ours.close()
        if problem is not None:
            raise problem
        return take_over(Path(folder))


def _serve(task: Task, folder: Path, answer: Connection) -> None:
    """Read in the child; answer None, or the error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say_nothing()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (task.memory, task.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (task.memory, task.memory))
    whole = int(task.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    signal.alarm(whole)
    try:
        hand_over(task.reader(task.path, task.options), folder)
        answer.send(None)
    except DataError as error:
        answer.send(error)
    except MemoryError:
        answer.send(_large(task))
    except BaseException as error:  # noqa: BLE001 whatever a parser raises, Rust panics too, is about the file
        answer.send(_unreadable(task, f"{type(error).__name__}: {error}"))


def _say_nothing() -> None:
    """Let what parsers print about a damaged file come to nothing: the error that is answered tells it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _unreadable(task: Task, reason: str) -> DataError:
    hint = "the file is damaged or incomplete: compare its size with the provider's, and ask for it again"
    return DataError(f"cannot be read as {task.form} ({reason})", where=str(task.path), hint=hint)


def _large(task: Task) -> DataError:
    hint = "ask for fewer columns, or for a .parquet or .csv file"
    return DataError(
        f"reading {task.form} needs more than {task.memory / 1e9:g} GB of memory", where=str(task.path), hint=hint
    )


def _hanging(task: Task) -> DataError:
    hint = "the file is damaged, or far larger than a survey: ask for it again"
    return DataError(f"reading {task.form} took more than {task.seconds:g} seconds", where=str(task.path), hint=hint)


def _dead(task: Task, exitcode: int | None) -> DataError:
    if exitcode is not None and -exitcode in (signal.SIGXCPU, signal.SIGALRM):
        return _hanging(task)
    if exitcode is not None and exitcode > 0:
        hint = 'a script that reads deliveries must do so under if __name__ == "__main__"'
        return DataError(
            f"the process to read it in did not start (exit code {exitcode})", where=str(task.path), hint=hint
        )
    return _unreadable(task, f"the reader crashed, exit code {exitcode}")
