from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.sentences import split_sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Umzug kostet 4,2 Mio. Euro und 12 Std. Arbeit.",
        "Die Holz GmbH & Co. KG zahlt gem. Vertrag.",
        "Es geht um Masten, Kabel usw. Anna Berg zählt sie.",
        "Der Turnerbund e. V. Nordau lädt ein.",
        "Sie nennt z. B. Linux, d. h. Freie Software, und u. a. Städte.",
        "Sie nennt z.B. Linux und zahlt i. d. R. Rechnungen.",
        "Am 3. Oktober und am 12. Dez. Abend ist zu.",
        "Das 19. Jahrhundert, der 100. Geburtstag und Heinrich IV. Markgraf.",
        "Fa. Kuhn, Fr. Lind, Hr. Sommer, Prof. Dr. Ida Noll und Dipl.-Ing. Otto Rau.",
        "Ein Roman von J. R. R. Holm.",
        "Wir wohnen Hauptstr. Ecke Markt, Tel.-Nr. Siebzehn.",
        "Siehe Art. 5 Abs. 2 und Kap. 3, vgl. Abb. 7.",
        "Am 5. Okt. Montag geht es los.",
        "The U.S. Senate met Mr. Holm vs. Dr. Reed, Jr. Counsel.",
        "Some, e.g. Linus, i.e. Unix people, of Holm Inc. Boston.",
        "Bruns et al. Report 2.0. Beta is out.",
        "Er fragte: „Wie?“ und ging.",
        "Warte … nein.",
        "Mind. Fünf Leute.",
        "Die ev. Schule, der öff. Weg, die int. Bahn und der zust. Rat.",
        "Öff. Wege und Int. Bahnen zählt der Geschf. Holm.",
        "Er misst die nichtöffentl. Wege mit gesundheitl. Folgen.",
        "Eine pol. Frage und ein literaturgesch. Abend mit dem dt. Chor.",
        "Sie ist M. A. und zählt Masten.",
        "Der B. A. Holm und die Dr. h. c. Lind.",
        "1987. Es war ein Jahr mit Masten.",
        "12. Das ist die Zahl.",
        "Inkl. Anfahrt.",
        "Exkl. Versand und Abzgl. Rabatt, zzgl. Steuer.",
        "Evtl. Regen, Allg. Wetter, Stellv. Leiter, Vors. Richter, Betr. Umzug.",
        "Der Reg.-Bez. Nord und die Verw.-Ang. Lind.",
        "Reg.-Bez. Nord.",
        "Die Univ. Nordau lehrt.",
        "See Fig. 5, No. 7 of the report.",
        "Bsplw. Nordau.",
        "Sog. Masten und max. Drei Seile.",
        "Max. 12 Masten, Max. 3 Seile.",
        "Der Abg. Sturm, Mag. Huber, Dir. Lind, Präs. Noll, Insp. Rau, Pfr. Holm und Frhr. Adelt.",
        "Das Ref. Masten, die Komm. Nordau, die Ev. Kirche, die Prov. Tann, die Ges. Freunde und das Inst. Mast.",
        "Beschl. Nr. 3, Urt. Mai, Buchst. C, Anl. Vier, Vorl. Fassung, Fußn. 8, Tab. 2, Taf. IV, Übers. Rau.",
        "Am 3. Febr. Montag, ungef. Zwölf, durchschn. Drei, amerik. Masten, die Akad. Nordau.",
        "Die städt. Halle, der griech. Wein, insg. Neun, voraussichtl. Mai, Inh. Eva Rau, Nachf. Otto Lind.",
        "See Oct. 5, Tues. Morning, Wed. Noon, Capt. Reed, Pres. Holm, Col. Rau, Maj. Lind, Adm. Noll.",
        "Messrs. Reed and Holm, Sec. 5, App. B, Ex. 3, Eq. 7, Nos. 4, Vols. 2 and Figs. 8.",
        "Built est. 1950, incl. Masts, trans. Reed, rev. Holm, of Wash. State and Calif. Roads.",
    ],
)
def test_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    """Titles, units, months, ordinals and initials have a point, whatever noun follows; nor do quoted questions."""
    assert list(split_sentences(sentence)) == [sentence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Es gibt Masten, Kabel usw.", "Die Stadt zählt sie."),
        (
            "Das zahlt die Holz GmbH & Co.",
            "Sie hat 3 Mio.",
        ),
        ("Es dauert 12 Std.", "Danach ist Schluss."),
        ("Das war 2024.", "Anna ging."),
        ("Es kostet 500.", "Anna zahlt."),
        ("Es waren 34.", "Dann kamen mehr."),
        ("So war es.", "2024 kam alles anders."),
        ("Das sagt die SPD.", "Anna widerspricht."),
        ("„Wir gehen.“", "Das sagte er."),
        ("Wirklich?", "„Ja.“"),
        ("Das ist die Stadt.", "Anna geht."),
        ("Das nimmt er dem nicht.", "Anna auch."),
        ("Das stimmt.", "Anna weiß es."),
        ("Das ist der Kanton.", "Anna geht."),
        ("Sie ist die beste.", "Anna weiß es."),
        ("Es war am schönsten.", "Anna ging."),
        ("So ein Kerl.", "Anna lacht."),
        ("Das Maß ist voll.", "Anna geht."),
        ("Das war Plan B.", "Der ging auf."),
        ("He lives in the U.S.", "She does not."),
        ("He said no.", "They left."),
        ("Das sagt Max.", "Anna widerspricht."),
        ("Es entsteht ein Sog.", "Anna geht."),
        ("Er sagt es Dir.", "Das reicht."),
        ("Komm.", "Wir gehen."),
        ("Ich mag.", "Anna auch."),
        ("He came on Wed.", "She did not."),
        ("Es ist so.", "Émile weiß es."),
        ("(Das stimmt.)", "Anna auch."),
    ],
)
def test_a_sentence_ends_before_the_next(first: str, second: str) -> None:
    """An abbreviation may be its last word, if the next one is written large only at the beginning."""
    assert next(split_sentences(f"{first} {second}")) == first
    assert " ".join(split_sentences(f"{first}\n{second}")) == f"{first} {second}"


@given(st.text("ab. AZ.3?„“\n z.B.Dr"))
def test_no_word_is_lost(text: str) -> None:
    """The sentences have all characters of the text, but for white space between them."""
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("part", ["z. B. Dr. Vogt ", "Ja. ", ". ", "a.", "!", "“. ", "( "])
def test_a_long_text_is_read_in_one_pass(part: str) -> None:
    """Many points take no longer than one of words: the look back is bounded (else this never ends)."""
    assert "".join(split_sentences(part * (200_000 // len(part))))
