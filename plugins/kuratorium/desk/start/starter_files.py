"""The first files of a new edition: the answers to `kuratorium start` -> registry and pages.

The folder starter/ holds their templates: for each language the comments of every registry file, and the pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any
from urllib.parse import urlsplit

from ... import urls
from ...edition import frontmatter, yaml
from ...edition.formats import STANDALONE_PAGES_FOLDER
from ...edition.paths import PEOPLE_FILE, POLICY_FILE, SERIES_FILE, SOURCES_FILE, TOPICS_FILE
from ...edition.rules.contract import CONTRACT
from ...slugs import find_free_name, slugify
from ..rules.texts import typography
from .answers import STARTER_FOLDER, Answers

DEFAULT_QUOTE_BUDGET = (
    120  # words, about one long paragraph; the law names no number (§ 51 UrhG), so an editor may change it
)

# Gitea reads the folder of GitHub, too; Forgejo has its own, since it reads only the first that it finds.
_ISSUE_FORM_FOLDERS: Mapping[str, tuple[str, ...]] = {
    ".yml": (".github/ISSUE_TEMPLATE", ".forgejo/ISSUE_TEMPLATE"),
    ".md": (".gitlab/issue_templates",),
}


def build_starter_files(answers: Answers) -> dict[str, str]:
    """Return the edition's first files, path from the root -> text; policy.yaml is the last of them."""
    pages = {
        f"{STANDALONE_PAGES_FOLDER}/{path.name}": _build_page(path, answers)
        for path in list_starter_pages(answers.language)
    }
    return (
        pages
        | _read_issue_forms(answers.language)
        | {
            PEOPLE_FILE: _build_yaml("people", answers, [_build_person(answers)]),
            TOPICS_FILE: _build_yaml("topics", answers, _build_topics(answers)),
            SOURCES_FILE: _build_yaml("sources", answers, _build_sources(answers)),
            SERIES_FILE: _build_yaml("series", answers, []),
            POLICY_FILE: _build_yaml("policy", answers, _build_policy(answers)),
        }
    )


def list_starter_pages(language: str) -> list[Path]:
    """Return the templates of the pages in a language, sorted by name."""
    return sorted((STARTER_FOLDER / language / "pages").glob("*.md"))


def _read_issue_forms(language: str) -> dict[str, str]:
    """Return the forms with which readers suggest works, where GitHub, Forgejo and GitLab look for them."""
    files = sorted((STARTER_FOLDER / language / "forge").iterdir())
    return {
        f"{folder}/{path.name}": path.read_text(encoding="utf-8")
        for path in files
        for folder in _ISSUE_FORM_FOLDERS[path.suffix]
    }


def _build_person(answers: Answers) -> dict[str, Any]:
    return {
        "id": _build_person_id(answers),
        "name": answers.responsible,
        "role": "",
        "bio": "",
        "links": {},
        "member": True,
    }


def _build_person_id(answers: Answers) -> str:
    """Return the id of the first member; a name without a Latin letter has no slug, hence the default."""
    return slugify(answers.responsible) or "editor"


def _build_topics(answers: Answers) -> list[dict[str, Any]]:
    return [
        {
            "id": slugify(name),
            "name": name,
            "question": "",
            "intro": "",
            "keywords": [name.lower()],
            "curators": [_build_person_id(answers)],
            "order": order,
        }
        for order, name in enumerate(answers.topics, 1)
    ]


def _build_sources(answers: Answers) -> list[dict[str, Any]]:
    """Return an entry of sources.yaml for each feed, named after its host or its file."""
    sources: dict[str, dict[str, Any]] = {}
    for feed in answers.feeds:
        # Without user name and password, which an address may contain before an "@".
        host = urlsplit(feed).netloc.rpartition("@")[2] if urls.is_http_url(feed) else ""
        name = host.removeprefix("www.") or PurePosixPath(feed).stem
        source_id = find_free_name(slugify(name) or "source", sources)
        sources[source_id] = {
            "id": source_id,
            "name": name,
            "feed": feed,
            **({"site": f"{urlsplit(feed).scheme}://{host}/"} if host else {}),
            "people": [],
            "topics": [slugify(topic) for topic in answers.topics[:1]],  # the user sorts them later
            "lang": answers.language,
        }
    return list(sources.values())


def _build_policy(answers: Answers) -> dict[str, Any]:
    imprint = {"responsible": answers.responsible, "address": [], "email": answers.email}
    fresh = {"show": answers.show_inbox}
    return {
        "contract": CONTRACT,
        "imprint": imprint,
        "fresh": fresh,
        "quote_budget": DEFAULT_QUOTE_BUDGET,
        "sponsors": [],
    }


def _build_yaml(name: str, answers: Answers, values: Sequence[Any] | dict[str, Any]) -> str:
    """Return a registry file: the template's comments, then the values, with a blank line between entries of a list."""
    comments = (STARTER_FOLDER / answers.language / f"{name}.yaml").read_text(encoding="utf-8")
    if isinstance(values, dict):
        return comments + yaml.dump_yaml(yaml.mark_inline_lists(values))
    entries = [yaml.dump_yaml([yaml.mark_inline_lists(value)]) for value in values]
    return comments + "\n".join(entries)


def _build_page(path: Path, answers: Answers) -> str:
    """Return a page from its template, with $name, $responsible and $email filled into front matter and body."""
    values = {"name": answers.name, "responsible": answers.responsible, "email": answers.email}
    parts = frontmatter.split_front_matter(path.name, path.read_text(encoding="utf-8"))
    # Parsed before they are filled: a name with a colon or a quote would otherwise break the YAML.
    meta = {key: _fill_template(value, values) for key, value in yaml.load_yaml(parts.front_matter).items()}
    body = typography.correct(_fill_template(parts.body, values), answers.language)
    return frontmatter.format_markdown_file(meta, body)


def _fill_template(text: Any, values: Mapping[str, str]) -> Any:
    # string.Template, not str.format: braces are common in Markdown and in links such as {filename}about.md.
    return Template(text).substitute(values) if isinstance(text, str) else text
