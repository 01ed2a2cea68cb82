from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.editions import POLICY, TinyEdition
from tests.intake.conftest import rss
from tests.intake.web import Web, respond


@pytest.fixture
def web(tiny: TinyEdition) -> Iterator[Web]:
    """Yield a local web server, which the edition may fetch from; its page names three feeds, one of them missing."""
    tiny.yaml("policy", POLICY | {"intranet": ["127.0.0.1"]})
    with Web().running() as server:
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{path}">'
            for path in ("/comments", "/feed", "/gone")
        )
        page = f'<!doctype html><html lang="de"><title>Seite</title>{links}</html>'.encode()
        server.answers["/"] = respond(page, content_type="text/html")
        server.answers["/feed"] = respond(rss("Vertrag", "Umzug"))
        server.answers["/comments"] = respond(rss("Re"))
        server.answers["/gone"] = respond(b"", 404)
        yield server
