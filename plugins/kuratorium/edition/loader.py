"""Read an edition from disk: the registry, posts and pages, and all their problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import Problem
from ..files import read_regular_file
from . import frontmatter
from .curation import PrinciplesPolicy
from .fields import Violation, suggest_nearest
from .formats import FOLDERS_BY_FORMAT, STANDALONE_PAGE_FORMAT
from .markdown import limits
from .model import ContentFile, FrontMatter, PostFile, StandalonePage, StandalonePageFrontMatter
from .paths import CONTENT_PREFIX, POLICY_FILE, FileStamp, is_confined, scan_visible_files
from .pictures import texts as pictures
from .podcasts import directories, recordings
from .registry import Registry, find_missing_podcast_fields, find_unknown_pins, read_registry, suggest_id
from .rules import links, media, post, tables
from .syntax import characters
from .transcripts import attachment

RecordT = TypeVar("RecordT", bound=msgspec.Struct)
Text = PostFile | StandalonePage


_SUFFIXES_OF_TEXTS = ("md", "markdown", "mdown", "mkd", "txt")


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a build needs from the files in git.

    `post_files`: posts by format and path, with the turns of their transcript files.
    `standalone_pages`: pages by path.
    """

    root: Path
    registry: Registry
    post_files: tuple[PostFile, ...]
    standalone_pages: tuple[StandalonePage, ...]

    def resolve_as_of(self, requested: datetime | None, now: datetime) -> datetime:
        """Return the edition's date; see Registry.resolve_as_of."""
        return self.registry.resolve_as_of(requested, now)


class TextReader:
    """How an edition's texts are read, and judged each for itself; a cache may do so with less work."""

    def read_text(self, root: Path, file: str, format: str, registry: Registry) -> Text:
        """Read a post of `format`, or a page; raises InvalidFileError."""
        return parse_content_file(file, format, read_bytes(root, file), registry)

    def learn_stamps(self, stamps: Mapping[str, FileStamp]) -> None:
        """Learn the stamps of files, by path from the root, that were just listed and are read next."""

    def judge_text(self, text: Text, registry: Registry) -> Iterable[Violation]:
        """Return what is wrong with a text by itself."""
        return find_own_violations(text, registry)


def read_edition(
    root: Path, reader: TextReader | None = None, *, only: Collection[str] | None = None
) -> tuple[Edition, list[Problem]]:
    """Return the edition at `root`, as far as it can be read, and all its problems.

    With `only`, no other texts are judged by themselves, nor are their recordings and transcripts read.
    """
    reader = reader or TextReader()
    registry, problems = read_registry(root)
    content_files, all_are_valid = _read_content_files(root, registry, problems, reader, only)
    completed = [
        attachment.append_transcript(root, content_file, registry)
        if only is None or content_file.file in only
        else (content_file, [])
        for content_file in content_files
    ]
    # Without the turns of transcript files, which are not on the lines of the post.
    problems += _check_rules(root, content_files, registry, reader, only)
    problems += [problem for _, transcript_problems in completed for problem in transcript_problems]
    if all_are_valid:  # an invalid file may be the post that a topic pins
        problems += check_named_texts(root, registry, content_files)
    problems += check_podcasts(root, registry, content_files)
    edition = Edition(
        root=root,
        registry=registry,
        post_files=tuple(file for file, _ in completed if isinstance(file, PostFile)),
        standalone_pages=tuple(file for file in content_files if isinstance(file, StandalonePage)),
    )
    return edition, problems


def parse_content_file(
    file: str, format: str, data: bytes, registry: Registry | None = None
) -> PostFile | StandalonePage:
    """Parse the bytes of a post of `format`, or of a page (STANDALONE_PAGE_FORMAT); raises InvalidFileError.

    `file` is the path from the edition's root. Of the `registry` come the ids and the time zone that messages propose.
    """
    if character := characters.find_forbidden_in_name(file):
        message = f"the name of the file contains the {characters.name_character(character)}"
        raise frontmatter.InvalidFileError(Problem(characters.escape(file), 0, "", message, "Rename the file."))
    text, zone = frontmatter.decode_text(file, data), registry.zone if registry else UTC
    if format == STANDALONE_PAGE_FORMAT:
        page_meta, parts = frontmatter.parse_front_matter(file, text, StandalonePageFrontMatter, zone)
        _refuse_excesses(file, parts)
        return StandalonePage(file=file, meta=page_meta, body=parts.body, body_line=parts.body_line)
    suggest = partial(suggest_id, registry)
    meta, parts = frontmatter.parse_front_matter(file, text, FrontMatter, zone, suggest_id=suggest)
    _refuse_excesses(file, parts)
    return PostFile(file=file, format=format, meta=meta, body=parts.body, body_line=parts.body_line)


def _refuse_excesses(file: str, parts: frontmatter.FileParts) -> None:
    """Raise InvalidFileError for a body that exceeds a limit, so that nothing reads on in it."""
    problems = [
        Problem(file, parts.body_line + excess.line, "", excess.message, excess.hint)
        for excess in limits.find_excesses(parts.body)
    ]
    if problems:
        raise frontmatter.InvalidFileError(*problems)


def find_violations(
    content_file: PostFile | StandalonePage, registry: Registry, file_exists: Callable[[str], bool]
) -> Iterator[Violation]:
    """Check one post or page against the rules; the rule about ids applies only if the registry is complete.

    `file_exists` says whether a path from the edition's root is that of a file.
    """
    yield from find_own_violations(content_file, registry)
    yield from _find_violations_by_files(content_file, file_exists)


def find_own_violations(content_file: PostFile | StandalonePage, registry: Registry) -> Iterator[Violation]:
    """Check one post or page against the rules that need nothing but its text and the registry."""
    if isinstance(content_file, PostFile):
        for rule in tables.POST_RULES:
            # If people.yaml cannot be read, every id in every post would be reported as unknown.
            if registry.is_complete or rule is not post.check_references:
                yield from rule(content_file, registry)
    else:
        for page_rule in tables.STANDALONE_PAGE_RULES:
            yield from page_rule(content_file, registry)


def _find_violations_by_files(
    content_file: PostFile | StandalonePage, file_exists: Callable[[str], bool]
) -> Iterator[Violation]:
    yield from links.check_links(content_file, file_exists)
    yield from media.check_attached_files(content_file, file_exists)
    yield from media.check_posters(content_file, file_exists)


def check_named_texts(root: Path, registry: Registry, content_files: Iterable[ContentFile]) -> list[Problem]:
    """Report what the registry names and no file is: posts that topics.yaml or policy.yaml pins, and pages.

    `content_files` must be all of the edition.
    """
    principles = registry.policy.principles if registry.policy else PrinciplesPolicy()
    has_pins = any(topic.pinned for topic in registry.topics.values()) or bool(registry.policy and registry.policy.lead)
    if not registry.is_complete or not (has_pins or principles != PrinciplesPolicy()):
        return []
    post_uids, page_slugs = set[str](), set[str]()
    for file in content_files:
        if isinstance(file.meta, FrontMatter):
            post_uids.add(file.meta.uid)
        elif not file.meta.is_withheld:
            page_slugs.add(file.slug)
    return [*find_unknown_pins(root, registry, post_uids), *_find_unknown_pages(root, principles, page_slugs)]


def _find_unknown_pages(root: Path, principles: PrinciplesPolicy, slugs: Collection[str]) -> list[Problem]:
    violations = [
        Violation(("principles", field), f'no published page has the slug "{slug}"', suggest_nearest(slug, slugs))
        for field, page in msgspec.structs.asdict(principles).items()
        for slug in [page.partition("#")[0]]
        if page and slug not in slugs
    ]
    if not violations:
        return []
    text = frontmatter.decode_text(POLICY_FILE, (root / POLICY_FILE).read_bytes())
    return frontmatter.locate_violations(POLICY_FILE, text, violations, first_line=1)


def check_podcasts(root: Path, registry: Registry, content_files: Iterable[ContentFile]) -> list[Problem]:
    """Report what directories require of the podcasts among all texts, and policy.yaml or a recording lacks.

    An edition without `podcast` in policy.yaml, or without a recording in a series, has none.
    """
    if not registry.policy or not registry.policy.podcast:
        return []
    episodes = list(filter(directories.is_episode, content_files))
    if not episodes:
        return []
    violations = directories.check_episodes(episodes)
    return [*find_missing_podcast_fields(root, registry), *report_violations(root, violations)]


def is_linkable(root: Path, file: str) -> bool:
    """Return whether a post may link to this path from the root: an existing post or page, or a file of content/."""
    # A link to the inbox, the sources or the settings would publish what is not meant for readers.
    return (
        file.startswith((CONTENT_PREFIX, *FOLDERS_BY_FORMAT.values()))
        and (root / file).is_file()
        and is_confined(str(root), file, file.split("/", maxsplit=1)[0])
    )


def list_markdown_files(root: Path, folder: str, problems: list[Problem] | None = None) -> list[str]:
    """Return the Markdown files below `folder`, as paths from the root, sorted; other files go to `problems`."""
    return list(_scan_markdown_files(root, folder, problems))


def _scan_markdown_files(root: Path, folder: str, problems: list[Problem] | None) -> dict[str, FileStamp]:
    """Return the stamps of the Markdown files below `folder`; see list_markdown_files."""
    found: list[Problem] = []
    stamps = scan_visible_files(str(root), folder, found)
    files = sorted(stamps)  # because the order of a folder differs between file systems
    if problems is not None:
        problems += [*found, *check_stray_files(files)]
    return {file: stamps[file] for file in files if file.endswith(".md")}


def check_stray_files(files: Iterable[str]) -> Iterator[Problem]:
    """Report files in folders of posts that are not Markdown."""
    for file in files:
        if not file.endswith(".md"):
            hint = "Posts and pages are files that end in .md; pictures belong in content/images/."
            stem, _, suffix = file.rpartition("/")[2].rpartition(".")
            if suffix.lower() in _SUFFIXES_OF_TEXTS:
                hint = f"Rename it to {stem.removesuffix('.md')}.md."
            yield Problem(file, 0, "", "this file is not a post", hint)


def read_front_matter(
    root: Path, file: str, record_type: type[RecordT], zone: tzinfo = UTC
) -> tuple[RecordT, frontmatter.FileParts]:
    """Read the file at a path from the root, and its front matter as a record; raises InvalidFileError."""
    text = frontmatter.decode_text(file, read_bytes(root, file))
    return frontmatter.parse_front_matter(file, text, record_type, zone)


def read_bytes(root: Path, file: str) -> bytes:
    """Return the bytes of the file at a path from the root; raises InvalidFileError."""
    try:
        return read_regular_file(root / file)
    except OSError as error:
        hint = "Make the file readable, or remove it."
        raise frontmatter.InvalidFileError(Problem(file, 0, "", f"cannot be read: {error.strerror}", hint)) from error


def report_violations(root: Path, violations: Iterable[tuple[ContentFile, Violation]]) -> Iterator[Problem]:
    """Yield violations of posts and pages as problems with file and line.

    Reads each file again: a record does not know the lines of its fields, and nearly all runs have no violation.
    """
    # Once for all violations in a row: ten thousand quotations without a source are as many in one file.
    for file, group in groupby(violations, key=lambda pair: pair[0].file):
        text = frontmatter.decode_text(file, (root / file).read_bytes())
        front_matter = frontmatter.split_front_matter(file, text).front_matter
        yield from frontmatter.locate_violations(file, front_matter, [violation for _, violation in group])


def _read_content_files(
    root: Path, registry: Registry, problems: list[Problem], reader: TextReader, only: Collection[str] | None
) -> tuple[list[Text], bool]:
    """Return the posts and pages of valid files, and whether all are valid; adds to `problems`."""
    content_files: list[Text] = []
    all_are_valid = True
    for format, folder in FOLDERS_BY_FORMAT.items():
        stamps = _scan_markdown_files(root, folder, problems)
        reader.learn_stamps(stamps)
        for file in stamps:
            try:
                content_file = reader.read_text(root, file, format, registry)
            except frontmatter.InvalidFileError as error:
                problems += error.problems
                all_are_valid = False
                continue
            if only is None or file in only:
                content_file, violations = recordings.complete_recording(root, content_file)
                violations += pictures.read_pictures(root, content_file)[1]
                problems += report_violations(root, [(content_file, violation) for violation in violations])
            content_files.append(content_file)
    return content_files, all_are_valid


def _check_rules(
    root: Path, content_files: list[Text], registry: Registry, reader: TextReader, only: Collection[str] | None
) -> Iterator[Problem]:
    file_exists = partial(is_linkable, root)
    violations: list[tuple[ContentFile, Violation]] = [
        (text, violation)
        for text in content_files
        if only is None or text.file in only
        for found in (reader.judge_text(text, registry), _find_violations_by_files(text, file_exists))
        for violation in found
    ]
    violations += tables.check_edition_rules(content_files)
    return report_violations(root, violations)
