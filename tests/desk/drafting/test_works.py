from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kuratorium.desk import note
from kuratorium.errors import UsageError
from tests.editions import NOW, TinyEdition

ARTICLE = f"""\
<!doctype html><html lang="de"><head><title>Blog – Amtsstube</title>
<meta name="description" content="Eine Umstellung, von der alle reden."></head>
<body><nav>Start Themen Wer zahlt die Miete</nav>
<article class="h-entry"><h1 class="p-name">Umzug ins Netz</h1><a class="p-author h-card" href="/ina">Ina Jahn</a>
<time class="dt-published" datetime="2026-10-02">2. Oktober</time>
<div class="e-content"><p>Wer zahlt den <em>Umzug</em>?</p><p>Niemand weiß es.</p><p>{"Wort " * 400}</p>
<aside>Wer zahlt auch hier?</aside><script>var a = "Wer zahlt nie";</script><!-- Wer zahlt heimlich --></div>
</article></body></html>
"""


@pytest.fixture
def blog() -> Iterator[str]:
    """Yield the address of an article at a local web server; at /no it refuses."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403 if self.path == "/no" else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(ARTICLE.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def begin(tiny: TinyEdition, *references: str, quotes: tuple[str, ...] = ()) -> tuple[note.NoteDraft, str]:
    """Begin a note, and return it with its text."""
    draft = note.begin_note(
        tiny.root, *references, author_ids=(), as_of=None, clock=lambda: datetime.fromisoformat(NOW), quotes=quotes
    )
    return draft, (tiny.root / draft.file).read_text()


def test_a_page_says_who_wrote_it_and_of_what_topic_it_may_be(tiny: TinyEdition, blog: str):
    """Credit and minutes come from the page; keywords in its title and summary suggest topics, each with a reason."""
    draft, text = begin(tiny, f"{blog}/umzug")
    assert "authors: [Ina Jahn]" in text
    assert "published: 2026-10-02" in text
    assert "minutes: 2\n" in text
    assert "topics: [transformation]\n" in text
    assert draft.found[0].reasons == ("Stichwort: umstellung",)


def test_a_quotation_comes_from_the_article_of_a_page(tiny: TinyEdition, blog: str):
    """Navigation, asides, scripts and comments are no part of it; paragraphs are apart, emphasis is not."""
    _, text = begin(tiny, f"{blog}/umzug", quotes=("wer zahlt … weiß es",))
    assert "\n\n> Wer zahlt den Umzug? Niemand weiß es.\n> — " in text


def test_a_page_that_refuses_has_no_passage(tiny: TinyEdition, blog: str):
    """A draft can be begun on it, as one of two works, but no passage taken from it."""
    before = tiny.files()
    with pytest.raises(UsageError, match="neither in the archive nor on its page"):
        begin(tiny, f"{blog}/no", quotes=("wer zahlt … weiß es",))
    assert tiny.files() == before
    draft, text = begin(tiny, f"{blog}/umzug", f"{blog}/no")
    assert [bool(found.unread_reason) for found in draft.found] == [False, True]
    assert f"url: {blog}/no\n" in text
    assert "Die Seite war nicht zu lesen" in text


def test_the_first_work_names_the_note(tiny: TinyEdition, blog: str):
    """Of an address and an item, title, slug and uid are those of the first; what the item says else is kept."""
    tiny.candidate("eins", uid="keinsxxx", title="Wartet", tags=["Akte"])
    begun, text = begin(tiny, f"{blog}/umzug", "keinsxxx")
    assert begun.file == "curation/notes/2026/umzug-ins-netz.md"
    assert "title: Umzug ins Netz\nslug: umzug-ins-netz\n" in text
    assert "uid: keinsxxx" not in text
    assert "tags: [Akte]\n" in text
    assert text.index(f"url: {blog}/umzug") < text.index("https://amtsblog.example/eins")
    tiny.candidate("zwei", uid="kzweixxx", title="Wartet auch")
    begun, text = begin(tiny, "kzweixxx", f"{blog}/umzug")
    assert begun.file == "curation/notes/2026/wartet-auch.md"
    assert "uid: kzweixxx\n" in text
