"""How well `kuratorium check` finds wrong quotations: precision and recall on the articles of real feeds.

    python -m benchmarks.quotations FOLDER

reads the articles of all feeds below FOLDER, and makes notes on them: sound ones, and ones with a mistake of each kind
in MISTAKES. It prints how many of each kind are found, and which sound notes are reported.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import process_time

from kuratorium.desk.rules.quotations.comparison import SourceText
from kuratorium.desk.rules.quotations.sources import ComparedPost, find_altered_quotations, find_copies
from kuratorium.desk.word_count import check_quote_limit, count_note_words
from kuratorium.edition.model import FrontMatter, PostFile
from kuratorium.edition.works import Work
from kuratorium.errors import SourceError
from kuratorium.intake.parsers.dispatch import parse_feed

LIMIT, COPIED_WORDS = 200, 12
_SENTENCE = re.compile(r"[^.!?]{40,400}[.!?](?=\s)")
_MARKUP = re.compile(r"[\[\]<>*_`#|\\…\"“”„»«&{}^~=]|\.\.\.|https?:")
_NO_WORD = re.compile(r"[^\w ]")
OWN = (
    "Warum das lesenswert ist: Die Autorin rechnet nach, was andere nur behaupten, und zeigt die Folgen. "
    "Worth reading because it explains in plain words what changes now, and who has to pay for it in the end."
)


@dataclass(frozen=True)
class Article:
    """An article: its address, title, text, and the sentences that can be quoted."""

    url: str
    title: str
    text: str
    sentences: tuple[str, ...]


def read_articles(folder: Path) -> Iterator[Article]:
    """Yield the articles with at least eight sentences, one for each address."""
    seen = set[str]()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            feed = parse_feed(path.read_bytes(), feed_url="https://host.example/feed")
        except (SourceError, ValueError):
            continue
        for entry in feed.entries[:4]:
            text = entry.content or entry.summary
            sentences = tuple(
                sentence.strip()
                for match in _SENTENCE.finditer(text)
                if not _MARKUP.search(sentence := match[0]) and len(sentence.split()) >= 12
            )
            if entry.link and entry.link not in seen and len(sentences) >= 8:
                seen.add(entry.link)
                yield Article(entry.link, entry.title or "Ohne Titel", text, sentences)


def quote(article: Article, text: str) -> str:
    """Return a note that quotes a text from an article."""
    return f"{OWN}\n\n> {text}\n> — Medium: [Titel]({article.url})"


def replace_word(article: Article, random: Random) -> str:
    """A word of the quotation is another one."""
    words = random.choice(article.sentences).split()
    place = random.randrange(2, len(words) - 2)
    return quote(article, " ".join([*words[:place], "ausdrücklich", *words[place + 1 :]]))


def add_word(article: Article, random: Random) -> str:
    """A word is added."""
    words = random.choice(article.sentences).split()
    place = random.randrange(2, len(words) - 2)
    return quote(article, " ".join([*words[:place], random.choice(["nicht", "never"]), *words[place:]]))


def cut_words(article: Article, random: Random) -> str:
    """One to four words are left out without a mark."""
    words = random.choice(article.sentences).split()
    count = random.randrange(1, 5)
    place = random.randrange(3, len(words) - count - 2)
    return quote(article, " ".join([*words[:place], *words[place + count :]]))


def skip_sentence(article: Article, random: Random) -> str:
    """A sentence between two is left out without a mark."""
    place = random.randrange(len(article.sentences) - 2)
    return quote(article, f"{article.sentences[place]} {article.sentences[place + 2]}")


def copy_sentence(article: Article, random: Random) -> str:
    """A sentence stands among the writer's own, without marks."""
    return f"{OWN} {random.choice(article.sentences)} Das sollte man wissen."


def copy_paragraph(article: Article, random: Random) -> str:
    """Three sentences are a paragraph of their own, the middle one with another first word."""
    place = random.randrange(len(article.sentences) - 2)
    first, second, third = article.sentences[place : place + 3]
    return f"{OWN}\n\n{first} Doch {second.partition(' ')[2]} {third}"


def quote_too_much(article: Article, _: Random) -> str:
    """More than the limit is quoted, each sentence whole."""
    sentences = "\n> […]\n> ".join(article.sentences * 3)
    words = sentences.split(" ")[: int(LIMIT * 1.3)]
    return quote(article, " ".join(words))


def quote_whole(article: Article, random: Random) -> str:
    """A sentence as it is."""
    return quote(article, random.choice(article.sentences))


def quote_with_mark(article: Article, random: Random) -> str:
    """Words are left out, with the mark for it."""
    words = random.choice(article.sentences).split()
    place = random.randrange(4, len(words) - 4)
    return quote(article, " ".join([*words[:place], random.choice(["[…]", "[...]", "…"]), *words[place + 2 :]]))


def quote_with_remark(article: Article, random: Random) -> str:
    """A word is replaced by one in square brackets."""
    words = random.choice(article.sentences).split()
    place = random.randrange(3, len(words) - 3)
    return quote(article, " ".join([*words[:place], "[die Behörde]", *words[place + 1 :]]))


def quote_in_other_type(article: Article, random: Random) -> str:
    """Quotation marks, dashes and apostrophes are those of another program."""
    text = random.choice(article.sentences).replace("'", "’").replace(" - ", " – ").replace("--", "—")
    return quote(article, text)


def quote_inline(article: Article, random: Random) -> str:
    """A passage stands in quotation marks within the writer's own words."""
    return f"{OWN} „{random.choice(article.sentences)}“ So steht es dort."


def name_title(article: Article, _: Random) -> str:
    """The title of the work is named."""
    return f"{OWN} Der Text heißt {_NO_WORD.sub(' ', article.title)} und ist lang."


def retell(article: Article, random: Random) -> str:
    """Words and short phrases of the article, in another order."""
    words = random.choice(article.sentences).split()
    phrases = [" ".join(words[place : place + 4]) for place in range(0, len(words), 4)]
    random.shuffle(phrases)
    return f"{OWN} {', und '.join(phrases)}."


MISTAKES: dict[Callable[[Article, Random], str], str] = {
    replace_word: "altered",
    add_word: "altered",
    cut_words: "altered",
    skip_sentence: "altered",
    copy_sentence: "copied",
    copy_paragraph: "copied",
    quote_too_much: "limit",
}
SOUND = (quote_whole, quote_with_mark, quote_with_remark, quote_in_other_type, quote_inline, name_title, retell)


def find(article: Article, body: str) -> set[str]:
    """Return the kinds of mistakes that are found in a note on an article."""
    work = Work(url=article.url, title=_NO_WORD.sub(" ", article.title).strip() or "Titel")
    meta = FrontMatter(uid="uid-00001", title="Titel", date=datetime(2026, 10, 1, tzinfo=UTC), bookmark_of=(work,))
    post = PostFile(file="curation/notes/x.md", meta=meta, format="note", body=body, body_line=1)
    compared = ComparedPost(post, {article.url: SourceText(article.text)})
    found = set[str]()
    if list(find_altered_quotations(compared, str)):
        found.add("altered")
    if list(find_copies(compared, str, COPIED_WORDS)):
        found.add("copied")
    if list(check_quote_limit(count_note_words(post), post, LIMIT)):
        found.add("limit")
    return found


def measure(folder: Path) -> None:
    """Make a note of each kind on each article, and print what is found."""
    articles = list(read_articles(folder))
    hits, totals, wrong = Counter[str](), Counter[str](), Counter[str]()
    begin = process_time()
    for number, article in enumerate(articles):
        for make in (*MISTAKES, *SOUND):
            random = Random(f"{number} {make.__name__}")
            found, expected = find(article, make(article, random)), MISTAKES.get(make, "")
            totals[make.__name__] += 1
            hits[make.__name__] += expected in found if expected else not found
            wrong[make.__name__] += bool(found - {expected})
            if "-v" in sys.argv and (bool(found) != bool(expected) or found - {expected}):
                print(make.__name__, article.url, found, make(article, Random(f"{number} {make.__name__}"))[-300:])
    seconds = process_time() - begin
    for name, count in totals.items():
        print(f"{name:22}{hits[name]:6} of {count:5} right, {wrong[name]} with a wrong report")
    mistakes = [make.__name__ for make in MISTAKES]
    found_count, false_count = sum(hits[name] for name in mistakes), sum(wrong.values())
    total = sum(totals[name] for name in mistakes)
    print(f"{len(articles)} articles, {totals.total()} notes, {seconds / max(1, totals.total()) * 1000:.2f} ms each")
    print(f"recall {found_count / total:.4f}, precision {found_count / (found_count + false_count):.4f}")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
