"""Makes the edition the user's own: the samples go, the settings and the first files become theirs.

The files that an edition of one's own begins with: answers -> registry and pages, in its language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from .. import urls
from ..edition import frontmatter, registry, settings, yaml
from ..edition.formats import FORMATS, STANDALONE_PAGES_FOLDER
from ..edition.paths import (
    INBOX_FOLDER,
    PEOPLE_FILE,
    POLICY_FILE,
    SAMPLES_FOLDER,
    SEEN_FOLDER,
    SERIES_FILE,
    SOURCES_FILE,
    TOPICS_FILE,
)
from ..errors import EditionError, UsageError
from ..files import write_atomically
from ..intake import archive
from ..slugs import slugify
from ..translations import N_, read_translations

STARTER_FOLDER = Path(__file__).parent / "starter"
DEFAULT_SUBTITLE = N_("Read, chosen, put in context")
LANGUAGES = tuple(sorted(folder.name for folder in STARTER_FOLDER.iterdir() if folder.is_dir()))
DEFAULT_QUOTE_BUDGET = 120  # words: a long paragraph, and for the user to change


class Answers(Struct, frozen=True, kw_only=True):
    """What `kuratorium start` was told; topics are names, feeds are addresses or paths from the root."""

    name: str
    address: str
    language: str
    responsible: str
    email: str
    topics: tuple[str, ...]
    feeds: tuple[str, ...] = ()


def build_starter_files(answers: Answers) -> dict[str, str]:
    """Write the edition's first files: path from the root -> text; policy.yaml is the last of them."""
    files = {f"content/pages/{path.name}": _build_page(path, answers) for path in list_starter_pages(answers.language)}
    return files | {
        PEOPLE_FILE: _build_yaml("people", answers, [_build_person(answers)]),
        TOPICS_FILE: _build_yaml("topics", answers, _build_topics(answers)),
        SOURCES_FILE: _build_yaml("sources", answers, build_source_entries(answers)),
        SERIES_FILE: _build_yaml("series", answers, []),
        POLICY_FILE: _build_yaml("policy", answers, _build_policy(answers)),
    }


def list_starter_pages(language: str) -> list[Path]:
    """List the starter pages of a language."""
    return sorted((STARTER_FOLDER / language / "pages").glob("*.md"))


def build_person_id(answers: Answers) -> str:
    """Make the id of the first member; a name without a Latin letter gives none, hence the second."""
    return slugify(answers.responsible) or "editor"


def build_source_entries(answers: Answers) -> list[dict[str, Any]]:
    """Make an entry of sources.yaml for each feed; their ids differ."""
    found: dict[str, dict[str, Any]] = {}
    for feed in answers.feeds:
        host = urlsplit(feed).netloc.rpartition("@")[2] if urls.is_http_url(feed) else ""
        name = host.removeprefix("www.") or PurePosixPath(feed).stem
        one = _find_free_id(slugify(name) or "source", found)
        found[one] = {
            "id": one,
            "name": name,
            "feed": feed,
            **({"site": f"{urlsplit(feed).scheme}://{host}/"} if host else {}),
            "people": [],
            "topics": [slugify(topic) for topic in answers.topics[:1]],
            "lang": answers.language,
        }
    return list(found.values())


def _find_free_id(base: str, taken: dict[str, Any]) -> str:
    number = 1
    one = base
    while one in taken:
        number += 1
        one = f"{base}-{number}"
    return one


def _build_person(answers: Answers) -> dict[str, Any]:
    return {
        "id": build_person_id(answers),
        "name": answers.responsible,
        "role": "",
        "bio": "",
        "links": {},
        "member": True,
    }


def _build_topics(answers: Answers) -> list[dict[str, Any]]:
    return [
        {
            "id": slugify(name),
            "name": name,
            "question": "",
            "intro": "",
            "keywords": [name.lower()],
            "curators": [build_person_id(answers)],
            "order": order,
        }
        for order, name in enumerate(answers.topics, 1)
    ]


def _build_policy(answers: Answers) -> dict[str, Any]:
    imprint = {"responsible": answers.responsible, "address": [], "email": answers.email}
    return {"imprint": imprint, "quote_budget": DEFAULT_QUOTE_BUDGET, "sponsors": []}


def _build_yaml(name: str, answers: Answers, values: Sequence[Any] | dict[str, Any]) -> str:
    """Put values below the comments that explain them; entries of a list are set apart."""
    head = (STARTER_FOLDER / answers.language / f"{name}.yaml").read_text(encoding="utf-8")
    if isinstance(values, dict):
        return head + yaml.dump_yaml(yaml.mark_inline_lists(values))
    entries = [yaml.dump_yaml([yaml.mark_inline_lists(value)]) for value in values]
    return head + "\n".join(entries)


def _build_page(path: Path, answers: Answers) -> str:
    facts = {"name": answers.name, "responsible": answers.responsible, "email": answers.email}
    parts = frontmatter.split_front_matter(path.name, path.read_text(encoding="utf-8"))
    meta = {key: _fill_template(value, facts) for key, value in yaml.load_yaml(parts.front_matter).items()}
    return frontmatter.format_markdown_file(meta, _fill_template(parts.body, facts))


def _fill_template(value: Any, facts: dict[str, str]) -> Any:
    return Template(value).substitute(facts) if isinstance(value, str) else value


SETTINGS_FILE = "pelicanconf.py"
GITIGNORE_FILE = ".gitignore"
_EMPTIED_FOLDERS = (INBOX_FOLDER, SEEN_FOLDER, *(format.folder for format in FORMATS))
_SAMPLE_ASSET_FOLDERS = ("content/images/samples", "content/media/samples")
_SAMPLE_BLOCK_MARKER = "# sample edition: the first pull fills these"
_MAIL_ADDRESS = re.compile(r"\A[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+\Z")


class StartPlan(Struct, frozen=True):
    """What `start` will do: files to take away, files to write (policy.yaml last), both from the root."""

    files_to_remove: tuple[str, ...]
    files_to_write: dict[str, str]


def require_sample_edition(root: Path, *, force: bool = False) -> None:
    """Raise UsageError if the edition at `root` is the user's own already, for then its work would go."""
    known, problems = registry.read_registry(root)
    if force:
        return
    if not known.policy:
        raise EditionError(problem for problem in problems if problem.file == POLICY_FILE)
    if known.policy.as_of is None:
        loss = "".join(f"\n  {one}" for one in count_files_by_folder([*_find_sample_files(root)]))
        raise UsageError(
            f"This edition is your own already ({POLICY_FILE} has no as_of). Start would take away:{loss}\n"
            "and write people, topics, sources, policy and pages anew. If that is what you want, say --force."
        )


def plan_start(root: Path, answers: Answers) -> StartPlan:
    """Work out every change before the first is made; raises UsageError with all that is wrong."""
    complaints = list(_find_problems(root, answers))
    if complaints:
        raise UsageError("\n".join(complaints))
    writes = {
        **{f"{folder}/.gitkeep": "" for folder in _EMPTIED_FOLDERS},
        SETTINGS_FILE: edit_settings(
            (root / SETTINGS_FILE).read_text(encoding="utf-8"), answers, _translate_subtitle(root, answers.language)
        ),
    }
    if (root / GITIGNORE_FILE).exists():
        writes[GITIGNORE_FILE] = remove_sample_block((root / GITIGNORE_FILE).read_text(encoding="utf-8"))
    return StartPlan(tuple(_find_sample_files(root)), writes | build_starter_files(answers))


def apply_plan(root: Path, plan: StartPlan, now: datetime) -> str:
    """Do it; returns the folder (from the root, ignored by git) that holds all that was there before.

    policy.yaml comes last: until it is written the edition counts as the sample, and a killed start can be run again.
    """
    kept = f"var/before-start-{now:%Y%m%d-%H%M%S}"
    for file in plan.files_to_remove:
        (root / kept / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).replace(root / kept / file)
    for folder in sorted(
        (root / folder for folder in (SAMPLES_FOLDER, *_EMPTIED_FOLDERS, *_SAMPLE_ASSET_FOLDERS)), reverse=True
    ):
        _remove_empty_folders(folder)
    for file, text in plan.files_to_write.items():
        old = (root / file).read_bytes() if (root / file).exists() else None
        if old == text.encode():
            continue
        if old is not None:
            write_atomically(root / kept / file, old)
        write_atomically(root / file, text)
    return kept


def count_files_by_folder(files: Sequence[str]) -> list[str]:
    """Say in numbers what lies in which folder: «16 files in curation/notes/»."""
    folders = (SAMPLES_FOLDER, *_EMPTIED_FOLDERS, STANDALONE_PAGES_FOLDER, *_SAMPLE_ASSET_FOLDERS)
    counts = {folder: sum(file.startswith(f"{folder}/") for file in files) for folder in folders}
    return [f"{n} {'file' if n == 1 else 'files'} in {folder}/" for folder, n in counts.items() if n]


def _translate_subtitle(root: Path, language: str) -> str:
    theme = settings.get_theme(settings.run_settings_file(root))
    return read_translations(root / theme, language).gettext(DEFAULT_SUBTITLE)


def edit_settings(text: str, answers: Answers, subtitle: str) -> str:
    """Put the answers into the literal lines of pelicanconf.py, and leave all else; raises UsageError."""
    values = {
        "SITENAME": answers.name,
        "SITESUBTITLE": subtitle,
        "SITEURL": answers.address.rstrip("/"),
        "DEFAULT_LANG": answers.language,
    }
    for key, value in values.items():
        line = re.search(rf"^{key}[ \t]*=[ \t]*(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')", text, re.M)
        if not line:
            raise UsageError(
                f'{SETTINGS_FILE} has no line {key} = "…" that could be changed. Write one, and start again.'
            )
        literal = json.dumps(value, ensure_ascii=False)  # JSON's strings are Python's
        text = f"{text[: line.start()]}{key} = {literal}{text[line.end() :]}"
    return text


def remove_sample_block(text: str) -> str:
    """Take the block of .gitignore away that keeps the sample's inbox out of git, up to the next blank line."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.strip() == _SAMPLE_BLOCK_MARKER]
    if not starts:
        return text
    first = starts[0]
    after = next((number for number in range(first, len(lines)) if not lines[number].strip()), len(lines))
    head, tail = "".join(lines[:first]).rstrip("\n"), "".join(lines[after:]).strip("\n")
    return "\n\n".join(part for part in (head, tail) if part) + "\n"


def validate_answer(root: Path, option: str, value: str) -> str:
    """Say what is wrong with one answer; empty where nothing is."""
    if not value.strip() or re.search(r"[\x00-\x1f\x7f]", value):
        return f"expected one line of text, found «{value}»."
    return _VALIDATORS[option](root, value) if option in _VALIDATORS else ""


def _find_problems(root: Path, answers: Answers) -> Iterator[str]:
    for option, value in _list_answers(answers):
        if found := validate_answer(root, option, value):
            yield f"--{option}: {found}"
    if not answers.topics:
        yield "--topic: an edition needs one topic at least."
    slugs = [slugify(topic) for topic in answers.topics]
    for slug in sorted({slug for slug in slugs if slug and slugs.count(slug) > 1}):
        yield f"--topic: the same topic is named twice (as {slug})."
    for feed in dict.fromkeys(feed for feed in answers.feeds if answers.feeds.count(feed) > 1):
        yield f"--feed: {feed} is named twice."


def _list_answers(answers: Answers) -> Iterator[tuple[str, str]]:
    for option in ("name", "address", "language", "responsible", "email"):
        yield option, getattr(answers, option)
    yield from (("topic", topic) for topic in answers.topics)
    yield from (("feed", feed) for feed in answers.feeds)


def _validate_address(_: Path, address: str) -> str:
    if re.match(r"\Ahttps?://[^\s/?#@:]+(?::\d+)?(?:/[^\s?#]*)?\Z", address):
        return ""
    return f"expected the site's http or https address such as https://example.org, found «{address}»."


def _validate_language(_: Path, language: str) -> str:
    return "" if language in LANGUAGES else f"expected {' or '.join(LANGUAGES)}, found «{language}»."


def _validate_email(_: Path, email: str) -> str:
    return "" if _MAIL_ADDRESS.match(email) else f"expected a mail address such as desk@example.org, found «{email}»."


def _validate_topic(_: Path, topic: str) -> str:
    return "" if slugify(topic) else f"«{topic}» has no Latin letter or digit to make an address of."


def _validate_feed(root: Path, feed: str) -> str:
    if urls.is_http_url(feed):
        return ""
    path = (root / feed).resolve()
    if not path.is_relative_to(root.resolve()):
        return f"«{feed}» is no address, and no file inside the edition: copy it to curation/ first."
    if path.is_relative_to((root / SAMPLES_FOLDER).resolve()):
        return f"«{feed}» is one of the samples that are taken away."
    return "" if path.is_file() else f"«{feed}» is neither an http or https address nor a file of the edition."


_VALIDATORS: dict[str, Callable[[Path, str], str]] = {
    "address": _validate_address,
    "language": _validate_language,
    "email": _validate_email,
    "topic": _validate_topic,
    "feed": _validate_feed,
}


def _find_sample_files(root: Path) -> Iterator[str]:
    for folder in (SAMPLES_FOLDER, *_EMPTIED_FOLDERS, STANDALONE_PAGES_FOLDER, *_SAMPLE_ASSET_FOLDERS):
        for path in sorted((root / folder).rglob("*")):
            if (path.is_symlink() or not path.is_dir()) and path.name != ".gitkeep":
                yield path.relative_to(root).as_posix()
    yield from (file for file in archive.ARCHIVE_PARTS if (root / file).exists())  # what was pulled for the sample


def _remove_empty_folders(folder: Path) -> None:
    """Remove `folder` and the folders in it as far as they are empty."""
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
