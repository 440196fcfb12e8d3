"""Pages become HTML, HTML becomes PDF, each report in a worker process of its own."""

import base64
import re
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from math import ceil
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tryghed.definitions.project import Project
from tryghed.definitions.report import Report
from tryghed.errors import RenderError, TryghedError, all_at_once
from tryghed.processes import fork_server, start
from tryghed.release.released import Released
from tryghed.reporting import pages, templates
from tryghed.reporting.constants import constants
from tryghed.reporting.contexts import check_templates
from tryghed.reporting.pages import Page, Sheet
from tryghed.reporting.printed import printed
from tryghed.reporting.trace import Trace, trace

__all__ = ["Job", "alone", "check_templates", "html", "pdf", "render_all"]

_STYLE_SHEET: Final = re.compile(r'<link rel="stylesheet" href="([\w/.-]+)">')
_FONT: Final = re.compile(r"url\(([\w/.-]+\.woff2)\)")
#: Seconds of processor time one report may use.
TIME_LIMIT: Final = 120.0
#: So many times as long it may take by the clock: on a machine that is busy with other work it waits for its turn.
_PATIENCE: Final = 15
_AGAIN: Final = "what is finished stays; run the command again for the rest"
#: Bytes of memory one report may use.
MEMORY_LIMIT: Final = 4 * 2**30


@dataclass(frozen=True)
class Job:
    """One PDF to make: a report definition, the code of its area (empty for the whole city), and the file."""

    report: Report
    code: str
    target: Path

    @property
    def part(self) -> Path:
        """The file while it is being written."""
        return self.target.with_name(f".{self.target.name}.part")


def html(page: Page | Sheet, folders: Sequence[Path]) -> str:
    """Return a page as HTML.

    Args:
        page: The page.
        folders: Template folders, earlier ones first.

    Raises:
        RenderError: A template does not fit the page.
    """
    context = {one.name: getattr(page.context, one.name) for one in fields(page.context)}  # type: ignore[arg-type]
    return templates.fill(page.template, context, folders)


def alone(page: Sheet, folders: Sequence[Path]) -> str:
    """Return a page as HTML that needs no other file: its style sheet and fonts are inside.

    Args:
        page: The page.
        folders: Template folders, earlier ones first.

    Raises:
        RenderError: A template does not fit the page, or the style sheet is missing.
    """

    def styled(found: re.Match[str]) -> str:
        return f"<style>\n{_FONT.sub(font, templates.beside(found[1], folders).decode())}</style>"

    def font(found: re.Match[str]) -> str:
        content = base64.b64encode(templates.beside(found[1], folders)).decode("ascii")
        return f"url(data:font/woff2;base64,{content})"

    return _STYLE_SHEET.sub(styled, html(page, folders))


def pdf(text: str, target: Path, folders: Sequence[Path]) -> None:
    """Write HTML as a tagged PDF; the file appears when it is whole.

    Raises:
        RenderError: WeasyPrint warned of something, a file outside the template folders is asked for, or the disk
            refuses.
    """
    from tryghed.reporting import printing

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(printing.print_pdf(text, folders))
        part.replace(target)
    except OSError as error:
        raise RenderError(f"cannot be written: {error.strerror}", where=target.name) from None
    finally:
        part.unlink(missing_ok=True)


def make(job: Job, released: Released, project: Project) -> Trace:
    """Make one job's PDF in this process; return what it was made of."""
    if job.report.subject == "city":
        page = pages.city(released, project, job.report)
    else:
        page = pages.district(released, project, job.report, job.code)
    text = html(page, project.templates)
    pdf(text, job.target, project.templates)
    numbers = printed(text, page.register.items, constants(released, project, job.report))
    return trace(page, job.report.name, job.code, released.release_id, numbers)


def render_all(
    jobs: Sequence[Job],
    released: Released,
    project: Project,
    *,
    workers: int,
    finished: Callable[[Path, Trace], None],
    seconds: float = TIME_LIMIT,
) -> None:
    """Make every job's PDF; the worker builds page, HTML and PDF.

    Args:
        jobs: What to make.
        released: What may be shown.
        project: Definitions and template folders.
        workers: How many processes at a time.
        finished: Told, in this process, each file that is whole and what it was made of.
        seconds: How much processor time one report may take; by the clock, where it waits for others, far more.

    Raises:
        RenderError: Some could not be made; all are listed, the others are there.
    """
    context = fork_server()
    waiting, running, problems = list(jobs), list[_Running](), list[TryghedError]()
    with TemporaryDirectory(prefix="tryghed-") as scratch:
        try:
            while waiting or running:
                while waiting and len(running) < max(1, workers):
                    running.append(_start(context, (waiting.pop(0), released, project, scratch, seconds)))
                for one in _finished(running):
                    running.remove(one)
                    outcome = one.outcome(seconds)
                    if isinstance(outcome, Trace):
                        finished(one.job.target, outcome)
                    else:
                        problems.append(outcome)
        finally:
            for one in running:
                one.stop()
    all_at_once(RenderError, problems)


@dataclass(frozen=True)
class _Running:
    """A report being made."""

    job: Job
    process: BaseProcess
    answer: Connection
    until: float

    def outcome(self, seconds: float) -> Trace | TryghedError:
        """Return what was made or what went wrong; the process is gone then, and nothing half-written is left."""
        where = self.job.target.name
        try:
            answer: Trace | TryghedError
            if self.answer.poll():
                answer = self.answer.recv()
            elif self.process.is_alive():
                answer = _unfinished(where, f"{seconds * _PATIENCE:.0f} s")
            else:
                answer = self._ended(where, seconds)
        except EOFError:
            answer = self._ended(where, seconds)
        self.stop()
        return answer

    def _ended(self, where: str, seconds: float) -> RenderError:
        self.process.join()
        if self.process.exitcode == -signal.SIGXCPU:
            return _unfinished(where, f"{seconds:.0f} s of processor time")
        return RenderError(f"the worker ended with code {self.process.exitcode}", where=where, hint=_AGAIN)

    def stop(self) -> None:
        """End the process and remove what it had begun to write."""
        if self.process.is_alive():
            self.process.join(timeout=0.5 if self.answer.closed else 0.1)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.answer.close()
        self.job.part.unlink(missing_ok=True)


def _unfinished(where: str, limit: str) -> RenderError:
    return RenderError(f"not finished after {limit}", where=where, hint=_AGAIN)


def _start(context: ForkServerContext, work: tuple[Job, Released, Project, str, float]) -> _Running:
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(*work, theirs), daemon=True)
    begun = _Running(work[0], process, mine, time.monotonic() + work[-1] * _PATIENCE)
    try:
        start(process)
    except KeyboardInterrupt:
        begun.stop()
        raise
    theirs.close()
    return begun


def _finished(running: Sequence[_Running]) -> list[_Running]:
    """Wait until a report is finished or out of time."""
    left = max(0.0, min(one.until for one in running) - time.monotonic())
    ready = wait([one.answer for one in running], timeout=left)
    return [one for one in running if one.answer in ready or time.monotonic() >= one.until]


def _told(fault: Exception, job: Job) -> RenderError:
    """Return a fault of the software as the error of one report, with the line it happened on."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}"
    hint = "a fault of the software, not of the data; please report it with this line"
    return RenderError(f"{type(fault).__name__} at {place}: {fault}", where=job.target.name, hint=hint)


def _work(job: Job, released: Released, project: Project, scratch: str, seconds: float, answer: Connection) -> None:
    """Make one report in a worker; the interrupt key is the parent's business, and so is what libraries leave behind.

    Fonts and the like go to `scratch`, which the parent removes: a worker that is stopped cannot.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = scratch
    # Not the address space: the chart renderer reserves far more of it than it uses.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    whole = ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    try:
        made = make(job, released, project)
    except TryghedError as error:
        answer.send(type(error)(error.message, where=error.where or job.target.name, hint=error.hint))
    except MemoryError:
        answer.send(RenderError(f"needs more than {MEMORY_LIMIT // 2**30} GB of memory", where=job.target.name))
    except Exception as fault:  # noqa: BLE001 (a fault of ours: told with its place, one line for each report)
        answer.send(_told(fault, job))
    else:
        answer.send(made)
    finally:
        answer.close()
