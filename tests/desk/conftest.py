from __future__ import annotations

from pathlib import Path

import pytest

from tests.editions import TinyEdition, sample_edition


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Return a copy of the repository's sample edition, as in a fresh clone, with an item in its inbox."""
    root = sample_edition(tmp_path)
    edition = TinyEdition(root)
    edition.candidate("wartet")
    edition.write("curation/seen/werkbank-it.txt", "0123456789abcdef 2026-10-14 https://werkbank-it.example/x\n")
    return root
