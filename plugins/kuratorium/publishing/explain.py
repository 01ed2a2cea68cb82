"""Why a page was rendered: what differs between the recipe it was made of and the one before."""

from __future__ import annotations

from . import recipes
from .store import Store


def explain(store: Store, path: str, rendered: frozenset[str]) -> list[str]:
    """Say in lines why the file at `path` of the site (from its root) was rendered in this build, or last.

    `rendered` are the paths that this build wrote or deleted.
    """
    history = store.history(path)
    if path in rendered:
        said = [f"{path} was written by this build."]
    elif history or path in store.outputs():
        said = [f"{path} is as the last build left it."]
    else:
        return [f"{path} is no file of the site."]
    if history is None:
        return [*said, "It is copied as it is, whenever its file changes."]
    now, was, why = history
    read = recipes.read(now)
    reasons = recipes.differences(recipes.read(was), read) if was else ["it was new"]
    said += [f"It was rendered last because {reason}." for reason in ([why] if why else reasons)]
    bodies = f" and {len(read.bodies)} texts" if read.bodies else ""
    return [*said, f"It hangs on {read.template or read.writer}: {', '.join(read.inputs)}{bodies}."]
