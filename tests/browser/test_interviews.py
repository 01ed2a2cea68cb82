"""The view of an interview's questions alone: CSS does it, so JavaScript is switched off here."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from kuratorium.publishing.build_command import build_site
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
CONVERSATION = [
    *("Eine Vorrede.", QUESTIONS[0], "Mir.", "Wirklich?", "Seit gestern."),
    *(QUESTIONS[1], "Es bleibt, wie es ist.", QUESTIONS[2], "Nie."),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address on disk of an interview of three questions and a follow-up."""
    tiny = tiny_edition(tmp_path_factory.mktemp("interview"))
    tiny.interview("haus", body=BODY)
    build_site(tiny.root)
    return (tiny.root / "output/interviews/haus.html").as_uri()


@pytest.fixture
def interview(open_page: Callable[..., Page], address: str) -> Page:
    """The interview, opened without JavaScript."""
    page = open_page(width=360, scripts=False)
    page.goto(address)
    return page


def expect_shown(page: Page, paragraphs: list[str]) -> None:
    """Wait until these paragraphs of the conversation, and no others, are visible."""
    visible = page.locator(".prose > p:visible, .turn > p:not(.turn-speaker):visible")
    expect(visible).to_have_text(paragraphs, use_inner_text=True)


def turn(page: Page, question: str) -> Locator:
    """Find the turn that asks a question. Its link lies over the whole of it."""
    return page.locator(".turn-question").filter(has_text=question)


def test_a_box_leaves_only_the_questions(interview: Page) -> None:
    """Ticked by the keyboard it hides preface, answers and follow-ups; cleared it brings them back."""
    expect_shown(interview, CONVERSATION)
    interview.get_by_label("Nur die Fragen").focus()
    interview.keyboard.press("Space")
    expect_shown(interview, QUESTIONS)
    interview.keyboard.press("Space")
    expect_shown(interview, CONVERSATION)


def test_a_chosen_question_shows_its_answer(interview: Page) -> None:
    """A click anywhere on a question shows what follows it up to the next question, and hides the answer before."""
    interview.get_by_text("Nur die Fragen").click()
    expect_shown(interview, QUESTIONS)
    turn(interview, QUESTIONS[0]).click()
    expect_shown(interview, [QUESTIONS[0], "Mir.", "Wirklich?", "Seit gestern.", *QUESTIONS[1:]])
    turn(interview, QUESTIONS[2]).click()
    expect_shown(interview, [*QUESTIONS, "Nie."])


def test_the_table_opens_and_leads_to_a_question(interview: Page) -> None:
    """Closed at first, it lists the questions; each links to its place in the conversation."""
    link = interview.get_by_role("link", name=QUESTIONS[1])
    expect(link).to_be_hidden()
    interview.get_by_text("3 Fragen").click()
    link.click()
    expect(interview).to_have_url(re.compile("#q-was-haben-sie-damit-vor$"))
    expect(interview.locator(".turn:target")).to_have_text(
        re.compile(f"{re.escape(QUESTIONS[1])}$"), use_inner_text=True
    )


def test_paper_shows_the_whole_conversation(interview: Page) -> None:
    """Whatever is ticked on the screen, print leaves out nothing but the table of questions."""
    interview.get_by_text("Nur die Fragen").click()
    expect_shown(interview, QUESTIONS)
    interview.emulate_media(media="print")
    expect_shown(interview, CONVERSATION)
    expect(interview.locator(".questions")).to_be_hidden()
