"""The rule on links to an anchor that a page does not have: the browser would stay where it is, or at the top."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Container, Iterator
from functools import cache
from html import unescape
from pathlib import Path

from msgspec import structs

from ....edition import frontmatter, loader
from ....edition.fields import Violation
from ....edition.loader import Edition, Text
from ....edition.paths import POLICY_FILE
from ....edition.registry import Registry
from ....edition.rules.links import FoundFragment, find_fragments
from ....errors import Problem
from ....slugs import slugify
from .site_pages import SitePages

ConverterBuilder = Callable[[Registry], Callable[[Text], str]]
"""The registry -> a function from a post or page to the HTML of its body, as publishing's, which this room does not
import."""

_ID = re.compile(r"""(?<=[\s"'])id="([^"{]+)\"""")
_HEADING_PREFIX = "h-"  # of the anchors of headings
_FOOTNOTE_PREFIX = "fn"


def check_anchors(
    edition: Edition, build_converter: ConverterBuilder, pages: SitePages, theme: str | None
) -> Iterator[Problem]:
    """Find links to anchors of the own page or of another one that have no such anchor; drafts are not finished.

    Only bodies that such links lead to are converted.
    """
    by_file = {text.file: text for text in pages.all_texts}
    convert = build_converter(edition.registry)
    list_anchors = cache(lambda file: frozenset(_find_ids(convert(by_file[file]))))
    list_theme_anchors = cache(lambda: _find_theme_anchors(edition.root / theme) if theme else frozenset())
    violations = [
        (text, Violation((), f'{where} has no anchor "#{link.fragment}"', hint, text.body_line + link.line))
        for text in pages.texts
        if not text.meta.has_no_readers
        for link in find_fragments(text)
        if (file := _find_target(text, link, by_file, pages)) is not None
        if link.fragment not in list_theme_anchors()
        if not file or link.fragment not in list_anchors(file)
        for where in ("this page" if file == text.file else file or link.path,)
        for hint in (_propose(link.fragment, list_anchors(file) if file else list_theme_anchors()),)
    ]
    yield from loader.report_violations(edition.root, violations)
    yield from _check_principles(edition, list_anchors, list_theme_anchors)


def _check_principles(
    edition: Edition, list_anchors: Callable[[str], Collection[str]], list_theme_anchors: Callable[[], Collection[str]]
) -> Iterator[Problem]:
    """Find anchors in the policy's `principles` that their pages do not have; search engines follow them."""
    policy = edition.registry.policy
    files = {page.slug: page.file for page in edition.standalone_pages}
    names = structs.asdict(policy.principles).items() if policy else ()
    violations = [
        Violation(("principles", field), f'{files[slug]} has no anchor "#{anchor}"', _propose(anchor, anchors, "{}"))
        for field, name in names
        for slug, _, anchor in (name.partition("#"),)
        if anchor and slug in files
        for anchors in (list_anchors(files[slug]),)
        if anchor not in anchors and anchor not in list_theme_anchors()
    ]
    if violations:
        source = frontmatter.decode_text(POLICY_FILE, loader.read_bytes(edition.root, POLICY_FILE))
        yield from frontmatter.locate_violations(POLICY_FILE, source, violations, 1)


def _find_target(text: Text, link: FoundFragment, files: Container[str], pages: SitePages) -> str | None:
    """Return the file whose page a link leads to, empty for a list; None if it leads to no page, or is not known to."""
    if file := next((file for file in link.candidates if file in files), None):
        return file
    if not link.path:
        return None
    return pages.find_file(text, link.path) or ("" if pages.is_list(text, link.path) else None)


def _find_ids(html: str) -> Iterator[str]:
    return (unescape(anchor) for anchor in _ID.findall(html))


def _find_theme_anchors(theme: Path) -> frozenset[str]:
    """Return the anchors that the theme's templates set around a body."""
    try:
        templates = (theme / "templates").rglob("*.html")
        return frozenset(anchor for file in templates for anchor in _find_ids(file.read_text("utf-8", "replace")))
    except OSError:
        return frozenset()


def _propose(fragment: str, anchors: Collection[str], form: str = "({})") -> str:
    """Return a hint that names the nearest anchor, in the `form` of a link; if none is near, one that names some."""
    names = {
        anchor.removeprefix(_HEADING_PREFIX): anchor
        for anchor in sorted(anchors)
        if fragment.startswith(_FOOTNOTE_PREFIX) or not anchor.startswith((f"{_FOOTNOTE_PREFIX}:", "fnref"))
    }
    wanted = fragment if fragment.startswith(_FOOTNOTE_PREFIX) else slugify(fragment.removeprefix(_HEADING_PREFIX))
    if nearest := difflib.get_close_matches(wanted, names, n=1, cutoff=0.5):
        return f"Did you mean {form.format('#' + names[nearest[0]])}?"
    if not names:
        return "Headings have anchors, and words that end in {#name} below a paragraph; there are none."
    return f"It has {', '.join(f'#{anchor}' for anchor in sorted(names.values())[:5])}."
