from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.http.responses import find_permanent_target


@pytest.mark.parametrize(
    ("statuses", "hops"),
    [([], 0), ([301], 1), ([308, 301], 2), ([301, 302, 301], 1), ([302, 301], 0), ([307], 0), ([303, 308], 0)],
)
def test_the_permanent_target_of_redirects(statuses: list[int], hops: int) -> None:
    """The permanent target is the end of the unbroken run of 301 and 308 at the beginning."""
    redirects = [(status, f"https://{number}.example/") for number, status in enumerate(statuses, 1)]
    assert find_permanent_target(redirects) == (f"https://{hops}.example/" if hops else "")


@given(st.lists(st.sampled_from([301, 302, 303, 307, 308]), max_size=5))
def test_the_permanent_target_is_reached_by_the_longest_permanent_run(statuses: list[int]) -> None:
    """The permanent target is reached by permanent redirects alone, and the next hop is temporary."""
    redirects = [(status, str(number)) for number, status in enumerate(statuses)]
    target = find_permanent_target(redirects)
    length = int(target) + 1 if target else 0
    assert all(status in {301, 308} for status in statuses[:length])
    assert length == len(statuses) or statuses[length] in {302, 303, 307}
