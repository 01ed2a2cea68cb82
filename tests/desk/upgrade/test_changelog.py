"""What changed between two versions, as an editor reads it before an upgrade."""

from kuratorium.desk.upgrade.changelog import select_changes

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something of tomorrow.

## [0.10.0] - 2027-03-01

- Ten.

## [0.9.1] - 2027-02-01

- Nine, mended.

## [0.9.0] - 2027-01-01

- Nine.

[0.10.0]: https://example.org/0.10.0
"""


def test_the_parts_between_two_versions_are_told_newest_first() -> None:
    """The version that is left is not told again, and links that nobody reads are left out."""
    assert select_changes(CHANGELOG, "0.9.0", "0.10.0") == (
        "## [0.10.0] - 2027-03-01\n\n- Ten.\n\n## [0.9.1] - 2027-02-01\n\n- Nine, mended."
    )
    assert select_changes(CHANGELOG, "0.9.1", "0.9.1") == ""
    assert select_changes(CHANGELOG, "0.9.1", "0.10.0rc1") == ""  # what prepares a version is earlier


def test_what_is_not_released_counts_for_a_program_built_from_it() -> None:
    """A wheel that somebody built for himself has what stands above the last release."""
    assert select_changes(CHANGELOG, "0.10.0", "0.11.0.dev1").startswith("## [Unreleased]")
    assert "Unreleased" not in select_changes(CHANGELOG, "0.9.0", "0.10.0")
    assert select_changes("no heads at all", "0.1", "0.2") == ""
