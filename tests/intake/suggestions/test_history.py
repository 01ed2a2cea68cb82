"""What people suggest reaches the desk: one pull after another, from a forge, a mail folder and files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kuratorium.desk import inbox
from kuratorium.desk.triage.desk import Desk as DeskView
from kuratorium.desk.triage.desk import read_desk
from kuratorium.edition import frontmatter, prose, registry
from kuratorium.edition.model import FrontMatter
from kuratorium.intake.context import PullOptions
from tests.cli.program import kuratorium
from tests.editions import POLICY, REPOSITORY, SITE
from tests.intake.conftest import NOW, Desk, rss
from tests.intake.web import Web, respond

from .answers import LINES, encode, forgejo_issue, form, github_issue, gitlab_issue, mail

URL = "https://nordpost.example/2026/10/amt"
GITHUB = "/api/v3/repos/we/site/issues?state=open&sort=created&direction=desc&per_page=100&labels=vorschlag"
GITLAB = "/api/v4/projects/we%2Fsite/issues?state=opened&order_by=created_at&sort=desc&per_page=100&labels=vorschlag"
FORGEJO = "/api/v1/repos/we/site/issues?state=open&type=issues&limit=50&labels=vorschlag"


def follow_forge(desk: Desk, web: Web, forge: str = "forgejo", *others: dict[str, Any]) -> None:
    """Follow the issues of a repository at the test's server."""
    source = {"id": "ideen", "type": "suggestions", "feed": f"{web.address}/we/site", "forge": forge, "lang": "de"}
    desk.follow(source | {"labels": ["vorschlag"]}, *others)


def get_remarks(desk: Desk, **options: Any) -> tuple[str, ...]:
    """Pull, whether the sources are due or not, and return what is said of suggestions."""
    report = desk.pull(options=PullOptions(ignore_schedule=True), **options)
    assert report.failed_results == ()
    return tuple(remark for result in report.results for remark in result.remarks)


def read_sentences(desk: Desk) -> list[list[str]]:
    """Return what the desk says of each story."""
    return [[reason.sentence for reason in story.reasons] for story in read_view(desk).stories]


def read_view(desk: Desk) -> DeskView:
    """Return the desk of an edition in German."""
    lines = ["from kuratorium.defaults import *\n"]
    lines += [f"{key} = {value!r}\n" for key, value in {**SITE, "THEME": str(REPOSITORY / "theme")}.items()]
    desk.write("pelicanconf.py", "".join(lines))
    return read_desk(desk.root, NOW)


@pytest.mark.parametrize(
    ("forge", "path", "issue"),
    [("github", GITHUB, github_issue()), ("gitlab", GITLAB, gitlab_issue()), ("forgejo", FORGEJO, forgejo_issue())],
)
def test_a_form_of_each_forge_becomes_an_item(
    desk: Desk, web: Web, forge: str, path: str, issue: dict[str, Any]
) -> None:
    """The person is credited, the reason is shown, and the item is the same in every clone."""
    follow_forge(desk, web, forge)
    web.answers[path] = respond(encode(issue), content_type="application/json")
    (remark,) = get_remarks(desk)
    assert remark.endswith("not seen before")
    (meta,) = desk.metas().values()
    (work,), (suggestion,) = meta.bookmark_of, meta.suggestions
    assert (work.url, work.publication, work.published, work.authors) == (URL, "nordpost.example", None, ())
    assert meta.via is not None
    assert meta.via.name == suggestion.by
    assert suggestion.why == "Weil jemand nachgerechnet hat."
    assert meta.disclosure is None
    assert read_sentences(desk)[0][0].startswith(f"vorgeschlagen von {suggestion.by}: Weil jemand nachgerechnet hat")
    before = desk.files()
    assert get_remarks(desk) == ()
    assert desk.files() == before
    assert "@" not in "".join(data.decode() for file, data in before.items() if file.startswith("curation/inbox"))


def link_to(address: str) -> str:
    """Return a Link header as forges write it, with another relation before the one that counts."""
    return f'<{address}&page=1>; rel="first", <{address}>; rel="next"'


@pytest.mark.parametrize(
    ("forge", "path", "build"),
    [("github", GITHUB, github_issue), ("gitlab", GITLAB, gitlab_issue), ("forgejo", FORGEJO, forgejo_issue)],
)
def test_further_pages_of_issues_are_read(
    desk: Desk, web: Web, forge: str, path: str, build: Callable[..., dict[str, Any]]
) -> None:
    """Each page says where the list goes on; no page is taken for unchanged because the first one is."""
    follow_forge(desk, web, forge)
    issues = [build(number, f"person{number}", form(url=f"https://nordpost.example/{number}")) for number in (3, 2, 1)]
    for number, issue in enumerate(issues):
        place = f"{path}&page={number + 1}" if number else path
        link = {"Link": link_to(f"{web.address}{path}&page={number + 2}")} if number < 2 else {}
        web.answers[place] = respond(encode(issue), ETag=f'"{number}"', **link)
    assert len(get_remarks(desk)) == 3
    assert len(desk.inbox) == 3
    assert [request.path for request in web.requests] == [path, f"{path}&page=2", f"{path}&page=3"]
    get_remarks(desk)
    assert "if-none-match" not in web.requests[3].headers


def test_a_list_without_end_is_read_up_to_a_limit(desk: Desk, web: Web) -> None:
    """Ten pages, one after another; that there are more is told."""
    follow_forge(desk, web)
    web.answers[FORGEJO] = respond(encode(forgejo_issue()), Link=link_to(f"{web.address}{FORGEJO}&page=2"))
    for number in range(2, 12):
        link = link_to(f"{web.address}{FORGEJO}&page={number + 1}")
        web.answers[f"{FORGEJO}&page={number}"] = respond(encode(), Link=link)
    assert any("more than 10 pages of issues are open" in remark for remark in get_remarks(desk))
    assert (len(web.requests), web.max_concurrent) == (10, 1)


@pytest.mark.parametrize("target", ["http://evil.example/api", FORGEJO])
def test_a_list_goes_on_at_its_own_forge_only(desk: Desk, web: Web, target: str) -> None:
    """A page that names itself as the next one, or another host, is an error of the source; nothing is delivered."""
    follow_forge(desk, web)
    web.answers[FORGEJO] = respond(encode(forgejo_issue()), Link=f"<{target}>; rel=next")
    (failed,) = desk.pull(options=PullOptions(ignore_schedule=True)).failed_results
    assert failed.reason == "broken"
    assert (len(web.requests), len(desk.inbox)) == (1, 0)


def test_own_works_and_machines_are_shown(desk: Desk, web: Web) -> None:
    """The note of an own work begins with its disclosure."""
    follow_forge(desk, web)
    issue = forgejo_issue(body=form(own="Ja", ai="Eine Maschine hat es geschrieben"))
    web.answers[FORGEJO] = respond(encode(issue))
    get_remarks(desk)
    (meta,) = desk.metas().values()
    assert meta.disclosure is not None
    assert meta.disclosure.text == "Eva Falk hat dieses Werk vorgeschlagen; es ist das eigene."
    assert read_sentences(desk)[0][0].endswith("; das eigene Werk; von einer Maschine geschrieben")


def test_the_note_of_a_suggestion_begins_with_its_credit(desk: Desk, web: Web) -> None:
    """`via` and the disclosure stay, the person's words are a comment that foreign marks cannot end."""
    follow_forge(desk, web)
    body = form(own="Ja", ai="Eine Maschine hat geholfen").replace("nachgerechnet hat.", "--> <b>laut</b> ruft.")
    web.answers[FORGEJO] = respond(encode(forgejo_issue(body=body)))
    get_remarks(desk)
    read_view(desk)
    ran = kuratorium(desk.root, "note", desk.inbox[0].name, "--by", "anna-berg")
    assert ran.returncode == 0, ran.stderr
    (path,) = (desk.root / "curation/notes").rglob("*.md")
    meta, parts = frontmatter.parse_front_matter(path.name, path.read_text(), FrontMatter)
    assert meta.via is not None
    assert (meta.via.name, meta.disclosure is not None, meta.suggestions) == ("Eva Falk", True, ())
    comment = parts.body.partition("-->")[0]
    assert "Weil jemand --&gt; &lt;b&gt;laut&lt;/b&gt; ruft; das eigene Werk; mit Hilfe einer Maschine" in comment
    assert prose.count_own_words(parts.body) == 0


def test_a_refused_form_is_told_until_it_is_mended(desk: Desk, web: Web) -> None:
    """It reaches no desk, and nothing calls it seen."""
    follow_forge(desk, web)
    web.answers[FORGEJO] = respond(encode(forgejo_issue(body=form(own="_No response_"))), etag='"1"')
    for _ in range(2):
        (remark,) = get_remarks(desk)
        assert "own: yes or no" in remark
    assert desk.inbox == []
    web.answers[FORGEJO] = respond(encode(forgejo_issue()))
    get_remarks(desk)
    assert len(desk.inbox) == 1


def test_a_person_has_one_suggestion_a_month(desk: Desk, web: Web) -> None:
    """The earliest reaches the desk; the next one waits for the next month, and policy.yaml may allow more."""
    follow_forge(desk, web)
    later = {"body": form("https://nordpost.example/zwei"), "created_at": "2026-10-13T08:00:00Z"}
    issues = [forgejo_issue(2, **later), forgejo_issue(1), forgejo_issue(3, "adalox", form("https://x.example/drei"))]
    web.answers[FORGEJO] = respond(encode(*issues))
    remarks = get_remarks(desk)
    assert {meta.bookmark_of[0].url for meta in desk.metas().values()} == {URL, "https://x.example/drei"}
    assert any("issues/2) waits until 2026-11-01" in remark for remark in remarks)
    assert len(get_remarks(desk, now=NOW + timedelta(days=20))) == 1
    assert len(desk.inbox) == 3
    other = Desk(desk.root.parent / "other")
    for name in ("people", "topics", "sources"):
        other.write(f"curation/{name}.yaml", (desk.root / f"curation/{name}.yaml").read_bytes())
    other.yaml("policy", {**POLICY, "suggestions": {"per_month": 0}})
    get_remarks(other)
    assert len(other.inbox) == 3


def test_a_work_in_the_inbox_gets_the_suggestion(desk: Desk, web: Web) -> None:
    """The feed's item stays, with its credit, and says who suggests it; an edit in the feed does not lose that."""
    desk.write("blog.xml", rss("a"))
    blog = {"id": "blog", "feed": "blog.xml", "site": "https://blog.example/"}
    follow_forge(desk, web, "forgejo", blog)
    web.answers[FORGEJO] = respond(encode())
    get_remarks(desk)
    web.answers[FORGEJO] = respond(encode(forgejo_issue(body=form("https://blog.example/a"))))
    (remark,) = get_remarks(desk)
    assert remark == f"Eva Falk suggests https://blog.example/a: on the desk since {NOW:%Y-%m-%d}, from blog"
    for text in (rss("a"), rss("a").replace(b"<title>a</title>", b"<title>neu</title>")):
        desk.write("blog.xml", text)
        get_remarks(desk)
        (meta,) = desk.metas().values()
        assert meta.bookmark_of[0].source == "blog"
        assert [suggestion.by for suggestion in meta.suggestions] == ["Eva Falk"]
        assert meta.via is not None
    assert meta.title == "neu"


def test_a_work_that_was_decided_on_says_when(desk: Desk, web: Web) -> None:
    """Recommended by a note, dismissed with a commit, or gone: in the report and at the desk."""
    desk.write("blog.xml", rss("a", "b"))
    follow_forge(desk, web, "forgejo", {"id": "blog", "feed": "blog.xml", "site": "https://blog.example/"})
    web.answers[FORGEJO] = respond(encode())
    get_remarks(desk)
    desk.note("alt", bookmark_of=[{"url": f"{URL}/", "title": "Amt"}], date="2026-09-03T08:00:00+02:00")
    git(desk.root, "init", "--quiet")
    commit(desk.root)
    for path in desk.inbox:
        path.unlink()
        if "-a-" in path.name:
            commit(desk.root)
    issues = [
        forgejo_issue(1),
        forgejo_issue(2, "ada", form("https://blog.example/a")),
        forgejo_issue(3, "bo", form("https://blog.example/b")),
    ]
    web.answers[FORGEJO] = respond(encode(*issues))
    remarks = get_remarks(desk)
    assert remarks[0].endswith(": recommended on 2026-09-03 in curation/notes/2026/alt.md")
    assert remarks[1].endswith("a: dismissed on 2026-10-14, from blog")
    assert remarks[2].endswith(f"b: seen on {NOW:%Y-%m-%d} in blog, dismissed or expired since")
    sentences = sorted(reasons[0] for reasons in read_sentences(desk))
    assert sum("; empfohlen am 2026-09-03 in curation/notes/2026/alt.md" in sentence for sentence in sentences) == 1
    assert sum("; verworfen am 2026-10-14, aus blog" in sentence for sentence in sentences) == 1
    assert sum("seither verworfen oder abgelaufen" in sentence for sentence in sentences) == 1


def test_two_people_with_one_work_are_one_story(desk: Desk, web: Web) -> None:
    """The desk shows both sentences; whatever the title, the address is the same."""
    follow_forge(desk, web)
    issues = [forgejo_issue(1), forgejo_issue(2, "ada", form(f"{URL}#x"), title="Ganz anders", user={"login": "ada"})]
    web.answers[FORGEJO] = respond(encode(*issues))
    get_remarks(desk)
    assert len(desk.inbox) == 2
    (reasons,) = read_sentences(desk)
    assert sum(sentence.startswith("vorgeschlagen von ") for sentence in reasons) == 2


def test_a_closed_issue_and_a_second_person_are_no_old_news(desk: Desk, web: Web) -> None:
    """The same work may be suggested again after it was dismissed."""
    follow_forge(desk, web)
    web.answers[FORGEJO] = respond(encode(forgejo_issue(1)))
    get_remarks(desk)
    desk.inbox[0].unlink()
    web.answers[FORGEJO] = respond(encode(forgejo_issue(2, "ada", user={"login": "ada"})))
    (remark,) = get_remarks(desk)
    assert "dismissed or expired since" in remark
    assert len(desk.inbox) == 1


def test_two_clones_write_the_same_item(desk: Desk, web: Web, tmp_path: Path) -> None:
    """Whatever the day of the pull, and whatever the clone knew of the work before."""
    follow_forge(desk, web)
    web.answers[FORGEJO] = respond(encode(forgejo_issue(1), forgejo_issue(2, "ada", form("https://x.example/drei"))))
    other = Desk(tmp_path / "other")
    for name in ("people", "topics", "sources", "policy"):
        other.write(f"curation/{name}.yaml", (desk.root / f"curation/{name}.yaml").read_bytes())
    other.note("alt", bookmark_of=[{"url": URL, "title": "Amt"}])
    get_remarks(desk)
    get_remarks(other, now=NOW + timedelta(days=2))
    items = [{path.name: path.read_bytes() for path in clone.inbox} for clone in (desk, other)]
    assert items[0] == items[1]
    assert len(items[0]) == 2


def test_mail_is_read_below_var_only(desk: Desk) -> None:
    """A Maildir or a folder of .eml; mail in git is not read, so that nobody commits the addresses of readers."""
    desk.write("var/mail/new/1.host,U=1", mail(LINES))
    desk.write(
        "var/mail/cur/2:2,S",
        mail(LINES.replace("/amt", "/zwei"), "Ada Lox <a@x.example>", Subject="Zwei", Message_ID="<2@x>"),
    )
    (desk.root / "var/mail/tmp").mkdir()
    desk.write("curation/suggestions/3.eml", mail(LINES))
    desk.follow(
        {"id": "post", "type": "suggestions", "feed": "var/mail"},
        {"id": "ordner", "type": "suggestions", "feed": "curation/suggestions"},
        {"id": "leer", "type": "suggestions", "feed": "var/kein-ordner"},
    )
    remarks = get_remarks(desk)
    assert sorted(meta.suggestions[0].by for meta in desk.metas().values()) == ["Ada Lox", "Eva Falk"]
    assert [remark for remark in remarks if "never into git" in remark]
    kept = {file: data for file, data in desk.files().items() if not file.startswith("curation/suggestions/")}
    assert all(b"@" not in data for file, data in kept.items() if file.startswith(("curation/i", "curation/s")))


def test_files_links_and_devices_outside_are_not_read(desk: Desk, tmp_path: Path) -> None:
    """A link may lead to what nobody is to see, and a huge file is told."""
    secret = tmp_path / "geheim.yaml"
    secret.write_text("url: https://x.example/\n")
    folder = desk.write("curation/suggestions/a.yaml", "x" * 300_000).parent
    (folder / "b.yaml").symlink_to(secret)
    desk.follow({"id": "ordner", "type": "suggestions", "feed": "curation/suggestions"})
    (remark,) = get_remarks(desk)
    assert remark.startswith("curation/suggestions/a.yaml is refused: it is not read. A file has at most 200,000 bytes")


def test_hostile_suggestions_leave_a_valid_item(desk: Desk, web: Web) -> None:
    """Markup, terminal codes, direction controls and YAML in every field are text, and reach no file's structure."""
    follow_forge(desk, web)
    bad = "x: [y]\n---\n<script>alert(1)</script>\x1b[2J\u202e ]]>{{7*7}}"
    body = form().replace("Weil jemand nachgerechnet hat.", bad)
    user = {"login": bad, "full_name": bad, "html_url": f"javascript:{bad}"}
    web.answers[FORGEJO] = respond(encode(forgejo_issue(title=bad, user=user, body=body)))
    (remark,) = get_remarks(desk)
    assert remark.isprintable()
    items, problems = inbox.read_inbox(desk.root)
    assert problems == []
    assert items[0].meta.suggestions[0].url == ""
    text = desk.inbox[0].read_text()
    assert text.replace("\n", "").isprintable()
    assert text.count("\n---\n") == 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"feed": "https://code.example/"}, "this is not the address of a repository"),
        ({"feed": "content/pages"}, "suggestions are not read from content/pages"),
        ({"feed": "../mail"}, "this path leads outside the edition"),
        ({"type": "feed", "labels": ["x"]}, '"labels" is only for suggestions'),
        ({"forge": "sourcehut"}, "expected one of"),
    ],
)
def test_a_wrong_source_is_told_with_its_line(desk: Desk, fields: dict[str, Any], expected: str) -> None:
    """sources.yaml names place, mistake and remedy."""
    desk.follow({"id": "ideen", "type": "suggestions", "feed": "curation/suggestions"} | fields)
    problems = registry.read_registry(desk.root)[1]
    assert [problem for problem in problems if expected in problem.message], problems
    assert all(problem.line and problem.hint for problem in problems)


def commit(root: Path) -> None:
    """Commit everything on the day of the test."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "x")


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder as somebody, on the test's day."""
    environment = {
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@x",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@x",
        "GIT_AUTHOR_DATE": NOW.isoformat(),
        "GIT_COMMITTER_DATE": NOW.isoformat(),
        "PATH": "/usr/bin:/bin",
    }
    subprocess.run(["git", *arguments], cwd=root, check=True, env=environment)
