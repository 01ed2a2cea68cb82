"""The full-screen desk: stories on the left, the chosen one with its text on the right, keys at the bottom.

What is shown is plain text with control characters as escapes: no feed can write markup or sequences to the terminal.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ...desk import editor
from ...desk.draft import read_git_name
from ...desk.inbox import InboxItem
from ...desk.note import begin_note
from ...desk.triage import decisions, keep, undo
from ...desk.triage.decisions import DecisionResult
from ...desk.triage.desk import Desk, Filters, filter_stories, read_desk
from ...desk.triage.ranking import Story
from ...edition.settings import describe_error
from ...errors import KuratoriumError, UsageError
from ...text.control_characters import escape_controls
from .days import find_day_mistake, parse_day
from .dialogs import KEYS, Ask, Choose, Help, find_filter_mistake, format_filters, format_keys, parse_filters
from .reports import describe_undone, format_row, format_story


class StoryList(OptionList):
    """The list of stories. A click only moves the cursor: it must not open a browser, as Enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "app.open", show=False)]


class DeskApp(App[None]):
    """The desk; every decision is made at once, and `u` takes back any number of them."""

    TITLE = "Kuratorium"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as textual declares it
    CSS = """
    #desk { layout: horizontal; height: 1fr; }
    #stories { width: 1fr; height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    #story { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $foreground; }
    .-narrow #desk { layout: vertical; }
    .-narrow #story { width: 100%; border-left: none; border-top: solid $foreground; }
    .-narrow #stories { width: 100%; }
    #status { height: 2; text-style: bold; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    #keys { height: auto; padding: 0 1; link-color: $foreground; link-style: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key.keys, key.action, show=False) for key in KEYS]

    def __init__(self, root: Path, desk: Desk, filters: Filters, clock: Callable[[], datetime]) -> None:
        super().__init__()
        # The terminal's own colours, and no other text than the cursor's in one of them: blue cannot be read on
        # black, nor dim grey on white. Textual cannot make greys of them.
        self.theme = "textual-dark" if self.no_color else "ansi-light"
        self.animation_level = "none"  # each frame is a screen over a slow line
        self._root, self._desk, self._selection, self._clock = root, desk, filters, clock
        self._words = desk.evidence.translations
        self._shown: list[Story] = []
        self._marked: set[str] = set()
        self._wanted: set[str] = set()  # files of the story on which the cursor stands after a decision

    def compose(self) -> ComposeResult:
        """Lay out list, story, status and keys."""
        with Container(id="desk"):
            yield StoryList(id="stories", markup=False)
            with VerticalScroll(id="story", can_focus=False):
                yield Static(id="text", markup=False)
        yield Static(id="status", markup=False)
        yield Static(format_keys(self._words), id="keys")

    def on_mount(self) -> None:
        """Fill the list."""
        self._show(0)
        self.query_one("#stories").focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the story that the cursor is on."""
        if event.option_list.id == "stories":
            self._show_story()

    def action_move(self, step: int) -> None:
        """Move the cursor down or up, not beyond an end."""
        if self._shown:
            place = min(max(self._get_place() + step, 0), len(self._shown) - 1)
            self.query_one("#stories", OptionList).highlighted = place

    def action_scroll(self, step: int) -> None:
        """Scroll the text of the story by a page."""
        story = self.query_one("#story", VerticalScroll)
        story.scroll_page_down() if step > 0 else story.scroll_page_up()

    def action_open(self) -> None:
        """Open the work in the browser: only an http or https address, which the contract demands."""
        if not (story := self._get_story()):
            return
        url = story.item.work.url
        try:
            browser = webbrowser.get()
        except webbrowser.Error:  # such as over ssh
            self._say(self._words.gettext("No browser here: {url}").format(url=url))
            return
        if type(browser) is webbrowser.GenericBrowser:  # lynx and the like, which need the terminal
            with self.suspend():
                browser.open(url)
        else:
            browser.open(url)
        self._say(self._words.gettext("Opened: {url}").format(url=url))

    def action_dismiss(self) -> None:
        """Dismiss the marked stories, else the one under the cursor."""
        if items := self._get_items():
            self._decide(lambda: self._dismiss(items))

    def action_dismiss_rest(self) -> None:
        """Dismiss all that waits of the story's source, once that is confirmed."""
        if not (story := self._get_story()):
            return
        source = story.item.work.source
        items = [item for other in self._desk.stories for item in other.items if item.work.source == source]
        items += [item for item in self._desk.waiting if item.work.source == source]
        yes = self._words.gettext("y")

        def dismiss(answer: str | None) -> None:
            if answer and answer.strip().lower() in {yes, "y"}:
                self._decide(lambda: self._dismiss(items))

        message = self._words.ngettext(
            "Dismiss the item of {source}? Type {yes}.",
            "Dismiss all {count} items of {source}? Type {yes}.",
            len(items),
        )
        self.push_screen(Ask(message.format(count=len(items), source=source, yes=yes), ""), dismiss)

    def action_postpone(self) -> None:
        """Take the stories off the desk until a day."""
        items, today, gettext = self._get_items(), self._desk.evidence.today, self._words.gettext

        def postpone(answer: str | None) -> None:
            if answer and (day := parse_day(answer, today)):
                said = gettext("Back on {day}.").format(day=day)
                self._decide(lambda: self._describe(decisions.postpone_items(self._root, items, day, today), said))

        if items:
            question = gettext("Back on which day? (a date such as {day}, tomorrow, or a number of days)")
            question = question.format(day=today)
            self.push_screen(Ask(question, "7", lambda answer: find_day_mistake(answer, today, self._words)), postpone)

    def action_nominate(self) -> None:
        """Nominate the stories, with the editor's name in git and a word."""
        items, gettext = [story.item for story in self._get_stories()], self._words.gettext

        def find_mistake(answer: str) -> str:
            return "" if answer.partition(":")[0].strip() else gettext("Write your name before the colon.")

        def nominate(answer: str | None) -> None:
            if answer is not None:
                name, word = (part.strip() for part in answer.split(":", 1)) if ":" in answer else (answer.strip(), "")
                said = gettext("Nominated by {name}.").format(name=name)
                self._decide(lambda: self._describe(decisions.nominate_items(self._root, items, name, word), said))

        if items:
            question = gettext("Who nominates, and a word why? (Name: word)")
            self.push_screen(Ask(question, f"{read_git_name(self._root)}: ", find_mistake), nominate)

    def action_tag(self) -> None:
        """Suggest the stories for a topic, or take that back."""
        items, gettext = self._get_items(), self._words.gettext

        def tag(topic: str | None) -> None:
            if topic:
                self._wanted = {item.file for item in items[:1]}
                said = gettext("Topic: {topic}").format(topic=topic)
                self._decide(lambda: self._describe(decisions.tag_topic(self._root, items, topic), said))

        if items:
            had = set.intersection(*(set(item.meta.topics) for item in items))
            topics = [
                (topic.id, f"{'✓' if topic.id in had else ' '} {topic.name}")
                for topic in self._desk.registry.topics.values()
            ]
            self.push_screen(Choose(gettext("Which topic? (✓: has it, and loses it)"), topics), tag)

    def action_keep(self) -> None:
        """Draft a note on the stories, one work each, and open it in the editor."""
        stories, gettext, ngettext = self._get_stories(), self._words.gettext, self._words.ngettext

        def begin() -> str:
            uid, clock = stories[0].item.meta.uid, self._clock
            with ThreadPoolExecutor(1) as pool:  # a suggested page is fetched by an event loop of its own
                draft = pool.submit(begin_note, self._root, uid, author_ids=(), as_of=None, clock=clock).result()
            if others := [story.item for story in stories[1:]]:
                keep.add_works(self._root, draft.file, others, self._desk.evidence.today)
            self._wanted = rest = {item.file for story in stories for item in story.items[1:]}
            message = ngettext("{count} more on it waits.", "{count} more on it wait.", len(rest))
            waits = message.format(count=len(rest)) if rest else ""
            said = gettext("Note begun: {file}").format(file=draft.file)
            return " ".join(filter(None, (self._open_editor(draft.file), waits, said)))

        if stories:
            self._decide(begin, reads_posts=True)

    def _open_editor(self, file: str) -> str:
        """Give the terminal to the editor; return a sentence on why that fails, else an empty one."""
        if not editor.find_editor_command():
            return self._words.gettext("No editor opens, since $EDITOR is not set.")
        with self.suspend():
            try:
                editor.open_file(self._root / file)
            except UsageError as error:  # beyond `with`, the screen would not come back
                return str(error)
        return ""

    def action_add(self) -> None:
        """Add the works to a note that was begun, such as one on the same story."""
        items, gettext = [story.item for story in self._get_stories()], self._words.gettext
        posts = {post.file: post.meta for post in self._desk.edition.post_files}
        files = keep.list_notes(self._root, self._desk.edition.post_files)

        def add(file: str | None) -> None:
            def run() -> str:
                keep.add_works(self._root, file or "", items, self._desk.evidence.today)
                return gettext("Added to {file}.").format(file=file)

            if file:
                self._decide(run)

        if items and files:
            choices = [(file, f"{posts[file].title} ({file})" if file in posts else file) for file in files]
            self.push_screen(Choose(gettext("Add to which note? (begun ones first, then the newest)"), choices), add)
        elif items:
            self._say(gettext("There is no note yet: n begins one."))

    def action_undo(self) -> None:
        """Undo the last decision; again for the one before."""

        def run() -> str:
            if not undo.list_decisions(self._root):
                return self._words.gettext("Nothing to undo: no decision of this machine is left.")
            result = undo.undo_last(self._root)
            self._wanted = {former.file for decision in result.decisions for former in decision.files}
            return describe_undone(result, self._words)

        self._decide(run)

    def action_mark(self) -> None:
        """Mark the story for a decision on several, or take the mark back, and move on."""
        if story := self._get_story():
            self._marked ^= {story.item.meta.uid}
            row = self._format_row(story)
            self.query_one("#stories", OptionList).replace_option_prompt_at_index(self._get_place(), row)
            self.action_move(1)
            self._say("")

    def action_mark_all(self) -> None:
        """Mark all stories that are shown; if all are, none."""
        shown = self._list_shown_uids()
        self._marked = self._marked - shown if shown <= self._marked else self._marked | shown
        self._show(self._get_place())

    def action_filter(self) -> None:
        """Filter by topic, source, language, age and words."""
        items = [item for story in self._desk.stories for item in story.items]
        languages = sorted({(item.work.lang or item.meta.lang).partition("-")[0] for item in items})

        def apply(answer: str | None) -> None:
            if answer is not None:
                self._selection = parse_filters(answer)
                self._show(0)

        question = self._words.gettext("Filter: words, and topic:ID source:ID lang:de days:3 (empty for all)")
        registry, words = self._desk.registry, self._words
        ask = Ask(
            question,
            format_filters(self._selection),
            lambda line: find_filter_mistake(line, registry, languages, words),
        )
        self.push_screen(ask, apply)

    def action_refresh_desk(self) -> None:
        """Read the files again: a pull, or a colleague, may have changed them."""
        story = self._get_story()
        self._wanted = {item.file for item in story.items} if story else set()
        self._decide(lambda: self._words.gettext("Read again."), reads_posts=True)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(Help(self._words))

    def _dismiss(self, items: list[InboxItem]) -> str:
        message = self._words.ngettext("{count} item dismissed.", "{count} items dismissed.", len(items))
        return self._describe(decisions.dismiss_items(self._root, items), message.format(count=len(items)))

    def _describe(self, result: DecisionResult, said: str) -> str:
        """Return what a decision did; first the files that it left, since another program changed them meanwhile."""
        if not result.refused:
            return said
        message = self._words.ngettext(
            "{count} item was changed or removed meanwhile, and left.",
            "{count} items were changed or removed meanwhile, and left.",
            len(result.refused),
        )
        return message.format(count=len(result.refused))

    def _decide(self, act: Callable[[], str], *, reads_posts: bool = False) -> None:
        """Make a decision, read the files anew, and say at the bottom what was done, or the mistake.

        The cursor keeps its place, unless the decision wants it on a story.
        """
        place = self._get_place()
        try:
            said = act()
        except KuratoriumError as error:
            said = describe_error(self._root, error)
        else:
            self._marked -= self._list_shown_uids()
        reads_posts = reads_posts or undo.has_posts(self._wanted)  # ten thousand take seconds
        self._desk = read_desk(self._root, self._clock(), None if reads_posts else self._desk.edition)
        self._show(place, self._wanted)
        self._wanted = set()
        self._say(said)

    def _show(self, place: int, wanted: set[str] | None = None) -> None:
        """Show the stories that pass the filters, the cursor on a place, or on the story that has a wanted file."""
        self._shown = filter_stories(self._desk, self._selection)
        stories = self.query_one("#stories", OptionList)
        stories.clear_options()
        stories.add_options([Option(self._format_row(story)) for story in self._shown])
        found = (
            index for index, story in enumerate(self._shown) if any(item.file in (wanted or ()) for item in story.items)
        )
        stories.highlighted = next(found, min(place, len(self._shown) - 1)) if self._shown else None
        self._show_story()
        self._say("")

    def _show_story(self) -> None:
        if story := self._get_story():
            text = format_story(self._desk, story)
        elif self._desk.stories:
            text = Text(self._words.gettext("No story passes the filter; f changes it."))
        else:
            text = Text(self._words.gettext("Nothing waits here."))
        self.query_one("#text", Static).update(text)
        self.query_one("#story", VerticalScroll).scroll_home(animate=False)

    def _format_row(self, story: Story) -> Text:
        return format_row(self._desk, story, is_marked=story.item.meta.uid in self._marked)

    def _say(self, text: str) -> None:
        gettext, filters = self._words.gettext, format_filters(self._selection)
        marked = len(self._marked & self._list_shown_uids())  # those that a decision is on
        shown = gettext("{shown} of {all} stories").format(shown=len(self._shown), all=len(self._desk.stories))
        counted = [
            shown,
            gettext("{count} marked").format(count=marked) if marked else "",
            gettext("{count} put off").format(count=len(self._desk.waiting)) if self._desk.waiting else "",
        ]
        lines = (" · ".join(filter(None, counted)) + (f"  [{filters}]" if filters else ""), text)
        self.query_one("#status", Static).update("\n".join(escape_controls(line, one_line=True) for line in lines))

    def _get_place(self) -> int:
        return self.query_one("#stories", OptionList).highlighted or 0

    def _get_story(self) -> Story | None:
        place = self.query_one("#stories", OptionList).highlighted
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def _get_stories(self) -> list[Story]:
        """Return the marked stories, else the one under the cursor."""
        story = self._get_story()
        return [other for other in self._shown if other.item.meta.uid in self._marked] or ([story] if story else [])

    def _list_shown_uids(self) -> set[str]:
        return {story.item.meta.uid for story in self._shown}

    def _get_items(self) -> list[InboxItem]:
        return [item for story in self._get_stories() for item in story.items]


def run_desk(root: Path, desk: Desk, filters: Filters, *, clock: Callable[[], datetime]) -> int:
    """Show the desk until the editor leaves it, and return the exit code."""
    DeskApp(root, desk, filters, clock).run()
    return 0
