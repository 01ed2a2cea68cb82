"""Golden cases: of each rule an edition that passes and one that fails, in tests/data/checks, with the messages.

A case is a file of parts that are put into a small valid edition: `=== PATH` begins a file, and before a path may stand
`append` (its end), `folder`, `picture` (with width, height, and the number of its bytes if it is cut off), `link` (to
what is behind ->), `remove`, `only` (a file that the check names, instead of all), `archive` (an address, with the text
of its work) or `visited` (an address, with the fields of its record and its texts as YAML). `=== git commit` commits
what is there. Lines `message:` before the first part are what the rule says.
"""

import re
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest

from kuratorium.desk import check
from kuratorium.desk.rules.checks import CHECKS
from kuratorium.desk.rules.links.outgoing.findings import VisitedLink
from kuratorium.desk.rules.links.outgoing.links import list_outgoing_links
from kuratorium.desk.rules.links.outgoing.records import KnownTexts, LinkRecord
from kuratorium.desk.rules.links.outgoing.store import LINKS_FILE, LinkStore
from kuratorium.edition import yaml
from kuratorium.edition.loader import read_edition
from kuratorium.intake.archive import ArchivedEntry
from kuratorium.publishing.addresses import check_addresses, list_addresses
from kuratorium.publishing.build_command import check_settings
from kuratorium.publishing.drawing.pictures import can_draw
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.urls import Paths
from tests.desk.rules.posts.test_moved_events import commit
from tests.desk.rules.quotations.test_sources import store
from tests.editions import NOW, TinyEdition, draw_picture

CASES = Path(__file__).parents[2] / "data" / "checks"
RULES = [rule.id for rule in CHECKS]


def lay_out(tiny: TinyEdition, case: str) -> None:
    """Put the parts of a case into an edition, in their order."""
    for header, content in re.findall(r"^=== (?!only )(.*)\n((?:(?!=== ).*\n)*)", case, re.M):
        kind, _, path = header.partition(" ")
        if header == "git commit":
            commit(tiny)
        elif kind == "append":
            tiny.write(path, (tiny.root / path).read_text() + content)
        elif kind == "folder":
            (tiny.root / path).mkdir(parents=True)
        elif kind == "picture":
            name, width, height, *end = path.split()
            tiny.write(name, draw_picture(int(width), int(height))[: int(end[0]) if end else None])
        elif kind == "link":
            link, _, target = path.partition(" -> ")
            (tiny.root / link).parent.mkdir(parents=True, exist_ok=True)
            (tiny.root / link).symlink_to(target)
        elif kind == "remove":
            (tiny.root / path).unlink()
        elif kind == "archive":
            store(tiny.root, ArchivedEntry(key=path, digest=b"1", link=path, title="Das Werk", text=content))
        elif kind == "visited":
            keep_visit(tiny, path, content)
        else:
            tiny.write(header, content)


def keep_visit(tiny: TinyEdition, address: str, content: str) -> None:
    """Keep what a visit to an address found, as `check --links` does."""
    values = {"visited": NOW, "due": NOW, **yaml.load_yaml(content)}
    texts = KnownTexts(values.pop("first", ""), values.pop("last", ""))
    with LinkStore(tiny.root) as store:
        store.save([(address, msgspec.convert(values, LinkRecord), texts)])


def read_visited_links(tiny: TinyEdition) -> list[VisitedLink]:
    """Return what was found at the addresses that an edition links to."""
    if not (tiny.root / LINKS_FILE).exists():
        return []
    links = list_outgoing_links(read_edition(tiny.root)[0], "")
    with LinkStore(tiny.root) as store:
        known = store.read(link.address for link in links)
    return [VisitedLink(link, *known[link.address]) for link in links if link.address in known]


def find_messages(tiny: TinyEdition, rule: str, case: str) -> list[str]:
    """Check an edition as the command does, or the files that a case names, and return the messages of a rule."""
    only = frozenset(re.findall(r"^=== only (.*)$", case, re.M))
    now = datetime.fromisoformat(NOW)
    result = check.run_checks(
        tiny.root,
        lambda edition: check_addresses(edition, now),
        build_paths=Paths,
        build_converter=lambda registry: MarkdownConverter(registry).convert,
        can_draw=can_draw,
        list_addresses=partial(list_addresses, now),
        settings_problems=check_settings(tiny.root),
        now=now,
        visited_links=read_visited_links(tiny),
        only=only or None,
    )
    return [item.problem.message for item in result.findings if item.rule == rule]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_passes_what_is_right(tiny: TinyEdition, rule: str) -> None:
    """The rule finds nothing in its first case."""
    case = (CASES / f"{rule}.passes.txt").read_text()
    lay_out(tiny, case)
    assert find_messages(tiny, rule, case) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_is_wrong(tiny: TinyEdition, rule: str) -> None:
    """The rule finds in its second case what the case says, in these words."""
    case = (CASES / f"{rule}.fails.txt").read_text()
    messages = re.findall(r"^message: (.*)$", case.partition("===")[0], re.M)
    assert messages
    lay_out(tiny, case)
    assert find_messages(tiny, rule, case) == messages


def test_each_case_is_of_a_rule() -> None:
    """A rule that is renamed takes its cases with it, and a rule that goes leaves none."""
    assert {file.name for file in CASES.iterdir()} == {
        f"{rule}.{end}.txt" for rule in RULES for end in ("passes", "fails")
    }
