"""The registry: the YAML files of curation/ as records by id; every mistake is reported with its file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import Problem
from ..unsafe_characters import may_have_unsafe_characters
from . import frontmatter, yaml
from .curation import Person, Policy, Series, Source, Topic
from .embeds import PROVIDERS_BY_ID
from .fields import Violation, convert_record, find_removed_keys, find_unsafe_text, suggest_nearest
from .markdown.limits import find_excesses
from .markdown.markup import find_foreign_hosts
from .paths import CONTENT_PREFIX, PEOPLE_FILE, POLICY_FILE, SERIES_FILE, SOURCES_FILE, TOPICS_FILE

RegistryRecordT = TypeVar("RegistryRecordT", bound=Source | Person | Topic | Series)

_IMAGE_HINT = "Put it there, or correct the name: it is one below content/, such as images/…."
# Name of a file in curation/ -> what one of its records is.
_NOUNS = {"people": "person", "topics": "topic", "sources": "source", "series": "series"}


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """The records of curation/*.yaml by id, in the order of the files.

    `policy`: None if policy.yaml is invalid.
    `is_complete`: every file was read to its end, so that an id that is missing here does not exist.
    """

    sources: dict[str, Source]
    people: dict[str, Person]
    topics: dict[str, Topic]
    policy: Policy | None
    series: dict[str, Series] = msgspec.field(default_factory=dict)
    is_complete: bool = True

    def get_series(self, series_id: str) -> Series:
        """Return the series with this id; if series.yaml does not have it, one that is named by its id."""
        return self.series.get(series_id) or Series(id=series_id, name=series_id)

    def resolve_as_of(self, requested: datetime | None, now: datetime) -> datetime:
        """Return the edition's date: the requested one, else that of policy.yaml, else `now`."""
        return requested or (self.policy.as_of if self.policy else None) or now


def read_registry(root: Path) -> tuple[Registry, list[Problem]]:
    """Return the registry of the edition at `root`, as far as it can be read, and all its problems."""
    problems: list[Problem] = []
    sources = _read_record_list(root, SOURCES_FILE, Source, problems)
    people = _read_record_list(root, PEOPLE_FILE, Person, problems)
    topics = _read_record_list(root, TOPICS_FILE, Topic, problems)
    # series.yaml is optional: a series without it is named by its id.
    series = _read_record_list(root, SERIES_FILE, Series, problems) if (root / SERIES_FILE).exists() else {}
    policy = _read_policy(root, problems)
    registry = Registry(
        sources=sources, people=people, topics=topics, policy=policy, series=series, is_complete=not problems
    )
    if registry.is_complete:  # a broken people.yaml would make every name in the other files unknown
        problems += _report_violations(root, SOURCES_FILE, _check_sources(registry))
        problems += _report_violations(root, TOPICS_FILE, _check_topics(root, registry))
        problems += _report_violations(root, PEOPLE_FILE, _check_images(root, list(registry.people.values())))
        problems += _report_violations(root, SERIES_FILE, _check_intros(list(registry.series.values())))
        if policy:
            problems += _report_violations(root, POLICY_FILE, _check_policy(policy, registry))
    return registry, problems


def find_unknown_pins(root: Path, registry: Registry, post_uids: Collection[str]) -> list[Problem]:
    """Report pinned uids that match no post; `post_uids` are those of all posts, drafts included."""
    violations = [
        Violation((topic_index, "pinned", index), f'no post has the uid "{uid}"', suggest_nearest(uid, post_uids))
        for topic_index, topic in enumerate(registry.topics.values())
        for index, uid in enumerate(topic.pinned)
        if uid not in post_uids
    ]
    return _report_violations(root, TOPICS_FILE, violations)


def find_removed_fields(root: Path) -> list[Problem]:
    """Report keys in sources.yaml and policy.yaml that the contract no longer has; files that are no YAML have none."""
    # Problems are dropped here, because `read_registry` reports them.
    sources, policy = _load_yaml_file(root, SOURCES_FILE, []), _load_yaml_file(root, POLICY_FILE, [])
    source_violations = [
        violation.prefix_path(index)
        for index, value in enumerate(sources if isinstance(sources, list) else [])
        for violation in find_removed_keys(Source, value)
    ]
    return [
        *_report_violations(root, SOURCES_FILE, source_violations),
        *_report_violations(root, POLICY_FILE, find_removed_keys(Policy, policy)),
    ]


def report_unknown_id(path: yaml.YamlPath, kind: str, unknown_id: str, known_ids: Mapping[str, object]) -> Violation:
    """Return the violation that `unknown_id` is not in curation/`kind`.yaml, with the id that was probably meant."""
    hint = f"{suggest_nearest(unknown_id, known_ids)} New ones are added in curation/{kind}.yaml."
    return Violation(path, f'unknown {_NOUNS[kind]} "{unknown_id}"', hint)


def _load_yaml_file(root: Path, file: str, problems: list[Problem]) -> object:
    """Return the values of a YAML file; None, and a problem, if it cannot be read. An empty file has None, too."""
    try:
        text = frontmatter.decode_text(file, (root / file).read_bytes())
        values = yaml.load_yaml(text)
        if may_have_unsafe_characters(text):
            problems += _report_violations(root, file, find_unsafe_text(values))
        return values
    except FileNotFoundError:
        hint = 'Run this inside an edition; "kuratorium start" creates one.'
        problems.append(Problem(file, 0, "", "the file is missing", hint))
    except OSError as error:
        problems.append(Problem(file, 0, "", f"cannot be read: {error.strerror}", "Make the file readable."))
    except frontmatter.InvalidFileError as error:
        problems += error.problems
    except yaml.InvalidYamlError as error:
        problems.append(Problem(file, error.line, "", f"this is not YAML: {error}", error.hint))
    return None


def _read_policy(root: Path, problems: list[Problem]) -> Policy | None:
    problems_before = len(problems)
    values = _load_yaml_file(root, POLICY_FILE, problems)
    if len(problems) > problems_before:
        return None
    policy, violations = convert_record(Policy, values if values is not None else {})
    problems += _report_violations(root, POLICY_FILE, violations)
    return policy


def _read_record_list(
    root: Path, file: str, record_type: type[RegistryRecordT], problems: list[Problem]
) -> dict[str, RegistryRecordT]:
    """Return the records of a file by id, without invalid ones; adds to `problems`."""
    values = _load_yaml_file(root, file, problems)
    if values is None:
        return {}
    if not isinstance(values, list):
        hint = 'Write entries that begin with "- id: …".'
        problems.append(Problem(file, 1, "", "expected a list of entries", hint))
        return {}
    records: dict[str, RegistryRecordT] = {}
    violations: list[Violation] = []
    for index, value in enumerate(values):
        record, record_violations = convert_record(record_type, value)
        violations += [violation.prefix_path(index) for violation in record_violations]
        if record is None:
            continue
        if record.id in records:  # the second would silently replace the first
            violations.append(
                Violation((index, "id"), f'the id "{record.id}" occurs twice', "Give one of them another id.")
            )
        if isinstance(record, Source):
            violations += [violation.prefix_path(index) for violation in _check_selectors(record)]
        records[record.id] = record
    problems += _report_violations(root, file, violations)
    return records


def _check_selectors(source: Source) -> Iterator[Violation]:
    """Check that a page has selectors, and a feed has none."""
    if source.type == "page" and source.select is None:
        hint = "For example, one line further down: select: {entry: article, title: h2}"
        yield Violation(("type",), 'a page needs "select", which says where its entries are', hint)
    if source.type != "page" and source.select is not None:
        yield Violation(("select",), '"select" is only for pages', 'Add "type: page", or delete "select".')


def _check_sources(registry: Registry) -> Iterator[Violation]:
    for index, source in enumerate(registry.sources.values()):
        yield from _check_ids((index, "people"), "people", source.people, registry.people)
        yield from _check_ids((index, "topics"), "topics", source.topics, registry.topics)


def _check_topics(root: Path, registry: Registry) -> Iterator[Violation]:
    for index, topic in enumerate(registry.topics.values()):
        yield from _check_ids((index, "curators"), "people", topic.curators, registry.people)
    yield from _check_images(root, list(registry.topics.values()))
    yield from _check_intros(list(registry.topics.values()))


def _check_intros(records: Sequence[Topic | Series]) -> Iterator[Violation]:
    """Check the Markdown of topics and series: it exceeds no limit, and loads nothing from other hosts."""
    for index, record in enumerate(records):
        for violation in [*find_excesses(record.intro)] or find_foreign_hosts(record.intro):
            yield Violation((index, "intro"), violation.message, violation.hint)


def _check_policy(policy: Policy, registry: Registry) -> Iterator[Violation]:
    yield from _check_ids(("fresh", "without"), "sources", policy.fresh.without, registry.sources)
    for index, provider in enumerate(policy.embeds):
        if provider not in PROVIDERS_BY_ID:
            hint = suggest_nearest(provider, PROVIDERS_BY_ID)
            yield Violation(("embeds", index), f'unknown provider "{provider}"', hint)


def _check_ids(
    path: yaml.YamlPath, kind: str, ids: Iterable[str], known_ids: Mapping[str, object]
) -> Iterator[Violation]:
    """Check that each of `ids`, a list at `path`, is in curation/`kind`.yaml."""
    for index, record_id in enumerate(ids):
        if record_id not in known_ids:
            yield report_unknown_id((*path, index), kind, record_id, known_ids)


def _check_images(root: Path, records: Sequence[Person | Topic]) -> Iterator[Violation]:
    """Check that pictures of people and topics exist below content/."""
    for index, record in enumerate(records):
        if record.image and not (root / CONTENT_PREFIX / record.image.file).is_file():
            message = f"there is no file {CONTENT_PREFIX}{record.image.file}"
            yield Violation((index, "image", "file"), message, _IMAGE_HINT)


def _report_violations(root: Path, file: str, violations: Iterable[Violation]) -> list[Problem]:
    """Return violations as problems with their lines; the file is parsed again for them, but only if there are any."""
    violations = list(violations)
    if not violations:
        return []
    text = frontmatter.decode_text(file, (root / file).read_bytes())
    return frontmatter.locate_violations(file, text, violations, first_line=1)
