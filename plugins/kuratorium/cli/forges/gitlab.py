"""Findings of `check` as GitLab reads them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .. import terminal

if TYPE_CHECKING:
    from ...desk.check import CheckResult


def print_gitlab_report(result: CheckResult) -> None:
    """Print the findings as GitLab's code quality report, which merge requests show at the lines of a change."""
    severities = {"error": "major", "warning": "minor"}
    issues = []
    for item in result.findings:
        problem, field = item.problem, f"{item.problem.field}: " if item.problem.field else ""
        # Without the line: a finding that only moved is the same one.
        identity = f"{problem.file}\n{item.rule}\n{field}{problem.message}"
        issues.append(
            {
                "description": f"{field}{problem.message} {problem.hint}".strip(),
                "check_name": item.rule,
                "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
                "severity": severities.get(item.level, "info"),
                "location": {"path": problem.file, "lines": {"begin": max(problem.line, 1)}},
            }
        )
    terminal.print_json(issues)
