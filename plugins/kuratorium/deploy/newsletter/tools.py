"""TOOLS: the programs that mail an issue to its subscribers, each behind one function."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

import httpx
from msgspec import Struct

from ...edition.hosting.targets import MailTool
from ...errors import UsageError
from ..model import DeployError

BUTTONDOWN = "https://api.buttondown.com"
_SECONDS = 60


class UncertainError(DeployError):
    """The connection broke off while an issue was sent: the tool may have it or not."""


class Issue(Struct, frozen=True, kw_only=True):
    """An issue as it is mailed: HTML with inlined styles, and plain text. `host` is that of the site."""

    uid: str
    subject: str
    html: str
    text: str
    host: str = "localhost"


class Delivery(Struct, frozen=True, kw_only=True):
    """How an issue is mailed: what the policy says, whether as a test to the editor, where Buttondown is."""

    tool: MailTool
    is_test: bool = False
    buttondown: str = BUTTONDOWN


def send_to_listmonk(issue: Issue, delivery: Delivery) -> str:
    """Make a campaign as a draft, unless listmonk has one of this issue; an editor looks at it there and starts it."""
    tool = delivery.tool
    if not tool.listmonk or not tool.lists:
        raise UsageError(
            "Write mail: {listmonk: https://…, lists: [1]} into curation/policy.yaml: its address, and your lists."
        )
    user, token = read_variable("LISTMONK_API_USER"), read_variable("LISTMONK_API_TOKEN")
    tag = f"kuratorium-{issue.uid}"
    with _open_client(tool.listmonk, f"token {user}:{token}") as client:
        found = _ask(client, "GET", "/api/campaigns", params={"tags": tag, "per_page": "100"})
        campaigns = found.get("data", {}).get("results") or []
        if earlier := next((campaign for campaign in campaigns if tag in (campaign.get("tags") or ())), None):
            return f"listmonk has this issue already, as campaign {earlier.get('id')}"
        campaign = {
            "name": issue.subject,
            "subject": issue.subject,
            "lists": list(tool.lists),
            "type": "regular",
            "content_type": "html",
            "messenger": "email",
            "body": protect_braces(issue.html),
            "altbody": protect_braces(issue.text),
            "tags": [tag],
            **({"from_email": tool.sender} if tool.sender else {}),
        }
        made = _ask(client, "POST", "/api/campaigns", json=campaign)
    return f"campaign {made.get('data', {}).get('id')} is a draft in listmonk: look at it there, and start it"


def send_to_buttondown(issue: Issue, delivery: Delivery) -> str:
    """Make an email as a draft; an editor looks at it in Buttondown and sends it."""
    key = read_variable("BUTTONDOWN_API_KEY")
    with _open_client(delivery.buttondown, f"Token {key}") as client:
        email = {"subject": issue.subject, "body": protect_braces(issue.html), "status": "draft"}
        made = _ask(client, "POST", "/v1/emails", json=email)
    return f"email {made.get('id')} is a draft in Buttondown: look at it there, and send it"


def send_by_smtp(issue: Issue, delivery: Delivery) -> str:
    """Mail the issue to the editor as a test, or to the address of the list."""
    tool = delivery.tool
    receiver = tool.editor if delivery.is_test else tool.list
    if not (tool.smtp_host and tool.sender and receiver):
        missing = "editor" if delivery.is_test else "list"
        raise UsageError(f"SMTP needs smtp_host, sender and {missing}: write them below mail: in curation/policy.yaml.")
    user = os.environ.get("SMTP_USER", "")
    password = read_variable("SMTP_PASSWORD") if user else ""
    try:
        with _connect(tool) as server:
            if user:
                server.login(user, password)
            server.send_message(build_message(issue, tool.sender, receiver, is_test=delivery.is_test))
    except smtplib.SMTPAuthenticationError:
        raise DeployError(f"{tool.smtp_host} refuses SMTP_USER and SMTP_PASSWORD.") from None
    except (TimeoutError, smtplib.SMTPServerDisconnected):
        raise UncertainError(f"{tool.smtp_host} broke off: look whether the issue went out.") from None
    except (OSError, smtplib.SMTPException) as error:
        raise DeployError(f"{tool.smtp_host}: the mail was not taken: {error}") from error
    return f"mailed to {receiver}"


TOOLS: Mapping[str, Callable[[Issue, Delivery], str]] = {
    "listmonk": send_to_listmonk,
    "buttondown": send_to_buttondown,
    "smtp": send_by_smtp,
}
"""Name -> what hands an issue over, and returns a sentence on it."""


def build_message(issue: Issue, sender: str, receiver: str, *, is_test: bool) -> EmailMessage:
    """Return the issue as a mail in both versions; a test says so."""
    message = EmailMessage()
    message["Subject"] = f"[Test] {issue.subject}" if is_test else issue.subject
    message["From"], message["To"] = sender, receiver
    message["Date"] = formatdate()
    # The same for each copy of an issue, by which lists and mail programs know a second one.
    message["Message-ID"] = f"<{issue.uid}{'.test' if is_test else ''}@{issue.host}>"
    message.set_content(issue.text)
    message.add_alternative(issue.html, subtype="html")
    return message


def protect_braces(text: str) -> str:
    """Return a text in which no tool finds its own template's marks; a note on templates may hold them."""
    return text.replace("{{", "&#123;&#123;").replace("{%", "&#123;%")


def read_variable(name: str) -> str:
    """Return a variable of the environment; raises UsageError if it is not set."""
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"Set {name} in the environment; it stands in no file.")
    return value


def _connect(tool: MailTool) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if tool.smtp_security == "tls":
        return smtplib.SMTP_SSL(tool.smtp_host, tool.smtp_port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(tool.smtp_host, tool.smtp_port, timeout=_SECONDS)
    if tool.smtp_security == "starttls":
        server.starttls(context=context)
    return server


def _open_client(address: str, authorization: str) -> httpx.Client:
    return httpx.Client(base_url=address.rstrip("/"), headers={"Authorization": authorization}, timeout=_SECONDS)


def _ask(client: httpx.Client, method: str, path: str, **options: object) -> dict[str, Any]:
    """Send a request, and return the answer's values; raises DeployError without what was sent."""
    host = client.base_url.host
    try:
        response = client.request(method, path, **options)  # type: ignore[arg-type]
        values = response.json() if response.is_success else {}
    except (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError):
        raise UncertainError(f"{host} broke off: look there whether it has the issue.") from None
    except httpx.HTTPError as error:
        raise DeployError(f"{host} did not answer: {type(error).__name__}. Nothing is lost: run send again.") from None
    except ValueError:
        raise DeployError(f"{host} answered with no JSON: is this its address?") from None
    if response.status_code in {401, 403}:
        raise DeployError(f"{host} refuses the token, or it may not do this.")
    if not response.is_success or not isinstance(values, dict):
        raise DeployError(f"{host} answered {response.status_code}: {response.text[:200]}")
    return values
