"""Is what was made still what it was made from: verify."""

from pathlib import Path

import click

from tryghed import verification
from tryghed.cli.adhoc import show
from tryghed.cli.options import form_of, open_project, output_options, progress, project_option, quiet_option, say
from tryghed.definitions.project import Project
from tryghed.errors import ReleaseError, UsageError
from tryghed.store import audit, generations, warehouse


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="[OUT/WAVE]", required=False)
@click.option("--store", is_flag=True, help="Read every value of the current generation of the store.")
@click.option("--all", "every", is_flag=True, help="Every generation that is kept, not just the current one.")
@output_options
@project_option
@quiet_option
def verify(
    folder: Path | None, store: bool, every: bool, form: str | None, output: Path | None, project: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Hold finished reports against their inputs, or the store against its record.

    With a folder of reports, every number in it is derived again: the delivered files, known by their checksums, are
    loaded into a store that is thrown away afterwards, estimated and passed through the gate, and the result is
    compared with the text and the alt texts of every PDF and with the numbers beside them. What differs is listed, and
    ends with exit code 7. So does a release that was withdrawn: the files that show it, which must not be handed out,
    are named. That a release has been corrected since is told, and is no difference.

    --store reads every value of every table, counts rows and computes the hash of each table and wave anew; and goes
    through the chain of the audit log. Damage ends with exit code 4, and names the tables.

    \b
    Example: tryghed verify out/2025
             tryghed verify --store
    """
    if folder is None and not store:
        raise UsageError("nothing to verify", hint="tryghed verify out/2025, or tryghed verify --store")
    opened = open_project(project)
    if store:
        _store(opened, every=every, quiet=quiet)
    if folder is not None:
        _reports(opened, folder, form, output, quiet)


def _store(project: Project, *, every: bool, quiet: bool) -> None:
    wanted = generations.all_of(project.folder) if every else [warehouse.required(project.folder)]
    for one in wanted:
        found = warehouse.verify(one)
        loaded, gone = (sum(part.table == table for part in found) for table in ("delivery", "erasure"))
        rows = sum(known.rows for known in found.values())
        erased = f", {gone} erased" if gone else ""
        say(f"ok: generation {one.number}, {loaded} waves{erased}, {rows:,} rows", quiet=quiet)
    say(f"ok: audit log, {len(audit.read(project.folder))} entries", quiet=quiet)


def _reports(project: Project, folder: Path, form: str | None, output: Path | None, quiet: bool) -> None:
    with progress(quiet=quiet) as step:
        found = verification.verify(project, folder, step)
    for name, count in found.comparisons.items():
        say(f"{name}: {count:,} comparisons", quiet=quiet)
    for note in found.corrected:
        say(f"note: {note}", quiet=quiet)
    said = f"{found.total:,} comparisons, {len(found.differing):,} differences"
    if not found.differing:
        say(f"ok: {said}", quiet=quiet)
        return
    show(found.table(), form_of(form, output), output, quiet)
    hint = "the table says which; tryghed report makes the reports anew"
    raise ReleaseError("\n  ".join([said, *found.withdrawn]), where=str(folder), hint=hint)
