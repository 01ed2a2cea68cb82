"""The registry: the YAML files of curation/ as records by id; every mistake is reported with its file and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from ..errors import Problem
from ..files import read_regular_file
from ..slugs import slugify
from . import frontmatter, settings, yaml
from .curation import Person, Policy, Series, Source, Topic
from .fields import SuggestId, Violation, convert_record, find_removed_keys, suggest_nearest
from .markdown.allowed_html import find_foreign_hosts
from .markdown.limits import find_excesses
from .paths import (
    PEOPLE_FILE,
    POLICY_FILE,
    SERIES_FILE,
    SOURCES_FILE,
    TOPICS_FILE,
    is_confined,
    is_shown_picture,
    resolve_content_path,
)
from .pictures.colours import check_colours, choose_colours
from .pictures.logo import Logo, check_logo, find_logo
from .pictures.model import Picture
from .pictures.records import add_portraits, read_record_pictures
from .podcasts import directories
from .rules import registries
from .rules.contract import refuse_newer_contract

RegistryRecordT = TypeVar("RegistryRecordT", bound=Source | Person | Topic | Series)

_IMAGE_HINT = "Put it there, or correct the name: it is one below content/, such as images/…."
# Name of a file in curation/ -> what one of its records is.
KINDS_BY_FIELD = {
    "authors": "people",
    "guests": "people",
    "hosts": "people",
    "people": "people",
    "curators": "people",
    "topics": "topics",
    "source": "sources",
    "without": "sources",
}
_NOUNS = {"people": "person", "topics": "topic", "sources": "source", "series": "series"}


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """The records of curation/*.yaml by id, in the order of the files.

    `policy`: None if policy.yaml is invalid.
    `pictures`: those of topics and people, by path below content/ as it is written.
    `logo`: that of the policy, None if it names none that can be shown.
    `timezone`: the site's time zone (IANA name), by which moments have their calendar days.
    `is_complete`: every file was read to its end, so that an id that is missing here does not exist.
    """

    sources: dict[str, Source]
    people: dict[str, Person]
    topics: dict[str, Topic]
    policy: Policy | None
    series: dict[str, Series] = msgspec.field(default_factory=dict)
    pictures: dict[str, Picture] = msgspec.field(default_factory=dict)
    logo: Logo | None = None
    timezone: str = "UTC"
    is_complete: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.timezone)

    def get_series(self, series_id: str) -> Series:
        """Return the series with this id; if series.yaml does not have it, one that is named by its id."""
        return self.series.get(series_id) or Series(id=series_id, name=series_id)

    def resolve_as_of(self, requested: datetime | None, now: datetime) -> datetime:
        """Return the edition's date: the requested one, else that of policy.yaml, else `now`."""
        return requested or (self.policy.as_of if self.policy else None) or now


def read_registry(root: Path) -> tuple[Registry, list[Problem]]:
    """Return the registry at `root`, as far as it can be read, and all problems. Refuses a newer contract."""
    problems: list[Problem] = []
    policy_problems: list[Problem] = []
    policy_values = _load_yaml_file(root, POLICY_FILE, policy_problems)
    refuse_newer_contract(policy_values)
    # In this order, so that a name where an id belongs is recognised: sources name people and topics.
    people = _read_record_list(root, PEOPLE_FILE, Person, problems)
    known = Registry(sources={}, people=people, topics={}, policy=None)
    topics = choose_colours(_read_record_list(root, TOPICS_FILE, Topic, problems, partial(suggest_id, known)))
    known = Registry(sources={}, people=people, topics=topics, policy=None)
    sources = _read_record_list(root, SOURCES_FILE, Source, problems, partial(suggest_id, known))
    # series.yaml is optional: a series without it is named by its id.
    series = _read_record_list(root, SERIES_FILE, Series, problems) if (root / SERIES_FILE).exists() else {}
    known = Registry(sources=sources, people=people, topics=topics, policy=None)
    site = settings.find_site_settings(root)
    zone = ZoneInfo(site.timezone if site else "UTC")
    policy = None
    if not policy_problems:
        values = {} if policy_values is None else policy_values
        policy, violations = convert_record(Policy, values, zone, suggest_id=partial(suggest_id, known))
        policy_problems += report_violations(root, POLICY_FILE, violations)
    problems += policy_problems
    registry = Registry(
        sources=sources,
        people=people,
        topics=topics,
        policy=policy,
        series=series,
        logo=find_logo(root, policy.logo) if policy else None,
        timezone=zone.key,
        is_complete=not problems,
    )
    if registry.is_complete:  # a broken people.yaml would make every name in the other files unknown
        problems += report_violations(root, SOURCES_FILE, _check_sources(root, registry))
        problems += report_violations(root, TOPICS_FILE, _check_topics(root, registry))
        problems += report_violations(root, PEOPLE_FILE, _check_people(root, list(registry.people.values())))
        problems += report_violations(root, SERIES_FILE, _check_series(root, list(registry.series.values())))
        if policy:
            problems += report_violations(root, POLICY_FILE, _check_policy(root, policy, registry, site))
    if not problems:
        problems += _read_pictures(root, registry)
    return registry, problems


def find_unknown_pins(root: Path, registry: Registry, post_uids: Collection[str]) -> list[Problem]:
    """Report uids of pinned posts and the lead story that match no post; `post_uids` are of all posts, drafts, too."""
    violations = [
        Violation((topic_index, "pinned", index), f'no post has the uid "{uid}"', suggest_nearest(uid, post_uids))
        for topic_index, topic in enumerate(registry.topics.values())
        for index, uid in enumerate(topic.pinned)
        if uid not in post_uids
    ]
    lead = registry.policy.lead if registry.policy else None
    leads = []
    if lead and lead.uid not in post_uids:
        leads.append(
            Violation(("lead", "uid"), f'no post has the uid "{lead.uid}"', suggest_nearest(lead.uid, post_uids))
        )
    return [*report_violations(root, TOPICS_FILE, violations), *report_violations(root, POLICY_FILE, leads)]


def find_missing_podcast_fields(root: Path, registry: Registry) -> list[Problem]:
    """Report what policy.yaml lacks of a podcast with recordings."""
    podcast = registry.policy.podcast if registry.policy else None
    return report_violations(root, POLICY_FILE, directories.find_missing_fields(podcast) if podcast else ())


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
        *report_violations(root, SOURCES_FILE, source_violations),
        *report_violations(root, POLICY_FILE, find_removed_keys(Policy, policy)),
    ]


def suggest_id(registry: Registry | None, path: yaml.YamlPath, text: str) -> str:
    """Return a hint that proposes an id for a name that stands where an id belongs; empty where none belongs.

    `path` is that of the value in front matter or in curation/*.yaml.
    """
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    kind = "series" if path[:2] == ("series", "id") else KINDS_BY_FIELD.get(field, "")
    if not registry or not kind:
        return ""
    return _suggest_record(text, kind, getattr(registry, kind))


def _suggest_record(text: str, kind: str, records: Mapping[str, Any]) -> str:
    return f"{suggest_record(text, records)} New ones are added in curation/{kind}.yaml."


def suggest_record(text: str, records: Mapping[str, Any]) -> str:
    """Return a hint that proposes the record whose id or name is `text` or most like it, else one that lists ids."""
    ids = {record.name.casefold(): record_id for record_id, record in records.items()}
    record_id = ids.get(text.casefold()) or slugify(text)
    if record_id not in records:
        # The ids last, so that one that is also a name wins.
        candidates = {**ids, **{known_id: known_id for known_id in records}}
        close = difflib.get_close_matches(text.casefold(), candidates, n=1, cutoff=0.6)
        if not close:
            return suggest_nearest(slugify(text), records)
        record_id = candidates[close[0]]
    return f'Did you mean "{record_id}"?'


def report_unknown_id(path: yaml.YamlPath, kind: str, unknown_id: str, known_ids: Mapping[str, Any]) -> Violation:
    """Return the violation that `unknown_id` is not in curation/`kind`.yaml, with the id that was probably meant."""
    return Violation(path, f'unknown {_NOUNS[kind]} "{unknown_id}"', _suggest_record(unknown_id, kind, known_ids))


def _load_yaml_file(root: Path, file: str, problems: list[Problem]) -> object:
    """Return the values of a YAML file; None, and a problem, if it cannot be read. An empty file has None, too."""
    try:
        text = frontmatter.decode_text(file, read_regular_file(root / file))
        values = yaml.load_yaml(text)
    except FileNotFoundError:
        hint = 'Run this inside an edition; "kuratorium start" creates one.'
        problems.append(Problem(file, 0, "", "the file is missing", hint))
    except OSError as error:
        problems.append(Problem(file, 0, "", f"cannot be read: {error.strerror}", "Make the file readable."))
    except frontmatter.InvalidFileError as error:
        problems += error.problems
    except yaml.InvalidYamlError as error:
        problems.append(Problem(file, error.line, "", f"this is not YAML: {error}", error.hint))
    else:
        problems += report_violations(root, file, frontmatter.report_forbidden_characters(text, values))
        return values
    return None


def read_timezone(root: Path) -> ZoneInfo:
    """Return the site's time zone, or UTC if pelicanconf.py is invalid; `check` and the build report that."""
    site = settings.find_site_settings(root)
    return ZoneInfo(site.timezone if site else "UTC")


def _read_record_list(
    root: Path,
    file: str,
    record_type: type[RegistryRecordT],
    problems: list[Problem],
    suggest: SuggestId | None = None,
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
        record, record_violations = convert_record(record_type, value, suggest_id=suggest)
        violations += [violation.prefix_path(index) for violation in record_violations]
        if record is None:
            continue
        if record.id in records:  # the second would silently replace the first
            violations.append(
                Violation((index, "id"), f'the id "{record.id}" occurs twice', "Give one of them another id.")
            )
        if isinstance(record, Source):
            violations += [violation.prefix_path(index) for violation in _check_selectors(record)]
            violations += [violation.prefix_path(index) for violation in _check_zone(record)]
        records[record.id] = record
    problems += report_violations(root, file, violations)
    return records


def _check_selectors(source: Source) -> Iterator[Violation]:
    """Check that a page has selectors, and a feed has none."""
    if source.type == "page" and source.select is None:
        hint = "For example, one line further down: select: {entry: article, title: h2}"
        yield Violation(("type",), 'a page needs "select", which says where its entries are', hint)
    if source.type != "page" and source.select is not None:
        yield Violation(("select",), '"select" is only for pages', 'Add "type: page", or delete "select".')


def _check_zone(source: Source) -> Iterator[Violation]:
    """Check that a source's time zone exists."""
    if source.zone and not _is_zone(source.zone):
        hint = f"{suggest_nearest(source.zone, available_timezones())} Write an IANA name."
        yield Violation(("zone",), f'unknown time zone "{source.zone}"', hint)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):  # ValueError for "../x", OSError for a folder's name
        return False


def _check_sources(root: Path, registry: Registry) -> Iterator[Violation]:
    for index, source in enumerate(registry.sources.values()):
        for violation in (*registries.check_feed(root, source), *registries.check_filters(source)):
            yield violation.prefix_path(index)
        yield from _check_ids((index, "people"), "people", source.people, registry.people)
        yield from _check_ids((index, "topics"), "topics", source.topics, registry.topics)


def _check_topics(root: Path, registry: Registry) -> Iterator[Violation]:
    for index, topic in enumerate(registry.topics.values()):
        yield from _check_ids((index, "curators"), "people", topic.curators, registry.people)
        for place, uid in enumerate(topic.pinned):
            if uid in topic.pinned[:place]:
                yield Violation((index, "pinned", place), f'"{uid}" occurs twice', "Delete one of them.")
    yield from _check_images(root, list(registry.topics.values()))
    yield from _check_intros(list(registry.topics.values()))


def _check_series(root: Path, records: Sequence[Series]) -> Iterator[Violation]:
    yield from _check_intros(records)
    for index, record in enumerate(records):
        for violation in directories.check_series(root, record):
            yield violation.prefix_path(index)


_FEDIVERSE_ACCOUNT = re.compile(r"@[\w.-]+@[\w-]+(?:\.[\w-]+)+")


def _check_people(root: Path, people: Sequence[Person]) -> Iterator[Violation]:
    for index, person in enumerate(people):
        if person.fediverse and not _FEDIVERSE_ACCOUNT.fullmatch(person.fediverse):
            message = f'expected an account of the fediverse, found "{person.fediverse}"'
            yield Violation((index, "fediverse"), message, "For example: @anna@social.example")
    yield from _check_images(root, people)


def _check_intros(records: Sequence[Topic | Series]) -> Iterator[Violation]:
    """Check the Markdown of topics and series: it exceeds no limit, and loads nothing from other hosts."""
    for index, record in enumerate(records):
        for violation in [*find_excesses(record.intro)] or find_foreign_hosts(record.intro):
            yield Violation((index, "intro"), violation.message, violation.hint)


def _check_policy(
    root: Path, policy: Policy, registry: Registry, site: settings.SiteSettings | None
) -> Iterator[Violation]:
    if policy.podcast:
        yield from directories.check_podcast(root, policy.podcast)
    yield from _check_ids(("fresh", "without"), "sources", policy.fresh.without, registry.sources)
    if person := registry.people.get(policy.imprint.responsible):
        message = f'"{person.id}" is an id, and readers see it as it is'
        yield Violation(("imprint", "responsible"), message, f"Write the name: {person.name}")
    yield from registries.check_policy(policy)
    yield from check_logo(root, policy.logo)
    if site:
        yield from check_colours(root / site.theme, policy.colours)


def _check_ids(
    path: yaml.YamlPath, kind: str, ids: Iterable[str], known_ids: Mapping[str, object]
) -> Iterator[Violation]:
    """Check that each of `ids`, a list at `path`, is in curation/`kind`.yaml, and occurs once."""
    ids = list(ids)
    for index, record_id in enumerate(ids):
        if record_id not in known_ids:
            yield report_unknown_id((*path, index), kind, record_id, known_ids)
        elif record_id in ids[:index]:
            yield Violation((*path, index), f'"{record_id}" occurs twice', "Delete one of them.")


def _check_images(root: Path, records: Sequence[Person | Topic]) -> Iterator[Violation]:
    """Check that pictures of people and topics exist below content/."""
    for index, record in enumerate(records):
        if record.image:
            file = resolve_content_path(record.image.file)
            if file is None:
                message = f'"{record.image.file}" leads out of content/'
            elif not (root / file).is_file() or not is_confined(str(root), file, "content"):
                message = f"there is no file {file}"
            elif not is_shown_picture(file):
                message = f"{file} is no picture"
            else:
                continue
            yield Violation((index, "image", "file"), message, _IMAGE_HINT)


def _read_pictures(root: Path, registry: Registry) -> list[Problem]:
    """Add the pictures of topics and people to the registry, and return where one cannot be shown."""
    of_topics, topic_violations = read_record_pictures(root, registry.topics)
    of_people, people_violations = read_record_pictures(root, registry.people)
    registry.pictures.update(of_topics | of_people)
    add_portraits(registry.people, of_people)
    return [
        *report_violations(root, TOPICS_FILE, topic_violations),
        *report_violations(root, PEOPLE_FILE, people_violations),
    ]


def report_violations(root: Path, file: str, violations: Iterable[Violation]) -> list[Problem]:
    """Return violations as problems with their lines; the file is parsed again for them, but only if there are any."""
    violations = list(violations)
    if not violations:
        return []
    text = frontmatter.decode_text(file, (root / file).read_bytes())
    return frontmatter.locate_violations(file, text, violations, first_line=1)
