import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuratorium.deploy.model import DeployError
from kuratorium.deploy.places.bucket import compute_etag
from kuratorium.errors import UsageError
from tests.deploy.s3_server import KEY, Storage
from tests.deploy.sites import PAGES, Site


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """A storage whose keys are in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-word")
    with Storage().running() as running:
        yield running


def test_each_object_has_its_headers(tmp_path: Path, storage: Storage) -> None:
    """Type, caching and encoding: a storage knows none of them by itself."""
    site = Site(tmp_path, {**PAGES, "index.html": b"home" * 100, "index.html.gz": gzip.compress(b"home" * 100)})
    site.deploy({"s3": {"bucket": storage.bucket, "endpoint": storage.address, "compress": "gzip"}})
    headers = {
        key: {name: value for name, value in kept.items() if name != "ETag"}
        for key, (_, kept) in storage.objects.items()
    }
    short = {"Cache-Control": "public, max-age=0, must-revalidate"}
    assert headers["index.html"] == {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip", **short}
    assert gzip.decompress(storage.objects["index.html"][0]) == b"home" * 100
    assert "index.html.gz" not in headers
    assert headers["feed.xml"] == {"Content-Type": "application/rss+xml", **short}
    assert headers["talks.ics"] == {"Content-Type": "text/calendar; charset=utf-8", **short}
    css = headers["site.0123456789.css"]
    assert css == {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=31536000, immutable"}


def test_a_bucket_that_refuses_is_a_sentence(tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of wrong keys, and of a bucket that does not exist; the secret is in no message."""
    site = Site(tmp_path)
    with pytest.raises(DeployError, match="there is no such bucket"):
        site.deploy({"s3": {"bucket": "other-site", "endpoint": storage.address}})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAWRONG")
    with pytest.raises(DeployError, match="refuses these keys") as refused:
        site.deploy({"s3": {"bucket": storage.bucket, "endpoint": storage.address}})
    assert "secret-word" not in str(refused.value)
    assert storage.objects == {}


def test_missing_keys_are_named(tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is asked."""
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UsageError, match="Set AWS_SECRET_ACCESS_KEY in the environment"):
        Site(tmp_path).deploy({"s3": {"bucket": storage.bucket, "endpoint": storage.address}})


def test_a_network_that_dies_is_a_sentence_and_the_next_run_goes_on(tmp_path: Path, storage: Storage) -> None:
    """Deletions have not happened then, and what arrived is not sent again."""
    site, target = Site(tmp_path), {"s3": {"bucket": storage.bucket, "endpoint": storage.address}}
    site.deploy(target)
    storage.requests.clear()
    for name in ("new.html", "index.html"):
        site.write(name, b"new")
    (site.output / "talks.ics").unlink()
    storage.fails = lambda method, key: -1 if (method, key) == ("PUT", "index.html") else 0
    with pytest.raises(DeployError, match="the connection failed"):
        site.deploy(target)
    assert storage.requests == [("PUT", "new.html")]
    storage.fails = lambda _method, _key: 0
    report = site.deploy(target)
    assert (report.sent, report.deleted) == (("index.html",), ("talks.ics",))


def test_an_etag_is_that_of_the_service(tmp_path: Path) -> None:
    """A large file is sent in parts, and its ETag is that of the parts."""
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"")
    large.write_bytes(bytes((16 << 20) + 1))
    assert compute_etag(small) == "d41d8cd98f00b204e9800998ecf8427e"
    assert compute_etag(large).endswith("-2")
