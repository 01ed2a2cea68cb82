"""CHECKS, the rules that `kuratorium check` applies to curation/ and content/.

A new rule is one function and one record in CHECKS, with the words that `check --explain` prints; the theme's
catalogues have their translations.
"""

from __future__ import annotations

from ...edition.markdown.leftovers import check_leftovers
from ...edition.pictures import hints
from ...edition.registry import find_removed_fields
from ...edition.rules import body, conversation, works
from ...translations import N_
from . import edition_rules, files, standalone_pages
from .edition_rules import wrap_page_rule, wrap_post_rule, wrap_text_rule
from .feeds import check_feeds
from .foreign_entries import find_foreign_entries
from .intros import check_intros
from .links.dead_links import check_dead_links
from .links.odd_links import find_odd_links
from .model import Check
from .posts import dates, moved_events
from .posts.digest_labels import check_disclosure_labels
from .posts.recordings import check_audio_type, check_captions
from .quotations.attribution import check_attribution
from .texts.accessibility import check_alt_words, check_heading_levels, check_link_words
from .written_values import check_written_values

CHECKS: tuple[Check, ...] = (
    Check(
        "settings",
        "error",
        lambda check_input: check_input.settings_problems[0],
        N_("Settings in pelicanconf.py with which no site can be built. Correct them as the message says."),
    ),
    Check(
        "settings-hints",
        "warning",
        lambda check_input: check_input.settings_problems[1],
        N_("Settings in pelicanconf.py that do nothing, or not what they seem to. Correct or delete them."),
    ),
    Check(
        "edition",
        "error",
        lambda check_input: check_input.edition_problems,
        N_("What a build insists on: fields, ids, links, the rules of each format. Correct what the message names."),
    ),
    Check(
        "inbox",
        "error",
        lambda check_input: check_input.inbox_problems,
        N_("Files of the inbox that cannot be read. Correct them, or delete them to dismiss their entries."),
    ),
    Check(
        "foreign-entries",
        "error",
        lambda check: find_foreign_entries(check.edition.root, check.settings),
        N_("Links out of the edition, pipes and devices, which a build does not follow. Put the file itself there."),
    ),
    Check(
        "disclosure-labels",
        "error",
        lambda check: check_disclosure_labels(check.edition, check.settings.site),
        N_("Advertising must be recognizable wherever it is shown. Write the post's label before the link."),
    ),
    Check(
        "file-names",
        "error",
        lambda check_input: files.check_file_names(check_input.edition.root),
        N_("Names of files that differ between systems, or only seem equal. Rename the file."),
    ),
    Check(
        "seen-files",
        "error",
        lambda check_input: files.check_seen_files(check_input.edition.root),
        N_("Unreadable files in curation/seen/: dismissed entries would come back. Restore them from git."),
    ),
    Check(
        "merges",
        "error",
        lambda check: files.check_merges(check.edition.root, check.settings.site),
        N_("A merge is not finished. Keep what is right of both sides, and delete the marker lines."),
    ),
    Check(
        "duplicate-items",
        "warning",
        edition_rules.check_duplicate_items,
        N_("Items that exist twice, or have become a note already. Delete one of the two files."),
        is_local=True,
    ),
    Check(
        "dismissed-items",
        "warning",
        edition_rules.check_dismissed_items,
        N_("Inbox files that another editor dismissed before git knew of them. Pull, or delete them."),
        is_local=True,
    ),
    Check(
        "written-values",
        "warning",
        lambda check: check_written_values(check.edition.root, check.settings.site),
        N_("Values that YAML reads otherwise than they look, or with marks in plain text. Put them in quotes."),
    ),
    Check(
        "unread-files",
        "warning",
        edition_rules.check_unread_files,
        N_("Files that nothing reads. Move them to where they belong, or delete them."),
        is_local=True,
    ),
    Check(
        "feeds",
        "warning",
        lambda check_input: check_feeds(check_input.edition),
        N_("Sources whose feed is missing, or is that of another source. Correct the path or address."),
    ),
    Check(
        "gone-addresses",
        "warning",
        edition_rules.check_gone_addresses,
        N_("Pages that the last commit had and the site would lose. Add their addresses to aliases."),
        is_local=True,
    ),
    Check(
        "links-to-withheld",
        "warning",
        edition_rules.check_links_to_withheld,
        N_("Links to texts that have no page yet. Publish both together, or remove the link."),
        is_local=True,
    ),
    Check(
        "dead-links",
        "warning",
        lambda check: check_dead_links(check.edition, check.pages) if check.paths else (),
        N_("Links within the site that lead to no file and no page. Correct the path."),
    ),
    Check(
        "missing-anchors",
        "warning",
        edition_rules.check_anchors,
        N_("Links to a place that the page does not have. Name the id of a heading of that page."),
    ),
    Check(
        "odd-links",
        "warning",
        wrap_text_rule(find_odd_links),
        N_("Links without text, or with an address that no browser opens. Write both as readers need them."),
    ),
    Check(
        "intros",
        "warning",
        lambda check_input: check_intros(check_input.edition, check_input.pages),
        N_("Intros stand on several pages and in feeds. Write whole addresses and plain paragraphs."),
    ),
    Check(
        "pictures",
        "error",
        lambda check: hints.check_damaged_pictures(check.edition, check.can_draw),
        N_("Pictures that cannot be shown, because their file is damaged. Save the picture anew."),
    ),
    Check(
        "picture-hints",
        "warning",
        lambda check_input: hints.check_picture_hints(check_input.edition),
        N_("Pictures without a credit, too large, moving, or too narrow for a card. Add the credit, or save anew."),
    ),
    Check(
        "portraits",
        "warning",
        lambda check: files.check_portraits(check.edition, check.can_draw),
        N_("Portraits that cards cannot show. Save them as JPEG, PNG, WebP, AVIF or HEIC."),
    ),
    Check(
        "removed-fields",
        "warning",
        lambda check_input: find_removed_fields(check_input.edition.root),
        N_("Fields that are no longer read. Delete them."),
        is_local=True,
    ),
    Check(
        "attribution",
        "warning",
        wrap_post_rule(check_attribution),
        N_("A quotation names its source (§ 63 UrhG). Put under it: > — Publication, Author: [Title](https://…)"),
    ),
    Check(
        "quote-budget",
        "warning",
        edition_rules.check_quote_budgets,
        N_("A quotation needs a purpose and your own words (§ 51 UrhG). Quote less, or write purpose: …"),
    ),
    Check(
        "quote-limit",
        "error",
        edition_rules.check_quote_limits,
        N_("More of one work is quoted than quote_limit of policy.yaml allows at all. Quote less of it."),
    ),
    Check(
        "quote-month",
        "warning",
        edition_rules.check_quote_months,
        N_("More is quoted from one source in a month than quote_month allows. Quote less, or from others."),
    ),
    Check(
        "quote-source",
        "warning",
        edition_rules.check_altered_quotations,
        N_("A quotation says what its source says: words are not altered, and cuts are marked with […]."),
        is_local=True,
    ),
    Check(
        "copied-passages",
        "warning",
        edition_rules.check_copied_passages,
        N_("Words of a work outside quotation marks. Quote them with their source, or say it in your own words."),
        is_local=True,
    ),
    Check(
        "topics",
        "warning",
        wrap_post_rule(edition_rules.check_topics),
        N_("Without a topic, no topic's page or feed lists the post. Add topics: [id]."),
    ),
    Check(
        "works",
        "warning",
        wrap_post_rule(works.check_works),
        N_("Works that are recommended twice, or whose address no browser opens. Correct bookmark_of."),
    ),
    Check(
        "offsets",
        "warning",
        edition_rules.check_offsets,
        N_("An offset that the site's time zone does not have on that day. Write the other one."),
    ),
    Check(
        "modified",
        "warning",
        wrap_post_rule(dates.check_modified),
        N_("A post cannot have changed before it was published. Correct date or modified."),
    ),
    Check(
        "long-spans",
        "warning",
        wrap_post_rule(dates.check_spans),
        N_("Events of more than two weeks and digests of more than a year are mostly slips. Look at both dates."),
    ),
    Check(
        "future-dates",
        "warning",
        lambda check: dates.check_future_dates(check.edition, check.now),
        N_("Corrections, changes and dates of works that are still to come. Look at the year."),
        is_local=True,
    ),
    Check(
        "moved-events",
        "warning",
        lambda c: moved_events.check_moved_events(c.edition, c.former_files, c.now),
        N_("Calendars take over a change only with a higher sequence. Run kuratorium check --fix."),
        is_local=True,
    ),
    Check(
        "moved-items",
        "warning",
        edition_rules.check_moved_items,
        N_("A note that was moved out of the inbox has the date of its entry. Write the day on which it appears."),
        is_local=True,
    ),
    Check(
        "captions",
        "warning",
        wrap_post_rule(check_captions),
        N_("Who cannot hear needs captions. Add media.transcript, or time codes to the turns."),
    ),
    Check(
        "audio-types",
        "warning",
        wrap_post_rule(check_audio_type),
        N_("Directories of podcasts do not play every type. Save the recording as MP3 or M4A."),
    ),
    Check(
        "doubtful-labels",
        "warning",
        edition_rules.check_doubtful_labels,
        N_("Words in captions that may name another speaker. Write <v Name> where somebody else speaks."),
    ),
    Check(
        "named-speakers",
        "warning",
        wrap_post_rule(conversation.find_named_speakers),
        N_("Lines that look like a turn, but are text of the one before. Begin a paragraph with @id: for each."),
    ),
    Check(
        "blocks-behind-markers",
        "warning",
        wrap_post_rule(conversation.find_blocks_behind_markers),
        N_("Lists, quotations and headings begin in a line of their own. Break the line behind the marker."),
    ),
    Check(
        "first-level-headings",
        "warning",
        wrap_text_rule(body.find_first_level_headings),
        N_("A page has one heading of level 1, its title. Run kuratorium check --fix."),
    ),
    Check(
        "skipped-headings",
        "warning",
        wrap_text_rule(check_heading_levels),
        N_("Screen readers jump from heading to heading, by level. Use the next lower level."),
    ),
    Check(
        "link-words",
        "warning",
        wrap_text_rule(check_link_words),
        N_("Screen readers list links without their sentence. Name what the link leads to, such as its title."),
    ),
    Check(
        "alt-texts",
        "warning",
        wrap_text_rule(check_alt_words),
        N_("An alternative text says what the picture shows. Write that, not the name of a file or “picture”."),
    ),
    Check(
        "typography",
        "warning",
        edition_rules.check_typography,
        N_("Quotation marks, dashes and spaces as the language has them. Run kuratorium check --fix."),
    ),
    Check(
        "removed-markup",
        "warning",
        wrap_text_rule(body.find_removed_markup),
        N_("HTML that a page will not show. Write it in Markdown, or leave it out."),
    ),
    Check(
        "leftovers",
        "warning",
        wrap_text_rule(check_leftovers),
        N_("Marks of other programs that a page would show. Write what they mean in Markdown."),
    ),
    Check(
        "draft-folders",
        "warning",
        wrap_text_rule(body.find_draft_folders),
        N_("A folder called drafts keeps nothing from being published. Write status: draft."),
    ),
    Check(
        "removed-characters",
        "warning",
        wrap_text_rule(body.find_removed_characters),
        N_("Control characters and invisible marks, which are removed from the page. Delete them."),
    ),
    Check(
        "lapsed-laws",
        "warning",
        wrap_page_rule(standalone_pages.check_lapsed_laws),
        N_("Laws that are no longer in force. Name the current one, and have the passage checked."),
    ),
    Check(
        "placeholders",
        "warning",
        wrap_page_rule(standalone_pages.check_placeholders),
        N_("Passages of pages that nobody has completed. Replace the brackets by your own text."),
    ),
    Check(
        "ignored-rules",
        "warning",
        lambda _: (),
        N_("An ignore names a rule whose warning does not apply here, and why. Delete it when nothing is found."),
    ),
    Check(
        "site",
        "error",
        edition_rules.check_site,
        N_("What only planning the site shows, such as two pages with one address. Correct what the message names."),
        needs_valid_edition=True,
    ),
    Check(
        "former-site",
        "warning",
        edition_rules.check_former_addresses,
        N_("Addresses of the last commit that the site would lose. Add aliases, or restore what was removed."),
        needs_valid_edition=True,
    ),
)
