"""Where lists and tables begin and end in Markdown, as CommonMark and editors have it: blank lines set them apart.

Markdown's own reader begins a list or a table only below a blank line, and reads any numbers as 1, 2, 3.
"""

from __future__ import annotations

import re
from itertools import pairwise

from .attribute_lists import ATTRIBUTE_LIST

# English names that are also other words ("1. March on") count only with a year or a colon.
DAY_AND_MONTH = (
    r"(?:0?[1-9]|[12][0-9]|3[01])\.[ ]+(?:"
    r"(?:Januar|Jan|Jänner|Februar|Feber|Feb|März|Maerz|Mär|April|Apr|Mai|Juni|Juli|August|Aug|September|Sept?|"
    r"Oktober|Okt|November|Nov|Dezember|Dez)\b"
    r"|(?:January|February|March|Mar|May|June|Jun|July|Jul|October|Oct|December|Dec)\b\.?"
    r"(?:[ ]+\d{4}|,?[ ]*(?:[:–—]|\Z))"
    r"|(?:0?[1-9]|1[0-2])\.(?:[ ]*(?:\d{4}\b|\d{2}\b|[–—,;:)\n]|\Z)|[ ]+(?=[a-zäöü])))"
)
"""Pattern of a day such as "3. Oktober", which begins a sentence, not a list."""

_QUOTE_MARKS = re.compile(r"(?:>[ ]?(?:[ ]{0,3}>[ ]?)*)?")
_BULLET = re.compile(r"[-*+•·▪‣][ \t]+(?=\S)")
_FOREIGN_BULLET = re.compile(r"[•·▪‣][ \t]+(?=\S)")  # as word processors write it
_FIRST_NUMBER = re.compile(rf"(?!{DAY_AND_MONTH})1\.[ \t]+(?=\S)")
_NUMBER = re.compile(rf"(?!{DAY_AND_MONTH})(?P<number>\d{{1,9}})\.[ \t]+(?=\S)")
_RULE = re.compile(r"(?:[-*_][ ]*){3,}\Z")  # a thematic break, which looks like a list
_HEADING = re.compile(r"#{2,6}|#(?=\s|\Z)")
_NO_PARAGRAPH = re.compile(rf"\[[^\]\n]+\]:|<|{ATTRIBUTE_LIST}")  # a definition's text would lose what follows
_MAYBE_NUMBERS = re.compile(r"^[> ]*\d{1,9}\.[ \t]+\S", re.M)
_MAYBE_BLOCK = re.compile(r"^(?:>[> ]*)?(?:[-*+•·▪‣]|\d{1,9}\.)[ \t]+\S|\|", re.M)


def set_blocks_apart(text: str) -> str:
    """Return Markdown without code with blank lines around lists and tables that touch a paragraph.

    A list interrupts a paragraph if the line before it ends with a colon, or if it has two items at least: a single
    line with a dash may be a part of a wrapped sentence. A numbered one must begin with 1, as in CommonMark
    (https://spec.commonmark.org/0.31.2/#list-items). Numbers of paragraphs that do not count up by one are text.
    """
    if not _MAYBE_BLOCK.search(text):  # most notes
        return text
    lines = _part_lists(text.split("\n"))
    if "|" in text:
        lines = _part_tables(lines)
    if _MAYBE_NUMBERS.search(text):
        _escape_numbers(lines)
    return "\n".join(lines)


def find_miscounted_lists(text: str) -> list[tuple[int, str, str]]:
    """Return line (from 0), the number as written and the number that the page shows, of items that are misnumbered.

    A list is numbered from its first item. Equal numbers for all items are a habit of editors, and no mistake.
    """
    if not _MAYBE_NUMBERS.search(text):
        return []
    written = text.split("\n")
    lines = _part_lists(written)
    places = _map_to_written_lines(written, lines)
    found = []
    for items in _find_number_runs(lines):
        numbers = [number for _, number in items]
        if len(set(numbers)) > 1 and not _is_text(lines, items):
            for place, (line, number) in enumerate(items):
                if number != numbers[0] + place:
                    found.append((places[line], str(number), str(numbers[0] + place)))
                    break
    return found


def _map_to_written_lines(written: list[str], lines: list[str]) -> list[int]:
    """Return for each line on which line it stood before blank ones came in."""
    places, place = [], 0
    for line in lines:
        places.append(place)
        place += bool(line.strip(" >")) or (place < len(written) and not written[place].strip(" >"))
    return places


def is_table_rule(line: str) -> bool:
    """Return whether a line divides the head of a table from its rows, as in |---|:--:|."""
    return "|" in line and "-" in line and not line.strip(" \t|:-")


def _split_marks(line: str) -> tuple[str, str]:
    """Return the marks of a quotation that a line begins with, and the rest."""
    match = _QUOTE_MARKS.match(line)
    marks = match[0] if match else ""
    return marks.rstrip(), line[len(marks) :]


def _part_lists(lines: list[str]) -> list[str]:
    parts = [_split_marks(line) for line in lines]
    output: list[str] = []
    block = ""  # what the lines since the last blank one are: a paragraph, a list, or anything else
    previous_marks, before = "", ""
    for number, (marks, text) in enumerate(parts):
        ends_block = not text.strip() or _HEADING.match(text)
        if ends_block or marks.count(">") > previous_marks.count(">"):
            block = "" if ends_block else _name_block(parts, number)
        elif not block:
            block = _name_block(parts, number)
        elif block == "paragraph" and _interrupts(parts, number, before):
            output.append(marks if marks.count(">") == previous_marks.count(">") else "")
            block = _name_block(parts, number, is_list=True)
        output.append(lines[number])
        if block == "list" and (bullet := _FOREIGN_BULLET.match(text)):
            output[-1] = f"{lines[number][: len(lines[number]) - len(text)]}- {text[bullet.end() :]}"
        previous_marks, before = marks, text
    return output


def _name_block(parts: list[tuple[str, str]], number: int, *, is_list: bool = False) -> str:
    """Return what line `number` begins."""
    _, text = parts[number]
    if _BULLET.match(text) and not _RULE.match(text):
        return "list" if is_list or not _FOREIGN_BULLET.match(text) or _has_next_item(parts, number) else "else"
    return "paragraph" if _begins_paragraph(text) else "else"


def _begins_paragraph(text: str) -> bool:
    return not (text[0] in " \t" or _NO_PARAGRAPH.match(text) or _NUMBER.match(text) or _RULE.match(text))


def _interrupts(parts: list[tuple[str, str]], number: int, before: str) -> bool:
    """Return whether line `number` begins a list that interrupts the paragraph which has the line `before`."""
    _, text = parts[number]
    pattern = _BULLET if _BULLET.match(text) else _FIRST_NUMBER
    if not pattern.match(text) or _RULE.match(text):
        return False
    return before.rstrip().endswith((":", ":**", ":*", ":__")) or _has_next_item(parts, number)


def _has_next_item(parts: list[tuple[str, str]], number: int) -> bool:
    """Return whether the next line that is not indented, in the same quotation, is an item of the same list."""
    marks, first = parts[number]
    for place in range(number + 1, len(parts)):
        next_marks, text = parts[place]
        if not text.strip() or next_marks.count(">") != marks.count(">"):
            return False
        if text[0] not in " \t":
            return text[0] == first[0] if _BULLET.match(first) else bool(re.match(r"2\.[ \t]+\S", text))
    return False


def _part_tables(lines: list[str]) -> list[str]:
    """Return lines with a blank one before a table's head and below its last row: a row has at least one bar."""
    output: list[str] = []
    in_table = False
    for number, line in enumerate(lines):
        marks, text = _split_marks(line)
        if in_table and "|" not in text:
            if text.strip():
                output.append(marks)
            in_table = False
        if not in_table and "|" in text and number + 1 < len(lines):
            rule = _split_marks(lines[number + 1])[1]
            if is_table_rule(rule) and not is_table_rule(text) and _count_cells(rule) == _count_cells(text):
                if output and _split_marks(output[-1])[1].strip() and _split_marks(output[-1])[0] == marks:
                    output.append(marks)
                in_table = True
        output.append(line)
    return output


def _count_cells(row: str) -> int:
    return row.strip().removeprefix("|").removesuffix("|").replace("\\|", "").count("|") + 1


def _escape_numbers(lines: list[str]) -> None:
    for items in _find_number_runs(lines):
        if _is_text(lines, items):
            for line, _ in items:
                lines[line] = lines[line].replace(".", "\\.", 1)


def _is_text(lines: list[str], items: list[tuple[int, int]]) -> bool:
    """Return whether numbers begin paragraphs, each its own, and do not count up: `7. Senat`, `12. Wahlperiode`."""
    numbers = [number for _, number in items]
    counts_up = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    alone = all(
        not _split_marks(lines[second - 1])[1].strip()
        and not any(_split_marks(line)[1][:1].isspace() for line in lines[first:second])
        for (first, _), (second, _) in pairwise(items)
    )
    return len(numbers) > 1 and alone and not counts_up and len(set(numbers)) > 1


def _find_number_runs(lines: list[str]) -> list[list[tuple[int, int]]]:
    """Return the lists of numbers that are not indented, each as line and number of its items.

    What is indented, and lines that go on without a blank one, belong to the item before them.
    """
    runs: list[list[tuple[int, int]]] = []
    run: list[tuple[int, int]] = []
    after_blank, marks = True, ""
    for number, line in enumerate(lines):
        previous_marks, (marks, text) = marks, _split_marks(line)
        match = _NUMBER.match(text)
        if marks != previous_marks or (text.strip() and after_blank and not match and text[0] not in " \t"):
            run = []
        if match and (run or after_blank or marks != previous_marks):
            if not run:
                runs.append(run)
            run.append((number, int(match["number"])))
        after_blank = not text.strip()
    return runs
