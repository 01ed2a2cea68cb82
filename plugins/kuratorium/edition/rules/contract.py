"""The version of the contract: what the files of an edition may hold, and what they mean."""

from __future__ import annotations

from typing import Any

from ...errors import EditionError, Problem
from ..paths import POLICY_FILE

CONTRACT = 1  # a change of it needs a migration: see desk.upgrade.migrations


def read_contract(policy: Any) -> int:
    """Return the version that the values of policy.yaml name; 0 if they name none, as before there was a number."""
    version = policy.get("contract") if isinstance(policy, dict) else None
    return version if type(version) is int and version > 0 else 0


def refuse_newer_contract(policy: Any) -> None:
    """Raise EditionError with one problem if an edition is of a newer contract than this program.

    Its new fields would else be reported one by one as mistakes.
    """
    if (version := read_contract(policy)) > CONTRACT:
        message = f"the edition is of contract {version}, and this program knows contracts up to {CONTRACT}"
        hint = "Install the version of the program that the edition's lock file names, or a newer one."
        raise EditionError([Problem(POLICY_FILE, 0, "contract", message, hint)])
