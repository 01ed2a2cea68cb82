"""`kuratorium rename`: a post gets another address; the former one leads on, and links to its file follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ...compare_and_swap import FileChange
from ...edition import frontmatter, loader
from ...edition.model import PostFile, StandalonePage
from ...edition.rules.links import find_links
from ...errors import UsageError
from ...slugs import slugify
from ..rules.last_commit import read_former_file
from ..rules.links.addresses import build_path
from .desk import PostChange, PostsDesk, read_text, refuse_new_problems
from .front_matter_edit import FieldEdit, edit_front_matter

Text = PostFile | StandalonePage

_MAX_SLUG_LENGTH = 60  # of one that is made of a title, as in a new draft
_LINE_END = re.compile(r"(\r\n|\r|\n)")


def plan_rename(desk: PostsDesk, post: PostFile, slug: str, title: str) -> PostChange:
    """Plan to give a post another slug, by default that of its new `title`; without one, the title stays.

    Raises UsageError if the new name is no slug, is the former one, or is that of another post; EditionError if the
    post would break a rule.
    """
    slug = _choose_slug(post, slug, title)
    file = str(PurePosixPath(post.file).with_name(f"{slug}.md"))
    address, former = desk.paths.post(post.format, slug), desk.build_path(post)
    if address == former and not title:
        raise UsageError(f"{post.file} has this name already.")
    if address != former:
        _refuse_taken(desk, post, file, address)
    text = read_text(desk.root, post.file)
    edited = edit_front_matter(post.file, text, _list_edits(desk, post, slug, title, address))
    if file == post.file:
        refuse_new_problems(desk, post, file, edited)
        changes = [FileChange(path=desk.root / file, text=edited, expected=text)]
        return PostChange(file=file, former_file=file, changes=tuple(changes))
    edited = _follow(post, edited, _count_added_lines(text, edited), post.file, file)
    refuse_new_problems(desk, post, file, edited)
    return PostChange(
        file=file,
        former_file=post.file,
        changes=(
            FileChange(path=desk.root / file, text=edited),
            *_update_references(desk, post, file),
            FileChange(path=desk.root / post.file, text=None, expected=text),
        ),
    )


def _choose_slug(post: PostFile, slug: str, title: str) -> str:
    if not slug and not title.strip():
        raise UsageError("give the new slug, or a title: --title TITLE")
    if slug and slugify(slug, 120) != slug:
        raise UsageError(f'"{slug}" is not a slug: write "{slugify(slug, 120) or "some-words-like-these"}".')
    return slug or slugify(title, _MAX_SLUG_LENGTH) or post.slug


def _refuse_taken(desk: PostsDesk, post: PostFile, file: str, address: str) -> None:
    """Raise UsageError if another file has the new name, or another post the new address."""
    if file != post.file and (desk.root / file).exists():
        raise UsageError(f"{file} exists already: choose another name.")
    texts: list[Text] = [*desk.edition.post_files, *desk.edition.standalone_pages]
    for other in texts:
        if other is not post and build_path(other, desk.paths) == address:
            raise UsageError(f"{address} is the address of {other.file}: choose another name.")
        if other is not post and isinstance(other, PostFile) and address in _list_aliases(other):
            raise UsageError(f"{address} is a former address of {other.file}, and leads there: choose another name.")


def _list_aliases(post: PostFile) -> list[str]:
    return [alias.strip("/") for alias in post.meta.aliases]


def _list_edits(desk: PostsDesk, post: PostFile, slug: str, title: str, address: str) -> Iterator[FieldEdit]:
    if title:
        yield FieldEdit(field="title", value=title.strip())
    if post.meta.slug:
        yield FieldEdit(field="slug", value=slug)
    former = desk.build_path(post)
    if address == former:
        return
    if address in _list_aliases(post):  # the post comes back to a former address
        kept = [alias for alias in post.meta.aliases if alias.strip("/") != address]
        yield FieldEdit(field="aliases", value=kept or None)
    if was_published(desk, post):
        yield FieldEdit(field="aliases", value=former, appends=True)


def was_published(desk: PostsDesk, post: PostFile) -> bool:
    """Return whether readers may know a post's address: they see it now, or the last commit showed it to them."""
    if desk.is_published(post) or post.meta.withdrawn:
        return True
    data = read_former_file(desk.root, post.file)
    try:
        former = loader.parse_content_file(post.file, post.format, data) if data else None
    except frontmatter.InvalidFileError:
        return False
    return isinstance(former, PostFile) and desk.is_published(former)


def _update_references(desk: PostsDesk, post: PostFile, file: str) -> Iterator[FileChange]:
    """Yield the changes of other texts that link to a post's file."""
    texts: list[Text] = [*desk.edition.post_files, *desk.edition.standalone_pages]
    for other in texts:
        if other is not post and any(post.file in link.candidates for link in find_links(other)):
            text = read_text(desk.root, other.file)
            if (edited := _follow(other, text, 0, post.file, file)) != text:
                yield FileChange(path=desk.root / other.file, text=edited, expected=text)


def _follow(other: Text, text: str, added_lines: int, former_file: str, file: str) -> str:
    """Return a file's text with its links to `former_file` leading to `file`, in the same folder.

    `added_lines` are those by which its front matter is longer than in `other`.
    """
    pieces = _LINE_END.split(text)  # lines and line ends by turns
    name = file.rpartition("/")[2]
    for link in find_links(other):
        if former_file in link.candidates:
            path = link.target.path
            followed = path[: path.rfind("/") + 1] + name
            # The same path in another context, such as words of the text, stays.
            pattern = rf"(?<=[({{}}|\"'<\s=:]){re.escape(path)}(?=[)#?>\"'\s]|\Z)"
            index = 2 * (other.body_line + link.line - 1 + added_lines)
            if index < len(pieces):  # not so for turns of a transcript file
                pieces[index] = re.sub(pattern, lambda _, followed=followed: followed, pieces[index])
    return "".join(pieces)


def _count_added_lines(text: str, edited: str) -> int:
    return len(_LINE_END.findall(edited)) - len(_LINE_END.findall(text))
