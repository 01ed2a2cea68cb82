"""The rules of the house, checked over the source of the package and over the tests' names."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

import kuratorium

PACKAGE = Path(kuratorium.__file__).parent
TESTS = Path(__file__).parent

# The arrows go down: what the modules of a room may import beside their own room.
# "" is the top level of the package, the leaves.
ARROWS: Mapping[str, frozenset[str]] = {
    "cli": frozenset({"intake", "desk", "publishing", "deploy", "edition", ""}),
    "desk": frozenset({"intake", "edition", ""}),  # of intake only what is public
    "deploy": frozenset({"edition", ""}),  # of a build only the files that it leaves
    "intake": frozenset({"edition", ""}),
    "publishing": frozenset({"edition", ""}),
    "edition": frozenset({""}),
    "": frozenset(),
}
# Foreign packages that a room must not reach, not even by way of another module.
FORBIDDEN = {
    "intake": frozenset({"pelican"}),
    "deploy": frozenset({"pelican"}),
    "desk": frozenset({"pelican"}),
    "publishing": frozenset({"httpx", "feedparser"}),
}
MAX_MODULES_IN_FOLDER = 16
MAX_LINES_IN_MODULE = 400
# Of all modules: a fragment that only one module of its room uses mostly belongs into that one. What another room uses
# cannot live there: the arrows forbid it.
MAX_ONE_IMPORTER_SHARE = 0.09
# What these modules import are rows of a table: such a row has one importer, and is no fragment.
TABLES = {
    "kuratorium.cli.commands",  # COMMANDS
    "kuratorium.deploy.places.table",  # PLACES
    "kuratorium.desk.rules.checks",  # CHECKS
    "kuratorium.desk.rules.edition_rules",  # its rows that need more than one post
    "kuratorium.edition.rules.tables",  # RULES
    "kuratorium.intake.parsers.dispatch",  # PARSERS
    "kuratorium.publishing.metadata.head",  # BUILDERS
    "kuratorium.publishing.pages.outputs",  # OUTPUTS
    "kuratorium.publishing.writers.render",  # WRITERS
}
# What pelicanconf.py and Pelican import by name: they may import from any room, and only when they are asked.
ENTRY_POINTS = frozenset({"kuratorium", "kuratorium.defaults"})
# Packages whose __init__ defines names.
INIT_WITH_CODE = {
    "kuratorium": {"__version__", "__getattr__"},
    "kuratorium.publishing": {"register", "_require_own_class"},
}
# Two names are one word where they differ only by these: parser and parsers, match and matching.
ENDINGS = re.compile(r"(ations?|ions?|ings?|ers?|ies|ed|es|s|e|y)$")

# Test files that are named after no module, and why.
TESTS_WITHOUT_MODULE = {
    "cli/test_links_out.py": "all commands that write, against links that lead out of the edition",
    "cli/test_odd_files.py": "commands that meet FIFOs and folders where files should be",
    "edition/rules/test_rules.py": "all rules of the folder against one table of mistakes",
    "intake/test_real_feeds.py": "real feeds, through every parser and the whole of a pull",
    "publishing/pelican_site/test_plugins.py": "other plugins of Pelican beside ours, each on a real build",
    "publishing/build/test_incremental.py": "a build from the editor's side: what an edit costs",
    "publishing/build/test_faults.py": "builds that are killed, out of disk space or side by side",
    "publishing/build/test_histories.py": "builds after random histories of edits",
    "publishing/test_corrections.py": "a story of the finished site: corrections",
    "publishing/test_days.py": "a story of the finished site: the calendar day of a moment",
    "publishing/test_disclosures.py": "a story of the finished site: sponsors and labels",
    "publishing/test_drafts.py": "a preview with drafts, and builds beside it",
    "publishing/test_essays.py": "a story of the finished site: essays",
    "publishing/test_feed_readers.py": "a story of the finished site: what other programs make of feeds and lists",
    "publishing/test_interviews.py": "a story of the finished site: interviews",
    "publishing/test_languages.py": "a story of the finished site: languages and translations",
    "publishing/test_microformats.py": "a story of the finished site: microformats",
    "publishing/test_notes.py": "a story of the finished site: notes",
    "publishing/test_panel.py": "a format of an edition's own, added by a record, a template and a folder",
    "publishing/test_post_pages.py": "a story of the finished site: what stands around the text of a post",
    "publishing/test_talks.py": "a story of the finished site: talks",
    "publishing/test_withdrawn_posts.py": "a story of the finished site: posts that were taken off it",
}

Files = Mapping[str, str]
"""Path below plugins/ -> source."""
Import = tuple[str, str]
"""Module or foreign package, and the name taken from it ("" for the module itself)."""
Graph = Mapping[str, set[Import]]


@cache
def read_package() -> Files:
    """Read every module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE.parent).as_posix(): path.read_text("utf-8") for path in paths}


def module_of(file: str) -> str:
    """Return the name to import a file by; a package's __init__ has the package's."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def find_imports(file: str, source: str, modules: set[str]) -> Iterator[Import]:
    """Yield what a module imports anywhere in it: in functions and for type checking, too."""
    folders = file.split("/")[:-1]
    bound = dict[str, str]()  # local name -> imported module
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folders[: len(folders) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if inner in modules:
                    bound[alias.asname or alias.name] = inner
                yield (inner, "") if inner in modules else (base, alias.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in bound:
            yield bound[node.value.id], node.attr


def build_graph(files: Files) -> Graph:
    """Return the imports of every module."""
    modules = {module_of(file) for file in files}
    return {module_of(file): set(find_imports(file, source, modules)) for file, source in files.items()}


def room_of(module: str) -> str | None:
    """Return the room a module is in, "" for the top level of the package, None for a foreign package."""
    first, *rest = module.split(".")
    if first != "kuratorium":
        return None
    return rest[0] if rest and rest[0] in ARROWS else ""


def reachable(graph: Graph, start: str) -> set[str]:
    """Follow the imports of a module as far as they lead, to foreign packages, too."""
    reached, ahead = set[str](), [start]
    while ahead:
        module = ahead.pop()
        for target, _ in graph.get(module, set()) if module == start or module not in ENTRY_POINTS else ():
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    return reached


def find_violations(files: Files) -> list[str]:
    """Check all modules against the rules of the house; return a line for each violation."""
    graph = build_graph(files)
    return sorted({*import_violations(graph), *file_violations(files), *folder_violations(graph)})


def import_violations(graph: Graph) -> Iterator[str]:
    """Yield imports that go up or sideways, foreign packages that a room must not reach, and circles."""
    for module, targets in graph.items():
        yield from (f"{module} imports {target}" for target, name in targets if not is_allowed(module, target, name))
        reached = reachable(graph, module)
        foreign = {target.split(".")[0] for target in reached}
        yield from (f"{module} leads to {name}" for name in foreign & FORBIDDEN.get(room_of(module) or "", frozenset()))
        if module in reached:
            yield f"{module} imports itself in a circle"


def is_allowed(module: str, target: str, name: str) -> bool:
    """Return whether a module may import `target`, or `name` from it."""
    room, target_room = room_of(module) or "", room_of(target)
    if target_room in (None, room) or module in ENTRY_POINTS:
        return True
    private = any(step.startswith("_") for step in [*target.split("."), name])
    return target_room in ARROWS[room] and not ((room, target_room) == ("desk", "intake") and private)


def file_violations(files: Files) -> Iterator[str]:
    """Yield modules that are too long or say nothing of themselves, and an `__init__` that holds code."""
    for file, source in files.items():
        module, tree = module_of(file), ast.parse(source)
        if not ast.get_docstring(tree):
            yield f"{module} has no docstring"
        if (lines := source.count("\n")) > MAX_LINES_IN_MODULE:
            yield f"{module} has {lines} lines"
        names = {defined_name(statement) for statement in tree.body[1:] if not isinstance(statement, ast.ImportFrom)}
        imports_only = len(tree.body) > 1 and not names
        if file.endswith("/__init__.py") and (imports_only or not names <= INIT_WITH_CODE.get(module, set())):
            yield f"{module} holds more than a docstring"


def defined_name(statement: ast.stmt) -> str | None:
    """Return the one name that a statement defines, None for every other statement."""
    match statement:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None


def folder_violations(graph: Graph) -> Iterator[str]:
    """Yield modules called utils, folders that hold too much, and neighbours whose names are nearly the same."""
    packages = {module.rpartition(".")[0] for module in graph}
    folders = defaultdict[str, list[str]](list)
    for module in sorted(set(graph) - packages):
        folder, _, name = module.rpartition(".")
        folders[folder].append(name)
        if name == "utils":
            yield f"{module} is called utils"
    for folder, names in folders.items():
        if len(names) > MAX_MODULES_IN_FOLDER:
            yield f"{folder} holds {len(names)} modules"
        yield from (
            f"{folder}.{name} is called nearly like {other}"
            for name, other in combinations(names, 2)
            if ENDINGS.sub("", name) == ENDINGS.sub("", other)
        )


def test_the_house_keeps_its_rules() -> None:
    """Arrows go down, nothing runs in circles, modules and folders stay small and have names that differ."""
    assert find_violations(read_package()) == []


def test_few_modules_have_only_one_importer() -> None:
    """A fragment that only one module of its room uses lives in that module until it grows an idea of its own."""
    graph = build_graph(read_package())
    edges = {(module, target) for module, targets in graph.items() for target, _ in targets if target in graph}
    importers = Counter(target for _, target in edges)
    rows = {target for module, target in edges if module in TABLES}
    one_importer = sorted(
        target
        for module, target in edges
        if importers[target] == 1 and target not in rows and room_of(module) == room_of(target)
    )
    assert len(one_importer) <= MAX_ONE_IMPORTER_SHARE * len(graph), one_importer


def test_the_whole_house_is_checked() -> None:
    """All rooms are among the modules, and their imports are found."""
    graph = build_graph(read_package())
    assert {room_of(module) for module in graph} == set(ARROWS)
    assert "kuratorium.edition.model" in reachable(graph, "kuratorium.edition.loader")
    assert "pelican" in {target.split(".")[0] for target in reachable(graph, "kuratorium.publishing")}
    assert "httpx" in {target.split(".")[0] for target in reachable(graph, "kuratorium.intake.pull")}


def test_every_import_of_ours_is_a_module_of_ours() -> None:
    """The names that this test reads out of the source are those that Python imports."""
    files = read_package()
    targets = {target for targets in build_graph(files).values() for target, _ in targets}
    assert {target for target in targets if target.startswith("kuratorium")} <= {module_of(file) for file in files}
    assert not {target for target in targets if target.startswith(".") or not target}


HOUSE = {
    "__init__": "",
    "model": "",
    "circle": "from .model import y",
    "seller": "import pelican",
    "edition/__init__": "",
    "edition/loader": "from ..model import y",
    "intake/__init__": "",
    "intake/links": "from ..edition import loader",
    "intake/_private": "",
    "desk/__init__": "",
    "desk/draft": "from ..intake import links\nfrom ..intake.links import clean",
    "desk/sub/__init__": "",
    "publishing/__init__": "def register():\n    from .plan import plan",
    "publishing/plan": "import pelican\nfrom ..model import y",
    "cli/__init__": "",
    "cli/main": "from . import site, reports",
    "cli/reports": "from ..intake import links",
    "cli/site": "from ..desk.draft import x\nfrom ..publishing import plan\nfrom . import reports",
}


def furnish(modules: Mapping[str, str]) -> Files:
    """Return a package of these modules, each with a docstring."""
    return {f"kuratorium/{name}.py": f'"""A module."""\n{source}' for name, source in modules.items()}


@pytest.mark.parametrize(
    ("module", "source", "violation"),
    [
        ("intake/new", "from ..desk import draft", "intake.new imports kuratorium.desk.draft"),
        ("intake/new", "import kuratorium.publishing.plan", "intake.new imports kuratorium.publishing.plan"),
        ("intake/new", "import pelican.utils", "intake.new leads to pelican"),
        ("intake/new", "def f():\n    from pelican import signals", "intake.new leads to pelican"),
        ("intake/new", "from .. import seller", "intake.new leads to pelican"),
        ("desk/sub/__init__", "from ...publishing import plan", "desk.sub imports kuratorium.publishing.plan"),
        ("desk/new", "from ..publishing.plan import plan", "desk.new imports kuratorium.publishing.plan"),
        ("desk/new", "from ..intake.links import _host", "desk.new imports kuratorium.intake.links"),
        ("desk/new", "from ..intake import links as l\nl._host()", "desk.new imports kuratorium.intake.links"),
        ("desk/new", "from ..intake._private import host", "desk.new imports kuratorium.intake._private"),
        ("desk/sub/new", "from ...publishing import plan", "desk.sub.new imports kuratorium.publishing.plan"),
        ("publishing/new", "from ..intake import links", "publishing.new imports kuratorium.intake.links"),
        ("publishing/new", "from kuratorium.intake.links import x", "publishing.new imports kuratorium.intake.links"),
        ("publishing/new", "from ..desk import draft", "publishing.new imports kuratorium.desk.draft"),
        ("publishing/new", "import feedparser as f", "publishing.new leads to feedparser"),
        ("publishing/new", "if TYPE_CHECKING:\n    import httpx", "publishing.new leads to httpx"),
        ("edition/new", "from ..intake import links", "edition.new imports kuratorium.intake.links"),
        ("edition/new", "from ..publishing.plan import plan", "edition.new imports kuratorium.publishing.plan"),
        ("new", "from .intake import links", "new imports kuratorium.intake.links"),
        ("new", "from .edition import loader", "new imports kuratorium.edition.loader"),
        ("new", "from . import desk", "new imports kuratorium.desk"),
        ("new", "from .cli.reports import x", "new imports kuratorium.cli.reports"),
        ("desk/new", "from ..cli import site", "desk.new imports kuratorium.cli.site"),
        ("new", "from .cli.site import x", "new imports kuratorium.cli.site"),
        ("desk/new", "from .. import cli", "desk.new imports kuratorium.cli"),
        ("model", "from .circle import x", "model imports itself in a circle"),
        ("intake/utils", "", "intake.utils is called utils"),
        ("intake/new", "\n" * 400, "intake.new has 401 lines"),
        ("intake/__init__", "A = 1", "intake holds more than a docstring"),
        ("publishing/__init__", "def other(): ...", "publishing holds more than a docstring"),
        ("intake/linking", "", "intake.linking is called nearly like links"),
        ("edition/loaders", "", "edition.loader is called nearly like loaders"),
    ],
    ids=lambda value: None if re.search(" (imports|is|leads|has|holds) ", value) else value.split("\n")[-1].strip(),
)  # fmt: skip
def test_a_broken_rule_is_found(module: str, source: str, violation: str) -> None:
    """A made-up module that breaks a rule is found, however it writes its imports."""
    assert find_violations(furnish(HOUSE)) == []
    assert f"kuratorium.{violation}" in find_violations(furnish({**HOUSE, module: source}))


def test_a_module_without_docstring_is_found() -> None:
    """A comment is no docstring."""
    files = {**furnish(HOUSE), "kuratorium/new.py": "# A module.\n"}
    assert find_violations(files) == ["kuratorium.new has no docstring"]


def test_a_crowded_folder_is_found() -> None:
    """A folder may hold sixteen modules beside its __init__, and no seventeenth."""
    crowd = {f"intake/m{number}": "" for number in range(MAX_MODULES_IN_FOLDER - 2)}
    assert find_violations(furnish(HOUSE | crowd)) == []
    assert find_violations(furnish(HOUSE | crowd | {"intake/last": ""})) == ["kuratorium.intake holds 17 modules"]


def is_named_after_a_module(test: Path) -> bool:
    """Return whether a test (path below tests/) is test_<module>.py or test_<module>_<aspect>.py of the same folder."""
    folder, name = PACKAGE / test.parent, f"{test.stem.removeprefix('test_')}_"
    modules = [path.stem for path in folder.glob("*.py")] + [path.parent.name for path in folder.glob("*/__init__.py")]
    return any(name.startswith(f"{module}_") for module in modules)


def test_a_test_is_found_from_the_name_of_its_module() -> None:
    """Every test of a room is named after a module, or says in TESTS_WITHOUT_MODULE why not."""
    rooms = filter(None, ARROWS)
    tests = [path.relative_to(TESTS) for room in rooms for path in (TESTS / room).rglob("test_*.py")]
    strays = {test.as_posix() for test in tests if not is_named_after_a_module(test)}
    assert strays == set(TESTS_WITHOUT_MODULE)


def test_no_folder_of_tests_is_left_out(pytestconfig: pytest.Config) -> None:
    """By default pytest does not look into folders called build or dist, and says nothing of it."""
    ignored = pytestconfig.getini("norecursedirs")
    folders = {folder for path in TESTS.rglob("test_*.py") for folder in path.relative_to(TESTS).parts[:-1]}
    assert [folder for folder in sorted(folders) if any(fnmatch(folder, pattern) for pattern in ignored)] == []
