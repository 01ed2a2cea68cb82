"""Write the reference in docs/reference/ from the program itself: commands, rules of `check`, files and fields.

    .venv/bin/python docs/generate.py           write the files
    .venv/bin/python docs/generate.py --check   end with 1 if one of them is not what the program says

`make docs` does the first, tests/test_docs.py the second.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
from contract import build_contract

from kuratorium.cli.commands import kuratorium
from kuratorium.desk.rules.checks import CHECKS

REFERENCE = Path(__file__).parent / "reference"
NOTICE = "<!-- Written by docs/generate.py from the program: change it there. -->"


def main() -> int:
    """Write the reference, or with `--check` name what differs from it; return the exit code."""
    texts = {name: build() for name, build in PAGES.items()}
    if "--check" in sys.argv[1:]:
        stale = [name for name, text in texts.items() if not _is_same(REFERENCE / name, text)]
        for name in stale:
            print(f'docs/reference/{name} is not what the program says: run "make docs".', file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for name, text in texts.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    return 0


def _is_same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def build_commands() -> str:
    """Return the page on all commands, in the order of `kuratorium --help`."""
    context = click.Context(kuratorium, info_name="kuratorium", max_content_width=100)
    parts = ["# Commands", "", NOTICE, "", "`kuratorium COMMAND --help` says the same in the terminal.", ""]
    return "\n".join([*parts, *_describe_group(kuratorium, context)]).rstrip() + "\n"


def _describe_group(group: click.Group, context: click.Context) -> Iterator[str]:
    """Yield the lines on each command of a group, and on those below it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100)
        yield from _describe_command(command, inner)
        if isinstance(command, click.Group):
            yield from _describe_group(command, inner)


def _describe_command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from (f"## {context.command_path}", "", f"`{usage}`", "")
    yield from _unwrap(command.help or "")
    options = [record for option in command.params if (record := option.get_help_record(context)) and record[1]]
    if options:
        yield from ("| option | meaning |", "|---|---|")
        yield from (f"| `{_escape(names)}` | {_escape(' '.join(meaning.split()))} |" for names, meaning in options)
        yield ""
    if examples := getattr(command, "examples", ()):
        yield from ("```sh", *examples, "```", "")


def _unwrap(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text, each on one line."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (_escape(" ".join(paragraph.replace("\b", "").split())), "")


def _escape(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def build_checks() -> str:
    """Return the page on the rules of `kuratorium check`, in their order."""
    parts = [
        "# The rules of `kuratorium check`",
        "",
        NOTICE,
        "",
        "An error stops a build, a warning does not. `kuratorium check --explain RULE` says the same in the terminal,",
        "in the language of the edition. A warning that does not apply is silenced in the front matter of its text,",
        "with a reason: `ignore: [{rule: quote-budget, reason: the whole law is quoted}]`.",
        "",
        "| rule | level | what it finds, and the mend |",
        "|---|---|---|",
    ]
    rows = [f"| `{check.id}` | {check.level} | {_escape(check.explanation)} |" for check in CHECKS]
    return "\n".join([*parts, *rows]) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": build_commands,
    "checks.md": build_checks,
    "contract.md": build_contract,
}

if __name__ == "__main__":
    sys.exit(main())
