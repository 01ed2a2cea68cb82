from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kuratorium.desk.check import run_checks
from kuratorium.desk.drafting.posts import begin_post
from kuratorium.edition import frontmatter, yaml
from kuratorium.errors import UsageError
from tests.editions import NOW, TinyEdition, work


def begin(tiny: TinyEdition, format_id: str, *references: str, **values: Any) -> tuple[dict[str, Any], str]:
    """Begin a post, and return its front matter and body; the edition with it has no error."""
    given: dict[str, Any] = {"title": "", "guests": (), "hosts": (), "quotes": (), "author_ids": (), "confirm": None}
    draft = begin_post(
        tiny.root, format_id, references, as_of=None, clock=lambda: datetime.fromisoformat(NOW), **(given | values)
    )
    assert run_checks(tiny.root).errors == ()
    parts = frontmatter.split_front_matter(draft.file, (tiny.root / draft.file).read_text())
    return yaml.load_yaml(parts.front_matter) | {"file": draft.file}, parts.body


def test_an_interview_has_guests_hosts_and_turns(tiny: TinyEdition):
    """Ids and names of people.yaml are ids, other names stay; it is a draft, and its partner has not agreed."""
    values, body = begin(tiny, "interview", guests=("Eva Falk", "Ina Jahn"), author_ids=("anna-berg",))
    assert (values["status"], values["release"]) == ("draft", "open")
    assert values["title"] == "Im Gespräch: Eva Falk, Ina Jahn"
    assert values["file"] == "content/interviews/2026/im-gespraech-eva-falk-ina-jahn.md"
    assert (values["hosts"], values["guests"]) == (["anna-berg"], ["eva-falk", {"name": "Ina Jahn"}])
    assert body.endswith("-->\n\n@anna-berg: …\n\n@eva-falk: …\n\n@ina-jahn: …\n")


def test_a_talk_may_be_on_a_work(tiny: TinyEdition):
    """The work's author is the guest if people.yaml has one; its topics are taken over, and its item stays."""
    path = tiny.candidate("das-werk", uid="kmeant77", bookmark_of=[work("https://a.example/1", authors=["Eva Falk"])])
    values, body = begin(tiny, "talk", "kmeant77", title="Ein Abend", hosts=("carl-dorn",))
    assert (values["title"], values["hosts"], values["guests"]) == ("Ein Abend", ["carl-dorn"], ["eva-falk"])
    assert "(https://a.example/1)\n-->" in body
    assert path.exists()


def test_an_essay_needs_a_title(tiny: TinyEdition):
    """It has one of its own, else that of its work."""
    assert begin(tiny, "essay", title="Was bleibt")[0]["slug"] == "was-bleibt"
    before = tiny.files()
    with pytest.raises(UsageError, match=r'what is the essay called\? Give --title "…"'):
        begin(tiny, "essay")
    assert tiny.files() == before


@pytest.mark.parametrize(("name", "says"), [("eva-falc", 'Did you mean "eva-falk"'), ("Jahn", "no whole name")])
def test_an_unknown_guest_is_refused(tiny: TinyEdition, name: str, says: str):
    """What has no blank is an id: a slip would else become a name on the page."""
    with pytest.raises(UsageError, match=says):
        begin(tiny, "interview", guests=(name,))
