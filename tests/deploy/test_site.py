import sqlite3
from pathlib import Path

from kuratorium.deploy.site import digest_with_headers, read_site
from kuratorium.files import hash_bytes
from tests.deploy.sites import Site


def test_digests_come_from_the_list_of_the_build(tmp_path: Path) -> None:
    """A file that is as the build left it is not read again; one that changed since is."""
    site = Site(tmp_path, {"index.html": b"home", "b.html": b"b"})
    site.build.cache.parent.mkdir()
    with sqlite3.connect(site.build.cache) as db:
        db.execute("CREATE TABLE output(path TEXT, size INT, time INT, hash BLOB)")
        for path in ("index.html", "b.html"):
            status = (site.output / path).stat()
            db.execute("INSERT INTO output VALUES (?, ?, ?, ?)", (path, status.st_size, status.st_mtime_ns, b"\1\2"))
    site.write("b.html", b"other")
    digests = {file.path: file.digest for file in read_site(site.build)}
    assert digests == {"index.html": "0102", "b.html": hash_bytes(b"other").hex()}


def test_a_list_that_cannot_be_read_costs_only_time(tmp_path: Path) -> None:
    """A damaged cache, or one of another version, is no reason not to deploy."""
    site = Site(tmp_path, {"index.html": b"home"})
    site.build.cache.parent.mkdir()
    site.build.cache.write_bytes(b"no database")
    assert [file.digest for file in read_site(site.build)] == [hash_bytes(b"home").hex()]


def test_links_and_leftovers_are_no_files_of_the_site(tmp_path: Path) -> None:
    """A link may lead to what nobody is to see; `.well-known` is sent."""
    site = Site(tmp_path, {"index.html": b"", ".well-known/security.txt": b"", ".git/config": b"", "a.html.x~": b""})
    (tmp_path / "secret").write_text("secret")
    (site.output / "link.txt").symlink_to(tmp_path / "secret")
    assert [file.path for file in read_site(site.build)] == [".well-known/security.txt", "index.html"]


def test_compressed_copies_take_the_place_of_texts_where_asked(tmp_path: Path) -> None:
    """Else they are sent beside them, with the type of the text and their encoding; a changed header counts."""
    site = Site(tmp_path, {"index.html": b"home", "index.html.gz": b"gz", "index.html.br": b"br", "a.svg": b"<svg/>"})
    beside = {file.path: (file.media_type, file.encoding) for file in read_site(site.build)}
    html = "text/html; charset=utf-8"
    assert beside == {
        "index.html": (html, ""),
        "index.html.gz": (html, "gzip"),
        "index.html.br": (html, "br"),
        "a.svg": ("image/svg+xml", ""),
    }
    instead = {file.path: (file.source.read_bytes(), file.encoding) for file in read_site(site.build, "br")}
    assert instead == {"index.html": (b"br", "br"), "a.svg": (b"<svg/>", "")}
    plain, copy = (next(f for f in read_site(site.build, kind) if f.path == "index.html") for kind in ("none", "br"))
    assert digest_with_headers(plain) != digest_with_headers(copy)
