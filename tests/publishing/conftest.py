"""The sample edition as readers get it, built once for all tests of this folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.publishing.builder import build_site
from tests.editions import sample_edition


@pytest.fixture(scope="session")
def sample_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site. Tests must not write to it."""
    root = sample_edition(tmp_path_factory.mktemp("site"))
    build_site(root)
    return root / "output"


@pytest.fixture(scope="session")
def sample_page(sample_output: Path) -> Callable[[str], BeautifulSoup]:
    """Return a function that parses a page of the built site."""
    return lambda path: BeautifulSoup((sample_output / path).read_bytes(), "html.parser")
