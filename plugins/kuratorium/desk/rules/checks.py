"""CHECKS, the rules of `kuratorium check`, with the words of `--explain`, which the theme's catalogues translate."""

from __future__ import annotations

from functools import partial

from ...edition.markdown.leftovers import check_leftovers
from ...edition.pictures import hints
from ...edition.registry import find_removed_fields
from ...edition.rules import body, conversation, works
from ...translations import N_
from . import edition_rules, files, standalone_pages
from .edition_rules import wrap_link_rule
from .feeds import check_feeds
from .foreign_entries import find_foreign_entries
from .intros import check_intros
from .links.dead_links import check_dead_links
from .links.odd_links import find_odd_links
from .links.outgoing import findings
from .model import Check
from .model import make_error as _error
from .model import make_warning as _warning
from .posts import advertising, dates, moved_events
from .posts.digest_labels import check_disclosure_labels
from .posts.recordings import check_audio_type, check_captions
from .quotations.attribution import check_attribution
from .suggestions import check_suggestions
from .text_rules import TextRule, wrap_page_rule, wrap_post_rule, wrap_text_rule
from .texts.accessibility import check_alt_words, check_heading_levels, check_link_words
from .written_values import check_written_values

_site_error = partial(_error, is_of_site=True)
_site_warning = partial(_warning, is_of_site=True)

CHECKS: tuple[Check, ...] = (
    _site_error(
        "settings",
        lambda check_input: check_input.settings_problems[0],
        N_("Settings in pelicanconf.py with which no site can be built. Correct them as the message says."),
    ),
    _site_warning(
        "settings-hints",
        lambda check_input: check_input.settings_problems[1],
        N_("Settings in pelicanconf.py that do nothing, or not what they seem to. Correct or delete them."),
    ),
    _error(
        "edition",
        lambda check_input: check_input.edition_problems,
        N_("What a build insists on: fields, ids, links, the rules of each format. Correct what the message names."),
    ),
    _error(
        "inbox",
        lambda check_input: check_input.inbox_problems,
        N_("Files of the inbox that cannot be read. Correct them, or delete them to dismiss their entries."),
    ),
    _site_error(
        "foreign-entries",
        lambda check: find_foreign_entries(check.edition.root, check.settings),
        N_("Links out of the edition, pipes and devices, which a build does not follow. Put the file itself there."),
    ),
    _site_error(
        "overrides",
        edition_rules.check_overrides,
        N_("Own templates that fit ours no more: adapt them."),
    ),
    _site_warning(
        "unused-templates",
        edition_rules.find_unused_templates,
        N_("Templates that nothing shows: delete them."),
    ),
    _error(
        "disclosure-labels",
        lambda check: check_disclosure_labels(check.edition, check.settings.site),
        N_("Advertising must be recognizable wherever it is shown. Write the post's label before the link."),
    ),
    _warning(
        "advertising",
        TextRule(advertising.find_contradictions),
        N_("Advertising is named by the disclosure: its label is first everywhere. Correct that, or the words."),
    ),
    _site_error(
        "file-names",
        lambda check_input: files.check_file_names(check_input.edition.root),
        N_("Names of files that differ between systems, or only seem equal. Rename the file."),
    ),
    _site_error(
        "seen-files",
        lambda check_input: files.check_seen_files(check_input.edition.root),
        N_("Unreadable files in curation/seen/: dismissed entries would come back. Restore them from git."),
    ),
    _site_error(
        "merges",
        edition_rules.check_merges,
        N_("A merge is not finished. Keep what is right of both sides, and delete the marker lines."),
        is_local=True,
    ),
    _site_warning(
        "duplicate-items",
        edition_rules.check_duplicate_items,
        N_("Items that exist twice, or have become a note already. Delete one of the two files."),
        is_local=True,
    ),
    _site_warning(
        "dismissed-items",
        edition_rules.check_dismissed_items,
        N_("Inbox files that another editor dismissed before git knew of them. Pull, or delete them."),
        is_local=True,
    ),
    _warning(
        "written-values",
        lambda check: check_written_values(check.edition.root, check.settings.site, check.cache, check.only),
        N_("Values that YAML reads otherwise than they look, or with marks in plain text. Put them in quotes."),
    ),
    _site_warning(
        "unread-files",
        edition_rules.check_unread_files,
        N_("Files that nothing reads. Move them to where they belong, or delete them."),
        is_local=True,
    ),
    _site_warning(
        "feeds",
        lambda check_input: check_feeds(check_input.edition),
        N_("Sources whose feed is missing, or is that of another source. Correct the path or address."),
    ),
    _site_warning(
        "suggestions",
        lambda check_input: check_suggestions(check_input.edition),
        N_("Suggestions in files that a pull refuses. Write url, why, name, own and ai; mail belongs below var/."),
    ),
    _site_warning(
        "gone-addresses",
        edition_rules.check_gone_addresses,
        N_("Pages that the last commit had and the site would lose. Add their addresses to aliases."),
        is_local=True,
    ),
    _warning(
        "links-to-withheld",
        edition_rules.check_links_to_withheld,
        N_("Links to texts that have no page yet. Publish both together, or remove the link."),
        is_local=True,
    ),
    _warning(
        "dead-links",
        lambda check: check_dead_links(check.edition, check.pages) if check.paths else (),
        N_("Links within the site that lead to no file and no page. Correct the path."),
    ),
    _site_warning(
        "missing-anchors",
        edition_rules.check_anchors,
        N_("Links to a place that the page does not have. Name the id of a heading of that page."),
    ),
    _warning(
        "moved-links",
        wrap_link_rule(findings.find_moved),
        N_("With --links: addresses that redirect for good. Write the new one, before the old one is forgotten."),
        is_local=True,
    ),
    _warning(
        "gone-links",
        wrap_link_rule(findings.find_dead),
        N_("With --links: addresses at which nothing is found any more. Look for a new one, or name an archived copy."),
        is_local=True,
    ),
    _warning(
        "paywalls",
        wrap_link_rule(findings.find_paywall),
        N_("With --links: works that cost money now, or do not any more. Readers want to know before they follow."),
        is_local=True,
    ),
    _warning(
        "changed-works",
        wrap_link_rule(findings.find_changed),
        N_("With --links: works whose text changed since they were recommended. Read them again; write accessed."),
        is_local=True,
    ),
    _warning(
        "odd-links",
        wrap_text_rule(find_odd_links),
        N_("Links without text, or with an address that no browser opens. Write both as readers need them."),
    ),
    _site_warning(
        "intros",
        lambda check_input: check_intros(check_input.edition, check_input.pages),
        N_("Intros stand on several pages and in feeds. Write whole addresses and plain paragraphs."),
    ),
    _error(
        "pictures",
        lambda check: hints.check_damaged_pictures(check.judged, check.can_draw),
        N_("Pictures that cannot be shown, because their file is damaged. Save the picture anew."),
    ),
    _warning(
        "picture-hints",
        lambda check: hints.check_picture_hints(check.judged, files.list_copied_folders(check.settings)),
        N_("Pictures without a credit, too large, moving, or too narrow for a card. Add the credit, or save anew."),
    ),
    _site_warning(
        "portraits",
        lambda check: files.check_portraits(check.edition, check.can_draw),
        N_("Portraits that cards cannot show. Save them as JPEG, PNG, WebP, AVIF or HEIC."),
    ),
    _site_warning(
        "removed-fields",
        lambda check_input: find_removed_fields(check_input.edition.root),
        N_("Fields that are no longer read. Delete them."),
        is_local=True,
    ),
    _warning(
        "attribution",
        wrap_post_rule(check_attribution),
        N_("A quotation names its source (§ 63 UrhG). Put under it: > — Publication, Author: [Title](https://…)"),
    ),
    _warning(
        "quote-budget",
        edition_rules.check_quote_budgets,
        N_("A quotation needs a purpose and your own words (§ 51 UrhG). Quote less, or write purpose: …"),
    ),
    _error(
        "quote-limit",
        edition_rules.check_quote_limits,
        N_("More of one work is quoted than quote_limit of policy.yaml allows at all. Quote less of it."),
    ),
    _warning(
        "drafts",
        edition_rules.check_drafts,
        N_("What stops a draft that check names from being published: an undisclosed sponsor, too long quotations."),
        is_local=True,
    ),
    _site_warning(
        "quote-month",
        edition_rules.check_quote_months,
        N_("More is quoted from one source in a month than quote_month allows. Quote less, or from others."),
    ),
    _warning(
        "quote-source",
        edition_rules.check_altered_quotations,
        N_("A quotation says what its source says: words are not altered, and cuts are marked with […]."),
        is_local=True,
    ),
    _warning(
        "copied-passages",
        edition_rules.check_copied_passages,
        N_("Words of a work outside quotation marks. Quote them with their source, or say it in your own words."),
        is_local=True,
    ),
    _warning(
        "topics",
        wrap_post_rule(edition_rules.check_topics),
        N_("Without a topic, no topic's page or feed lists the post. Add topics: [id]."),
    ),
    _warning(
        "works",
        wrap_post_rule(works.check_works),
        N_("Works that are recommended twice, or whose address no browser opens. Correct bookmark_of."),
    ),
    _warning(
        "offsets",
        TextRule(edition_rules.find_offsets),
        N_("An offset that the site's time zone does not have on that day. Write the other one."),
    ),
    _warning(
        "modified",
        wrap_post_rule(dates.check_modified),
        N_("A post cannot have changed before it was published. Correct date or modified."),
    ),
    _warning(
        "long-spans",
        wrap_post_rule(dates.check_spans),
        N_("Events of more than two weeks and digests of more than a year are mostly slips. Look at both dates."),
    ),
    _warning(
        "future-dates",
        lambda check: dates.check_future_dates(check.judged, check.now),
        N_("Corrections, changes and dates of works that are still to come. Look at the year."),
        is_local=True,
    ),
    _warning(
        "moved-events",
        lambda c: moved_events.check_moved_events(c.judged, c.former_files, c.now),
        N_("Calendars take over a change only with a higher sequence. Run kuratorium check --fix."),
        is_local=True,
    ),
    _warning(
        "moved-items",
        edition_rules.check_moved_items,
        N_("A note that was moved out of the inbox has the date of its entry. Write the day on which it appears."),
        is_local=True,
    ),
    _warning(
        "captions",
        wrap_post_rule(check_captions),
        N_("Who cannot hear needs captions. Add media.transcript, or time codes to the turns."),
    ),
    _warning(
        "audio-types",
        wrap_post_rule(check_audio_type),
        N_("Directories of podcasts do not play every type. Save the recording as MP3 or M4A."),
    ),
    _warning(
        "doubtful-labels",
        edition_rules.check_doubtful_labels,
        N_("Words in captions that may name another speaker. Write <v Name> where somebody else speaks."),
    ),
    _warning(
        "named-speakers",
        wrap_post_rule(conversation.find_named_speakers),
        N_("Lines that look like a turn, but are text of the one before. Begin a paragraph with @id: for each."),
    ),
    _warning(
        "blocks-behind-markers",
        wrap_post_rule(conversation.find_blocks_behind_markers),
        N_("Lists, quotations and headings begin in a line of their own. Break the line behind the marker."),
    ),
    _warning(
        "first-level-headings",
        wrap_text_rule(body.find_first_level_headings),
        N_("A page has one heading of level 1, its title. Run kuratorium check --fix."),
    ),
    _warning(
        "skipped-headings",
        wrap_text_rule(check_heading_levels),
        N_("Screen readers jump from heading to heading, by level. Use the next lower level."),
    ),
    _warning(
        "link-words",
        wrap_text_rule(check_link_words),
        N_("Screen readers list links without their sentence. Name what the link leads to, such as its title."),
    ),
    _warning(
        "alt-texts",
        wrap_text_rule(check_alt_words),
        N_("An alternative text says what the picture shows. Write that, not the name of a file or “picture”."),
    ),
    _warning(
        "typography",
        TextRule(edition_rules.find_typography),
        N_("Quotation marks, dashes and spaces as the language has them. Run kuratorium check --fix."),
    ),
    _warning(
        "removed-markup",
        wrap_text_rule(body.find_removed_markup),
        N_("HTML that a page will not show. Write it in Markdown, or leave it out."),
    ),
    _warning(
        "leftovers",
        wrap_text_rule(check_leftovers),
        N_("Marks of other programs that a page would show. Write what they mean in Markdown."),
    ),
    _warning(
        "draft-folders",
        wrap_text_rule(body.find_draft_folders),
        N_("A folder called drafts keeps nothing from being published. Write status: draft."),
    ),
    _warning(
        "removed-characters",
        wrap_text_rule(body.find_removed_characters),
        N_("Control characters and invisible marks, which are removed from the page. Delete them."),
    ),
    _warning(
        "lapsed-laws",
        wrap_page_rule(standalone_pages.check_lapsed_laws),
        N_("Laws that are no longer in force. Name the current one, and have the passage checked."),
    ),
    _warning(
        "placeholders",
        wrap_page_rule(standalone_pages.check_placeholders),
        N_("Passages of pages that nobody has completed. Replace the brackets by your own text."),
    ),
    _warning(
        "ignored-rules",
        lambda _: (),
        N_("An ignore names a rule whose warning does not apply here, and why. Delete it when nothing is found."),
    ),
    _site_error(
        "site",
        edition_rules.check_site,
        N_("What only planning the site shows, such as two pages with one address. Correct what the message names."),
        needs_valid_edition=True,
    ),
    _site_warning(
        "former-site",
        edition_rules.check_former_addresses,
        N_("Addresses of the last commit that the site would lose. Add aliases, or restore what was removed."),
        needs_valid_edition=True,
    ),
)
