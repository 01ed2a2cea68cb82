"""Pages of the built sample edition, parsed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="session")
def sample_page(sample_output: Path) -> Callable[[str], BeautifulSoup]:
    """Return a function that parses a page of the built site by its path."""
    return lambda path: BeautifulSoup((sample_output / path).read_bytes(), "html.parser")
