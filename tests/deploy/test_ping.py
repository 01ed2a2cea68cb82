import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import feedparser
import pytest

from kuratorium.deploy.ping import STATE_FILE, PingReport, PingState, ping_hub, plan_ping
from kuratorium.errors import UsageError
from kuratorium.intake.http.client import Fetcher, FetchLimits
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.page import FEED_TYPES
from tests.cli.program import PROGRAM, kuratorium
from tests.deploy.hub import CERTIFICATE_AND_KEY, Hub
from tests.editions import POLICY, SITE, TinyEdition
from tests.intake.web import Answer, respond

NOW = datetime.fromisoformat("2026-10-14T09:00:00+02:00")
SITE_URL = SITE["SITEURL"]


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that takes all announcements."""
    with Hub().running() as running:
        yield running


def publish(tiny: TinyEdition, hub: Hub) -> Path:
    """Build the site with this hub; return the output folder."""
    tiny.yaml("policy", POLICY | {"hub": hub.address})
    build_site(tiny.root)
    return tiny.root / "output"


def ping(tiny: TinyEdition, hub: Hub, *, intranet: Sequence[str] = ("127.0.0.1",)) -> PingReport:
    """Ping the hub as the command does."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(
        tiny.root, "Kuratorium (test)", lambda: NOW, FetchLimits(total_seconds=5), intranet=intranet, resolve=resolve
    )
    return ping_hub(
        tiny.root, tiny.root / "output", hub=hub.address, site_url=SITE_URL, lang="de", fetcher=fetcher
    )  # fmt: skip


def feed_files(output: Path) -> dict[str, bytes]:
    """Return the bytes of every feed of the site by its address."""
    endings = tuple(feed_type.ending for feed_type in FEED_TYPES)
    return {
        f"{SITE_URL}/{path.relative_to(output).as_posix()}": path.read_bytes()
        for path in output.rglob("*")
        if path.name.endswith(endings)
        and not path.name.endswith(".chapters.json")
        and not path.relative_to(output).as_posix().startswith(("sitemap", ".well-known/"))
    }


def test_every_feed_names_its_hub(tiny: TinyEdition, hub: Hub) -> None:
    """As a link beside that to itself in RSS and Atom, as `hubs` in JSON Feed (WebSub, section 4); none without one."""
    feeds = feed_files(publish(tiny, hub))
    assert len(feeds) > 10
    for address, data in feeds.items():
        if address.endswith(".json"):
            feed = json.loads(data)
            assert (feed["hubs"], feed["feed_url"]) == ([{"type": "WebSub", "url": hub.address}], address)
        else:
            links = {link.rel: link.href for link in feedparser.parse(data).feed.links}
            assert (links["hub"], links["self"]) == (hub.address, address)
    tiny.yaml("policy", POLICY)
    build_site(tiny.root)
    assert not any(b"hub" in data for data in feed_files(tiny.root / "output").values())


def test_a_ping_announces_exactly_the_feeds_that_changed(tiny: TinyEdition, hub: Hub) -> None:
    """At first all; without a change none; after an edit those with other bytes, each once, over one connection."""
    topic = {"topics": ["open-source"]}
    tiny.note("quellen", uid="note0001", **topic)
    before = feed_files(publish(tiny, hub))
    report = ping(tiny, hub)
    assert (report.exit_code, set(report.announced), report.waiting) == (0, set(before), ())
    announced = hub.take()
    assert sorted(announced) == sorted(before)
    assert len(hub.connections) == 1
    assert set(hub.agents) == {"Kuratorium (test)"}

    assert ping(tiny, hub).announced == ()
    assert hub.forms == []

    tiny.note("quellen", uid="note0001", title="Anders", **topic)
    after = feed_files(publish(tiny, hub))
    changed = {address for address, data in after.items() if data != before[address]}
    assert f"{SITE_URL}/themen/open-source.xml" in changed
    assert f"{SITE_URL}/themen/transformation.xml" not in changed
    report = ping(tiny, hub)
    assert set(hub.take()) == set(report.announced) == changed
    assert report.unchanged_count == len(after) - len(changed)


def test_an_archive_is_announced_when_it_changes() -> None:
    """Not when it is new: nobody can have subscribed to it."""
    feed, old, new = (f"{SITE_URL}/{path}" for path in ("feed.atom", "feed/seite/1.atom", "feed/seite/2.atom"))
    plan = plan_ping(PingState("", {feed: "a", old: "b"}), {new: "1", old: "2", feed: "3"}, "de")
    assert list(plan.changed) == [feed, old]
    assert plan.unchanged == {new: "1"}
    again = plan_ping(PingState("", {feed: "3", old: "2", new: "1"}), {new: "9", old: "2", feed: "3"}, "de")
    assert list(again.changed) == [new]


def test_a_topic_with_a_number_for_a_name_is_no_archive() -> None:
    """Only files in the folder of archives are."""
    assert list(plan_ping(PingState(), {f"{SITE_URL}/themen/2024.atom": "a"}, "de").changed)


def test_what_a_hub_refuses_waits_for_the_next_ping(tiny: TinyEdition, hub: Hub) -> None:
    """One refused feed does not keep the others from being announced; the exit code says that something is left."""
    publish(tiny, hub)
    refused = f"{SITE_URL}/feed.xml"
    hub.answer = lambda address: respond(b"", 422 if address == refused else 204)
    report = ping(tiny, hub)
    assert (report.exit_code, report.waiting) == (1, (refused,))
    assert report.failures == ((refused, "the server answers HTTP 422"),)
    hub.take()
    hub.answer = lambda _: respond(b"", 202)
    assert ping(tiny, hub).exit_code == 0
    assert hub.take() == [refused]


@pytest.mark.parametrize(
    ("answer", "words", "count"),
    [
        (respond(b"", 500), "the server has a fault (HTTP 500)", 1),
        (respond(b"", 429, retry_after="600"), "it asks us to wait until 2026-10-14 07:10 UTC", 1),
        (respond(b"", 404), "there is nothing at this address (404)", 1),
        (respond(b"", 400), "the server answers HTTP 400", 3),
        (respond(b"", 307, location="http://127.0.0.1:9/"), "it redirects to http://127.0.0.1:9/", 1),
    ],
)
def test_a_hub_that_fails_is_left_alone(tiny: TinyEdition, hub: Hub, answer: Answer, words: str, count: int) -> None:
    """After one answer that is about the hub, or three refusals, no more is sent; nothing counts as announced."""
    feeds = feed_files(publish(tiny, hub))
    hub.answer = lambda _: answer
    report = ping(tiny, hub)
    assert len(hub.take()) == count
    assert words in report.failures[0][1]
    assert (report.exit_code, report.announced, len(report.waiting)) == (1, (), len(feeds))
    hub.answer = lambda _: respond(b"", 202)
    assert len(ping(tiny, hub).announced) == len(feeds)


def test_a_hub_that_is_down_is_a_result(tiny: TinyEdition) -> None:
    """No traceback, no half-written state: the next ping announces all."""
    with Hub().running() as gone:
        publish(tiny, gone)
    report = ping(tiny, gone)
    assert report.exit_code == 1
    assert "cannot be reached" in report.failures[0][1]
    assert json.loads((tiny.root / STATE_FILE).read_text())["digests"] == {}


def test_a_hub_whose_name_leads_into_the_local_network_is_refused(tiny: TinyEdition, hub: Hub) -> None:
    """Unless `intranet` names it: the guard of all requests holds for this one, too."""
    publish(tiny, hub)
    report = ping(tiny, hub, intranet=())
    assert hub.forms == []
    assert "a loopback address" in report.failures[0][1]


def test_a_hub_is_asked_over_an_encrypted_connection(tiny: TinyEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate must be valid, and have its name."""
    with Hub().running(tls=True) as hub:
        publish(tiny, hub)
        assert "certificate" in ping(tiny, hub, intranet=["tls.example"]).failures[0][1]
        assert hub.forms == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE_AND_KEY))
        assert ping(tiny, hub, intranet=["tls.example"]).exit_code == 0
        assert hub.take()


def test_another_hub_is_told_of_all_feeds(tiny: TinyEdition, hub: Hub) -> None:
    """It knows none of them; so is a hub whose state was lost or damaged."""
    feeds = feed_files(publish(tiny, hub))
    ping(tiny, hub)
    hub.take()
    for damage in (b"", b"{", b'{"hub": 1}', b"[]"):
        (tiny.root / STATE_FILE).write_bytes(damage)
        ping(tiny, hub)
        assert len(hub.take()) == len(feeds)
    with Hub().running() as other:
        publish(tiny, other)
        ping(tiny, other)
        assert len(other.take()) == len(feeds)


def test_a_site_without_the_hub_cannot_be_announced(tiny: TinyEdition, hub: Hub) -> None:
    """Feed readers would not ask the hub: the site must be built and deployed first."""
    build_site(tiny.root)
    with pytest.raises(UsageError, match="names the hub"):
        ping(tiny, hub)
    assert hub.forms == []


def test_a_text_about_hubs_makes_no_feed(tiny: TinyEdition, hub: Hub) -> None:
    """Only what a feed says before its first item counts."""
    output = publish(tiny, hub)
    before = set(feed_files(output))
    (output / "fremd.xml").write_text(
        f'<rss><channel><item><p>rel="hub" href="{hub.address}"</p></item></channel></rss>'
    )
    ping(tiny, hub)
    assert set(hub.take()) == before


def test_the_command_says_what_it_announced(tiny: TinyEdition, hub: Hub) -> None:
    """Addresses to stdout, totals to stderr; a dry run sends nothing; the User-Agent says whom to write to."""
    feeds = feed_files(publish(tiny, hub))
    dry = kuratorium(tiny.root, "ping", "--dry-run")
    assert (dry.returncode, set(dry.stdout.split()), hub.forms) == (0, set(feeds), [])
    ran = kuratorium(tiny.root, "ping")
    assert (ran.returncode, set(ran.stdout.split())) == (0, set(hub.take()))
    assert ran.stderr == f"{len(feeds)} feeds announced to {hub.address}, 0 unchanged.\n"
    assert "redaktion@tiny.example" in hub.agents[0]
    hub.answer = lambda _: respond(b"", 503)
    tiny.note("neu")
    publish(tiny, hub)
    failed = kuratorium(tiny.root, "ping")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "the next ping announces them" in failed.stderr


def test_without_a_hub_the_command_says_what_to_write(tiny: TinyEdition) -> None:
    """It is a mistake of the user, with exit code 2."""
    ran = kuratorium(tiny.root, "ping")
    assert ran.returncode == 2
    assert "hub: https://" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_killed_ping_goes_on_where_it_was(tiny: TinyEdition, hub: Hub) -> None:
    """What the hub took is not announced again, and nothing is lost."""
    feeds = feed_files(publish(tiny, hub))
    process: list[subprocess.Popen[bytes]] = []

    def kill_at_fifth(_: str) -> Answer:
        if len(hub.forms) == 5:
            process[0].send_signal(signal.SIGKILL)
            process[0].wait()
        return respond(b"", 202)

    hub.answer = kill_at_fifth
    process.append(subprocess.Popen([*PROGRAM, "ping"], cwd=tiny.root, env=os.environ, stdout=subprocess.DEVNULL))
    assert process[0].wait() == -signal.SIGKILL
    first = hub.take()
    assert len(first) == 5
    hub.answer = lambda _: respond(b"", 202)
    report = ping(tiny, hub)
    assert set(first[:4]).isdisjoint(report.announced)
    assert {*first, *hub.take()} == set(feeds)
    left = {path.name for path in (tiny.root / "var").iterdir() if "ping" in path.name}
    assert left == {"ping.json", "ping.lock"}
