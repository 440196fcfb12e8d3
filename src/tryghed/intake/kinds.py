"""Tells by a file's first bytes what it is, so that a PDF called .sav is refused as what it is."""

from pathlib import Path

from tryghed.definitions.wave import Format
from tryghed.errors import DataError

_BEGINS: dict[Format, tuple[bytes, ...]] = {
    "sav": (b"$FL2", b"$FL3"),
    "zsav": (b"$FL2", b"$FL3"),
    "por": (b"ASCII SPSS PORT FILE",),
    "dta": (b"<stata_dta>", *(bytes([version, order]) for version in range(0x68, 0x74) for order in (1, 2))),
    "sas7bdat": (bytes(12) + b"\xc2\xea\x81\x60",),
    "xpt": (b"HEADER RECORD*******LIB",),
    "xlsx": (b"PK\x03\x04",),
    "parquet": (b"PAR1",),
}

#: Formats whose mark does not stand first; a portable file begins with its character set.
_PLACE: dict[Format, int] = {"por": 40}

_KNOWN = (
    (b"$FL", "an SPSS file (.sav)"),
    (b"<stata_dta>", "a Stata file (.dta)"),
    (_BEGINS["sas7bdat"][0], "a SAS file (.sas7bdat)"),
    (b"HEADER RECORD*******LIB", "a SAS transport file (.xpt)"),
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one that is locked with a password"),
    (b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV", "an SPSS file that is locked with a password"),
    (b"-----BEGIN PGP MESSAGE", "a file that is encrypted with PGP"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
)

_LISTED = 10
#: A survey of a city is thousands of times smaller.
_LARGEST = 4_000_000_000
_HEAD = 64


def expect(path: Path, form: Format) -> None:
    """Refuse a path that is not a file, an empty or enormous file, and one that is something else than `form`.

    Raises:
        DataError: With what is there instead.
    """
    if path.is_dir():
        raise DataError("is a folder, not a file", where=str(path), hint="name the file in delivery.file")
    if not path.exists():
        raise DataError("no such file", where=str(path), hint=_neighbours(path))
    if not path.is_file():
        hint = "copy what it holds into a file, and name that in delivery.file"
        raise DataError("is a pipe or a device, not a file: it may never end", where=str(path), hint=hint)
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        hint = "look at its rights, and whether another program has it open"
        raise DataError(f"cannot be opened: {error.strerror}", where=str(path), hint=hint) from None
    size = path.stat().st_size
    if size > _LARGEST:
        message = f"is {size / 1e9:.1f} GB; at most {_LARGEST / 1e9:g} GB are read"
        raise DataError(message, where=str(path), hint="ask for fewer columns, or for a .parquet file")
    if not head:
        raise DataError("the file is empty (0 bytes)", where=str(path), hint="ask for the file again")
    wrong = not _begins(head, form) if form in _BEGINS else _named(head) != ""
    if wrong:
        seen = _named(head) or ("a text file" if _text(head) else "something else")
        hint = "set delivery.format to what the file is, or ask for the file again"
        raise DataError(f"is read as {form}, but looks like {seen}", where=str(path), hint=hint)


def _begins(head: bytes, form: Format) -> bool:
    return head.startswith(_BEGINS[form], _PLACE.get(form, 0))


def _named(head: bytes) -> str:
    if _begins(head, "por"):
        return "an SPSS portable file (.por)"
    return next((name for start, name in _KNOWN if head.startswith(start)), "")


def _text(head: bytes) -> bool:
    return not set(head) & (set(range(32)) - set(b"\t\r\n"))


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either"
    names = sorted(one.name for one in path.parent.iterdir() if one.is_file())
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{path.parent} has {', '.join(names[:_LISTED]) or 'no files'}{more}"
