"""MIGRATIONS, the changes of the contract: the text of a file as an older contract wants it -> as the next one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from ...edition import frontmatter, yaml
from ...edition.curation import Rights
from ...edition.paths import POLICY_FILE, SOURCES_FILE
from ...edition.rules.contract import CONTRACT, read_contract
from ...errors import UsageError
from ...translations import N_
from .yaml_keys import delete_keys, set_first_key


class Migration(Struct, frozen=True, kw_only=True):
    """A step to the next version of the contract, for one kind of file.

    `contract`: the version that has the change.
    `files`: a pattern of paths from the edition's root, such as `curation/notes/**.md`.
    `summary`: what changes, for the editor.
    `change`: takes the path and the text of a file, and returns its new text, which is the same if nothing changes.
      It keeps comments and spelling, and raises UsageError if only a person can make the change.
    """

    contract: int
    files: str
    summary: str
    change: Callable[[str, str], str]


def _delete_former_rights(file: str, text: str) -> str:
    """Delete what `rights` of a source once held: a feed gives no licence, so these had no effect."""
    sources = yaml.load_yaml(text)
    paths = [
        (index, *path)
        for index, source in enumerate(sources if isinstance(sources, list) else [])
        if isinstance(source, dict)
        for path in _list_former_rights(source.get("rights"))
    ]
    return delete_keys(text, paths, file)


def _list_former_rights(rights: object) -> list[yaml.YamlPath]:
    """Return the paths of the former keys; of `rights` itself if it has no others, since it may not be empty."""
    if not isinstance(rights, dict):
        return []
    former = [key for key in rights if key in Rights.removed_keys]
    return [("rights",)] if former and len(former) == len(rights) else [("rights", key) for key in former]


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        contract=1,
        files=SOURCES_FILE,
        summary=N_("rights of sources without excerpt_words, images and credit, which had no effect"),
        change=_delete_former_rights,
    ),
)


def migrate(
    texts: Mapping[str, str], migrations: tuple[Migration, ...] = MIGRATIONS, *, target: int = CONTRACT
) -> dict[str, str]:
    """Return the new texts of the files that change on the way to the contract `target`.

    `texts`: of all files that a migration may be about, and of policy.yaml, by path from the edition's root. Raises
    UsageError with all that only a person can change, each with its file; a file that is no YAML is one of them.
    """
    current, problems = dict(texts), list[str]()
    begin = read_version(texts)
    for migration in list_migrations(begin, migrations):
        for file, text in current.items():
            if fnmatchcase(file, migration.files):
                try:
                    current[file] = migration.change(file, text)
                except UsageError as error:
                    problems.append(str(error))
                except yaml.InvalidYamlError as error:
                    problems.append(f"{file}:{error.line}: this is not YAML: {error}")
    if problems:
        raise UsageError("\n".join(problems))
    if begin < target:
        current[POLICY_FILE] = set_first_key(current[POLICY_FILE], "contract", target, POLICY_FILE)
    return {file: text for file, text in current.items() if text != texts[file]}


def list_migrations(begin: int, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[Migration]:
    """Return the migrations of an edition that is of the contract `begin`, in the order of their versions."""
    return sorted((migration for migration in migrations if migration.contract > begin), key=lambda one: one.contract)


def read_version(texts: Mapping[str, str]) -> int:
    """Return the contract that policy.yaml names; raises UsageError if there is none, or it is no YAML."""
    if POLICY_FILE not in texts:
        raise UsageError(f"{POLICY_FILE} is missing.")
    try:
        return read_contract(yaml.load_yaml(frontmatter.decode_text(POLICY_FILE, texts[POLICY_FILE].encode())))
    except yaml.InvalidYamlError as error:
        raise UsageError(f"{POLICY_FILE}:{error.line}: this is not YAML: {error}") from error
