"""Sources, people, topics, policy: the YAML files of curation/ -> records, errors with file and line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import Problem
from . import frontmatter, yaml
from .curation import Person, Policy, Series, Source, Topic
from .embeds import PROVIDERS_BY_ID
from .paths import PEOPLE_FILE, POLICY_FILE, SERIES_FILE, SOURCES_FILE, TOPICS_FILE
from .validation import Violation, convert_record, suggest_nearest

RecordT = TypeVar("RecordT", bound=msgspec.Struct)
RegistryRecordT = TypeVar("RegistryRecordT", bound="Source | Person | Topic | Series")

_IMAGE_HINT = "Put it there, or correct the name: it is one below content/, such as images/…."


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What curation/*.yaml says, by id, in the files' order.

    `whole`: every file could be read to its end, so an id that is not here is nowhere.
    """

    sources: dict[str, Source]
    people: dict[str, Person]
    topics: dict[str, Topic]
    policy: Policy | None
    series: dict[str, Series] = msgspec.field(default_factory=dict)
    is_complete: bool = True

    def get_series(self, series_id: str) -> Series:
        """The series of this id; one that series.yaml does not name goes by its id."""
        return self.series.get(series_id) or Series(id=series_id, name=series_id)

    def resolve_as_of(self, requested: datetime | None, now: datetime) -> datetime:
        """The edition's date: what the caller gives, else what policy.yaml pins, else the clock."""
        return requested or (self.policy.as_of if self.policy else None) or now


def read_registry(root: Path) -> tuple[Registry, list[Problem]]:
    """Read the registry of the edition at `root`, with all that is wrong in it."""
    problems: list[Problem] = []
    sources = _read_record_list(root, SOURCES_FILE, Source, problems)
    people = _read_record_list(root, PEOPLE_FILE, Person, problems)
    topics = _read_record_list(root, TOPICS_FILE, Topic, problems)
    series = _read_record_list(root, SERIES_FILE, Series, problems) if (root / SERIES_FILE).exists() else {}
    policy = _read_single_record(root, POLICY_FILE, Policy, problems)
    registry = Registry(
        sources=sources, people=people, topics=topics, policy=policy, series=series, is_complete=not problems
    )
    if registry.is_complete:  # a broken people.yaml would make every name in the others unknown
        problems += _check_references(root, SOURCES_FILE, list(sources.values()), _list_source_references, registry)
        problems += _check_references(root, TOPICS_FILE, list(topics.values()), _list_topic_references, registry)
        problems += _check_hidden_sources(root, registry)
        problems += _check_images(root, PEOPLE_FILE, list(people.values()))
        problems += _check_images(root, TOPICS_FILE, list(topics.values()))
        problems += _check_embed_providers(root, policy)
    return registry, problems


def _load_yaml_file(root: Path, file: str, problems: list[Problem]) -> tuple[str, object] | None:
    try:
        text = frontmatter.decode_text(file, (root / file).read_bytes())
        return text, yaml.load_yaml(text)
    except FileNotFoundError:
        mend = "Run this inside an edition; «kuratorium start» makes one."
        problems.append(Problem(file, 0, "", "the file is missing", mend))
    except OSError as error:
        problems.append(Problem(file, 0, "", f"cannot be read: {error.strerror}", "Make the file readable."))
    except frontmatter.InvalidFileError as error:
        problems += error.problems
    except yaml.InvalidYamlError as error:
        problems.append(Problem(file, error.line, "", f"this is no YAML: {error}", error.hint))
    return None


def _read_single_record(root: Path, file: str, record: type[RecordT], problems: list[Problem]) -> RecordT | None:
    found = _load_yaml_file(root, file, problems)
    if found is None:
        return None
    text, values = found
    one, misfits = convert_record(record, values if values is not None else {})
    problems += frontmatter.locate_violations(file, text, misfits, first_line=1)
    return one


def _read_record_list(
    root: Path, file: str, record: type[RegistryRecordT], problems: list[Problem]
) -> dict[str, RegistryRecordT]:
    read = _load_yaml_file(root, file, problems)
    if read is None:
        return {}
    text, values = read
    if values is not None and not isinstance(values, list):
        mend = "Write entries that begin with «- id: …»."
        problems.append(Problem(file, 1, "", "expected a list of entries", mend))
        return {}
    records: dict[str, RegistryRecordT] = {}
    misfits: list[Violation] = []
    for index, value in enumerate(values or []):
        named, found = convert_record(record, value)
        misfits += [Violation((index, *wrong.path), wrong.message, wrong.hint) for wrong in found]
        if named is None:
            continue
        if named.id in records:
            misfits.append(
                Violation((index, "id"), f"the id «{named.id}» stands twice", "Give one of them another id.")
            )
        if isinstance(named, Source):
            misfits += [Violation((index, *wrong.path), wrong.message, wrong.hint) for wrong in _check_selectors(named)]
        records[named.id] = named
    problems += frontmatter.locate_violations(file, text, misfits, first_line=1)
    return records


def _check_selectors(source: Source) -> Iterator[Violation]:
    """A page is of no use without selectors, and a feed needs none."""
    if source.type == "page" and source.select is None:
        what = "a page needs «select»: where are its entries?"
        yield Violation(("type",), what, "For example, a line further down: select: {entry: article, title: h2}")
    if source.type != "page" and source.select is not None:
        yield Violation(("select",), "«select» is for pages", "Add «type: page», or leave «select» out.")


def _list_source_references(source: Source) -> Iterator[tuple[yaml.YamlPath, str, str]]:
    yield from ((("people", index), "people", one) for index, one in enumerate(source.people))
    yield from ((("topics", index), "topics", one) for index, one in enumerate(source.topics))


def _list_topic_references(topic: Topic) -> Iterator[tuple[yaml.YamlPath, str, str]]:
    yield from ((("curators", index), "people", one) for index, one in enumerate(topic.curators))


def _check_references(
    root: Path,
    file: str,
    records: list[RegistryRecordT],
    refs: Callable[[RegistryRecordT], Iterator[tuple[yaml.YamlPath, str, str]]],
    registry: Registry,
) -> list[Problem]:
    misfits: list[Violation] = []
    for index, record in enumerate(records):
        for path, kind, one in refs(record):
            if one not in getattr(registry, kind):
                misfits.append(report_unknown_id((index, *path), kind, one, getattr(registry, kind)))
    return _report_violations(root, file, misfits)


def _check_hidden_sources(root: Path, registry: Registry) -> list[Problem]:
    """Complain of sources that the policy keeps from the site and that are none."""
    without = registry.policy.fresh.without if registry.policy else ()
    misfits = [
        report_unknown_id(("fresh", "without", index), "sources", one, registry.sources)
        for index, one in enumerate(without)
        if one not in registry.sources
    ]
    return _report_violations(root, POLICY_FILE, misfits)


def find_unknown_pins(root: Path, registry: Registry, post_uids: Collection[str]) -> list[Problem]:
    """Complain of pinned posts that are none; `posts` are the uids of all, drafts too."""
    misfits = [
        Violation((place, "pinned", index), f"no post has the uid «{uid}»", suggest_nearest(uid, post_uids))
        for place, topic in enumerate(registry.topics.values())
        for index, uid in enumerate(topic.pinned)
        if uid not in post_uids
    ]
    return _report_violations(root, TOPICS_FILE, misfits)


def _report_violations(root: Path, file: str, violations: list[Violation]) -> list[Problem]:
    if not violations:
        return []
    text = frontmatter.decode_text(file, (root / file).read_bytes())
    return frontmatter.locate_violations(file, text, violations, first_line=1)


def _check_images(root: Path, file: str, records: Sequence[Person | Topic]) -> list[Problem]:
    """Pictures of people and topics are files below content/."""
    misfits = [
        Violation((index, "image", "file"), f"there is no file content/{one.image.file}", _IMAGE_HINT)
        for index, one in enumerate(records)
        if one.image and not (root / "content" / one.image.file).is_file()
    ]
    return _report_violations(root, file, misfits)


def _check_embed_providers(root: Path, policy: Policy | None) -> list[Problem]:
    """What may be embedded is of a provider that there is."""
    misfits = [
        Violation(("embeds", index), f"unknown provider «{one}»", suggest_nearest(one, PROVIDERS_BY_ID))
        for index, one in enumerate(policy.embeds if policy else ())
        if one not in PROVIDERS_BY_ID
    ]
    return _report_violations(root, POLICY_FILE, misfits)


def report_unknown_id(path: yaml.YamlPath, kind: str, unknown_id: str, known_ids: Mapping[str, object]) -> Violation:
    """Say that `one` is no id of curation/`kind`.yaml, and which one was probably meant."""
    noun = {"people": "person", "topics": "topic", "sources": "source", "series": "series"}[kind]
    mend = f"{suggest_nearest(unknown_id, known_ids)} New ones are added in curation/{kind}.yaml."
    return Violation(path, f"unknown {noun} «{unknown_id}»", mend)
