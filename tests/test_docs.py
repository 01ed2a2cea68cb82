"""The documents: what the program generates is up to date and whole, links lead somewhere, and examples work."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
import yaml

from kuratorium.cli.commands import kuratorium as program
from kuratorium.desk.check import run_checks
from kuratorium.desk.rules.checks import CHECKS
from kuratorium.edition.curation import Person, Policy, Series, Source, Topic
from kuratorium.edition.fields import convert_record
from kuratorium.edition.formats import FORMATS
from kuratorium.edition.model import FrontMatter, InboxFrontMatter, StandalonePageFrontMatter
from kuratorium.edition.yaml import load_yaml
from tests.cli.program import kuratorium
from tests.editions import REPOSITORY, TinyEdition, draw_picture, tiny_edition

PROJECT = Path(__file__).parent.parent
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
HANDBOOKS = sorted([PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/*.md")])
EXAMPLES = PROJECT / "docs/examples"
REGISTRIES = {"sources": Source, "people": Person, "topics": Topic, "series": Series}
RECORDS = (*REGISTRIES.values(), Policy, InboxFrontMatter, StandalonePageFrontMatter)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_CODE = re.compile(r"^(`{3,}|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_RUN = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
_SECTION = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)


def read(name: str) -> str:
    """Return the text of a document by its path in docs/."""
    return (PROJECT / "docs" / name).read_text("utf-8")


def test_the_reference_is_what_the_program_says() -> None:
    """Every command, rule and field is in docs/reference/, in the words of `--help`, `--explain` and the records."""
    command = [sys.executable, "docs/generate.py", "--check"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def list_commands(group: click.Group, path: str) -> Iterator[str]:
    """Yield the name of each command that is not hidden, with those of the groups that it belongs to."""
    for name, command in group.commands.items():
        if not command.hidden:
            yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from list_commands(command, f"{path} {name}")


def test_every_command_has_a_section() -> None:
    """All of click's tree is there, each command under its own heading."""
    headings = _SECTION.findall(read("reference/commands.md"))
    assert sorted(headings) == sorted(list_commands(program, "kuratorium"))


def test_every_rule_has_a_row() -> None:
    """All rules of `check` are there, each with its level."""
    rows = re.findall(r"^\| `([^`]+)` \| (error|warning) \| .+ \|$", read("reference/checks.md"), re.MULTILINE)
    assert rows == [(check.id, check.level) for check in CHECKS]


def list_records(expected: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield the record types within a type of fields, and those within their fields."""
    if isinstance(expected, type) and issubclass(expected, msgspec.Struct):
        yield expected
        hints = typing.get_type_hints(expected, include_extras=True)
        for field in list_fields(expected):
            yield from list_records(hints[field.name])
    for argument in typing.get_args(expected):
        yield from list_records(argument)


def list_fields(record: type[msgspec.Struct]) -> list[msgspec.structs.FieldInfo]:
    """Return the fields of a record that files may have."""
    return [field for field in msgspec.structs.fields(record) if not field.encode_name.startswith("$")]


def read_sections() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the rows of each table of the contract by heading and field."""
    parts = _SECTION.split(_CODE.sub(lambda match: "" if "\n" in match[0] else match[0], read("reference/contract.md")))
    return {
        heading: {name: tuple(cells) for name, *cells in _ROW.findall(text)}
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_every_field_has_a_row_with_a_type_and_a_meaning() -> None:
    """No field of any record goes without words of its own."""
    sections = read_sections()
    tables = {
        **{f"curation/{name}.yaml": record for name, record in REGISTRIES.items()},
        "curation/policy.yaml": Policy,
    }
    tables |= {"Posts": FrontMatter, "Standalone pages": StandalonePageFrontMatter}
    parts = {part for record in RECORDS for part in list_records(record)} - {*tables.values(), InboxFrontMatter}
    tables |= {re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part.__name__).lower().capitalize(): part for part in parts}
    for heading, record in tables.items():
        assert [*sections[heading]] == [field.encode_name for field in list_fields(record)], heading
    assert {"later", "nominations", "date"} == {*sections["Inbox items"]}
    without_words = [
        f"{heading}: {name}" for heading, rows in sections.items() for name, row in rows.items() if not all(row[::2])
    ]
    assert without_words == []


def read_examples(pattern: str) -> Iterator[Any]:
    """Yield the values of the example files: of registries, or of front matter."""
    for path in sorted(EXAMPLES.glob(pattern)):
        text = path.read_text("utf-8")
        yield load_yaml(text.split("---\n")[1] if path.suffix == ".md" else text)


def find_used(expected: Any, value: Any) -> Iterator[tuple[type[msgspec.Struct], str]]:
    """Yield each field that a value of this type has, with the record that defines it."""
    if isinstance(expected, type) and issubclass(expected, msgspec.Struct) and isinstance(value, dict):
        hints = typing.get_type_hints(expected, include_extras=True)
        for field in list_fields(expected):
            if field.encode_name in value:
                yield find_home(expected, field.name), field.name
                yield from find_used(hints[field.name], value[field.encode_name])
    is_list = typing.get_origin(expected) is tuple
    for argument in typing.get_args(expected):
        for item in (value if isinstance(value, list) else ()) if is_list else (value,):
            yield from find_used(argument, item)


def find_home(record: type[msgspec.Struct], name: str) -> type[msgspec.Struct]:
    """Return the first record in which this field is defined."""
    return next(base for base in reversed(record.__mro__) if name in inspect.get_annotations(base))


def test_every_field_has_an_example() -> None:
    """The examples of the contract show each field at least once, also those of parts."""
    kinds = [(record, f"curation/{name}.yaml") for name, record in REGISTRIES.items()]
    kinds += [(Policy, "curation/policy.yaml"), (InboxFrontMatter, "curation/inbox/*.md")]
    kinds += [(FrontMatter, f"{format.folder}/*.md") for format in FORMATS]
    kinds += [(StandalonePageFrontMatter, "content/pages/*.md")]
    used = {
        place
        for record, pattern in kinds
        for value in read_examples(pattern)
        for item in (value if isinstance(value, list) else [value])
        for place in find_used(record, item)
    }
    parts = {part for record in RECORDS for part in list_records(record)}
    fields = {(find_home(part, field.name), field.name) for part in parts for field in list_fields(part)}
    assert sorted(f"{record.__name__}.{name}" for record, name in fields - used) == []


def test_the_examples_of_the_contract_are_an_edition_without_mistakes(tmp_path: Path) -> None:
    """Whoever copies an example gets no error and no warning of `check`; pictures and recordings are made here."""
    root = tmp_path / "edition"
    shutil.copytree(EXAMPLES, root, ignore=shutil.ignore_patterns("scaling"))
    settings = (REPOSITORY / "pelicanconf.py").read_text().replace('DEFAULT_LANG = "de"', 'DEFAULT_LANG = "en"')
    edition = TinyEdition(root)
    edition.write("pelicanconf.py", settings)
    edition.write("content/images/ada.jpg", draw_picture(800, 800, "JPEG"))
    edition.write("content/images/switch.jpg", draw_picture(1600, 900, "JPEG"))
    edition.write("content/images/cover.png", draw_picture(1400, 1400, mode="RGB"))
    edition.write("content/images/mark.svg", (REPOSITORY / "content/images/samples/weiche.svg").read_bytes())
    edition.write("content/media/evening.mp3", (REPOSITORY / "content/media/samples/zwischenruf-1.mp3").read_bytes())
    edition.write("content/media/evening.mp4", b"not played here")
    edition.write("content/media/evening.vtt", "WEBVTT\n\n00:00.000 --> 00:05.000\n<v Ada Berg>Who switched it off?\n")
    (root / "theme").symlink_to(REPOSITORY / "theme", target_is_directory=True)
    report = run_checks(root)
    assert [str(problem) for problem in (*report.errors, *report.warnings)] == []


def list_blocks(pattern: re.Pattern[str]) -> list[Any]:
    """Return the blocks of the handbooks that a pattern finds, named by their documents."""
    return [
        pytest.param(block, id=f"{document.name}-{number}")
        for document in HANDBOOKS
        for number, block in enumerate(pattern.findall(document.read_text("utf-8")), 1)
    ]


@pytest.mark.parametrize("block", list_blocks(_RUN))
def test_examples_of_commands_run(block: str, tmp_path: Path) -> None:
    """Each line of a block that is marked to be run ends well, one after another, on a tiny edition with a pull."""
    root = tiny_edition(tmp_path).root
    assert kuratorium(root, "pull").returncode == 0
    for line in block.splitlines():
        name, *words = shlex.split(line, comments=True)
        result = kuratorium(root, *words)
        assert (name, result.returncode) == ("kuratorium", 0), f"{line}: {result.stdout}{result.stderr}"


def test_the_scripts_for_parts_of_a_pull_lose_nothing_and_end_as_one_pull(tmp_path: Path) -> None:
    """Two parts and a join give main the inbox of one pull, also if a join is missed between two pulls."""
    edition = tiny_edition(tmp_path)
    sources = [
        {"id": f"blog-{number}", "name": "Blog", "feed": f"curation/samples/{number}.xml"} for number in range(4)
    ]
    edition.yaml("sources", sources)
    edition.write(".gitignore", "var/\n")
    edition.write(".gitattributes", (REPOSITORY / ".gitattributes").read_bytes())
    _write_feeds(edition, "first")
    run = _make_runner(tmp_path)
    run(edition.root, "git init --quiet --initial-branch=main && git add . && git commit --quiet --message Begin")
    run(tmp_path, "git clone --quiet --bare edition desk.git")
    for index in ("0", "1"):
        run(tmp_path / f"part-{index}", f"sh {EXAMPLES}/scaling/pull.sh", INDEX=index)
    _write_feeds(edition, "second")
    run(edition.root, "git add . && git commit --quiet --message News && git push --quiet ../desk.git main")
    for index in ("0", "1"):
        run(tmp_path / f"part-{index}", f"sh {EXAMPLES}/scaling/pull.sh", INDEX=index)
    run(tmp_path / "join", f"sh {EXAMPLES}/scaling/join.sh")
    run(tmp_path, "git clone --quiet desk.git result")
    titles = [
        load_yaml(path.read_text().split("---\n")[1])["title"]
        for path in (tmp_path / "result/curation/inbox").glob("*.md")
    ]
    assert sorted(titles) == sorted(f"{what} news of {number}" for what in ("first", "second") for number in range(4))


def _write_feeds(edition: TinyEdition, what: str) -> None:
    for number in range(4):
        link = f"https://blog-{number}.example/{what}"
        item = f"<item><title>{what} news of {number}</title><link>{link}</link><guid>{link}</guid></item>"
        feed = f'<rss version="2.0"><channel><title>Blog</title><description/>{item}</channel></rss>'
        edition.write(f"curation/samples/{number}.xml", feed)


def _make_runner(folder: Path) -> Callable[..., None]:
    """Return what runs a line of a shell in a folder, with the program and an author of commits."""
    author = {
        f"GIT_{role}_{what}": "anna@tiny.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    fixed = {"PATH": path, "REPOSITORY": str(folder / "desk.git"), "TOTAL": "2", "GIT_CONFIG_NOSYSTEM": "1", **author}

    def run(where: Path, line: str, **environment: str) -> None:
        where.mkdir(exist_ok=True)
        inherited = {**os.environ, **fixed, **environment}
        command = ["sh", "-c", line]
        result = subprocess.run(command, cwd=where, env=inherited, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr

    return run


@pytest.mark.parametrize("block", list_blocks(_YAML))
def test_examples_of_yaml_are_valid(block: str) -> None:
    """YAML that begins with the name of a file of an edition is what this file may hold; all other is YAML at least."""
    first = block.partition("\n")[0].removeprefix("# ")
    if first == "curation/policy.yaml":
        _, violations = convert_record(Policy, {"imprint": {"responsible": "Ada Berg"}, **load_yaml(block)}, UTC)
    elif first == "front matter":
        needed = {"uid": "k7qd3v5m2xw4hb6a", "title": "Title", "date": "2026-10-13T08:15:00+02:00"}
        _, violations = convert_record(FrontMatter, {**needed, **load_yaml(block)}, UTC)
    elif first.startswith("curation/"):
        record = REGISTRIES[Path(first).stem]
        violations = [problem for value in load_yaml(block) for problem in convert_record(record, value, UTC)[1]]
    else:
        assert isinstance(yaml.safe_load(block), dict)
        violations = []
    assert violations == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """A link within the project names a file that exists, and an anchor names a heading of it."""
    text = _CODE.sub("code", document.read_text("utf-8"))
    broken = [link for link in _LINK.findall(text) if not _leads_somewhere(document, link)]
    assert broken == []


def test_the_index_names_every_document() -> None:
    """docs/README.md links to each page of docs/."""
    links = {(PROJECT / "docs" / link).resolve() for link in _LINK.findall(read("README.md"))}
    pages = {path for path in PROJECT.glob("docs/**/*.md") if "examples" not in path.parts}
    assert pages - {PROJECT / "docs/README.md"} <= links


def _leads_somewhere(document: Path, link: str) -> bool:
    if re.match(r"[a-z]+:|\{filename\}", link):  # the latter in the texts of an edition, where `check` follows it
        return True
    name, _, anchor = link.partition("#")
    target = document.parent / name if name else document
    return target.exists() and (not anchor or anchor in _list_anchors(target))


def _list_anchors(document: Path) -> set[str]:
    """Return the anchors that forges make of headings: words in lower case, joined by hyphens."""
    headings = _HEADING.findall(_CODE.sub(_keep_inline, document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _keep_inline(match: re.Match[str]) -> str:
    return "" if "\n" in match[0] else match[0]
