"""Pages that show what the site recommends, by a line `[[balance]]`: shares of the last twelve months, no numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date as Day

from ...translations import N_
from ..catalog import Catalog
from ..template_inputs import BalanceGroup, BalanceShare

BLOCK = "balance"
_MONTHS = 12
_MAX_SHARES = 6  # of a group; what is left is one row
_OTHERS = N_("others")
_WORDS: Mapping[str, str] = {
    "free": N_("free to read"),
    "paywall": N_("behind a paywall"),
    "own": N_("editorial"),
    "paid": N_("paid"),
}
_TITLES: Mapping[str, str] = {
    "outlet": N_("Outlets"),
    "topic": N_("Topics"),
    "language": N_("Languages"),
    "access": N_("Paywall"),
    "money": N_("Sponsors"),
}
_TRANSLATED = ("access", "money")


def build_balance(catalog: Catalog) -> tuple[BalanceGroup, ...]:
    """Return the shares of the last twelve months; those of a topic are of all posts, as one may have several."""
    # Months of the week's first day: whatever changes with a week is planned anew with it.
    first = _find_first_month(catalog.week.monday) if catalog.week else ""
    counts: dict[str, Counter[str]] = {group: Counter() for group in _TITLES}
    for key, count in catalog.lists("pick").counts.items():
        month, group, name = key.split("/", 2)
        if month >= first:
            counts[group][name] += count
    names = {topic.id: topic.name for topic in catalog.topics}
    post_count = counts["money"].total()
    return tuple(
        BalanceGroup(group, title, tuple(_list_shares(group, counts[group], post_count, names)))
        for group, title in _TITLES.items()
        if counts[group]
    )


def _find_first_month(day: Day) -> str:
    months = day.year * 12 + day.month - _MONTHS
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _list_shares(
    group: str, counts: Counter[str], post_count: int, topics: Mapping[str, str]
) -> Iterator[BalanceShare]:
    """Yield the shares of a group in percent, the largest first (of equals, by name), and that of all others."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    total = post_count if group == "topic" else counts.total()
    shown = ranked if len(ranked) == _MAX_SHARES + 1 else ranked[:_MAX_SHARES]
    for name, count in shown:
        is_word = group in _TRANSLATED
        label = _WORDS[name] if is_word else topics.get(name, name) if group == "topic" else name
        yield BalanceShare(label, _round(count, total), is_word=is_word)
    if group != "topic" and (rest := sum(count for _, count in ranked[len(shown) :])):
        yield BalanceShare(_OTHERS, _round(rest, total), is_word=True)


def _round(count: int, total: int) -> int:
    """Return a share in whole percent, of 1 at least: what is there is not shown as nothing."""
    return max(1, round(100 * count / total))
