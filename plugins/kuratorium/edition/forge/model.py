"""The policy of the page /admin/: whether there is one, and the repository in which its forms save."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ..fields import MaybeUrl, NonBlankText, Record

RepositoryName = Annotated[str, Meta(pattern=r"\A[\w.-]+(?:/[\w.-]+)+\Z", title="repository")]


class AdminPolicy(Record, frozen=True):
    """The page /admin/, where editors write in forms and save into the repository; absent, there is none.

    `repository`: the group and name of the repository, such as our-group/our-site.
    `forge`: what runs it; Gitea counts as forgejo.
    `server`: address of the forge, if it is not github.com, gitlab.com or codeberg.org.
    `branch`: the branch that is saved to.
    `application`: id of the OAuth application for signing in; without one, editors paste an access token.
    `sign_in`: address of the OAuth client, which only GitHub needs.
    """

    repository: RepositoryName
    forge: Literal["github", "gitlab", "forgejo"] = "github"
    server: MaybeUrl = ""
    branch: NonBlankText = "main"
    application: str = ""
    sign_in: MaybeUrl = ""
