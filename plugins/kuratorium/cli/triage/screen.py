"""The full-screen desk: stories on the left, the chosen one with its text on the right, keys at the bottom.

What is shown is plain text with control characters as escapes: no feed can write markup or sequences to the terminal.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from datetime import date as Day
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from msgspec.structs import replace
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from ...desk import editor
from ...desk.draft import read_git_name
from ...desk.inbox import InboxItem
from ...desk.note import begin_note
from ...desk.triage import decisions, keep, undo
from ...desk.triage.briefing import describe_item
from ...desk.triage.desk import Desk, Filters, filter_stories, read_desk
from ...desk.triage.ranking import Story
from ...errors import KuratoriumError
from ...text.control_characters import escape_controls
from ..terminal import format_count
from .dialogs import Ask, Choose, Help

_PREVIEW_LENGTH = 20_000  # characters of a text; nobody decides on more


class DeskApp(App[None]):
    """The desk; every decision is made at once, and `u` takes back any number of them."""

    TITLE = "Kuratorium"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #stories { width: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    #story { width: 1fr; padding: 0 1; border-left: solid $primary; }
    #status { height: 1; background: $panel; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "move(1)", "Next", show=False),
        Binding("k", "move(-1)", "Previous", show=False),
        Binding("space,pagedown", "scroll(1)", "Scroll the text", show=False),
        Binding("b,pageup", "scroll(-1)", "Scroll back", show=False),
        Binding("n", "keep", "Note"),
        Binding("a", "add", "Add to a note"),
        Binding("d", "dismiss", "Dismiss"),
        Binding("D", "dismiss_rest", "Dismiss the source's rest", show=False),
        Binding("l", "postpone", "Later"),
        Binding("v", "nominate", "Nominate"),
        Binding("t", "tag", "Topic"),
        Binding("m", "mark", "Mark"),
        Binding("M", "mark_all", "Mark all shown, or none", show=False),
        Binding("o", "open", "Open"),
        Binding("u", "undo", "Undo"),
        Binding("f", "filter", "Filter"),
        Binding("r", "refresh_desk", "Read the files again", show=False),
        Binding("question_mark", "help", "Keys"),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, root: Path, desk: Desk, filters: Filters, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._root, self._desk, self._selection, self._clock = root, desk, filters, clock
        self._shown: list[Story] = []
        self._marked: set[str] = set()

    def compose(self) -> ComposeResult:
        """Lay out list, story, status and keys."""
        with Horizontal():
            yield OptionList(id="stories", markup=False)
            with VerticalScroll(id="story", can_focus=False):
                yield Static(id="text", markup=False)
        yield Static(id="status", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the list."""
        self._show(0)
        self.query_one("#stories").focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the story that the cursor is on."""
        if event.option_list.id == "stories":
            self._show_story()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the story, as Enter does in lists elsewhere."""
        if event.option_list.id == "stories":
            self.action_open()

    def action_move(self, step: int) -> None:
        """Move the cursor down or up."""
        stories = self.query_one("#stories", OptionList)
        if step > 0:
            stories.action_cursor_down()
        else:
            stories.action_cursor_up()

    def action_scroll(self, step: int) -> None:
        """Scroll the text of the story by a page."""
        story = self.query_one("#story", VerticalScroll)
        story.scroll_page_down() if step > 0 else story.scroll_page_up()

    def action_open(self) -> None:
        """Open the work in the browser: only an http or https address, which the contract demands."""
        if story := self._get_story():
            webbrowser.open(story.item.work.url)
            self._say(f"Opened {story.item.work.url}")

    def action_dismiss(self) -> None:
        """Dismiss the marked stories, else the one under the cursor."""
        if items := self._get_items():
            self._decide(lambda: decisions.dismiss_items(self._root, items), f"{len(items)} dismissed")

    def action_dismiss_rest(self) -> None:
        """Dismiss all that waits of the story's source, once that is confirmed."""
        if not (story := self._get_story()):
            return
        source = story.item.work.source
        items = [item for other in self._desk.stories for item in other.items if item.work.source == source]

        def dismiss(answer: str | None) -> None:
            if answer == "y":
                self._decide(lambda: decisions.dismiss_items(self._root, items), f"{len(items)} dismissed")

        self.push_screen(Ask(f"Dismiss all {len(items)} items of {source}? Type y.", ""), dismiss)

    def action_postpone(self) -> None:
        """Take the stories off the desk until a day."""
        items, today = self._get_items(), self._desk.evidence.today

        def postpone(answer: str | None) -> None:
            if answer and (day := parse_day(answer, today)):
                self._decide(lambda: decisions.postpone_items(self._root, items, day, today), f"later: {day}")
            elif answer:
                self._say(f'"{answer}" is no day: write 2026-10-20, or a number of days.')

        if items:
            self.push_screen(Ask("Back on which day? (a date, or a number of days)", "7"), postpone)

    def action_nominate(self) -> None:
        """Nominate the stories, with the editor's name in git and a word."""
        items = [story.item for story in self._get_stories()]

        def nominate(answer: str | None) -> None:
            if answer is not None:
                name, _, word = answer.partition(":")
                self._decide(
                    lambda: decisions.nominate_items(self._root, items, name.strip(), word.strip()), "nominated"
                )

        if items:
            self.push_screen(
                Ask("Who nominates, and a word why? (Name: word)", f"{read_git_name(self._root)}: "), nominate
            )

    def action_tag(self) -> None:
        """Suggest the stories for a topic, or take that back."""
        items = self._get_items()

        def tag(topic: str | None) -> None:
            if topic:
                self._decide(lambda: decisions.tag_topic(self._root, items, topic), f"topic: {topic}")

        if items:
            topics = [(topic.id, topic.name) for topic in self._desk.registry.topics.values()]
            self.push_screen(Choose("Which topic?", topics), tag)

    def action_keep(self) -> None:
        """Draft a note on the stories, one work each, and open it in the editor."""
        stories = self._get_stories()
        if not stories:
            return

        def begin() -> None:
            draft = begin_note(self._root, stories[0].item.meta.uid, author_ids=(), as_of=None, clock=self._clock)
            if others := [story.item for story in stories[1:]]:
                keep.add_works(self._root, draft.file, others, self._desk.evidence.today)
            if editor.find_editor_command():
                with self.suspend():
                    editor.open_file(self._root / draft.file)

        self._decide(begin, "note begun", reads_posts=True)

    def action_add(self) -> None:
        """Add the works to a note that was begun, such as one on the same story."""
        items = [story.item for story in self._get_stories()]
        notes = sorted((self._root / "curation/notes").rglob("*.md"), key=lambda path: -path.stat().st_mtime)[:30]

        def add(file: str | None) -> None:
            if file:
                today = self._desk.evidence.today
                self._decide(lambda: keep.add_works(self._root, file, items, today), f"added to {file}")

        if items and notes:
            files = [path.relative_to(self._root).as_posix() for path in notes]
            self.push_screen(Choose("Add to which note? (the newest first)", [(file, file) for file in files]), add)

    def action_undo(self) -> None:
        """Undo the last decision; again for the one before."""

        def run() -> str:
            (decision,) = undo.undo_last(self._root)
            return f"undone: {decision.kind}, {format_count(len(decision.files), 'file')}"

        self._decide(run, reads_posts=True)

    def action_mark(self) -> None:
        """Mark the story for a decision on several, or take the mark back, and move on."""
        if story := self._get_story():
            self._marked ^= {story.item.meta.uid}
            self._show(self._get_place())
            self.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all stories that are shown; if all are, none."""
        shown = {story.item.meta.uid for story in self._shown}
        self._marked = set() if shown <= self._marked else shown
        self._show(self._get_place())

    def action_filter(self) -> None:
        """Filter by topic, source, language, age and words."""

        def apply(answer: str | None) -> None:
            if answer is not None:
                self._selection = parse_filters(answer)
                self._marked.clear()
                self._show(0)

        question = "Filter: words, and topic:ID source:ID lang:de days:3 (empty for all)"
        self.push_screen(Ask(question, format_filters(self._selection)), apply)

    def action_refresh_desk(self) -> None:
        """Read the files again: a pull, or a colleague, may have changed them."""
        self._decide(lambda: None, "read again", reads_posts=True)

    def action_help(self) -> None:
        """Show all keys."""
        bindings = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        self.push_screen(Help([(binding.key, binding.description) for binding in bindings]))

    def _decide(self, act: Callable[[], object], said: str = "", *, reads_posts: bool = False) -> None:
        """Make a decision, read the files anew and keep the cursor's place.

        At the bottom it says `said`, else what `act` returns, or the mistake.
        """
        place = self._get_place()
        try:
            result = act()
            said = said or str(result)
        except KuratoriumError as error:
            said = str(error)
        else:
            self._marked.clear()
        # Posts are read anew only where they changed: ten thousand take seconds.
        self._desk = read_desk(self._root, self._clock(), None if reads_posts else self._desk.edition)
        self._show(place)
        self._say(said)

    def _show(self, place: int) -> None:
        """Show the stories that pass the filters, the cursor on a place."""
        self._shown = filter_stories(self._desk, self._selection)
        stories = self.query_one("#stories", OptionList)
        stories.clear_options()
        stories.add_options([Option(self._format_row(story)) for story in self._shown])
        stories.highlighted = min(place, len(self._shown) - 1) if self._shown else None
        self._show_story()
        self._say("")

    def _show_story(self) -> None:
        story = self._get_story()
        text = format_story(self._desk, story) if story else Text("Nothing waits here.")
        self.query_one("#text", Static).update(text)
        self.query_one("#story", VerticalScroll).scroll_home(animate=False)

    def _format_row(self, story: Story) -> Text:
        item = story.item
        mark = "*" if item.meta.uid in self._marked else " "
        count = f" ({len(story.items)})" if len(story.items) > 1 else ""
        facts = " · ".join(describe_item(self._desk, item))
        return Text.assemble(
            (f"{mark}{story.points:3d} ", "bold"),
            escape_controls(item.meta.title, one_line=True) + count,
            "\n     ",
            (escape_controls(facts, one_line=True), "dim"),
            no_wrap=True,
            overflow="ellipsis",
        )

    def _say(self, text: str) -> None:
        marked = f" · {len(self._marked)} marked" if self._marked else ""
        later = f" · {len(self._desk.waiting)} later" if self._desk.waiting else ""
        filters = format_filters(self._selection)
        counted = f"{len(self._shown)} of {len(self._desk.stories)} stories{marked}{later}"
        parts = (counted, f"[{filters}]" if filters else "", text)
        self.query_one("#status", Static).update(escape_controls("  ".join(filter(None, parts)), one_line=True))

    def _get_place(self) -> int:
        return self.query_one("#stories", OptionList).highlighted or 0

    def _get_story(self) -> Story | None:
        place = self.query_one("#stories", OptionList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _get_stories(self) -> list[Story]:
        """Return the marked stories, else the one under the cursor."""
        story = self._get_story()
        return [other for other in self._shown if other.item.meta.uid in self._marked] or ([story] if story else [])

    def _get_items(self) -> list[InboxItem]:
        return [item for story in self._get_stories() for item in story.items]


def format_story(desk: Desk, story: Story) -> Text:
    """Return a story as plain text: facts, reasons, other items, and the text that the archive has."""
    parts: list[str | tuple[str, str]] = []
    for item in story.items:
        parts += [(f"{escape_controls(item.meta.title, one_line=True)}\n", "bold")]
        parts += [f"{escape_controls(' · '.join(describe_item(desk, item)), one_line=True)}\n"]
        parts += [(f"{escape_controls(item.work.url, one_line=True)}\n\n", "dim")]
    topics = ", ".join(story.item.meta.topics)
    parts += [f"{escape_controls(topics, one_line=True)}\n"] if topics else []
    parts += [f"{reason.points:3d}  {escape_controls(reason.sentence, one_line=True)}\n" for reason in story.reasons]
    parts += [f"{story.points:3d}  in all\n\n", escape_controls(desk.get_text(story.item)[:_PREVIEW_LENGTH])]
    return Text.assemble(*parts)


def parse_day(text: str, today: Day) -> Day | None:
    """Return the day that an editor means by a date or a number of days; None if it is neither."""
    try:
        return today + timedelta(days=int(text)) if text.strip().isdecimal() else Day.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        return None


def parse_filters(text: str) -> Filters:
    """Return the filters of a line such as "cloud topic:open-source days:3"; all other words must be in the text."""
    filters, words = Filters(), list[str]()
    for word in text.split():
        key, _, value = word.partition(":")
        if key in {"topic", "source", "lang"} and value:
            filters = replace(filters, **{key: value})
        elif key == "days" and value.isdecimal():
            filters = replace(filters, max_age=int(value))
        else:
            words.append(word)
    return replace(filters, words=" ".join(words))


def format_filters(filters: Filters) -> str:
    """Return the line that parse_filters reads back."""
    named = (("topic", filters.topic), ("source", filters.source), ("lang", filters.lang))
    parts = [*(f"{key}:{value}" for key, value in named if value), filters.words]
    if filters.max_age is not None:
        parts.insert(-1, f"days:{filters.max_age}")
    return " ".join(filter(None, parts))


def run_desk(root: Path, desk: Desk, filters: Filters, *, clock: Callable[[], datetime]) -> int:
    """Show the desk until the editor leaves it, and return the exit code."""
    DeskApp(root, desk, filters, clock).run()
    return 0
