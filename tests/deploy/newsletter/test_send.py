from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from kuratorium.deploy.model import DeployError
from kuratorium.deploy.newsletter.send import read_issue, send_issue
from kuratorium.deploy.newsletter.tools import Delivery, Issue
from kuratorium.desk.check import run_checks
from kuratorium.edition.hosting.targets import MailTool
from kuratorium.errors import UsageError
from kuratorium.publishing.build_command import build_site
from tests.cli.program import kuratorium
from tests.deploy.newsletter.servers import MailApi, MailServer, serve
from tests.editions import POLICY, TinyEdition

NOW = datetime.fromisoformat("2026-10-14T09:00:00+02:00")
ISSUE = Issue(uid="abc123", subject="Woche 41", html="<p>Straße {{ x }}</p>", text="Straße\n", host="tiny.example")


@pytest.fixture(autouse=True)
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTMONK_API_USER", "desk")
    monkeypatch.setenv("LISTMONK_API_TOKEN", "secret-word")
    monkeypatch.setenv("BUTTONDOWN_API_KEY", "secret-word")
    monkeypatch.delenv("SMTP_USER", raising=False)


def test_listmonk_gets_a_campaign_as_a_draft_and_only_once(tmp_path: Path) -> None:
    """A second machine that has not pulled curation/sent.txt makes none either: listmonk itself is asked."""
    api = MailApi("token desk:secret-word")
    with serve(api):
        delivery = Delivery(tool=MailTool(listmonk=api.url, lists=(3,), sender="brief@tiny.example"))
        assert "campaign 1 is a draft" in send_issue(tmp_path / "one", ISSUE, "listmonk", delivery, NOW)
        with pytest.raises(UsageError, match="This issue went to listmonk at 2026-10-14"):
            send_issue(tmp_path / "one", ISSUE, "listmonk", delivery, NOW)
        assert "has this issue already" in send_issue(tmp_path / "two", ISSUE, "listmonk", delivery, NOW)
    ((path, campaign),) = api.posted
    assert path == "/api/campaigns"
    assert (campaign["lists"], campaign["subject"], campaign["content_type"]) == ([3], "Woche 41", "html")
    assert campaign["body"] == "<p>Straße &#123;&#123; x }}</p>"  # the marks of its templates would run
    assert campaign["altbody"] == "Straße\n"


def test_buttondown_gets_a_draft(tmp_path: Path) -> None:
    """A wrong key is a sentence without the key, and nothing counts as sent."""
    api = MailApi("Token secret-word")
    with serve(api):
        delivery = Delivery(tool=MailTool(), buttondown=api.url)
        api.authorization = "Token other"
        with pytest.raises(DeployError, match="refuses the token") as refused:
            send_issue(tmp_path, ISSUE, "buttondown", delivery, NOW)
        assert "secret-word" not in str(refused.value)
        api.authorization = "Token secret-word"
        send_issue(tmp_path, ISSUE, "buttondown", delivery, NOW)
    ((path, email),) = api.posted
    assert (path, email["status"], email["subject"]) == ("/v1/emails", "draft", "Woche 41")
    assert (tmp_path / "curation/sent.txt").read_text() == "abc123 buttondown sent 2026-10-14T09:00:00+02:00\n"


def test_a_tool_that_breaks_off_is_not_asked_twice_by_itself(tmp_path: Path) -> None:
    """Nobody knows whether it has the issue: an editor looks, and says --again."""
    api = MailApi("Token secret-word")
    api.breaks = True
    with serve(api):
        delivery = Delivery(tool=MailTool(), buttondown=api.url)
        with pytest.raises(DeployError, match="broke off"):
            send_issue(tmp_path, ISSUE, "buttondown", delivery, NOW)
        with pytest.raises(UsageError, match="did not end: look there"):
            send_issue(tmp_path, ISSUE, "buttondown", delivery, NOW)
        api.breaks = False
        send_issue(tmp_path, ISSUE, "buttondown", delivery, NOW, again=True)
    assert len(api.posted) == 2


def test_smtp_mails_a_test_to_the_editor_then_the_list(tmp_path: Path) -> None:
    """Both versions are in the mail; a test may be repeated, and counts for nothing."""
    server = MailServer()
    with serve(server):
        tool = MailTool(
            smtp_host="127.0.0.1",
            smtp_port=server.port,
            smtp_security="none",
            sender="brief@tiny.example",
            editor="anna@tiny.example",
            list="alle@tiny.example",
        )
        for is_test in (True, True, False):
            send_issue(tmp_path, ISSUE, "smtp", Delivery(tool=tool, is_test=is_test), NOW)
        with pytest.raises(UsageError, match="--again"):
            send_issue(tmp_path, ISSUE, "smtp", Delivery(tool=tool), NOW)
    assert [receiver for receiver, _ in server.mails] == ["anna@tiny.example"] * 2 + ["alle@tiny.example"]
    first, last = (message_from_bytes(server.mails[place][1], policy=policy.default) for place in (0, 2))
    assert (first["Subject"], last["Subject"]) == ("[Test] Woche 41", "Woche 41")
    assert last["Message-ID"] == "<abc123@tiny.example>"
    assert [part.get_content().strip() for part in last.iter_parts()] == ["Straße", "<p>Straße {{ x }}</p>"]


@pytest.mark.parametrize(
    ("tool", "message"),
    [("listmonk", "Write mail: {listmonk"), ("smtp", "SMTP needs smtp_host"), ("buttondown", "Set BUTTONDOWN_API_KEY")],
)
def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str, message: str) -> None:
    """Before anything is sent, and the issue does not count as sent."""
    monkeypatch.delenv("BUTTONDOWN_API_KEY")
    with pytest.raises(UsageError, match=message):
        send_issue(tmp_path, ISSUE, tool, Delivery(tool=MailTool()), NOW)
    with pytest.raises(UsageError, match=message):
        send_issue(tmp_path, ISSUE, tool, Delivery(tool=MailTool()), NOW)


def test_the_command_sends_the_mail_form_of_a_built_digest(tiny: TinyEdition) -> None:
    """It finds the post as other commands do; `check` knows the file of what was sent."""
    period = {"from": "2026-10-05", "to": "2026-10-11"}
    path = tiny.post("content/digests/woche-41.md", period=period)
    build_site(tiny.root)
    dry = kuratorium(tiny.root, "send", "woche-41", "--to", "listmonk", "--dry-run")
    assert (dry.returncode, "Nothing was sent" in dry.stderr) == (0, True), dry.stderr
    api = MailApi("token desk:secret-word")
    with serve(api):
        mail = {"listmonk": api.url, "lists": [1]}
        tiny.yaml("policy", POLICY | {"mail": mail})
        sent = kuratorium(tiny.root, "send", str(path.relative_to(tiny.root)), "--to", "listmonk")
    assert sent.returncode == 0, sent.stderr
    assert "<html" in api.posted[0][1]["body"]
    assert "listmonk sent" in (tiny.root / "curation/sent.txt").read_text()
    assert run_checks(tiny.root).errors == ()
    with pytest.raises(UsageError, match="no mail version"):
        read_issue(tiny.root / "output", "index.html", uid="x", subject="x", host="x")
