"""What tests of every room share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.editions import TinyEdition, tiny_edition

# The same examples in every run, and no clock: a slow machine is no failure.
settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def tiny(tmp_path: Path) -> TinyEdition:
    """A small sound edition in a folder of its own."""
    return tiny_edition(tmp_path)
