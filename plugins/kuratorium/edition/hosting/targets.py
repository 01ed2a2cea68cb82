"""The key `deploy` of policy.yaml: where the site goes, and the tool by which issues are mailed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from ..fields import MaybeUrl, NonBlankText, Record, Slug, Violation

_BRANCH = re.compile(r"(?!.*(\.\.|//|@\{|\.lock$))[A-Za-z0-9_][\w./-]*")
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[\w-]+(?:\.[\w-]+)+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class FolderPlace(Record, frozen=True):
    """A folder of this machine. `path`: absolute, or from the edition's root."""

    path: NonBlankText


class RsyncPlace(Record, frozen=True):
    """A folder that rsync reaches. `to`: as rsync writes it, such as deploy@example.org:/var/www/site."""

    to: NonBlankText


class GitPlace(Record, frozen=True):
    """A branch that a forge publishes as pages.

    `remote`: address of the repository; an https address gets the token of the environment.
    `branch`: the name of the branch.
    `history`: `keep` adds a commit each time, `single` leaves one commit without parents.
    """

    remote: NonBlankText
    branch: NonBlankText = "pages"
    history: Literal["keep", "single"] = "keep"


class BucketPlace(Record, frozen=True):
    """A bucket of a storage that speaks S3.

    `bucket`: the name of the bucket. `region`: where the bucket is.
    `endpoint`: address of the service; absent, that of Amazon in `region`.
    `prefix`: folder in the bucket.
    `compress`: send the compressed copy of a text in its place, for hosts that negotiate no encoding.
    """

    bucket: NonBlankText
    endpoint: MaybeUrl = ""
    region: NonBlankText = "us-east-1"
    prefix: str = ""
    compress: Literal["none", "gzip", "br"] = "none"


class Target(Record, frozen=True):
    """A place for the site, by exactly one of the keys `folder`, `rsync`, `git` and `s3`.

    `id`: a slug, by which `kuratorium deploy` names it.
    """

    id: Slug
    folder: FolderPlace | None = None
    rsync: RsyncPlace | None = None
    git: GitPlace | None = None
    s3: BucketPlace | None = None

    @property
    def kind(self) -> str:
        """The key that says what the target is; empty if there is none."""
        return next((kind for kind in KINDS if getattr(self, kind) is not None), "")


KINDS = ("folder", "rsync", "git", "s3")


class MailTool(Record, frozen=True):
    """How issues are mailed.

    `listmonk`: address of the service. `lists`: the numbers of the lists there.
    `smtp_host`, `smtp_port`, `smtp_security`: the server, and how the connection is encrypted.
    `sender`: address that the mails are from.
    `editor`: address of a test mail. `list`: address of a mailing list.
    """

    listmonk: MaybeUrl = ""
    lists: tuple[Annotated[int, Meta(ge=1)], ...] = ()
    smtp_host: str = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = ""
    editor: str = ""
    list: str = ""


def check_targets(targets: tuple[Target, ...], intranet: tuple[str, ...]) -> Iterator[Violation]:
    """Check that each target is one place, has an id of its own, and holds no password."""
    ids = [target.id for target in targets]
    for index, target in enumerate(targets):
        kinds = [kind for kind in KINDS if getattr(target, kind) is not None]
        if target.id in ids[:index]:
            yield Violation(
                ("deploy", index, "id"), f'the id "{target.id}" occurs twice', "Give one of them another id."
            )
        if len(kinds) != 1:
            hint = "Write one of these keys: folder, rsync, git, s3."
            message = "a target is one place" if kinds else "a target needs a place"
            yield Violation(("deploy", index), message, hint)
        for violation in (*_check_git(target.git), *_check_bucket(target.s3, intranet), *_check_rsync(target.rsync)):
            yield violation.prefix_path(index).prefix_path("deploy")


def _check_git(place: GitPlace | None) -> Iterator[Violation]:
    if place is None:
        return
    if place.remote.startswith("-") or "::" in place.remote:
        hint = "For example: https://codeberg.org/our-group/pages.git"
        yield Violation(("git", "remote"), "this is not the address of a repository", hint)
    elif _has_password(place.remote):
        hint = "Delete it here, and set it as DEPLOY_TOKEN in the environment."
        yield Violation(("git", "remote"), "a password or token stands in this address, and in git for good", hint)
    if not _BRANCH.fullmatch(place.branch):
        yield Violation(
            ("git", "branch"), f'"{place.branch}" cannot be the name of a branch', "For example: gh-pages, or pages."
        )


def _check_bucket(place: BucketPlace | None, intranet: tuple[str, ...]) -> Iterator[Violation]:
    if place is None:
        return
    if not _BUCKET.fullmatch(place.bucket):
        yield Violation(("s3", "bucket"), f'"{place.bucket}" cannot be the name of a bucket', "For example: our-site")
    parts = urlsplit(place.endpoint)
    if parts.scheme == "http" and parts.hostname not in intranet:
        hint = "Write https://…; http is for a service whose host is in intranet."
        yield Violation(("s3", "endpoint"), f'expected an https address, found "{place.endpoint}"', hint)
    if _has_password(place.endpoint):
        hint = "Delete it here, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment."
        yield Violation(("s3", "endpoint"), "a password or token stands in this address, and in git for good", hint)
    if any(step in {"", ".", ".."} for step in place.prefix.split("/")) and place.prefix:
        yield Violation(("s3", "prefix"), f'"{place.prefix}" is not how a folder is written', "For example: blog")


def _check_rsync(place: RsyncPlace | None) -> Iterator[Violation]:
    if place and (place.to.startswith("-") or not place.to.rpartition(":")[2].strip("/")):
        hint = "For example: deploy@example.org:/var/www/site"
        yield Violation(("rsync", "to"), "this is not a folder that rsync reaches", hint)


def check_mail_tool(tool: MailTool | None, intranet: tuple[str, ...]) -> Iterator[Violation]:
    """Check that addresses of mail are some, and that a token is sent over an encrypted connection only."""
    if tool is None:
        return
    for field in ("sender", "editor", "list"):
        address = getattr(tool, field)
        if address and not _MAIL_ADDRESS.fullmatch(address):
            message = f'expected a mail address, found "{address}"'
            yield Violation(("mail", field), message, "For example: brief@example.org")
    parts = urlsplit(tool.listmonk)
    if parts.scheme == "http" and parts.hostname not in intranet:
        hint = "Write https://…; http is for a service whose host is in intranet."
        yield Violation(("mail", "listmonk"), f'expected an https address, found "{tool.listmonk}"', hint)


def _has_password(address: str) -> bool:
    parts = urlsplit(address) if "://" in address else None
    return bool(parts and (parts.password or (parts.username and parts.scheme.startswith("http"))))
