from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.intake.web import Web


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A web server on 127.0.0.1, reached without a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Web().running() as server:
        yield server
