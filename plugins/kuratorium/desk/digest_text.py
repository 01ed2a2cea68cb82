"""The text of an issue as it is proposed: posts -> Markdown, by topic, each with its first own sentence."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import NullTranslations

from ..edition import prose
from ..edition.labels import DISCLOSURES, STRENGTHS
from ..edition.model import PostFile, Speaker, Work
from ..edition.paths import CONTENT_PREFIX
from ..edition.registry import Registry
from ..translations import N_
from .draft import build_instructions, escape_address, escape_markdown

# What a proposed issue asks of its editor, a paragraph each.
_INSTRUCTIONS = (
    N_("A word to begin with? Write it below this comment. The rest is a proposal: move, shorten, strike out."),
    N_("Labels such as «Advertisement» stay. When the issue is done, delete the line «status: draft» above."),
)


def build_digest_text(posts: Iterable[PostFile], registry: Registry, translations: NullTranslations) -> str:
    """Write the Markdown of an issue: a heading for each topic in its order, below it its posts in theirs."""
    order = sorted(registry.topics.values(), key=lambda topic: (topic.order, topic.id))
    groups: dict[str, list[PostFile]] = {topic.id: [] for topic in order}
    for post in posts:
        groups.setdefault(post.meta.topics[0] if post.meta.topics else "", []).append(post)
    parts = [build_instructions(_INSTRUCTIONS, translations)]
    for topic, grouped in groups.items():
        if grouped:
            name = escape_markdown(registry.topics[topic].name) if topic else translations.gettext("Also")
            parts.append(f"## {name}\n")
            parts += [_build_post_section(post, registry, translations) for post in grouped]
    return "\n".join(parts)


def _build_post_section(post: PostFile, known: Registry, translations: NullTranslations) -> str:
    """A linked title with its label, the first own sentence, and whose it is."""
    meta = post.meta
    label = f"{translations.gettext(DISCLOSURES[meta.disclosure.kind])}: " if meta.disclosure else ""
    sentence = prose.extract_first_sentence(post.body) or meta.summary
    facts = [translations.gettext(STRENGTHS[meta.strength])] if meta.strength else []
    facts += [_build_byline(post, known, translations)]
    lines = [
        f"### {label}[{escape_markdown(meta.title)}]({{filename}}{_build_link_path(post.file)})",
        escape_markdown(sentence),
    ]
    return "\n\n".join([*lines, " · ".join(fact for fact in facts if fact)]) + "\n"


def _build_byline(post: PostFile, known: Registry, translations: NullTranslations) -> str:
    meta = post.meta
    if meta.guests:
        names = _join_names((*meta.guests, *meta.hosts), known)
        return translations.gettext("In conversation: {names}").format(names=names)
    signed = _join_names(meta.authors, known)
    works = ", ".join(_credit_work(work) for work in meta.bookmark_of)
    return translations.gettext("{names} on {work}").format(names=signed, work=works) if works else signed


def _join_names(people: Iterable[str | Speaker], known: Registry) -> str:
    return ", ".join(escape_markdown(known.people[one].name if isinstance(one, str) else one.name) for one in people)


def _credit_work(work: Work) -> str:
    names = dict.fromkeys(part for part in (work.publication, *work.authors) if part)
    link = f"[{escape_markdown(work.title)}]({escape_address(work.url)})"
    return f"{link} ({escape_markdown(', '.join(names))})" if names else link


def _build_link_path(file: str) -> str:
    """A file's path as a link from content/ has it."""
    return "/" + file.removeprefix(CONTENT_PREFIX) if file.startswith(CONTENT_PREFIX) else f"/../{file}"
