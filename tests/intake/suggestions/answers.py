"""Suggestions as they arrive: issues as the APIs of forges list them, mails, and the form's text."""

from __future__ import annotations

import json
from typing import Any

FORM = """### Adresse des Werks

https://nordpost.example/2026/10/amt?utm_source=x

### Warum ist es lesenswert?

Weil jemand nachgerechnet hat.

### Ist es Ihr eigenes Werk?

{own}

### Hat eine Maschine daran geschrieben?

{ai}

### Ihr Name, wie wir ihn nennen dürfen

_No response_
"""


def form(url: str = "https://nordpost.example/2026/10/amt?utm_source=x", own: str = "Nein", ai: str = "Nein") -> str:
    """Return the text of an issue that was opened with the form."""
    return FORM.format(own=own, ai=ai).replace("https://nordpost.example/2026/10/amt?utm_source=x", url)


def github_issue(number: int = 7, login: str = "evafalk", body: str = "", **fields: Any) -> dict[str, Any]:
    """Return an issue as GitHub lists it (https://docs.github.com/en/rest/issues/issues)."""
    return {
        "number": number,
        "html_url": f"https://github.com/we/site/issues/{number}",
        "title": f"Vorschlag: Ein Amt rechnet {number}",
        "user": {"login": login, "html_url": f"https://github.com/{login}", "type": "User"},
        "labels": [{"name": "vorschlag"}],
        "state": "open",
        "created_at": "2026-10-12T07:30:00Z",
        "body": body or form(),
    } | fields


def forgejo_issue(number: int = 7, login: str = "evafalk", body: str = "", **fields: Any) -> dict[str, Any]:
    """Return an issue as Forgejo and Gitea list it (their /api/swagger), with a mail address."""
    user = {
        "login": login,
        "full_name": "Eva Falk",
        "email": f"{login}@noreply.code.example",
        "html_url": f"https://code.example/{login}",
    }
    return github_issue(number, login, body) | {"user": user, "pull_request": None} | fields


def gitlab_issue(number: int = 7, login: str = "evafalk", body: str = "", **fields: Any) -> dict[str, Any]:
    """Return an issue as GitLab lists it (https://docs.gitlab.com/api/issues/)."""
    return {
        "iid": number,
        "web_url": f"https://gitlab.example/we/site/-/issues/{number}",
        "title": f"Ein Amt rechnet {number}",
        "author": {"username": login, "name": "Eva Falk", "web_url": f"https://gitlab.example/{login}"},
        "labels": ["vorschlag"],
        "state": "opened",
        "created_at": "2026-10-12T09:30:00.000+02:00",
        "description": body or form(),
    } | fields


def encode(*issues: dict[str, Any]) -> bytes:
    """Return a list of issues as an API sends it."""
    return json.dumps(issues).encode()


def mail(body: str, sender: str = "Eva Falk <eva.falk@post.example>", **headers: str) -> bytes:
    """Return a mail with a body of plain text."""
    fields = {
        "From": sender,
        "Subject": "Vorschlag: Ein Amt rechnet",
        "Date": "Mon, 12 Oct 2026 09:30:00 +0200",
        "Message-ID": "<1@post.example>",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\n" for name, value in fields.items()) + "\n" + body).encode()


LINES = """Guten Tag,

Adresse: https://nordpost.example/2026/10/amt
Warum: Weil jemand nachgerechnet hat.
Eigenes Werk: nein
KI: nein
"""
