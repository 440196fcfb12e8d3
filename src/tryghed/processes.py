"""The fork server that readers and renderers are forked from: it has imported their libraries and done no work.

No pool of threads is started in it, so that no child inherits a lock that one of them held; the few threads that polars
and numpy start when they are imported are idle. A process has one fork server, so what it is to import is named here
for both. Ctrl-C, which a terminal sends to every process, is their parent's business: it decides what becomes of them.
"""

import multiprocessing
import signal
import tempfile
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess

from tryghed.errors import UsageError
from tryghed.interrupts import handled, waiting

#: Imported once for all children: most of the time of a small file or a page is importing what reads or prints it.
#: A child imports the main module anew, for "__main__" works only in later Pythons: the command line is in it. The
#: readers hand their rows to polars by a part of narwhals that is not imported before.
_PRELOADED = [
    "__main__", "tryghed.cli.main", "tryghed.intake.formats", "pyreadstat", "narwhals._polars.dataframe", "fastexcel",
    "tryghed.reporting.printing", "tryghed.reporting.render",
]  # fmt: skip


def fork_server() -> ForkServerContext:
    """Return the context to make children in, its server running.

    Raises:
        UsageError: The server's socket does not fit into the folder for temporary files.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with handled(signal.SIG_IGN):  # the server inherits that it takes no notice
        try:
            forkserver.ensure_running()
        except OSError as problem:
            if "AF_UNIX path too long" not in str(problem):
                raise
            raise UsageError(
                "the folder for temporary files has too long a path", where=tempfile.gettempdir(),
                hint="set TMPDIR to a folder with a shorter one, such as /tmp",
            ) from None  # fmt: skip
    return context


def start(child: BaseProcess) -> None:
    """Start a child made in the context of `fork_server`; Ctrl-C waits until it is there and can be stopped."""
    with waiting():
        child.start()
