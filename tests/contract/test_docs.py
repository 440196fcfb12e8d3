"""The documentation is true: links lead somewhere, what it names exists, what follows from the code is current."""

import importlib
import re
import shlex
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from tryghed.cli import reference
from tryghed.definitions.project import load

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / "queries").rglob("*.md"),
        *(REPOSITORY / "bench").rglob("*.md"),
    ]
)  # fmt: skip
COMMANDS = dict(reference.commands())
TOP = {path.name for path in REPOSITORY.iterdir()}

#: What a project gets when it is used, and so is not in the repository.
MADE = ("tryghed-demo", "deliveries", "store", "keys", "out", "releases", "surveys/tryghed/2026.toml")
#: What looks like a dotted name and is a file.
ENDINGS = {"py", "toml", "json", "jsonl", "duckdb", "sql", "md", "csv", "txt", "pdf", "xlsx", "sav", "R"}
#: Words that promise without a measurement, or speak of how the software came about.
FORBIDDEN = (
    "blazing", "seamless", "effortless", "powerful", "world-class", "cutting-edge", "state-of-the-art", "robust and",
    "simply ", "best-in-class", "ChatGPT", "Claude", "as an AI", "language model", "prompt", "/work/", "issue #",
    "TODO", "FIXME", "<<<<<<<", ">>>>>>>", "lorem ipsum", "assistant", "pypi.org", "/root/", "/home/"
)  # fmt: skip


def name(path):
    return str(path.relative_to(REPOSITORY))


def words(page):
    return page.read_text(encoding="utf-8")


def code(page):
    """Return what stands in backquotes outside the fenced blocks of a page."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", words(page), flags=re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]*)(?:#[^)]*)?\)", words(page)):
        if target and not target.startswith("https://"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_to_headings_lead_somewhere(page):
    headings = {
        re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", words(page), re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", words(page))) <= headings


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page):
    # A file may be named from the repository, from its folder, or from the package.
    roots = [REPOSITORY, page.parent, REPOSITORY / "src" / "tryghed", REPOSITORY / "tests"]
    for text in code(page):
        path = text.partition(":")[0]
        first = path.split("/")[0]
        looks_like_one = re.fullmatch(r"[\w.{}*/-]+", path) and ("/" in path or path.endswith((".md", ".toml", ".py")))
        if not looks_like_one or first not in TOP or path.startswith(MADE):
            continue
        if any(part.isupper() for part in re.split(r"[/.]", path)):  # surveys/SURVEY/WAVE.toml stands for many
            continue
        assert any(list(root.glob(path.rstrip("/"))) for root in roots), text


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name in {"docs", "decisions"}], ids=name)
def test_functions_that_are_named_exist(page):
    packages = [path.stem for path in (REPOSITORY / "src" / "tryghed").iterdir() if not path.name.startswith("__")]
    modules = {path.stem: path for path in (REPOSITORY / "src" / "tryghed").rglob("*.py")}
    drawn = "".join(re.findall(r"^```text\n.*?^```$", words(page), re.MULTILINE | re.DOTALL))
    for text in [*code(page), *re.findall(r"\w+(?:\.\w+)+", drawn)]:
        parts = text.partition("(")[0].split(".")
        if len(parts) < 2 or parts[-1] in ENDINGS or not all(map(str.isidentifier, parts)):
            continue
        if parts[0] in packages or parts[0] in modules:
            assert named(parts, modules), text


def named(parts, modules):
    """Whether dotted names lead to something: from the package, or from a module named alone."""
    starts = ["tryghed", *(".".join(["tryghed", *_below(path)]) for stem, path in modules.items() if stem == parts[0])]
    for start in starts:
        found, rest = importlib.import_module(start), parts if start == "tryghed" else parts[1:]
        for part in rest:
            try:
                found = getattr(found, part) if hasattr(found, part) else _field(found, part)
            except AttributeError:
                found = _module(found, part)
            if found is None:
                break
        else:
            return True
    return False


def _below(path):
    return path.relative_to(REPOSITORY / "src" / "tryghed").with_suffix("").parts


def _field(found, part):
    if part in getattr(found, "model_fields", {}) or part in getattr(found, "__dataclass_fields__", {}):
        return part
    raise AttributeError(part)


def _module(found, part):
    try:
        return importlib.import_module(f"{found.__name__}.{part}")
    except (ImportError, AttributeError):
        return None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_promises_or_chats(page):
    text = words(page).lower()
    assert [word for word in FORBIDDEN if word.lower() in text] == []


@pytest.mark.parametrize("page", ["cli.md", "definitions.md", "findings.md"])
def test_references_are_what_the_code_says(page):
    current = reference.pages()[page]

    assert words(REPOSITORY / "docs" / page) == current, "run: python -m tryghed.cli.reference docs"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_shows_an_example_of_itself(path):
    help_text = COMMANDS[path].get_help()
    if path == "tryghed":
        assert "tryghed demo" in help_text
        return
    _, _, example = help_text.partition("Example: ")
    assert example.startswith(path)


def parsed(command):
    """Parse a command line without running it."""
    path, arguments = "tryghed", shlex.split(command, comments=True)[1:]
    while arguments and f"{path} {arguments[0]}" in COMMANDS:
        path = f"{path} {arguments.pop(0)}"
    found = COMMANDS[path].command
    if not isinstance(found, click.Group):
        found.make_context(path, arguments, parent=COMMANDS[path].parent)
    return path


@pytest.mark.parametrize("path", [path for path in COMMANDS if path != "tryghed"])
def test_examples_in_the_help_can_be_parsed(path):
    # Guards against an example with an option that has been renamed since.
    lines = COMMANDS[path].get_help().partition("Example: ")[2].partition("\n\n")[0].splitlines()
    for line in lines:
        assert parsed(line.strip()).startswith(path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_the_pages_can_be_parsed(page):
    fenced = "\n".join(re.findall(r"^```sh\n(.*?)^```$", words(page), re.MULTILINE | re.DOTALL))
    for line in fenced.splitlines():
        if line.startswith("tryghed ") and "--help" not in line:
            parsed(line)


def models():
    """Return every model of a definition file, those within others included."""
    found, waiting = set(), [*(file.model for file in reference.FILES), reference.AreaRow]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [below for field in model.model_fields.values() for below in reference._models(field.annotation)]
    return sorted(found, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_key_of_a_definition_file_says_what_it_means(model):
    assert issubclass(model, BaseModel)
    said = reference.meanings(model)

    assert [key for key in model.model_fields if not said.get(key)] == []


@pytest.mark.parametrize("file", reference.FILES, ids=lambda file: file.path)
def test_the_example_of_a_definition_file_is_one(file):
    assert (REPOSITORY / file.example).exists()
    load(REPOSITORY)


def test_the_glossary_names_each_term_once():
    glossary = words(REPOSITORY / "docs" / "glossary.md")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", glossary, re.MULTILINE)
    terms = [row[0] for row in rows if not row[0].startswith("dansk")]

    assert len(terms) > 60
    assert sorted(terms) == sorted(set(terms))


def test_the_picture_of_the_readme_is_small():
    assert (REPOSITORY / "docs" / "district-page-1.png").stat().st_size < 200_000


def test_the_readme_is_short():
    assert len(words(REPOSITORY / "README.md").splitlines()) <= 60
