"""What tests of every room share."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.editions import TinyEdition, tiny_edition

# The same examples in every run, and no clock: a slow machine is no failure.
settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# A shell starts what it puts in the background with Ctrl-C ignored, and that is inherited: here it must be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def tiny(tmp_path: Path) -> TinyEdition:
    """A small sound edition in a folder of its own."""
    return tiny_edition(tmp_path)
