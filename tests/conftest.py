"""Fixtures and settings that tests of several rooms share."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kuratorium.publishing.build_command import build_site
from tests.editions import TinyEdition, sample_edition, tiny_edition
from tests.speed import draw_once, parse_and_compile_once

# The same examples in every run, and no deadline: a slow machine is no failure.
settings.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# A shell starts background jobs with Ctrl-C ignored, and children inherit that: tests that send SIGINT need it back.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _speed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        parse_and_compile_once(patch)
        draw_once(patch)
        yield


@pytest.fixture
def tiny(tmp_path: Path) -> TinyEdition:
    """A small valid edition in a folder of its own."""
    return tiny_edition(tmp_path)


@pytest.fixture(scope="session")
def sample_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of the sample edition, built once for all tests. Read it only."""
    root = sample_edition(tmp_path_factory.mktemp("site"))
    build_site(root)
    return root / "output"


def pytest_xdist_auto_num_workers() -> int:
    """Return one more worker than processors: many tests wait for a server's time-out or for a killed process."""
    return (os.cpu_count() or 1) + 1
