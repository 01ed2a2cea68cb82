import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kuratorium.deploy.model import DeployError
from kuratorium.deploy.ping import PingReport
from kuratorium.deploy.run import STEPS
from kuratorium.errors import UsageError
from tests.deploy.s3_server import KEY, Storage
from tests.deploy.sites import PAGES, Site, read_folder

RSYNC = shutil.which("rsync")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A finished site."""
    return Site(tmp_path / "edition")


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """A storage whose keys are in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-word")
    with Storage().running() as running:
        yield running


def read_branch(remote: Path, branch: str = "pages") -> dict[str, bytes]:
    """Return the files of a branch of a bare repository, without what a deployment adds."""
    names = subprocess.check_output(["git", "-C", remote, "ls-tree", "-r", "--name-only", "-z", branch])
    paths = [name for name in names.decode().split("\0") if name not in {"", ".kuratorium-deploy", ".nojekyll"}]
    git = ["git", "-C", str(remote), "cat-file", "blob"]
    return {path: subprocess.check_output([*git, f"{branch}:{path}"]) for path in paths}


@pytest.fixture(params=["folder", "git", "s3", "rsync"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Mapping[str, Any], Callable[[], dict[str, bytes]]]:
    """A target of each kind, and what reads the files there."""
    folder = tmp_path / "live"
    if request.param == "git":
        subprocess.check_call(["git", "init", "--quiet", "--bare", folder])
        return {"git": {"remote": str(folder)}}, lambda: read_branch(folder)
    if request.param == "s3":
        storage = request.getfixturevalue("storage")
        target = {"s3": {"bucket": storage.bucket, "endpoint": storage.address, "prefix": "blog"}}
        return target, lambda: {
            key.removeprefix("blog/"): data
            for key, (data, _) in storage.objects.items()
            if not key.endswith(".kuratorium-deploy")
        }
    if request.param == "rsync":
        if not RSYNC:
            pytest.skip("rsync is not installed (Debian, Ubuntu: apt install rsync)")
        return {"rsync": {"to": str(folder)}}, lambda: read_folder(folder)
    return {"folder": {"path": str(folder)}}, lambda: read_folder(folder)


Place = tuple[Mapping[str, Any], Callable[[], dict[str, bytes]]]


def test_a_target_gets_the_site_then_only_what_changed(site: Site, place: Place) -> None:
    """The first run sends all, the second nothing; an edit sends exactly its files, and deletes what is gone."""
    target, read = place
    assert set(site.deploy(target).sent) == set(PAGES)
    assert read() == PAGES
    second = site.deploy(target)
    assert (second.sent, second.deleted, second.unchanged_count) == ((), (), len(PAGES))
    site.write("notizen/a.html", b"other words")
    site.write("notizen/b.html", b"b")
    (site.output / "talks.ics").unlink()
    third = site.deploy(target)
    assert (third.sent, third.deleted) == (("notizen/b.html", "notizen/a.html"), ("talks.ics",))
    assert read() == read_folder(site.output)
    assert site.deploy(target).sent == ()


def test_a_lost_state_costs_a_listing(site: Site, place: Place) -> None:
    """A fresh machine sends nothing again, and still deletes what an earlier deployment put there."""
    target, read = place
    site.deploy(target)
    shutil.rmtree(site.root / "var")
    (site.output / "notizen/a.html").unlink()
    report = site.deploy(target)
    assert (report.sent, report.deleted) == ((), ("notizen/a.html",))
    assert read() == read_folder(site.output)


def test_a_dry_run_changes_nothing(site: Site, place: Place) -> None:
    """It lists what would be sent."""
    target, read = place
    assert set(site.deploy(target, dry_run=True).sent) == set(PAGES)
    site.deploy(target)
    site.write("index.html", b"new")
    (site.output / "feed.xml").unlink()
    report = site.deploy(target, dry_run=True)
    assert (report.sent, report.deleted) == (("index.html",), ("feed.xml",))
    assert read() == PAGES


def test_what_others_put_there_stays(site: Site, tmp_path: Path) -> None:
    """It is told of, and deleted with `--delete-foreign` only; a file changed by others is sent again."""
    target = {"folder": {"path": str(tmp_path / "live")}}
    site.deploy(target)
    (tmp_path / "live/CNAME").write_bytes(b"example.org")
    (tmp_path / "live/index.html").write_bytes(b"defaced")
    report = site.deploy(target)
    assert (report.sent, report.deleted, report.foreign) == (("index.html",), (), ("CNAME",))
    assert (tmp_path / "live/CNAME").exists()
    assert site.deploy(target, deletes_foreign=True).deleted == ("CNAME",)
    assert read_folder(tmp_path / "live") == PAGES


def test_new_files_come_first_and_deletions_last(site: Site, storage: Storage) -> None:
    """Assets, new pages, changed pages, feeds, then deletions: each page finds what it links to at any moment."""
    target = {"s3": {"bucket": storage.bucket, "endpoint": storage.address}}
    site.deploy(target)
    storage.requests.clear()
    (site.output / "site.0123456789.css").unlink()
    changes = {"site.abcdef0123.css": b"b{}", "notizen/b.html": b"b", "index.html": b"new", "feed.xml": b"<rss>b</rss>"}
    for path, data in changes.items():
        site.write(path, data)
    site.deploy(target)
    assert storage.requests == [
        ("PUT", "site.abcdef0123.css"),
        ("PUT", "notizen/b.html"),
        ("PUT", "index.html"),
        ("PUT", "feed.xml"),
        ("DELETE", "site.0123456789.css"),
        ("PUT", ".kuratorium-deploy"),
    ]


def test_the_hub_is_told_last(site: Site, tmp_path: Path) -> None:
    """When it fetches the feeds, the site is there; a refusal gives the exit code 1."""
    seen: list[bool] = []

    def ping() -> PingReport:
        seen.append((tmp_path / "live/feed.xml").exists())
        return PingReport(hub="https://hub.example", waiting=("feed.xml",))

    assert site.deploy({"folder": {"path": str(tmp_path / "live")}}, ping=ping).exit_code == 1
    assert seen == [True]
    assert STEPS[-1][0] == "hub"


def test_no_site_and_half_a_site_are_refused(site: Site, tmp_path: Path) -> None:
    """Neither an empty folder nor what a build left that was killed goes out."""
    target = {"folder": {"path": str(tmp_path / "live")}}
    site.build.lock.parent.mkdir(parents=True, exist_ok=True)
    site.build.unfinished[0].touch()
    with pytest.raises(UsageError, match="The site is not finished"):
        site.deploy(target)
    shutil.rmtree(site.output)
    with pytest.raises(UsageError, match='run "make build" first'):
        site.deploy(target)
    assert not (tmp_path / "live").exists()


def test_the_list_at_the_target_tells_no_address(site: Site, tmp_path: Path) -> None:
    """A hidden post's address is not published by it."""
    site.deploy({"folder": {"path": str(tmp_path / "live")}})
    lines = (tmp_path / "live/.kuratorium-deploy").read_text().splitlines()[1:]
    assert len(lines) == len(PAGES)
    assert all(re.fullmatch("[0-9a-f]{16}", line) for line in lines)


def test_an_unknown_network_failure_is_a_sentence(site: Site, storage: Storage) -> None:
    """What arrived is remembered: the next run sends the rest only."""
    broken = {"index.html"}
    storage.fails = lambda method, key: 400 if method == "PUT" and key in broken else 0
    target = {"s3": {"bucket": storage.bucket, "endpoint": storage.address}}
    with pytest.raises(DeployError, match="run deploy again"):
        site.deploy(target)
    assert not any(key.startswith("feed") for _, key in storage.requests)  # lists come after pages
    done = {key for _, key in storage.requests}
    broken.clear()
    assert set(site.deploy(target).sent) == set(PAGES) - done
    assert {key: data for key, (data, _) in storage.objects.items() if key in PAGES} == PAGES
