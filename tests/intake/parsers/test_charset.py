from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.parsers import charset, discovery, dispatch

GERMAN = "Größere Ämter, kürzere Wege – „müde“ Bürger"
TEXTS = {
    "gb18030": "城市管理部门公布了新的数字服务计划居民可以在网上预约办理各种手续",
    "big5": "城市管理部門公布了新的數位服務計畫居民可以在網上預約辦理各種手續",
    "euc_kr": "구청은 주민을 위한 새로운 전자 민원 서비스를 다음 달부터 시작한다고 밝혔다",
    "shift_jis": "市役所は住民のための新しい電子申請サービスを来月から始めると発表しました",
    "euc_jp": "市役所は住民のための新しい電子申請サービスを来月から始めると発表しました",
    "iso2022_jp": "市役所は住民のための新しい電子申請サービスを来月から始めると発表しました",
    "cp1251": "Город открывает новый портал электронных услуг для жителей в следующем месяце",
    "cp1252": GERMAN,
    "utf-16-le": GERMAN,
    "utf-16-be": "市役所は住民のための新しい電子申請サービスを",
    "utf-16": GERMAN,
    "utf-32": GERMAN,
}


SENTENCES = Path(__file__).parents[2] / "data/encodings/sentences.tsv"
FALSE_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def list_sentences() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield the language, the encodings and the text of each sentence in tests/data/encodings."""
    for line in SENTENCES.read_text("utf-8").splitlines()[1:]:
        language, encodings, sentence = line.split("\t")
        yield language, tuple(encodings.split()), sentence


TEXTS_BY_LANGUAGE: dict[str, list[str]] = {}
CODECS: dict[str, tuple[str, ...]] = {}
for _language, _codecs, _sentence in list_sentences():
    TEXTS_BY_LANGUAGE.setdefault(_language, []).append(_sentence)
    CODECS[_language] = _codecs
WESTERN = [language for language, codecs in CODECS.items() if codecs == ("cp1252",)]
OTHERS = [(language, codec) for language, codecs in CODECS.items() if language not in WESTERN for codec in codecs]


def rss(title: str, declaration: str = "") -> str:
    """Return a feed whose entry has a title."""
    item = f"<item><title>{title}</title><link>https://a.example/1</link></item>"
    return f'{declaration}<rss version="2.0"><channel><title>Blog</title>{item}</channel></rss>'


def read_title(data: bytes, content_type: str = "") -> str:
    """Return the title of a feed's first entry."""
    return dispatch.parse_feed(data, content_type).entries[0].title


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_not_stated_is_recognised(name: str) -> None:
    """Feeds and JSON feeds in Chinese, Japanese, Korean, Russian and German are read though nothing says how."""
    assert read_title(rss(TEXTS[name]).encode(name)) == TEXTS[name]
    items = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "{TEXTS[name]}"}}]}}'
    assert read_title(items.encode(name)) == TEXTS[name]


@pytest.mark.parametrize(
    ("language", "codec", "title"),
    [
        ("pl", "cp1250", "Źródła i łódź: zażółć gęślą jaźń"),
        ("pl", "iso8859-2", "Źródła i łódź: zażółć gęślą jaźń"),
        ("cs", "cp1250", "Příliš žluťoučký kůň"),
        ("cs", "iso8859-2", "Příliš žluťoučký kůň"),
        ("tr", "iso8859-9", "İstanbul şehir bahçe müziği"),
        ("he", "cp1255", "שלום לכל התושבים"),
        ("de", "cp1252", GERMAN),
    ],
)
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>'], ids=["unstated", "wrong"])
def test_the_language_of_a_document_says_how_its_letters_are_encoded(
    language: str, codec: str, title: str, declaration: str
) -> None:
    """Letters of Poland or Turkey look like Western ones in another encoding; the language tells them apart."""
    feed = rss(title, declaration).replace("<title>Blog", f"<language>{language}</language><title>Blog")
    assert read_title(feed.encode(codec)) == title


@given(st.data())
def test_western_texts_stay_western(data: st.DataObject) -> None:
    """Titles in a language of Western Europe, be it a single one, are read as such, and never as Polish or Turkish."""
    language = data.draw(st.sampled_from(WESTERN))
    titles = data.draw(st.lists(st.sampled_from(TEXTS_BY_LANGUAGE[language]), min_size=1, max_size=5))
    text = FALSE_DECLARATION + "".join(map(rss, titles))
    assert charset.decode(text.encode("cp1252")) == text


@given(st.lists(st.sampled_from([text for name in WESTERN for text in TEXTS_BY_LANGUAGE[name]]), min_size=8))
def test_western_languages_may_be_mixed(titles: list[str]) -> None:
    """A feed that cites several languages of Western Europe is read as such, too."""
    text = "".join(map(rss, titles))
    assert charset.decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "text", ["It’s a “test” – isn’t it? We’ll see…", "a day—or two—later", "25 °C, § 5\xa0StGB", "5 € – 7 €"]
)
def test_typographic_signs_prove_nothing(text: str) -> None:
    """Quotation marks and dashes stand at one place in all code pages of Windows: English texts stay as they are."""
    assert charset.decode(rss(text * 8).encode("cp1252")) == rss(text * 8)


@pytest.mark.parametrize(("language", "codec"), OTHERS)
@pytest.mark.parametrize("declaration", ["", FALSE_DECLARATION], ids=["unstated", "wrong"])
def test_other_languages_are_recognised(language: str, codec: str, declaration: str) -> None:
    """Of a few titles, the letters tell their encoding, though neither it nor the language is stated."""
    text = declaration + "".join(map(rss, TEXTS_BY_LANGUAGE[language]))
    assert charset.decode(text.encode(codec)) == text


@pytest.mark.parametrize(("language", "codec"), OTHERS)
def test_the_language_of_a_source_tells_single_titles(language: str, codec: str) -> None:
    """Of a single title, the language that sources.yaml states tells how its letters are encoded."""
    for title in TEXTS_BY_LANGUAGE[language]:
        assert charset.decode(rss(title).encode(codec), lang=f"{language}-{language.upper()}") == rss(title)


@pytest.mark.parametrize("lang", ["pl", "he", "ru", "ja"])
@pytest.mark.parametrize("language", WESTERN)
def test_a_wrong_language_garbles_nothing(language: str, lang: str) -> None:
    """The language of a source is a hint: texts in another one are read as what they are."""
    text = "".join(map(rss, TEXTS_BY_LANGUAGE[language]))
    assert charset.decode(text.encode("cp1252"), lang=lang) == text


@pytest.mark.parametrize("language", ["de", "fr", "es", "sv"])
def test_mac_roman_is_recognised(language: str) -> None:
    """Texts of old Macs are read, though their letters are letters in Windows' encoding, too."""
    text = "".join(map(rss, TEXTS_BY_LANGUAGE[language]))
    assert charset.decode(text.encode("mac-roman")) == text


@pytest.mark.parametrize(
    "text", ["Das Ticket kostet 9 € im Monat, ermäßigt 5 €", "Le cœur de l’œuvre".replace("’", "'"), "Citroën à 5 €"]
)
def test_the_euro_sign_of_latin_9(text: str) -> None:
    """Nobody writes the sign ¤, or ½ within a word: what looks so is ISO-8859-15, with € and œ."""
    assert charset.decode(rss(text).encode("iso8859-15")) == rss(text)


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x90", b"\x9d"])
def test_a_stray_byte_makes_no_text_foreign(byte: bytes) -> None:
    """A byte that Windows' encoding leaves undefined does not turn German letters into those of another language."""
    data = "".join(map(rss, TEXTS_BY_LANGUAGE["de"] * 3)).encode("cp1252")
    assert charset.decode(data.replace(b" ", b" " + byte, 1)).replace("\ufffd", "").encode("cp1252") == data


@pytest.mark.parametrize("name", ["euc_kr", "gb18030", "shift_jis"])
def test_what_cannot_be_recognised_is_refused(name: str) -> None:
    """A few letters of an encoding that is not stated prove nothing: the feed is refused, not garbled."""
    with pytest.raises(SourceError, match="encoding of its characters is not stated"):
        read_title(rss(TEXTS[name][:4]).encode(name))


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        ("latin1", "cp1252"),
        ("US-ASCII", "cp1252"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-9", "cp1254"),
        ("KOI8-R", "koi8-r"),
    ],
)
def test_labels_mean_what_they_mean_on_the_web(label: str, codec: str) -> None:
    """A label is read as browsers read it, in a header, an XML declaration or a page."""
    text = {"cp1252": GERMAN, "cp1254": "Şehir – Ağ", "koi8-r": TEXTS["cp1251"]}.get(codec) or {
        "gb18030": "镕基", "cp932": "①髙", "cp949": "똠방"
    }[codec]  # fmt: skip
    data = text.encode(codec)
    assert charset.decode(data, f'text/html; charset="{label}"') == text
    declared = f"<?xml version='1.0' encoding='{label}'?>".encode() + data
    for header in ("text/xml", "text/xml; charset=iso-8859-1", "text/xml; charset=utf-8", "text/xml; charset=nope"):
        assert charset.decode(declared, header).endswith(text)
    assert charset.decode(f"<meta charset={label}>".encode() + data).endswith(text)


FALSE_LATIN_1 = '<?xml version="1.0" encoding="iso-8859-1"?>'


@pytest.mark.parametrize(("language", "codec"), [*OTHERS, *(("", name) for name in TEXTS)])
@pytest.mark.parametrize("false_label", ["iso-8859-1", "windows-1252", "utf-8", "iso-8859-10"])
def test_the_header_comes_before_the_declaration(language: str, codec: str, false_label: str) -> None:
    """RFC 7303: of a header and an XML declaration that disagree, the header is right if the text is whole in it."""
    title = TEXTS_BY_LANGUAGE[language][0] if language else TEXTS[codec]
    text = rss(title, FALSE_LATIN_1.replace("iso-8859-1", false_label))
    assert charset.decode(text.encode(codec), f"application/rss+xml; charset={codec}").endswith(text)


def test_the_declaration_comes_before_a_default() -> None:
    """A header that says ISO-8859-1, as many servers do of all files, or in which a text is broken, proves nothing."""
    for codec, header in (("cp1251", "iso-8859-1"), ("gb18030", "iso-8859-1"), ("cp1252", "iso-8859-2")):
        text = rss(TEXTS[codec], f'<?xml version="1.0" encoding="{codec}"?>')
        assert charset.decode(text.encode(codec), f"text/xml; charset={header}") == text


@pytest.mark.parametrize(
    ("title", "codec"),
    [
        (TEXTS["shift_jis"], "shift_jis"),
        (TEXTS["iso2022_jp"], "iso2022_jp"),
        ("Příliš žluťoučký kůň pěl ďábelské ódy", "cp1250"),
    ],
)
def test_a_text_with_broken_characters_is_not_believed(title: str, codec: str) -> None:
    """What ISO-8859-1 would turn into control characters, broken ones or escapes is not in it, though it says so."""
    text = rss(title * 3, FALSE_LATIN_1)
    assert charset.decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("utf-7", rss("M+APw-ller f+APw-r alle").encode()),
        ("iso-2022-kr", rss("서울시").encode("iso2022_kr")),
        ("hz-gb-2312", rss("开源软件").encode("hz")),
    ],
)
def test_encodings_that_look_like_ascii_are_refused(label: str, data: bytes) -> None:
    """UTF-7 and its like are read by no browser, and never shown as the ASCII that they seem to be."""
    declared = f'<?xml version="1.0" encoding="{label}"?>'.encode() + data
    for document, header in ((data, f"text/xml; charset={label}"), (declared, "text/xml"), (declared, "")):
        with pytest.raises(SourceError, match="encoding"):
            read_title(document, header)
    plain = rss("1+1 ~ 2").encode()
    assert read_title(plain, f"text/xml; charset={label}") == "1+1 ~ 2"


ENGLISH = "See https://code.example/a?b=1 for what the maintainers of the kernel merged: def main(): return 0; " * 10
SHORT_TITLES = [
    ("开源", "gb18030", "zh"),
    ("Linux 内核", "gb18030", "zh"),
    ("開源", "big5", "zh"),
    ("中文維基", "big5", "zh"),
    ("서울", "euc_kr", "ko"),
    ("東京", "shift_jis", "ja"),
    ("東京", "euc_jp", "ja"),
    ("Ціна", "cp1251", "uk"),
    ("Αθήνα", "cp1253", "el"),
    ("שלום", "cp1255", "he"),
    ("سلام", "cp1256", "ar"),
    ("ไทย", "tis-620", "th"),
    ("Müller", "cp850", "de"),
    ("Müller", "cp437", "de"),
    ("Müller", "cp1252", "de"),
    ("Un café à Orléans", "cp1252", "fr"),
    ("Price: £5 ± 1", "cp1252", "en"),
    ("¡Ándale!", "cp1252", "es"),
]


@pytest.mark.parametrize(("title", "codec", "language"), SHORT_TITLES)
@pytest.mark.parametrize("declaration", ["", FALSE_DECLARATION], ids=["unstated", "wrong"])
def test_text_in_ascii_proves_nothing(title: str, codec: str, language: str, declaration: str) -> None:
    """Few letters beyond ASCII beside much English are read rightly or refused, whether a language is stated or not."""
    read = set()
    for stated in ("", f"<language>{language}</language>"):
        feed = rss(title, declaration).replace("<item>", f"{stated}<item>")
        feed = feed.replace("</title><link>", f"</title><description>{title} {ENGLISH}</description><link>")
        for lang in ("", language):
            with suppress(SourceError):
                read.add(dispatch.parse_feed(feed.encode(codec), lang=lang).entries[0].title)
    assert read <= {title}
    if codec == "cp1252" or (title, codec) in {("开源", "gb18030"), ("서울", "euc_kr"), ("Ціна", "cp1251")}:
        assert read


def test_the_header_comes_before_the_page() -> None:
    """Of a header and an HTML page that disagree, the header is right, and valid UTF-8 is right against both."""
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">Łódź'
    assert charset.decode(page.encode("iso-8859-2"), "text/html; charset=ISO-8859-2") == page
    assert charset.decode(page.encode(), "text/html; charset=ISO-8859-2") == page


@pytest.mark.parametrize("label", ["base64", "rot13", "idna", "unicode_escape", "undefined", "nope", "utf-7", "\u00e4"])
def test_what_is_no_encoding_of_the_web_is_ignored(label: str) -> None:
    """A label that no browser knows states nothing, whatever Python calls a codec."""
    assert charset.decode(GERMAN.encode("cp1252"), f"text/xml; charset={label}") == GERMAN


def test_a_broken_byte_garbles_nothing_else() -> None:
    """One byte that is not UTF-8, a character that was cut and a text in another encoding leave the rest as it is."""
    for broken, shown in ((b"\xff", ""), (b"\xe2\x80", ""), ("Müll".encode("cp1252"), "Müll")):
        data = rss(GERMAN).encode().replace(b"</title><link>", b" " + broken + b"</title><link>")
        assert read_title(data).replace("\ufffd", "").strip() == f"{GERMAN} {shown}".strip()
        declared = b"<?xml version='1.0' encoding='UTF-8'?>" + data
        assert read_title(declared, "text/xml; charset=iso-8859-1").startswith(GERMAN)


@given(st.binary(max_size=400), st.sampled_from(["", "x; charset=utf-8", "x; charset=euc-jp", "x; charset=utf-16"]))
def test_any_bytes_are_decoded_or_refused(data: bytes, content_type: str) -> None:
    """No bytes end in another error, and what is decoded can be written as UTF-8."""
    with suppress(SourceError):
        charset.decode(data, content_type).encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1b"), max_size=60))
def test_utf_8_is_utf_8(text: str) -> None:
    """Every text in UTF-8 is read back, whatever the server states."""
    marked = "\ufeff" + text  # a text may begin with a mark of its own
    assert charset.decode(marked.encode(), "text/html; charset=shift_jis") == text


LATIN_PAGE = "<!doctype html><title>Grüße aus Köln</title><p>Übermäßig schöne Wörter</p>"
JAPANESE_PAGE = f"<title>市役所</title><p>{'市役所は住民のための新しい電子申請サービスを来月から始める' * 20}</p>"


@pytest.mark.parametrize("label", ["", "; charset=utf-16", "; charset=utf-16le", "; charset=iso-8859-1"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("page", [LATIN_PAGE, JAPANESE_PAGE], ids=["latin", "japanese"])
def test_a_page_in_utf16_is_read_without_its_mark(page: str, encoding: str, label: str) -> None:
    """Its first tag tells UTF-16, in either order of bytes, whatever its server says; it is known as a page, too."""
    data = f"\r\n{page}".encode(encoding) if encoding != "utf-16" else page.encode(encoding)
    assert charset.decode(data, f"text/html{label}").strip() == page
    assert discovery.is_html(data)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (LATIN_PAGE.encode("utf-7"), "text/html"),
        (LATIN_PAGE.encode("utf-7"), "text/html; charset=utf-8"),
        (b"<title>Sch+APY.n</title>", "text/html; charset=utf-7"),
        (b"<meta charset=UTF-7><title>Sch+APY-n</title>", "text/html"),
        ("<title>시청</title>".encode("iso2022_kr"), "text/html"),
    ],
)
def test_letters_that_no_browser_reads_are_refused(data: bytes, content_type: str) -> None:
    """ASCII that stands for letters in UTF-7 or ISO-2022-KR is no text for readers, also if nothing says so."""
    with pytest.raises(SourceError, match="one that no browser reads"):
        charset.decode(data, content_type)


@pytest.mark.parametrize(
    "text",
    [
        "Tel. +49-30-123 und +4930-55, C++-Kurs, A+B-Test, +1234-+5678-",
        "Diff +ABC- +abcd- +Plus- +1und1-",
        "<img src=data:image/png;base64,iVBORw0KGgo+AAA+BBB-CC+DDD=>",
        "Schreibt man in UTF-7: +APY- ist ein Umlaut",
    ],
)
def test_plus_signs_are_no_utf7(text: str) -> None:
    """Telephone numbers, versions and pictures in an address hold plus signs, too."""
    assert charset.decode(text.encode(), "text/html") == text
