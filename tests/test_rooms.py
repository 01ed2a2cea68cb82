"""The import rules of the house (DESIGN.md, section 3), held over the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import kuratorium

PACKAGE = Path(kuratorium.__file__).parent
ROOMS = ("intake", "desk", "publishing")
FRONT = ("kuratorium.cli",)  # the commands: they see every room
# Who must never see what, not even by way of another module.
CLOSED = {
    "intake": {"pelican"},
    "desk": {"pelican"},
    "publishing": {"httpx", "feedparser"},
}

Files = Mapping[str, str]  # path below plugins/ -> source
Import = tuple[str, str]  # module or foreign package, name taken from it (or "")


@cache
def sources() -> Files:
    """Read every module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE.parent).as_posix(): path.read_text("utf-8") for path in paths}


def module_of(file: str) -> str:
    """Turn a path into the name to import it by; a package's __init__ goes by the package's."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(file: str, source: str, modules: set[str]) -> Iterator[Import]:
    """Yield what a module imports anywhere in it, in functions and for type checking, too."""
    folders = file.split("/")[:-1]
    bound = dict[str, str]()  # the modules' names within this one
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


def graph(files: Files) -> dict[str, set[Import]]:
    """Draw who imports what."""
    modules = {module_of(file) for file in files}
    return {module_of(file): set(imports(file, source, modules)) for file, source in files.items()}


def room_of(module: str) -> str:
    """Tell the room a module is in; "" for the top level and for what is not ours."""
    steps = module.split(".")
    return steps[1] if steps[0] == "kuratorium" and len(steps) > 1 and steps[1] in ROOMS else ""


def reached(drawn: Mapping[str, set[Import]], start: str) -> set[str]:
    """Follow the imports of a module as far as they lead, to foreign packages, too."""
    found, ahead = set[str](), [start]
    while ahead:
        for target, _ in drawn.get(ahead.pop(), set()):
            if target not in found:
                found.add(target)
                ahead.append(target)
    return found


def violations(files: Files) -> list[str]:
    """Hold all modules against the rules of the house; each broken one is a line."""
    drawn = graph(files)
    told = []
    for module, targets in drawn.items():
        told += [f"{module} imports {target}" for target, name in targets if not allowed(module, target, name)]
        foreign = {target.split(".")[0] for target in reached(drawn, module)}
        told += [f"{module} leads to {one}" for one in foreign & CLOSED.get(room_of(module), set())]
        if module in reached(drawn, module):
            told.append(f"{module} imports itself in a circle")
        if "utils" in module.split("."):
            told.append(f"{module} is called utils")
    return sorted(told)


def is_front(module: str) -> bool:
    """Tell whether a module is one of the commands, or in their package."""
    return ".".join(module.split(".")[:2]) in FRONT


def allowed(module: str, target: str, name: str) -> bool:
    """Decide one import; `name` is what is taken from the module, if anything."""
    here, there = room_of(module), room_of(target)
    if is_front(module):
        return True
    if there in ("", here):
        return not is_front(target)
    private = any(step.startswith("_") for step in [*target.split("."), name])
    return (here, there) == ("desk", "intake") and not private


def test_the_house_keeps_its_rules() -> None:
    """Rooms do not know one another, what is public is used, nothing runs in circles, nothing is called utils."""
    assert violations(sources()) == []


def test_the_whole_house_is_looked_at() -> None:
    """All three rooms and the commands are among the modules, and their imports are found."""
    drawn = graph(sources())
    assert {room_of(module) for module in drawn} == {"", *ROOMS}
    assert "kuratorium.edition.model" in reached(drawn, "kuratorium.edition.loader")
    assert "pelican" in {target.split(".")[0] for target in reached(drawn, "kuratorium.publishing")}
    assert "httpx" in {target.split(".")[0] for target in reached(drawn, "kuratorium.intake.pull")}


@pytest.mark.parametrize(
    ("module", "source", "told"),
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
        ("publishing/new", "import feedparser as f", "publishing.new leads to feedparser"),
        ("publishing/new", "if TYPE_CHECKING:\n    import httpx", "publishing.new leads to httpx"),
        ("new", "from .intake import links", "new imports kuratorium.intake.links"),
        ("new", "from . import desk", "new imports kuratorium.desk"),
        ("new", "from .cli.reports import x", "new imports kuratorium.cli.reports"),
        ("desk/new", "from ..cli import here", "desk.new imports kuratorium.cli.here"),
        ("new", "from .cli.here import x", "new imports kuratorium.cli.here"),
        ("desk/new", "from .. import cli", "desk.new imports kuratorium.cli"),
        ("model", "from .circle import x", "model imports itself in a circle"),
        ("intake/utils", "", "intake.utils is called utils"),
    ],
    ids=lambda one: None if " imports " in one or " is " in one or " leads " in one else one.split("\n")[-1].strip(),
)  # fmt: skip
def test_a_broken_rule_is_told(module: str, source: str, told: str) -> None:
    """A made-up module that breaks a rule is found out, however it writes its imports."""
    house = {
        "__init__": "",
        "model": "",
        "circle": "from .model import y",
        "seller": "import pelican",
        "intake/__init__": "",
        "intake/links": "from ..model import y",
        "intake/_private": "",
        "desk/__init__": "",
        "desk/draft": "from ..intake import links\nfrom ..intake.links import clean",
        "desk/sub/__init__": "from ... import model",
        "publishing/__init__": "from .plan import plan",
        "publishing/plan": "import pelican\nfrom ..model import y",
        "cli/__init__": "",
        "cli/main": "from . import here, reports",
        "cli/reports": "from ..intake import links",
        "cli/here": "from ..desk.draft import x\nfrom ..publishing import plan\nfrom . import reports",
    }
    files = {f"kuratorium/{name}.py": text for name, text in house.items()}
    assert violations(files) == []
    assert f"kuratorium.{told}" in violations(files | {f"kuratorium/{module}.py": source})


def test_every_import_of_ours_is_a_module_of_ours() -> None:
    """The names that this test reads out of the source are those that Python imports."""
    ours = sources()
    targets = {target for targets in graph(ours).values() for target, _ in targets}
    assert {target for target in targets if target.startswith("kuratorium")} <= {module_of(file) for file in ours}
    assert not {target for target in targets if target.startswith(".") or not target}
