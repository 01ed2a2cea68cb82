"""The text of a new digest: posts -> Markdown, grouped by topic, each with its first sentence that is not quoted."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ..edition import prose
from ..edition.model import PostFile, Speaker, Work
from ..edition.paths import CONTENT_PREFIX
from ..edition.registry import Registry
from .draft import escape_address, escape_markdown, list_credited_names


class DigestPhrases(Struct, frozen=True, kw_only=True):
    """The words of a digest in one language: `labels` of disclosures by kind; `strengths` from the lowest, 1."""

    locale: str
    title: str
    other_topics: str
    work_credit: str
    talk_credit: str
    strengths: tuple[str, str, str]
    labels: dict[str, str]
    instructions: str


_PHRASES = {
    "de": DigestPhrases(
        locale="de",
        title="Presseschau: {period}",
        other_topics="Außerdem",
        work_credit="{names} über {work}",
        talk_credit="Im Gespräch: {names}",
        strengths=("Lesenswert", "Wichtig", "Pflichtlektüre"),
        labels={
            "sponsor": "Anzeige",
            "employer": "In eigener Sache",
            "gift": "Einladung oder Geschenk",
            "relation": "Offenlegung",
        },
        instructions="""\
<!--
Ein Wort vorweg? Schreiben Sie es unter diesen Kommentar. Der Rest ist ein Vorschlag: umstellen, kürzen, streichen Sie.
Kennzeichnungen wie „Anzeige“ bleiben stehen. Ist die Ausgabe fertig, löschen Sie oben die Zeile «status: draft».
-->
""",
    ),
    "en": DigestPhrases(
        locale="en",
        title="Digest: {period}",
        other_topics="Also",
        work_credit="{names} on {work}",
        talk_credit="In conversation: {names}",
        strengths=("Worth reading", "Important", "Must-read"),
        labels={
            "sponsor": "Advertisement",
            "employer": "In our own interest",
            "gift": "Invitation or gift",
            "relation": "Disclosure",
        },
        instructions="""\
<!--
A word to begin with? Write it below this comment. The rest is a proposal: move, shorten, strike out.
Labels such as «Advertisement» stay. When the issue is done, delete the line «status: draft» above.
-->
""",
    ),
}


def get_phrases(lang: str) -> DigestPhrases:
    """Return the words of a digest in a language, or the English ones if there are none in it."""
    return _PHRASES.get(lang.partition("-")[0], _PHRASES["en"])


def build_digest_text(posts: Iterable[PostFile], registry: Registry, lang: str) -> str:
    """Return the body of a digest: a heading for each topic, in the topics' order, and its posts in the given order.

    A post stands under its first topic, posts without a topic come last.
    """
    says = get_phrases(lang)
    order = sorted(registry.topics.values(), key=lambda topic: (topic.order, topic.id))
    groups: dict[str, list[PostFile]] = {topic.id: [] for topic in order}
    for post in posts:
        groups.setdefault(post.meta.topics[0] if post.meta.topics else "", []).append(post)
    parts = [says.instructions]
    for topic, grouped in groups.items():
        if grouped:
            parts.append(f"## {escape_markdown(registry.topics[topic].name) if topic else says.other_topics}\n")
            parts += [_build_post_section(post, registry, says) for post in grouped]
    return "\n".join(parts)


def _build_post_section(post: PostFile, known: Registry, says: DigestPhrases) -> str:
    """Return a post's linked title with the label of its disclosure, a sentence, and who wrote it."""
    meta = post.meta
    label = f"{says.labels[meta.disclosure.kind]}: " if meta.disclosure else ""
    sentence = prose.extract_first_sentence(post.body) or meta.summary
    facts = [says.strengths[meta.strength - 1]] if meta.strength else []
    facts += [_build_byline(post, known, says)]
    lines = [
        f"### {label}[{escape_markdown(meta.title)}]({{filename}}{_build_link_path(post.file)})",
        escape_markdown(sentence),
    ]
    return "\n\n".join([*lines, " · ".join(fact for fact in facts if fact)]) + "\n"


def _build_byline(post: PostFile, known: Registry, says: DigestPhrases) -> str:
    meta = post.meta
    if meta.guests:
        return says.talk_credit.format(names=_join_names((*meta.guests, *meta.hosts), known))
    signed = _join_names(meta.authors, known)
    works = ", ".join(_credit_work(work) for work in meta.bookmark_of)
    return says.work_credit.format(names=signed, work=works) if works else signed


def _join_names(people: Iterable[str | Speaker], known: Registry) -> str:
    names = (known.people[person].name if isinstance(person, str) else person.name for person in people)
    return ", ".join(map(escape_markdown, names))


def _credit_work(work: Work) -> str:
    names = list_credited_names(work)
    link = f"[{escape_markdown(work.title)}]({escape_address(work.url)})"
    return f"{link} ({escape_markdown(', '.join(names))})" if names else link


def _build_link_path(file: str) -> str:
    """Return a file's path as Pelican's {filename} links need it: relative to content/."""
    return "/" + file.removeprefix(CONTENT_PREFIX) if file.startswith(CONTENT_PREFIX) else f"/../{file}"
