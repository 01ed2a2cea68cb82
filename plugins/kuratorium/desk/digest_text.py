"""The text of an issue as it is proposed: posts -> Markdown, by topic, each with its first own sentence."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ..edition import prose
from ..edition.model import Document, Speaker, Work
from ..edition.paths import CONTENT
from ..edition.registry import Registry
from .draft import plain_text, safe_address


class Said(Struct, frozen=True, kw_only=True):
    """What an issue says in a language: `labels` of disclosures by kind, `strengths` from 1."""

    locale: str
    title: str
    rest: str
    work: str
    talk: str
    strengths: tuple[str, str, str]
    labels: dict[str, str]
    guide: str


_SAID = {
    "de": Said(
        locale="de",
        title="Presseschau: {period}",
        rest="Außerdem",
        work="{names} über {work}",
        talk="Im Gespräch: {names}",
        strengths=("Lesenswert", "Wichtig", "Pflichtlektüre"),
        labels={
            "sponsor": "Anzeige",
            "employer": "In eigener Sache",
            "gift": "Einladung oder Geschenk",
            "relation": "Offenlegung",
        },
        guide="""\
<!--
Ein Wort vorweg? Schreiben Sie es unter diesen Kommentar. Der Rest ist ein Vorschlag: umstellen, kürzen, streichen Sie.
Kennzeichnungen wie „Anzeige“ bleiben stehen. Ist die Ausgabe fertig, löschen Sie oben die Zeile «status: draft».
-->
""",
    ),
    "en": Said(
        locale="en",
        title="Digest: {period}",
        rest="Also",
        work="{names} on {work}",
        talk="In conversation: {names}",
        strengths=("Worth reading", "Important", "Must-read"),
        labels={
            "sponsor": "Advertisement",
            "employer": "In our own interest",
            "gift": "Invitation or gift",
            "relation": "Disclosure",
        },
        guide="""\
<!--
A word to begin with? Write it below this comment. The rest is a proposal: move, shorten, strike out.
Labels such as «Advertisement» stay. When the issue is done, delete the line «status: draft» above.
-->
""",
    ),
}


def said(lang: str) -> Said:
    """What an issue says in a language; English where we have no text in it."""
    return _SAID.get(lang.partition("-")[0], _SAID["en"])


def body(posts: Iterable[Document], known: Registry, lang: str) -> str:
    """Write the Markdown of an issue: a heading for each topic in its order, below it its posts in theirs."""
    says = said(lang)
    order = sorted(known.topics.values(), key=lambda topic: (topic.order, topic.id))
    groups: dict[str, list[Document]] = {topic.id: [] for topic in order}
    for post in posts:
        groups.setdefault(post.meta.topics[0] if post.meta.topics else "", []).append(post)
    parts = [says.guide]
    for topic, grouped in groups.items():
        if grouped:
            parts.append(f"## {plain_text(known.topics[topic].name) if topic else says.rest}\n")
            parts += [_entry(post, known, says) for post in grouped]
    return "\n".join(parts)


def _entry(post: Document, known: Registry, says: Said) -> str:
    """A linked title with its label, the first own sentence, and whose it is."""
    meta = post.meta
    label = f"{says.labels[meta.disclosure.kind]}: " if meta.disclosure else ""
    sentence = prose.first_sentence(post.body) or meta.summary
    facts = [says.strengths[meta.strength - 1]] if meta.strength else []
    facts += [_whose(post, known, says)]
    lines = [f"### {label}[{plain_text(meta.title)}]({{filename}}{_path(post.file)})", plain_text(sentence)]
    return "\n\n".join([*lines, " · ".join(fact for fact in facts if fact)]) + "\n"


def _whose(post: Document, known: Registry, says: Said) -> str:
    meta = post.meta
    if meta.guests:
        return says.talk.format(names=_names((*meta.guests, *meta.hosts), known))
    signed = _names(meta.authors, known)
    works = ", ".join(_credit(work) for work in meta.bookmark_of)
    return says.work.format(names=signed, work=works) if works else signed


def _names(people: Iterable[str | Speaker], known: Registry) -> str:
    return ", ".join(plain_text(known.people[one].name if isinstance(one, str) else one.name) for one in people)


def _credit(work: Work) -> str:
    names = dict.fromkeys(part for part in (work.publication, *work.authors) if part)
    link = f"[{plain_text(work.title)}]({safe_address(work.url)})"
    return f"{link} ({plain_text(', '.join(names))})" if names else link


def _path(file: str) -> str:
    """A file's path as a link from content/ has it."""
    return "/" + file.removeprefix(CONTENT) if file.startswith(CONTENT) else f"/../{file}"
