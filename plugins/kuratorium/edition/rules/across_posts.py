"""Rules that compare posts: unique uids and slugs, places in a series, translations, look-backs.

They get all posts and pages, and yield each file that breaks a rule, with the violation. Of two files that conflict,
the later one is reported.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..fields import Violation, suggest_nearest
from ..model import ContentFile, FrontMatter


def check_duplicates(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check that no two posts share a uid or a slug, and no two pages a slug."""
    holders: dict[tuple[str, type, str], list[ContentFile]] = defaultdict(list)
    for file in content_files:
        holders["slug", type(file.meta), file.slug].append(file)
        if isinstance(file.meta, FrontMatter):
            holders["uid", FrontMatter, file.meta.uid].append(file)
    for (field, _, value), files in holders.items():
        for file in files[1:]:
            message = f'the {field} "{value}" is already used by {files[0].file}'
            hint = "A uid belongs to one post: write a new one." if field == "uid" else "Choose another."
            if field == "uid" and _list_items(files[0]) & _list_items(file):
                hint = "Two editors kept the same item: keep one of the notes, with what is right of both."
            yield file, Violation((field,), message, hint)


def _list_items(file: ContentFile) -> set[str]:
    """Return the keys of the inbox items that a post recommends."""
    return {work.item for work in file.meta.bookmark_of if work.item} if isinstance(file.meta, FrontMatter) else set()


def check_series_positions(content_files: Iterable[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check that no two posts have the same position in a series; a draft may, because it may still move."""
    holders: dict[tuple[str, tuple[int, int]], ContentFile] = {}
    for file in content_files:
        meta = file.meta
        if isinstance(meta, FrontMatter) and meta.series and meta.status != "draft":
            first = holders.setdefault((meta.series.id, meta.series.order), file)
            if first is not file:
                message = f'position {meta.series.position} of "{meta.series.id}" is already used by {first.file}'
                yield file, Violation(("series", "position"), message, "Give one of them another position.")


def check_translations(content_files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check that a translation names an original, and that it is the only one in its language."""
    posts = {file.meta.uid: file for file in content_files if isinstance(file.meta, FrontMatter)}
    by_original_and_language: dict[tuple[str, str], str] = {
        (uid, file.meta.lang): file.file for uid, file in posts.items() if file.meta.lang
    }
    for file in content_files:
        meta = file.meta
        if isinstance(meta, FrontMatter) and meta.translation_of:
            for violation in _check_original(meta, posts):
                yield file, violation
            other = by_original_and_language.setdefault((meta.translation_of, meta.lang), file.file)
            if meta.lang and other != file.file:
                message = f'{other} is the same post in "{meta.lang}"'
                yield file, Violation(("lang",), message, "Correct lang, or keep one of the two.")


def check_lookbacks(content_files: Sequence[ContentFile]) -> Iterator[tuple[ContentFile, Violation]]:
    """Check that a look-back is on an older post that readers can read; a draft may still get another date."""
    posts = [(file, file.meta) for file in content_files if isinstance(file.meta, FrontMatter)]
    by_uid = {meta.uid: meta for _, meta in reversed(posts)}  # reversed: of two posts with one uid, the first counts
    for file, meta in posts:
        if not isinstance(meta.lookback_of, str):
            published = meta.lookback_of.published
            if published and published >= meta.date.date() and meta.status != "draft":
                message = f'"{meta.lookback_of.title}" is not older than this post'
                yield file, Violation(("lookback_of", "date"), message, "Correct the day, or recommend the work.")
            continue
        past = by_uid.get(meta.lookback_of)
        if meta.lookback_of and past is None:
            # No list of choices, as suggest_nearest gives: an edition has thousands of uids.
            close = difflib.get_close_matches(meta.lookback_of, by_uid, n=1)
            hint = f'Did you mean "{close[0]}"?' if close else "Copy the uid from the first line of that post's file."
            yield file, Violation(("lookback_of",), f'no post has the uid "{meta.lookback_of}"', hint)
        elif past and past.date >= meta.date and meta.status != "draft":
            message = f'"{past.title}" is not older than this post'
            yield file, Violation(("lookback_of",), message, "Name the uid of an earlier post.")
        elif past and past.status == "draft" and meta.status != "draft":
            message = f'"{past.title}" is a draft, so readers cannot see what this post looks back on'
            yield file, Violation(("lookback_of",), message, "Publish it, or name another post.")


def _check_original(meta: FrontMatter, posts: dict[str, ContentFile]) -> Iterator[Violation]:
    if not meta.lang:
        yield Violation(("lang",), "is missing: a translation needs its language", 'Add a line such as "lang: en".')
    original = posts.get(meta.translation_of)
    if original is None:
        message = f'unknown uid "{meta.translation_of}"'
        hint = f"{suggest_nearest(meta.translation_of, posts)} It is the uid in the front matter of the original post."
        yield Violation(("translation_of",), message, hint)
    elif meta.translation_of == meta.uid:
        yield Violation(("translation_of",), "is the uid of this post", "Write the uid of the original post.")
    elif isinstance(original.meta, FrontMatter) and original.meta.translation_of:
        # Chains would leave open which post the languages are offered from.
        message = f"{original.file} is itself a translation"
        yield Violation(("translation_of",), message, f"Write the uid of its original: {original.meta.translation_of}.")
