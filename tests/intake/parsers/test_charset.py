from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.parsers import charset, dispatch

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


CENTRAL_EUROPEAN = {
    "pl": (
        ("cp1250", "iso8859-2"),
        "Urząd ogłosi przetarg ponownie, bo zabrakło źródeł; mieszkańcy muszą jeszcze chwilę poczekać",
    ),
    "cs": (
        ("cp1250", "iso8859-2"),
        "Městský úřad zruší soutěž, protože chybějí zdrojové kódy, a příští týden začne znovu",
    ),
    "hu": (
        ("cp1250", "iso8859-2"),
        "A város új szerződést köt, mert a régi rendszer őrült sokba került, és ezt többé nem fizeti",
    ),
    "tr": (
        ("cp1254",),
        "Belediye ihaleyi yeniden açıyor, çünkü kaynak kodları eksikti; şehir şimdi özgür yazılıma geçiyor",
    ),
    "he": (("cp1255",), "העירייה תפרסם את המכרז מחדש כי חסר קוד המקור"),
    "lt": (
        ("cp1257",),
        (
            "Savivaldybė konkursą skelbs iš naujo, nes trūko išeities kodų: senoji sistema "
            "užstrigo, niekas jos jau nebeprižiūri, o įstaiga kaip tik ieško pagalbos"
        ),
    ),
}
WESTERN = {
    "de": "Die Behörde prüft, ob fünf Verträge größere Lücken hätten; für Köln müsste man ähnliche Fälle früher lösen, "
    "erklärt die Präsidentin; die Gebühren höherer Ämter könnten für die nächsten Jahre übertrieben gewesen sein",
    "fr": "L’été dernier, le maire a démissionné : où la dépense était-elle passée ? À l’hôpital, ça a coûté très cher",
    "es": "El año pasado el señor alcalde pidió más garantías; ¿qué dirá mañana la administración española?",
    "pt": "A câmara não poupou; a inspeção diz que há razões e que a decisão será revista até à próxima sessão",
    "it": "La città è già più avanti: perché la società chiederà libertà e verità, però così non andrà",
    "da": "Kommunen må vente på afgørelsen, men større byer har allerede åbnet for nye løsninger på området",
    "sv": "Många städer använder föråldrade system, och därför måste myndigheten göra upphandlingen på nytt i år",
    "fi": "Kaupunki säästää, mutta päätös viivästyy, sillä lähdekoodia ei löytynyt määräajassa mistään järjestelmästä",
    "is": "Bærinn þarf að bíða, því að frumkóðann vantaði, en næsta útboð verður haldið þegar það er tilbúið",
}


@pytest.mark.parametrize("language", CENTRAL_EUROPEAN)
def test_letters_tell_their_encoding_where_nothing_else_does(language: str) -> None:
    """Without a stated language and encoding, or with a wrong one, a title is read as its language writes it."""
    codecs, title = CENTRAL_EUROPEAN[language]
    for codec in codecs:
        assert read_title(rss(title).encode(codec)) == title
        assert read_title(rss(title, '<?xml version="1.0" encoding="UTF-8"?>').encode(codec)) == title


@pytest.mark.parametrize("language", WESTERN)
@given(data=st.data())
def test_western_texts_stay_western(language: str, data: st.DataObject) -> None:
    """However the words of a Western language are put together, none of their letters is read as another one."""
    words = WESTERN[language].split()
    title = " ".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=60)))
    if not title.isascii():
        assert charset.decode(rss(title).encode("cp1252")) == rss(title)


@pytest.mark.parametrize("language", ["de", "fr", "sv"])
def test_letters_of_old_macs_are_recognised(language: str) -> None:
    """Mac Roman has the letters of the West in other places."""
    assert read_title(rss(WESTERN[language]).encode("mac-roman")) == WESTERN[language]


def test_the_euro_of_latin_9_is_recognised() -> None:
    """ISO-8859-15 has the sign where others have that of no currency, which texts on the web do not hold."""
    title = "Für 300 € über die Straße"
    assert read_title(rss(title).encode("iso8859-15")) == title
    assert read_title(rss(title).encode("cp1252")) == title


@pytest.mark.parametrize("title", ["£ódŸ", "Zbli¿a siê koniec", "S³owa"])
def test_a_sign_within_a_word_is_no_western_letter(title: str) -> None:
    """A few letters of another encoding, which would be signs in Western words, are refused rather than garbled."""
    with pytest.raises(SourceError, match="encoding of its characters is not stated"):
        charset.decode(rss(title).encode("cp1252"))


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
    assert charset.decode(declared, "text/xml; charset=iso-8859-2").endswith(text)
    assert charset.decode(f"<meta charset={label}>".encode() + data).endswith(text)


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
