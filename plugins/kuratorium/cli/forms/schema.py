"""The command `schema`: JSON Schemas of what editors write."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from .. import options
from ..options import command


@command(examples=("kuratorium schema note", "kuratorium schema --write"))
@click.argument("name", required=False)
@click.option("--write", is_flag=True, help="Write all of them into .schemas/ of this edition.")
@click.option("--name-in", "files", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
              help="Name its schema in the first line of this file; repeat for several.")  # fmt: skip
def schema(name: str | None, write: bool, files: tuple[Path, ...]) -> int:
    """Print the JSON Schema of a kind of file.

    NAME is a format, page, inbox, sources, people, topics, series or policy; without it, all kinds are listed. Editors
    of code such as VS Code (with its extension for YAML) complete keys and mark mistakes by a schema. Descriptions are
    in the language of the site.
    """
    from ...edition.schemas.files import SCHEMAS, SCHEMAS_FOLDER, read_site_translator, write_schemas
    from ...errors import UsageError
    from ...files import write_atomically
    from .. import terminal

    root = (
        options.find_writable_root(SCHEMAS_FOLDER, "content", "curation")
        if write or files
        else options.find_edition_root()
    )
    if name and name not in (known := [schema.name for schema in SCHEMAS]):
        raise UsageError(f'there is no schema "{name}": choose {", ".join(known)}.')
    texts = write_schemas(read_site_translator(root)) if write or name else {}
    if name:
        terminal.print_document(next(texts[schema.path] for schema in SCHEMAS if schema.name == name))
    for path, text in texts.items() if write else ():
        write_atomically(root / path, text)
        terminal.print_result(path)
    for file in files:
        _name_schema(root, file)
    if not (name or write or files):
        rows = [(schema.name, schema.described) for schema in SCHEMAS]
        terminal.print_table(("SCHEMA", "DESCRIBES"), rows, flexible_column=1)
    return 0


def _name_schema(root: Path, file: Path) -> None:
    from ...compare_and_swap import edit_text
    from ...edition.schemas.files import find_schema, name_schema
    from ...errors import UsageError

    path = options.resolve_in_edition(root, file)
    if not find_schema(path):
        raise UsageError(f"{path} has no schema: name a text or a registry file of the edition.")
    edit_text(root / path, partial(name_schema, path))
