"""Keys of front matter that people know from other programs, and what has their meaning here."""

from __future__ import annotations

from collections.abc import Container

# Key in Jekyll, Hugo, WordPress or Pelican -> the field that has its meaning here (empty: none), and what to do.
FOREIGN_KEYS = {
    "url": ("", "The page's address comes from its slug; the recommended work's address belongs under bookmark_of."),
    "content": ("", "The text stands below the front matter, not in it."),
    "save_as": ("slug", "The page's address comes from its slug."),
    "permalink": (
        "slug",
        "The page's address comes from its slug; a former address goes into aliases: [old/path.html].",
    ),
    "redirect_from": ("aliases", "Write aliases: [old/path.html]."),
    "author": ("authors", "Write authors: [id], with ids of curation/people.yaml."),
    "category": ("topics", "Write topics: [id], with ids of curation/topics.yaml."),
    "categories": ("topics", "Write topics: [id], with ids of curation/topics.yaml."),
    "keywords": ("tags", "Write tags: [some, words]."),
    "description": ("summary", "Write summary: …"),
    "excerpt": ("summary", "Write summary: …"),
    "draft": ("status", "Write status: draft; to publish it, delete the line."),
    "published": ("status", "Write status: draft to keep it unpublished; to publish it, delete the line."),
    "entwurf": ("status", "Write status: draft."),
    "lastmod": ("modified", "Write modified: 2026-09-30T09:00:00+02:00."),
    "updated": ("modified", "Write modified: 2026-09-30T09:00:00+02:00."),
    "last_modified_at": ("modified", "Write modified: 2026-09-30T09:00:00+02:00."),
    "language": ("lang", "Write lang: de."),
    "locale": ("lang", "Write lang: de."),
    "weight": ("order", "Write order: 1."),
    "link": ("bookmark_of", "Write bookmark_of: [{url: https://…, title: …}]."),
    "layout": ("", "Delete the line: the folder gives the format."),
    "type": ("", "Delete the line: the folder gives the format."),
    "comments": ("", "Delete the line: there are no comments."),
}


def explain_foreign_key(key: str, fields: Container[str]) -> str:
    """Return what to do with a key of another program in a record with these fields; empty if it is unknown."""
    field, hint = FOREIGN_KEYS.get(key.lower(), ("", ""))
    return hint if not field or field in fields else "Delete the line: it has no meaning here."
