"""Sources, people, topics, policy: the YAML files of curation/ -> records, errors with file and line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import Problem
from . import frontmatter, yaml
from .curation import NamedSeries, Person, Policy, Source, Topic
from .embeds import PROVIDERS
from .validation import Misfit, decode, nearest

R = TypeVar("R", bound=msgspec.Struct)
Named = TypeVar("Named", bound="Source | Person | Topic | NamedSeries")

_OPTIONAL = "curation/series.yaml"
_PICTURE = "Put it there, or correct the name: it is one below content/, such as images/…."


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What curation/*.yaml says, by id, in the files' order.

    `whole`: every file could be read to its end, so an id that is not here is nowhere.
    """

    sources: dict[str, Source]
    people: dict[str, Person]
    topics: dict[str, Topic]
    policy: Policy | None
    series: dict[str, NamedSeries] = msgspec.field(default_factory=dict)
    whole: bool = True

    def series_of(self, series: str) -> NamedSeries:
        """The series of this id; one that series.yaml does not name goes by its id."""
        return self.series.get(series) or NamedSeries(id=series, name=series)

    def as_of(self, given: datetime | None, clock: datetime) -> datetime:
        """The edition's date: what the caller gives, else what policy.yaml pins, else the clock."""
        return given or (self.policy.as_of if self.policy else None) or clock


def read(root: Path) -> tuple[Registry, list[Problem]]:
    """Read the registry of the edition at `root`, with all that is wrong in it."""
    problems: list[Problem] = []
    sources = _read_list(root, "curation/sources.yaml", Source, problems)
    people = _read_list(root, "curation/people.yaml", Person, problems)
    topics = _read_list(root, "curation/topics.yaml", Topic, problems)
    series = _read_list(root, _OPTIONAL, NamedSeries, problems) if (root / _OPTIONAL).exists() else {}
    policy = _read_one(root, "curation/policy.yaml", Policy, problems)
    registry = Registry(sources=sources, people=people, topics=topics, policy=policy, series=series, whole=not problems)
    if registry.whole:  # a broken people.yaml would make every name in the others unknown
        problems += _dangling(root, "curation/sources.yaml", list(sources.values()), _source_refs, registry)
        problems += _dangling(root, "curation/topics.yaml", list(topics.values()), _topic_refs, registry)
        problems += _unfollowed(root, registry)
        problems += _without_picture(root, "curation/people.yaml", list(people.values()))
        problems += _without_picture(root, "curation/topics.yaml", list(topics.values()))
        problems += _unknown_hosts(root, policy)
    return registry, problems


def _values(root: Path, file: str, problems: list[Problem]) -> tuple[str, object] | None:
    try:
        text = frontmatter.text_of(file, (root / file).read_bytes())
        return text, yaml.load(text)
    except FileNotFoundError:
        mend = "Run this inside an edition; «kuratorium start» makes one."
        problems.append(Problem(file, 0, "", "the file is missing", mend))
    except OSError as error:
        problems.append(Problem(file, 0, "", f"cannot be read: {error.strerror}", "Make the file readable."))
    except frontmatter.BadFile as error:
        problems += error.problems
    except yaml.YamlError as error:
        problems.append(Problem(file, error.line, "", f"this is no YAML: {error}", error.mend))
    return None


def _read_one(root: Path, file: str, record: type[R], problems: list[Problem]) -> R | None:
    found = _values(root, file, problems)
    if found is None:
        return None
    text, values = found
    one, misfits = decode(record, values if values is not None else {})
    problems += frontmatter.problems(file, text, misfits, first_line=1)
    return one


def _read_list(root: Path, file: str, record: type[Named], problems: list[Problem]) -> dict[str, Named]:
    read = _values(root, file, problems)
    if read is None:
        return {}
    text, values = read
    if values is not None and not isinstance(values, list):
        mend = "Write entries that begin with «- id: …»."
        problems.append(Problem(file, 1, "", "expected a list of entries", mend))
        return {}
    records: dict[str, Named] = {}
    misfits: list[Misfit] = []
    for index, value in enumerate(values or []):
        named, found = decode(record, value)
        misfits += [Misfit((index, *wrong.path), wrong.what, wrong.mend) for wrong in found]
        if named is None:
            continue
        if named.id in records:
            misfits.append(Misfit((index, "id"), f"the id «{named.id}» stands twice", "Give one of them another id."))
        if isinstance(named, Source):
            misfits += [Misfit((index, *wrong.path), wrong.what, wrong.mend) for wrong in _selecting(named)]
        records[named.id] = named
    problems += frontmatter.problems(file, text, misfits, first_line=1)
    return records


def _selecting(source: Source) -> Iterator[Misfit]:
    """A page is of no use without selectors, and a feed needs none."""
    if source.type == "page" and source.select is None:
        what = "a page needs «select»: where are its entries?"
        yield Misfit(("type",), what, "For example, a line further down: select: {entry: article, title: h2}")
    if source.type != "page" and source.select is not None:
        yield Misfit(("select",), "«select» is for pages", "Add «type: page», or leave «select» out.")


def _source_refs(source: Source) -> Iterator[tuple[yaml.Path, str, str]]:
    yield from ((("people", index), "people", one) for index, one in enumerate(source.people))
    yield from ((("topics", index), "topics", one) for index, one in enumerate(source.topics))


def _topic_refs(topic: Topic) -> Iterator[tuple[yaml.Path, str, str]]:
    yield from ((("curators", index), "people", one) for index, one in enumerate(topic.curators))


def _dangling(
    root: Path,
    file: str,
    records: list[Named],
    refs: Callable[[Named], Iterator[tuple[yaml.Path, str, str]]],
    registry: Registry,
) -> list[Problem]:
    misfits: list[Misfit] = []
    for index, record in enumerate(records):
        for path, kind, one in refs(record):
            if one not in getattr(registry, kind):
                misfits.append(unknown((index, *path), kind, one, getattr(registry, kind)))
    return _placed(root, file, misfits)


def _unfollowed(root: Path, registry: Registry) -> list[Problem]:
    """Complain of sources that the policy keeps from the site and that are none."""
    without = registry.policy.fresh.without if registry.policy else ()
    misfits = [
        unknown(("fresh", "without", index), "sources", one, registry.sources)
        for index, one in enumerate(without)
        if one not in registry.sources
    ]
    return _placed(root, "curation/policy.yaml", misfits)


def unpinned(root: Path, registry: Registry, posts: Collection[str]) -> list[Problem]:
    """Complain of pinned posts that are none; `posts` are the uids of all, drafts too."""
    misfits = [
        Misfit((place, "pinned", index), f"no post has the uid «{uid}»", nearest(uid, posts))
        for place, topic in enumerate(registry.topics.values())
        for index, uid in enumerate(topic.pinned)
        if uid not in posts
    ]
    return _placed(root, "curation/topics.yaml", misfits)


def _placed(root: Path, file: str, misfits: list[Misfit]) -> list[Problem]:
    if not misfits:
        return []
    text = frontmatter.text_of(file, (root / file).read_bytes())
    return frontmatter.problems(file, text, misfits, first_line=1)


def _without_picture(root: Path, file: str, records: Sequence[Person | Topic]) -> list[Problem]:
    """Pictures of people and topics are files below content/."""
    misfits = [
        Misfit((index, "image", "file"), f"there is no file content/{one.image.file}", _PICTURE)
        for index, one in enumerate(records)
        if one.image and not (root / "content" / one.image.file).is_file()
    ]
    return _placed(root, file, misfits)


def _unknown_hosts(root: Path, policy: Policy | None) -> list[Problem]:
    """What may be embedded is of a provider that there is."""
    misfits = [
        Misfit(("embeds", index), f"unknown provider «{one}»", nearest(one, PROVIDERS))
        for index, one in enumerate(policy.embeds if policy else ())
        if one not in PROVIDERS
    ]
    return _placed(root, "curation/policy.yaml", misfits)


def unknown(path: yaml.Path, kind: str, one: str, known: Mapping[str, object]) -> Misfit:
    """Say that `one` is no id of curation/`kind`.yaml, and which one was probably meant."""
    noun = {"people": "person", "topics": "topic", "sources": "source", "series": "series"}[kind]
    mend = f"{nearest(one, known)} New ones are added in curation/{kind}.yaml."
    return Misfit(path, f"unknown {noun} «{one}»", mend)
