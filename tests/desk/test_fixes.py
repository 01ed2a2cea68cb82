from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from kuratorium.desk import check
from kuratorium.desk.fixes import FixedLine, fix_headings, fix_moved_events
from kuratorium.edition import loader
from kuratorium.publishing.build_command import build_site
from tests.desk.rules.posts.test_moved_events import commit
from tests.editions import TinyEdition

NOW = datetime.fromisoformat("2027-01-01T08:00:00+01:00")  # the edition's own date counts, which is earlier
AS_OF = "2026-10-14T09:00:00+02:00"
FRONT = """\
---
uid: talk0001
title: Ein Abend
date: 2026-10-01T08:00:00+02:00  # wie vereinbart
authors: [anna-berg]
topics: [transformation]
hosts: [anna-berg]
{event}
---

Bald.
"""
BLOCK = """\
event:
  # abends
  start: 2026-11-05T17:00:00+01:00  # Beginn
  end: 2026-11-05T18:00:00+01:00"""
FLOW = "event: {start: 2026-11-05T17:00:00+01:00, end: 2026-11-05T18:00:00+01:00}"
NAME = "content/talks/abend.md"
BODY = (
    "# Erster Teil\n\n#Thema der Woche.\n\n```\n# Kommentar\n```\n\nZweiter Teil\n============\n\n## Dritter Teil\n\n"
    "    # Code\n\n<!--\n# Notiz\n-->"
)


def test_headings_of_level_1_become_level_2(tiny: TinyEdition):
    """Only the marks of such headings change; what was changed is returned, and then nothing is left to do."""
    file = tiny.essay("kopf", body=BODY)
    line = file.read_text().split("\n").index("# Erster Teil") + 1
    before = file.read_text()
    warnings = [problem.line for problem in check.run_checks(tiny.root).warnings]
    assert warnings == [line, line + 9]
    name = "content/essays/kopf.md"
    assert fix_headings(tiny.root) == [
        FixedLine(name, line, "# Erster Teil", "## Erster Teil"),
        FixedLine(name, line + 9, "============", "------------"),
    ]
    expected = before.replace("# Erster", "## Erster").replace("============", "------------")
    assert file.read_text() == expected
    assert fix_headings(tiny.root) == []
    assert check.run_checks(tiny.root).warnings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [("Teil\n=", "Teil\n-"), ("- # Teil", "- ## Teil"), ("1. Eins\n2. # Teil #1", "1. Eins\n2. ## Teil #1")],
)
def test_headings_in_lists_and_short_underlines_count(tiny: TinyEdition, before: str, after: str):
    """A page shows them as headings, too: check tells them, and they become level 2."""
    file = tiny.essay("kopf", body=f"Anfang.\n\n{before}")
    (warning,) = check.run_checks(tiny.root).warnings
    assert warning.message.endswith("is a heading of level 1, which only the title is")
    (fixed,) = fix_headings(tiny.root)
    assert fixed.line == warning.line
    assert file.read_text().rstrip().endswith(f"Anfang.\n\n{after}")


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_a_file_keeps_its_other_bytes(tiny: TinyEdition, newline: str):
    """Ends of lines and a byte order mark stay."""
    file = tiny.essay("fenster", body="Davor.\n\n# Teil\n\nDanach.")
    written = ("\ufeff" + file.read_text()).replace("\n", newline).encode()
    file.write_bytes(written)
    assert len(fix_headings(tiny.root)) == 1
    assert file.read_bytes() == written.replace(b"# Teil", b"## Teil")


def test_files_that_cannot_be_read_are_left_alone(tiny: TinyEdition):
    """A file without front matter or in another encoding is not touched; check reports it."""
    bad = tiny.write("content/essays/kaputt.md", "# Kein Kopf\n")
    latin = tiny.write("content/essays/latin.md", "---\ntitle: ü\n---\n# Teil\n".encode("latin-1"))
    before = bad.read_bytes(), latin.read_bytes()
    assert fix_headings(tiny.root) == []
    assert (bad.read_bytes(), latin.read_bytes()) == before


@pytest.mark.parametrize(
    "block",
    [
        "<pre>\n# dnf update\n</pre>",
        "<pre><code class='sh'>\n# dnf update\n\n# reboot\n</code></pre>",
        "<DIV>\n<div>\n\n# innen\n\n</div>\n\n# dazwischen\n\n</DIV>",
        "<details>\n<summary>Mehr</summary>\nKapitel\n=======\n\n# Ende\n</details>",
        "  <section id='a'>\n# eins\n</section> Ein Satz.",
    ],
    ids=["listing", "code", "nested", "details", "indented"],
)
def test_html_is_left_alone(tiny: TinyEdition, block: str):
    """Within HTML a # is shown as it is, so it is no heading; behind it, headings are corrected as elsewhere."""
    file = tiny.essay("listing", body=f"Davor.\n\n{block}\n\n# Danach\n\nEin Satz.")
    assert [problem.message for problem in check.run_checks(tiny.root).warnings if "level 1" in problem.message] == [
        '"Danach" is a heading of level 1, which only the title is'
    ]
    assert [line.before for line in fix_headings(tiny.root)] == ["# Danach"]
    assert f"\n\n{block}\n\n## Danach\n" in file.read_text()


@pytest.mark.parametrize("text", ["<em>Kurz</em>", "<br>", "<div/>", "Ein <div> im Satz"])
def test_other_tags_hide_no_heading(tiny: TinyEdition, text: str):
    """An element within a line, and one without content, is no block."""
    tiny.essay("tags", body=f"{text}\n\n# Danach\n\nEin Satz.")
    assert [line.before for line in fix_headings(tiny.root)] == ["# Danach"]


def move(file: Path, day: int) -> None:
    """Put the talk on another day of November."""
    text = file.read_text()
    day_before = text[text.index("start: 2026-11-") :][len("start: 2026-11-") :][:2]
    file.write_text(text.replace(f"2026-11-{day_before}T", f"2026-11-{day:02}T"))


def read_event(tiny: TinyEdition) -> tuple[int, datetime, datetime]:
    """Build the site, and return sequence, change and start of the talk in its calendar."""
    build_site(tiny.root)
    (event,) = Calendar.from_ical((tiny.root / "output/gespraeche/abend.ics").read_bytes()).walk("VEVENT")
    return event.get("sequence", 0), event["last-modified"].dt, event["dtstart"].dt


def list_warnings(tiny: TinyEdition) -> list[str]:
    """Return the warnings of `check` on the talk's event."""
    return [problem.message for problem in check.run_checks(tiny.root).warnings if problem.field == "event"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (BLOCK, FixedLine(NAME, 11, "", "  sequence: 1")),
        (BLOCK.replace("  #", "    #").replace("\n  ", "\n    "), FixedLine(NAME, 11, "", "    sequence: 1")),
        (
            FLOW,
            FixedLine(
                *(NAME, 8, FLOW.replace("-05T", "-12T")),
                FLOW.replace("-05T", "-12T").replace("+01:00,", "+01:00, sequence: 1,"),
            ),
        ),
        (f"{BLOCK}\n  sequence: 0", FixedLine(NAME, 12, "  sequence: 0", "  sequence: 1")),
    ],
    ids=["block", "deeper", "flow", "zero"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_moved_event_gets_the_next_sequence_and_a_date(
    tiny: TinyEdition, event: str, line: FixedLine, newline: str
) -> None:
    """In whatever way it is written; comments, ends of lines and all other bytes stay."""
    file = tiny.write(NAME, FRONT.format(event=event).replace("\n", newline).encode())
    commit(tiny)
    moved = file.read_bytes().replace(b"-05T", b"-12T")
    file.write_bytes(moved)
    assert len(list_warnings(tiny)) == 2
    modified = f"modified: {AS_OF}"
    fixed = fix_moved_events(loader.read_edition(tiny.root)[0], NOW)
    assert fixed == [line, FixedLine(NAME, 5, "", modified)]
    lines = file.read_bytes().decode().split(newline)
    assert lines.count(modified) == 1
    lines.remove(modified)
    if line.before:
        lines[lines.index(line.after)] = line.before
    else:
        lines.remove(line.after)
    assert newline.join(lines).encode() == moved
    assert list_warnings(tiny) == []
    assert fix_moved_events(loader.read_edition(tiny.root)[0], NOW) == []


def test_an_event_that_moves_twice_reaches_calendars_twice(tiny: TinyEdition) -> None:
    """Each move, committed and published, has a higher sequence and a later change than the one before."""
    file = tiny.write(NAME, FRONT.format(event=BLOCK))
    commit(tiny)
    forms = [read_event(tiny)]
    for day in (12, 19):
        move(file, day)
        assert len(fix_moved_events(loader.read_edition(tiny.root)[0], NOW)) == 2
        assert list_warnings(tiny) == []
        commit(tiny)
        forms.append(read_event(tiny))
    assert [sequence for sequence, _, _ in forms] == [0, 1, 2]
    assert [start.day for _, _, start in forms] == [5, 12, 19]
    changes = [change for _, change, _ in forms]
    assert changes == sorted(set(changes))


def test_a_second_move_before_the_commit_is_the_same_change(tiny: TinyEdition) -> None:
    """What was never published need not be counted."""
    file = tiny.write(NAME, FRONT.format(event=BLOCK))
    commit(tiny)
    for day, count in ((12, 2), (19, 0)):
        move(file, day)
        assert len(fix_moved_events(loader.read_edition(tiny.root)[0], NOW)) == count
    assert "sequence: 1" in file.read_text()


def test_an_event_that_cannot_be_raised_alone_is_left_alone(tiny: TinyEdition) -> None:
    """A value that stands elsewhere, too, would change there; `check` goes on reporting it."""
    text = FRONT.format(event=f"series: {{id: abende, position: &two 2}}\n{BLOCK}\n  sequence: *two")
    file = tiny.write(NAME, text)
    commit(tiny)
    file.write_text(text.replace("-05T", "-12T"))
    assert fix_moved_events(loader.read_edition(tiny.root)[0], NOW) == []
    assert file.read_text() == text.replace("-05T", "-12T")
    assert len(list_warnings(tiny)) == 2


def test_drafts_and_editions_without_a_commit_stay_as_they_are(tiny: TinyEdition) -> None:
    """Nobody has the event in a calendar."""
    file = tiny.write(NAME, FRONT.format(event=f"{BLOCK}\nstatus: draft"))
    assert fix_moved_events(loader.read_edition(tiny.root)[0], NOW) == []
    commit(tiny)
    move(file, 12)
    assert fix_moved_events(loader.read_edition(tiny.root)[0], NOW) == []
