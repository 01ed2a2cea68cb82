"""The files that an edition of one's own begins with: answers -> registry and pages, in its language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from ... import frontmatter, links, yaml12, yamlfast
from ...slugs import slug_of

HERE = Path(__file__).parent
SUBTITLES = {"de": "Gelesen, ausgewählt, eingeordnet", "en": "Read, chosen, put in context"}
LANGUAGES = tuple(SUBTITLES)
QUOTE_BUDGET = 120  # words: a long paragraph, and for the user to change


class Answers(Struct, frozen=True, kw_only=True):
    """What `kuratorium start` was told; topics are names, feeds are addresses or paths from the root."""

    name: str
    address: str
    language: str
    responsible: str
    email: str
    topics: tuple[str, ...]
    feeds: tuple[str, ...] = ()


def texts(answers: Answers) -> dict[str, str]:
    """Write the edition's first files: path from the root -> text; policy.yaml is the last of them."""
    files = {f"content/pages/{path.name}": _page(path, answers) for path in pages(answers.language)}
    return files | {
        "curation/people.yaml": _yaml("people", answers, [_person(answers)]),
        "curation/topics.yaml": _yaml("topics", answers, _topics(answers)),
        "curation/sources.yaml": _yaml("sources", answers, sources(answers)),
        "curation/series.yaml": _yaml("series", answers, []),
        "curation/policy.yaml": _yaml("policy", answers, _policy(answers)),
    }


def pages(language: str) -> list[Path]:
    """List the starter pages of a language."""
    return sorted((HERE / language / "pages").glob("*.md"))


def person_id(answers: Answers) -> str:
    """Make the id of the first member; a name without a Latin letter gives none, hence the second."""
    return slug_of(answers.responsible) or "editor"


def sources(answers: Answers) -> list[dict[str, Any]]:
    """Make an entry of sources.yaml for each feed; their ids differ."""
    found: dict[str, dict[str, Any]] = {}
    for feed in answers.feeds:
        host = urlsplit(feed).netloc.rpartition("@")[2] if links.is_web(feed) else ""
        name = host.removeprefix("www.") or PurePosixPath(feed).stem
        one = _free(slug_of(name) or "source", found)
        found[one] = {
            "id": one,
            "name": name,
            "feed": feed,
            **({"site": f"{urlsplit(feed).scheme}://{host}/"} if host else {}),
            "people": [],
            "topics": [slug_of(topic) for topic in answers.topics[:1]],
            "lang": answers.language,
        }
    return list(found.values())


def _free(base: str, taken: dict[str, Any]) -> str:
    number = 1
    one = base
    while one in taken:
        number += 1
        one = f"{base}-{number}"
    return one


def _person(answers: Answers) -> dict[str, Any]:
    return {"id": person_id(answers), "name": answers.responsible, "role": "", "bio": "", "links": {}, "member": True}


def _topics(answers: Answers) -> list[dict[str, Any]]:
    return [
        {
            "id": slug_of(name),
            "name": name,
            "question": "",
            "intro": "",
            "keywords": [name.lower()],
            "curators": [person_id(answers)],
            "order": order,
        }
        for order, name in enumerate(answers.topics, 1)
    ]


def _policy(answers: Answers) -> dict[str, Any]:
    imprint = {"responsible": answers.responsible, "address": [], "email": answers.email}
    return {"imprint": imprint, "quote_budget": QUOTE_BUDGET, "sponsors": []}


def _yaml(name: str, answers: Answers, values: Sequence[Any] | dict[str, Any]) -> str:
    """Put values below the comments that explain them; entries of a list are set apart."""
    head = (HERE / answers.language / f"{name}.yaml").read_text(encoding="utf-8")
    if isinstance(values, dict):
        return head + yaml12.dump(yamlfast.inline(values))
    entries = [yaml12.dump([yamlfast.inline(value)]) for value in values]
    return head + "\n".join(entries)


def _page(path: Path, answers: Answers) -> str:
    facts = {"name": answers.name, "responsible": answers.responsible, "email": answers.email}
    parts = frontmatter.split(path.name, path.read_text(encoding="utf-8"))
    meta = {key: _filled(value, facts) for key, value in yaml12.load(parts.front).items()}
    return frontmatter.write(meta, _filled(parts.body, facts))


def _filled(value: Any, facts: dict[str, str]) -> Any:
    return Template(value).substitute(facts) if isinstance(value, str) else value
