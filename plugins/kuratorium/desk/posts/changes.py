"""`kuratorium correct`, `publish`, `withdraw` and `release`: what each writes into a post's front matter."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime, timedelta

from ...edition.formats import get_format
from ...edition.model import PostFile, Release
from ...errors import UsageError
from .desk import PostChange, PostsDesk, plan_edits
from .front_matter_edit import FieldEdit
from .rename import was_published

_SECOND = timedelta(seconds=1)


def plan_correction(desk: PostsDesk, post: PostFile, text: str) -> PostChange:
    """Plan to add a correction of today to a published post; feed readers see by `modified` that it changed."""
    if not text.strip():
        raise UsageError("say what was wrong, and what is right.")
    if post.meta.status == "withdrawn":
        raise UsageError(f"{post.file} is withdrawn: there is no text to correct.")
    if not desk.is_published(post):
        raise UsageError(f"{post.file} is not published: correct its text, without a note to readers.")
    last = post.meta.modified or post.meta.date
    # Later than before, also if the clock of this machine is slow, or the post is dated ahead. At a date that
    # policy.yaml pins, time stands still.
    policy = desk.edition.registry.policy
    step = timedelta(0) if policy and policy.as_of else _SECOND
    modified = max(desk.now, last.astimezone(desk.now.tzinfo) + step)
    correction = {"date": desk.now.date().isoformat(), "text": text.strip()}
    return plan_edits(
        desk,
        post,
        [
            FieldEdit(field="modified", value=modified.isoformat(), after="date"),
            FieldEdit(field="corrections", value=correction, appends=True),
        ],
    )


def plan_publication(desk: PostsDesk, post: PostFile, at: datetime | None) -> PostChange:
    """Plan to publish a draft, or a hidden or a later post, `at` a date in the site's time zone, by default now."""
    meta = post.meta
    if meta.withdrawn:
        hint = "to publish it again, delete status and withdrawn."
        raise UsageError(f"{post.file} was withdrawn on {meta.withdrawn.date}: {hint}")
    if meta.is_unreleased:
        raise UsageError(f"{post.file} is not released: run kuratorium release {post.meta.uid[:8]} --by NAME first.")
    if meta.status == "published" and desk.is_published(post):
        raise UsageError(f"{post.file} is published, since {meta.date:%Y-%m-%d}.")
    moment = at.replace(tzinfo=at.tzinfo or desk.now.tzinfo) if at else desk.now
    # A hidden post has been read at its date already.
    dates = [] if meta.status == "hidden" and not at else [FieldEdit(field="date", value=moment.isoformat())]
    statuses = [FieldEdit(field="status", value=None)] if meta.status != "published" else []
    return plan_edits(desk, post, [*dates, *statuses])


def plan_withdrawal(desk: PostsDesk, post: PostFile, reason: str) -> PostChange:
    """Plan to leave of a published post only a notice, with today's date and the reason."""
    if not reason.strip():
        raise UsageError("give a reason, which readers will see: --reason TEXT")
    if post.meta.withdrawn:
        raise UsageError(f"{post.file} is withdrawn already, since {post.meta.withdrawn.date}.")
    if not was_published(desk, post):
        raise UsageError(f"{post.file} was never published: no reader has its address, so delete the file.")
    withdrawal = {"date": desk.now.date().isoformat(), "reason": reason.strip()}
    return plan_edits(
        desk,
        post,
        [
            FieldEdit(field="status", value="withdrawn", after="date"),
            FieldEdit(field="withdrawn", value=withdrawal, after="status"),
        ],
    )


def plan_release(desk: PostsDesk, post: PostFile, by: str, day: Day | None) -> PostChange:
    """Plan to record that `by` has released an interview, on a `day` that is not in the future, by default today."""
    release, today = post.meta.release, desk.now.date()
    if "release" not in get_format(post.format).required_fields and release is None:
        raise UsageError(f"{post.file} is no interview, and needs no release.")
    if not by.strip():
        raise UsageError("say who released it: --by NAME")
    if isinstance(release, Release) and release.state == "given":
        raise UsageError(f"{post.file} is released already: by {release.by or 'somebody'}, on {release.on or 'a day'}.")
    if day and day > today:
        raise UsageError(f"{day} is in the future: write the day on which it was released.")
    value = {"state": "given", "by": by.strip(), "on": (day or today).isoformat()}
    return plan_edits(desk, post, [FieldEdit(field="release", value=value)])
