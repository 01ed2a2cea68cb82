"""The corpus in the form that each tool reads: an edition of Kuratorium, content of plain Pelican, content of Hugo."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import corpus
from corpus import Post, slug

from kuratorium.edition.frontmatter import format_markdown_file
from kuratorium.edition.yaml import dump_yaml, mark_inline_lists

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
QUESTION = "Was wird davon besser, und für wen?"
ROLE = "Kuratiert und schreibt"
BIO = "Hat zwanzig Jahre lang Verfahren eingeführt und liest seither lieber, wie andere es tun. Antwortet auf Briefe."


def begin_edition(root: Path) -> None:
    """Lay out an edition of Kuratorium: the project's own settings and theme, the registry of the corpus."""
    shutil.copy(PROJECT / "pelicanconf.py", root)
    shutil.copytree(PROJECT / "theme", root / "theme")
    people = [{"id": slug(name), "name": name, "role": ROLE, "bio": BIO, "member": True} for name in corpus.PEOPLE]
    topics = [
        {"id": slug(name), "name": name, "question": QUESTION, "curators": [slug(corpus.PEOPLE[order])], "order": order}
        for order, name in enumerate(corpus.TOPICS, 1)
    ]
    sources = [
        {"id": slug(name), "name": name, "feed": f"https://{slug(name)}.example/feed"} for name in corpus.PUBLICATIONS
    ]
    # No share cards: Hugo's layouts draw none, and 10,000 take four minutes of CPU time, once (22 ms each).
    policy = {
        "as_of": corpus.NOW.isoformat(),
        "imprint": {"responsible": corpus.PEOPLE[0]},
        "share_cards": False,
    }
    for name, values in {"people": people, "topics": topics, "sources": sources, "policy": policy}.items():
        _put(root / "curation" / f"{name}.yaml", dump_yaml(mark_inline_lists(values)))


def add_to_edition(root: Path, post: Post) -> None:
    """Write a post as the contract demands."""
    values: dict[str, Any] = {
        "uid": post.uid,
        "title": post.title,
        "slug": post.slug,
        "date": post.date.isoformat(),
        "lang": "de",
        "summary": post.summary,
        "authors": [slug(post.author)],
        "topics": [slug(topic) for topic in post.topics],
        "tags": list(post.tags),
    }
    if post.interview:
        values |= {"hosts": [slug(post.author)], "guests": [slug(post.guest)], "release": "given"}
        file = root / "content" / "interviews" / f"{post.slug}.md"
    else:
        values["bookmark_of"] = [
            {
                "url": work.url,
                "title": work.title,
                "authors": [work.author],
                "publication": work.publication,
                "source": slug(work.publication),
                "published": work.published,
                "lang": "de",
            }
            for work in post.works
        ]
        file = root / "curation" / "notes" / str(post.date.year) / f"{post.slug}.md"
    _put(file, format_markdown_file(values, post.body))


def page(post: Post) -> str:
    """Return the path of a post's page in the sites that Kuratorium and Hugo make."""
    return f"{'interviews' if post.interview else 'notizen'}/{post.slug}.html"


def begin_pelican(root: Path) -> None:
    """Lay out plain Pelican."""
    shutil.copy(HERE / "pelican" / "pelicanconf.py", root)


def add_to_pelican(root: Path, post: Post) -> None:
    """Write a post with the metadata lines that Pelican's own Markdown reader expects."""
    authors = [post.author, *([post.guest] if post.guest else [])]
    lines = (
        f"Title: {post.title}",
        f"Date: {post.date:%Y-%m-%d %H:%M:%S}",
        f"Category: {post.topics[0]}",
        f"Tags: {', '.join(post.tags)}",
        f"Authors: {', '.join(authors)}",
        f"Slug: {post.slug}",
        f"Summary: {post.summary}",
    )
    _put(root / "content" / str(post.date.year) / f"{post.slug}.md", "\n".join((*lines, "", post.body, "")))


def begin_hugo(root: Path) -> None:
    """Lay out a site of Hugo: settings, layouts, a page for each format, topic and person."""
    shutil.copytree(HERE / "hugo", root, dirs_exist_ok=True)
    for title in ("Notizen", "Interviews", "Themen", "Menschen", "Schlagworte", "Archiv"):
        _put(root / "content" / title.lower() / "_index.md", format_markdown_file({"title": title}, ""))
    for name in corpus.TOPICS:
        values = {"title": name, "question": QUESTION, "outputs": ["html", "rss"]}
        _put(root / "content" / "themen" / slug(name) / "_index.md", format_markdown_file(values, ""))
    for name in corpus.PEOPLE:
        _put(
            root / "content" / "menschen" / slug(name) / "_index.md",
            format_markdown_file({"title": name, "role": ROLE, "bio": BIO}, ""),
        )


def add_to_hugo(root: Path, post: Post) -> None:
    """Write a post with Hugo's front matter."""
    values = {
        "uid": post.uid,
        "title": post.title,
        "slug": post.slug,
        "date": post.date.isoformat(),
        "summary": post.summary,
        "menschen": [slug(post.author), *([slug(post.guest)] if post.guest else [])],
        "themen": [slug(topic) for topic in post.topics],
        "schlagworte": list(post.tags),
        "archiv": [str(post.date.year)],
        "works": [
            {
                "url": work.url,
                "title": work.title,
                "author": work.author,
                "publication": work.publication,
                "published": work.published,
            }
            for work in post.works
        ],
    }
    folder = "interviews" if post.interview else f"notizen/{post.date.year}"
    _put(root / "content" / folder / f"{post.slug}.md", format_markdown_file(values, post.body))


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
