"""The view of questions alone: CSS does it, so the reader's scripts are switched off here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kuratorium.publishing.builder import build_site
from tests.editions import tiny_edition

BODY = """\
Eine Vorrede.

@anna-berg: Wem gehört das Haus denn nun?

@eva-falk: Mir.

@anna-berg: Wirklich?

@eva-falk: Seit gestern.

@anna-berg: Was haben Sie damit vor?

@eva-falk: Es bleibt, wie es ist.

@anna-berg: Und wann ziehen Sie dort ein?

@eva-falk: Nie.
"""
QUESTIONS = ["Wem gehört das Haus denn nun?", "Was haben Sie damit vor?", "Und wann ziehen Sie dort ein?"]


@pytest.fixture
def interview(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """An interview of three questions and a follow-up, opened without JavaScript."""
    tiny = tiny_edition(tmp_path)
    tiny.interview("haus", body=BODY)
    build_site(tiny.root)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 900})
    page = context.new_page()
    page.goto((tiny.root / "output/interviews/haus.html").as_uri())
    yield page
    context.close()


def shown(page: Page) -> list[str]:
    """What is to be read of the conversation, a paragraph each."""
    said = page.locator(".prose > p, .turn > p:not(.turn-speaker)")
    return [one.inner_text() for one in said.all() if one.is_visible()]


def test_a_box_leaves_only_the_questions(interview: Page) -> None:
    """Ticked by the keyboard it hides preface, answers and follow-ups; cleared it brings them back."""
    whole = shown(interview)
    assert (len(whole), whole[0]) == (9, "Eine Vorrede.")
    interview.get_by_label("Nur die Fragen").focus()
    interview.keyboard.press("Space")
    assert shown(interview) == QUESTIONS
    interview.keyboard.press("Space")
    assert shown(interview) == whole


def test_a_chosen_question_shows_its_answer(interview: Page) -> None:
    """With what follows it up to the next question, by a click anywhere on it; another one takes its place."""
    interview.get_by_text("Nur die Fragen").click()
    # force: what is to be clicked lies over the words, as is meant
    interview.get_by_text(QUESTIONS[0]).last.click(force=True)
    assert shown(interview) == [QUESTIONS[0], "Mir.", "Wirklich?", "Seit gestern.", *QUESTIONS[1:]]
    interview.get_by_text(QUESTIONS[2]).last.click(force=True)
    assert shown(interview) == [*QUESTIONS, "Nie."]


def test_the_table_opens_and_leads_to_a_question(interview: Page) -> None:
    """Closed at first, it lists what is asked; a choice goes to where it was asked."""
    link = interview.get_by_role("link", name=QUESTIONS[1])
    assert not link.is_visible()
    interview.get_by_text("3 Fragen").click()
    link.click()
    assert interview.url.endswith("#q-was-haben-sie-damit-vor")
    assert interview.locator(".turn:target").inner_text().endswith(QUESTIONS[1])


def test_paper_shows_the_whole_conversation(interview: Page) -> None:
    """Whatever was ticked on the screen, print leaves nothing out but the table."""
    interview.get_by_text("Nur die Fragen").click()
    interview.emulate_media(media="print")
    assert len(shown(interview)) == 9
    assert not interview.locator(".questions").is_visible()
