"""The text of a new digest: posts -> Markdown, grouped by topic, each with its first sentence that is not quoted."""

from __future__ import annotations

from collections.abc import Iterable
from gettext import NullTranslations

from ..edition import prose
from ..edition.labels import DISCLOSURES, STRENGTHS
from ..edition.model import PostFile, Speaker
from ..edition.paths import CONTENT_PREFIX
from ..edition.registry import Registry
from ..edition.works import Work
from .draft import escape_address, escape_markdown, list_credited_names


def build_digest_text(posts: Iterable[PostFile], registry: Registry, translations: NullTranslations) -> str:
    """Return the body of a digest: a heading for each topic, in the topics' order, and its posts in the given order.

    A post stands under its first topic, posts without a topic come last.
    """
    order = sorted(registry.topics.values(), key=lambda topic: topic.sort_key)
    groups: dict[str, list[PostFile]] = {topic.id: [] for topic in order}
    for post in posts:
        groups.setdefault(post.meta.topics[0] if post.meta.topics else "", []).append(post)
    parts = []
    for topic, grouped in groups.items():
        if grouped:
            name = escape_markdown(registry.topics[topic].name) if topic else translations.gettext("Also")
            parts.append(f"## {name}\n")
            parts += [_build_post_section(post, registry, translations) for post in grouped]
    return "\n".join(parts)


def _build_post_section(post: PostFile, registry: Registry, translations: NullTranslations) -> str:
    """Return a post's linked title with the label of its disclosure, a sentence, and who wrote it."""
    meta = post.meta
    label = f"{translations.gettext(DISCLOSURES[meta.disclosure.kind])}: " if meta.disclosure else ""
    sentence = prose.extract_first_sentence(post.body) or meta.summary
    facts = [translations.gettext(STRENGTHS[meta.strength])] if meta.strength else []
    facts += [_build_byline(post, registry, translations)]
    lines = [
        f"### {label}[{escape_markdown(meta.title)}]({{filename}}{_build_link_path(post.file)})",
        escape_markdown(sentence),
    ]
    return "\n\n".join([*lines, " · ".join(fact for fact in facts if fact)]) + "\n"


def _build_byline(post: PostFile, registry: Registry, translations: NullTranslations) -> str:
    meta = post.meta
    if meta.guests:
        names = _join_names((*meta.guests, *meta.hosts), registry)
        return translations.gettext("In conversation: {names}").format(names=names)
    signed = _join_names(meta.authors, registry)
    works = ", ".join(_credit_work(work) for work in meta.bookmark_of)
    return translations.gettext("{names} on {work}").format(names=signed, work=works) if works else signed


def _join_names(people: Iterable[str | Speaker], registry: Registry) -> str:
    names = (registry.people[person].name if isinstance(person, str) else person.name for person in people)
    return ", ".join(map(escape_markdown, names))


def _credit_work(work: Work) -> str:
    names = list_credited_names(work)
    title = escape_markdown(work.title)
    link = f"[{title}]({escape_address(work.url)})" if work.url else title
    return f"{link} ({escape_markdown(', '.join(names))})" if names else link


def _build_link_path(file: str) -> str:
    """Return a file's path as Pelican's {filename} links need it: relative to content/."""
    return "/" + file.removeprefix(CONTENT_PREFIX) if file.startswith(CONTENT_PREFIX) else f"/../{file}"
