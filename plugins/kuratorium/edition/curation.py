"""The records of curation/*.yaml: people, topics, series, sources and the policy.

Their field names are the contract that editors build on. A field that disappears goes into the `removed_keys` of its
record, so that editions keep working until `kuratorium upgrade` removes it (desk.upgrade.migrations).
"""

from __future__ import annotations

from datetime import date as Day
from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta, field

from ..text.collation import SortKey, build_sort_key
from .fields import AwareDatetime, Host, Language, MaybeEmail, MaybeUrl, NonBlankText, Record, Slug, Uid, Url
from .forge.model import AdminPolicy
from .hosting.targets import MailTool, Target
from .pictures.model import ColoursPolicy, Picture
from .rules.contract import CONTRACT


class Image(Record, frozen=True):
    """A picture, with what accessibility and copyright require.

    `file`: path below content/, such as images/anna.jpg.
    `alt`: what it shows, in words.
    `credit`: who made it.
    `credit_url`: where its author or the picture is found.
    `license`: its licence, such as CC BY 4.0.
    """

    file: NonBlankText
    alt: NonBlankText
    credit: NonBlankText  # required: its author has the right to be named (§ 13 UrhG)
    credit_url: MaybeUrl = ""
    license: str = ""


class Person(Record, frozen=True):
    """A curator, interview partner or journalist.

    `id`: a slug, by which posts and topics name the person.
    `name`: as pages write it.
    `role`: function or profession.
    `bio`: a few sentences, as plain text.
    `email`: published on the site; readers send their questions before a talk to it.
    `links`: addresses by name (site, mastodon, …).
    `fediverse`: account there, such as @anna@social.example; previews of the person's posts name it.
    `image`: a portrait.
    `member`: the person belongs to the board (the Kuratorium).
    `portrait`: the picture that `image` names, as the registry read it; no key of people.yaml.
    """

    id: Slug
    name: NonBlankText
    role: str = ""
    bio: str = ""
    email: MaybeEmail = ""
    links: dict[NonBlankText, Url] = field(default_factory=dict)
    fediverse: str = ""
    image: Image | None = None
    member: bool = False
    portrait: Picture | None = field(default=None, name="$portrait")


TopicColour = Literal[
    "red", "orange", "ochre", "olive", "green", "teal", "sky", "blue", "violet", "purple", "pink", "brown"
]
"""The colours of topics, by hue; the theme's css/tokens.css says what they look like by day and by night."""
TOPIC_COLOURS: tuple[TopicColour, ...] = get_args(TopicColour)


class Topic(Record, frozen=True):
    """A subject of the site.

    `id`: a slug; it is in the addresses of the topic, and posts name it.
    `name`: as pages write it.
    `colour`: that of its sign; once topics.yaml is read, each topic has one.
    `question`: what the topic asks.
    `intro`: Markdown at the top of its page.
    `keywords`: words by which an entry of a feed is suggested for it.
    `curators`: ids of people.
    `pinned`: uids of the posts that its page begins with.
    `image`: the picture at the top of its page.
    `order`: place in the navigation, lowest first.
    """

    id: Slug
    name: NonBlankText
    question: str = ""
    intro: str = ""
    keywords: tuple[NonBlankText, ...] = ()
    curators: tuple[Slug, ...] = ()
    pinned: tuple[Uid, ...] = ()
    image: Image | None = None
    colour: TopicColour | None = None
    order: int = 0

    @property
    def sort_key(self) -> tuple[int, SortKey, str]:
        """The key by which topics are sorted: by `order`, then by name."""
        return self.order, build_sort_key(self.name), self.id


class Series(Record, frozen=True):
    """A series of talks or interviews.

    `id`: a slug, by which posts name it.
    `name`: as pages write it.
    `intro`: Markdown at the top of its page.
    `image`: the cover of its podcast, if it is not that of policy.yaml.
    `guid`: the identity of its podcast, if it got one at another address.
    """

    id: Slug
    name: NonBlankText
    intro: str = ""
    image: Image | None = None
    guid: str = ""


class Filter(Record, frozen=True):
    """Conditions on the entries of a feed; one match is enough.

    `words`: words in title or text.
    `categories`: categories that the feed gives an entry.
    """

    words: tuple[NonBlankText, ...] = ()
    categories: tuple[NonBlankText, ...] = ()


class Rights(Record, frozen=True):
    """What a source allows. `opt_out`: its entries are neither pulled nor quoted nor shown."""

    removed_keys: ClassVar[frozenset[str]] = frozenset({"excerpt_words", "images", "credit"})

    opt_out: bool = False


class EntrySelectors(Record, frozen=True):
    """CSS selectors for the entries of a page that has no feed.

    `entry`: selects each entry; the other selectors apply within it. Without `title` or `link`, the first link of an
      entry gives both; without `date`, its first `<time>` element gives the date.
    `title`, `link`, `date`, `author`: selects that part within an entry.
    """

    entry: NonBlankText
    title: str = ""
    link: str = ""
    date: str = ""
    author: str = ""


class Source(Record, frozen=True):
    """A feed, a page without a feed, or a place where readers suggest works.

    `id`: a slug, by which inbox items and works name it.
    `name`: as pages write it.
    `feed`: http(s) address, or path of a file in the edition (for samples).
    `type`: `feed` in any format, `page`, whose entries `select` finds, or `suggestions` from a repository or folder.
    `select`: where a page has its entries.
    `forge`: what runs the repository, if its host does not tell. `labels`: what its issues must have.
    `site`: address for readers.
    `people`: ids of those who write there. `topics`: ids of topics, for which its entries are suggested.
    `lang`: language of its entries.
    `zone`: time zone of dates without an offset, such as Europe/Vienna; by default that of its language, or the site's.
    `keep`: drop entries that do not match.
    `drop`: drop entries that match.
    `rights`: what the source allows.
    """

    id: Slug
    name: NonBlankText
    feed: NonBlankText  # not Url, because samples are files of the edition
    type: Literal["feed", "page", "suggestions"] = "feed"
    select: EntrySelectors | None = None
    forge: Literal["github", "gitlab", "forgejo"] | None = None
    labels: tuple[NonBlankText, ...] = ()
    site: MaybeUrl = ""
    people: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    lang: Language = ""
    zone: str = ""
    keep: Filter | None = None
    drop: Filter | None = None
    rights: Rights = Rights()  # safe as a shared default: records are immutable

    @property
    def is_followed(self) -> bool:
        """Whether readers are told that we follow it: not if it opted out, or is no publication."""
        return not self.rights.opt_out and self.type != "suggestions"


class AlternateAddress(Record, frozen=True):
    """Another address of the same work. `source`: id of the source that gave it. `url`: the address."""

    source: Slug
    url: Url


class Nomination(Record, frozen=True):
    """A proposal to the other editors, only for the desk. `by`: who proposes it. `word`: a word why."""

    by: NonBlankText
    word: str = ""


class Imprint(Record, frozen=True):
    """Who is responsible for the site (§ 5 DDG, § 18 MStV).

    `responsible`: the person responsible for the content.
    `publisher`: the company or association, if there is one.
    `address`: postal address, line by line.
    `email`: where readers write to.
    `phone`: a number, as pages write it.
    """

    responsible: NonBlankText
    publisher: str = ""
    address: tuple[NonBlankText, ...] = ()
    email: MaybeEmail = ""
    phone: str = ""


class Sponsor(Record, frozen=True):
    """A person or company that pays for the site; posts that mention it must disclose that (rules/sponsors.py).

    `name`: as texts write it.
    `aliases`, `domains`: other names and web domains by which a mention is recognised.
    `since`, `until` (in the file: `from`, `to`): first and last day of the sponsorship; open if absent.
    """

    name: NonBlankText
    aliases: tuple[NonBlankText, ...] = ()
    domains: tuple[NonBlankText, ...] = ()
    since: Day | None = field(default=None, name="from")  # "from" is a keyword of Python
    until: Day | None = field(default=None, name="to")


class InboxHeadlinesPolicy(Record, frozen=True):
    """Headlines from the inbox. `show`: whether the site lists them. `without`: ids of sources that it leaves out."""

    show: bool = True
    without: tuple[Slug, ...] = ()


class PodcastOwner(Record, frozen=True):
    """Who answers for a podcast. `name`: the name. `email`: directories write to it to make sure."""

    name: str = ""
    email: MaybeEmail = ""


class Podcast(Record, frozen=True):
    """What podcast directories require of a podcast; with it, each series with recordings has one.

    The fields may be absent until a series has a recording: see podcasts/directories.py.
    `category`: a category or subcategory of Apple Podcasts, in English.
    `explicit`: whether there is anything in it that children must not hear.
    `owner`: who answers for the podcast.
    `image`: the cover of all podcasts; absent, each has a drawn one.
    `locked`: no other host may import the podcast.
    """

    category: str = ""
    explicit: bool | None = None
    owner: PodcastOwner = PodcastOwner()
    image: Image | None = None
    locked: bool = True


class PrinciplesPolicy(Record, frozen=True):
    """The standalone pages on how we work, each as its slug, with an anchor if need be: how-we-curate#corrections.

    `publishing`: how we choose and write.
    `corrections`: how we correct mistakes.
    `funding`: who pays for the site.
    """

    publishing: str = ""
    corrections: str = ""
    funding: str = ""


Weight = Annotated[int, Meta(ge=0, le=100)]


class TriagePolicy(Record, frozen=True):
    """What counts when the desk ranks its stories, in points; 0 for what does not count.

    `sources`: each further source that reports the story, up to five; feeds of one site are one.
    `silent_topic`: no post on its topic for `silent_days` or longer. `silent_days`: how many days count as long.
    `author`: each earlier note on a work of its author, up to five.
    `keyword`: each keyword of a topic in its title, up to three.
    `nominated`: each nomination; `suggested`: each suggestion from outside.
    `expire_days`: after so many days an item that no editor touched leaves the inbox; 0 for never.
    """

    sources: Weight = 3
    silent_topic: Weight = 2
    silent_days: Annotated[int, Meta(ge=1, le=3650)] = 14
    author: Weight = 2
    keyword: Weight = 2
    nominated: Weight = 5
    suggested: Weight = 3
    expire_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class SuggestionsPolicy(Record, frozen=True):
    """Limits of suggestions. `per_month`: how many of one person reach the desk in a month; 0 for any number."""

    per_month: Annotated[int, Meta(ge=0, le=1000)] = 1


class LeadPolicy(Record, frozen=True):
    """What leads the front page. `uid`: uid of the post. `until`: the last day on which it leads; absent, for good."""

    uid: Uid
    until: Day | None = None


class Policy(Record, frozen=True):
    """The rules of the edition.

    `imprint`: who is responsible for the site. `sponsors`: who pays for the site.
    `contract`: the version of the contract that the edition's files keep; `kuratorium upgrade` raises it.
    `as_of`: the date that a build takes for now; for samples, and to reproduce a build.
    `quote_budget`: words that a note may quote from one work; 0 for no limit.
    `quote_limit`: words that no post may quote from one work; 0 for no limit. Between both, a post says its `purpose`.
    `quote_month`: words that all notes of a month may quote from one source; 0 for no limit.
    `copied_words`: from how many words in a row, without quotation marks, a passage of a work counts as copied.
    `corrections`: whether they are at the top or the bottom of a post. `fresh`: headlines from the inbox.
    `embeds`: ids of the providers whose embeds are allowed; none if absent.
    `lead`: the post that leads the front page, before those that say `featured` themselves.
    `intranet`: hosts that may be fetched although their addresses are not public.
    `archive_days`: how long pulled texts stay searchable.
    `tag_feeds`: whether each tag has a feed of its own.
    `podcast`: what directories require; series with recordings are podcasts.
    `principles`: the pages on how we work, for search engines.
    `hub`: address of the WebSub hub that tells feed readers of news at once; see `kuratorium ping`.
    `newsletter`: where readers subscribe to the issue by mail: the address of a form, or `mailto:` and an address.
    `share_cards`: whether a picture is drawn for each post, person and topic, which chats show of a link.
    `logo`: the publisher's own, an SVG or PNG below content/; absent, a mark is drawn from the site's name.
    `colours`: those that take the place of the theme's.
    `search`: whether the site can be searched.
    `news_sitemap`: whether search engines for news are told of the posts of the last two days.
    `text_and_data_mining`: whether it is reserved for the rightsholders (§ 44b (3) UrhG) or allowed.
    `triage`: how the desk ranks its stories, and when inbox items expire. `suggestions`: how many reach the desk.
    `deploy`: where `kuratorium deploy` sends the site; `mail`: by what `kuratorium send` mails an issue.
    `security_contact`: where to report a weakness; else the imprint's mail. `admin`: forms for editors at /admin/.
    """

    imprint: Imprint
    contract: Annotated[int, Meta(ge=0)] = CONTRACT
    as_of: AwareDatetime | None = None
    sponsors: tuple[Sponsor, ...] = ()
    quote_budget: Annotated[int, Meta(ge=0)] = 0  # no default limit: the law (§ 51 UrhG) gives no number
    quote_limit: Annotated[int, Meta(ge=0)] = 0
    quote_month: Annotated[int, Meta(ge=0)] = 0
    copied_words: Annotated[int, Meta(ge=6)] = 12  # any two texts share phrases of up to ten words
    corrections: Literal["top", "bottom"] = "bottom"
    embeds: tuple[NonBlankText, ...] = ()
    fresh: InboxHeadlinesPolicy = InboxHeadlinesPolicy()
    lead: LeadPolicy | None = None
    # Empty by default: a feed must not make us fetch from the local network (server-side request forgery).
    intranet: tuple[Host, ...] = ()
    # At least 100 days: the rhythm of a source is computed from the last quarter of a year.
    archive_days: Annotated[int, Meta(ge=100, le=36_500)] = 400
    tag_feeds: bool = False
    podcast: Podcast | None = None
    principles: PrinciplesPolicy = PrinciplesPolicy()
    hub: MaybeUrl = ""
    newsletter: str = ""  # rules.registries wants an address of the web or of mail
    logo: str = ""
    colours: ColoursPolicy | None = None
    share_cards: bool = True
    search: bool = True
    news_sitemap: bool = False
    # Reserved unless somebody allows it: quotations and interviews are also other people's words.
    text_and_data_mining: Literal["reserved", "allowed"] = "reserved"
    triage: TriagePolicy = TriagePolicy()
    suggestions: SuggestionsPolicy = SuggestionsPolicy()
    deploy: tuple[Target, ...] = ()
    mail: MailTool | None = None
    security_contact: str = ""  # rules.registries wants https, or mailto: and an address
    admin: AdminPolicy | None = None
