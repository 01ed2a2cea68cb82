"""Where a sentence ends, in German and English: a table of abbreviations, and few rules. Linear, no imports of ours.

SoMaJo decides the same of ordinary text, but takes 4 ms for a paragraph, which is longer than a whole note takes to
build, and 4 MB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_POSSIBLE_END = re.compile(r"(?<![.!?…])[.!?…]++[“”»«‘’\")\]]*+(?=\s)")
# An initial with its point: "M. A. und".
_NEXT_WORD = re.compile(r"\s*[„»«“”‚‘’\"'(\[]*(?P<word>[^\W\d_]\.|\w[\w'’-]{0,40})")
_LAST_WORD = re.compile(r"[^\s(„“»«\"'‚‘/-]*\Z")
_MAX_LOOK_BACK = 40  # characters; longer than any abbreviation with its parts

# Before these, a name or a number follows: none ends a sentence.
_INTRODUCING_ABBREVIATIONS = """
Abb Abg Abh Abs Abschn abzgl acad Adm afrik agr akust allg allgem altgr Amb amerik amtl Ang Angest Anm anschl approx
arab archit argent asiat Ass Assoc Asst Atty ausschl austral avg Az bayer Bd Bde Bearb bearb Begr begr belg bes
betr Bez bez bezügl Bgm bibl biol bosn bras Brig brit bspw Buchst buddh bulg bundesdt Bürgerm bzgl bzw ca Capt cf chem
chin Cmdr Col contd Cpl d.h dän dergl Dipl Doz Dr Drs durchschn e.g ebd ehem eidg einschl elektr empir engl
entspr Eq Erg erg ersch erw est estd estn europ Ev ev evang evtl exec exkl Fa Fam fernmündl Fig Figs figs finn Fn folg
forstw Fr franz freik Frhr frz Ft Fußn geänd geb Gebr Gefr gegr gek Gem gem Gen geogr geol gepl gesch Geschf geschf
gesellsch gesetzl gest gewerbl gez Gf ggf ggfs ggü Gov govt griech hebr hess hinduist hinsichtl hist histor Hl holl
Hon Hptm Hr Hrn Hrsg hrsg Hzg i.d.R i.e i.S i.V.m incl informat Ing Inh inkl insb insbes insg Insp int internat isl
isr ital jährl jap Jb jew Jg jmd jüd jur kanad Kap Kard kath kaufm Kgl kgl klass klassiz kommiss kommun
Konteradm kroat landw lat lateinamerik lett lfd Lt lt luth luxemb Maj max mech med Messrs mexik milit mind MinDir
Minpräs Mitarb Mitgl Mlle Mme Mmes mögl monatl Mr Mrs Ms Mt Nachf näml nat natl niederl niedersächs nordamerik norddt
nördl norw norweg Nos notw Nr Nrn o.g Oberstlt Oblt öff öffentl ökol ökon orig orth ostdt österr östl päd Pfr philol
philos phys polit poln port Pos pp prakt Präs Pres preuß Priv priv Prof Profs Prok provis psych publ Pvt rd rechn Rep
Reps resp Rev Revs rhein Rn röm rumän russ s.o s.u Sachb Sachgeb sächs schwed schweiz Sen Sens serb Sgt Slg
slowak slowen sog soziol span spez Sr St staatl Staatssekr städt statist stdl stellv Stv stv südamerik süddt südl Supt
Tab Taf tägl techn Tel telef tgl theol theoret therm thür tschech türk u.U überarb Übers übers übr Uffz ugs ukrain
unbek ung ungef Univ unveränd urspr v.a veränd Verf verh versch verst vertr Verw Verz vgl viz Vizeadm Vizepräs Vol
Vols vols vorauss voraussichtl vorh Vorl vorläuf vorm Vors Vorstandsvors vs wahrsch westdt westf westl wirtschaftl
wiss wöchentl württ z.B z.T zentr Ziff zit Zs zust zuzgl zw zzgl
"""
# These may be the last word: they end a sentence if a word follows that is capitalized only at the beginning of one.
_OTHER_ABBREVIATIONS = """
Abt Adr Akad al Ala Anl App Apr Apt Ariz Art Assn Aufl Aug Ave Beil Beitr Ber Beschl Bf Bhf Bibl Bldg Blvd Bros Calif
Chr Co Colo Conn Corp Ct Del Dept Dez dgl Di Dir Diss Dist Div Do dt Ed etc Ex Ext Feb Febr ff Fla Forts Fri Gde Ges
Habil Hbf Hst Hwy Inc Inst Intl Jahrb Jan Jh Jhd Jhdt Jhs Jr Jul Jun Kan Komm Ky Lfg Ln Ltd Mag Mär Mass Mi Mich Min
Minn Mio Mitt Mo Mon Mont Mrd Mrz mtl Nachr Neb Nev Nov Oct Okla Okt Ore Past Penn Pfd Pkt Pl Prov Proz Rd Red Ref
Reg rev Sa Sat Schr Sec Sek Sekr Sep Sept So Sonderdr Sp Std Ste Stk Str Sun Tenn Tex Thu Thur Thurs trans Tsd Tue
Tues Urt usf usw Verl Wash Wed Wis Zschr Ztg Ztr Ztschr zus zzt
"""
_SENTENCE_STARTERS = """
A Aber After All Als Also Although Am An And Are At Auch Auf Aus Because Before Bei Beim Bis But By Da Dabei Dadurch
Dafür Dagegen Daher Damit Danach Dann Daran Darauf Darum Das Dass Davon Dazu Dem Den Denn Dennoch Der Des Deshalb
Die Dies Diese Dieser Dieses Doch Dort Durch During Ein Eine Einem Einen Einer Eines Er Erst Es For From Für Gegen
He Her Hier His How However Ich If Ihr Ihre Im In Ist It Its Ja Jede Jeder Jedes Jedoch Jetzt Kein Keine Man Mit My
Nach Nicht No Noch Not Now Nun Nur Ob Oder Ohne On Or Our Schon Seine Seit Seitdem She Sie Since Sind So Sogar
Solche Some Such That The Their Then There These They This Those Thus To Trotzdem Um Und Uns Unser Unsere Unter
Viele Vom Von Vor Wann War Waren Warum Was We Weil Welche Wenn Wer What When Where Which While Who Why Wie Wir With
Wo Yet You Your Zu Zum Zur Zwar
"""
_INTRODUCING = frozenset(_INTRODUCING_ABBREVIATIONS.split())
_OTHER = frozenset(_OTHER_ABBREVIATIONS.split())
_STARTERS = frozenset(_SENTENCE_STARTERS.split())
# "100. Geburtstag": a number of three digits is an ordinal before these; else it is an amount, and ends a sentence.
_COUNTED_NOUNS = frozenset(("Ausgabe", "Folge", "Geburtstag", "Jahrestag", "Jubiläum", "Mal", "Sitzung", "Todestag"))
# With a capital letter these are words, but at the beginning of a sentence, and before a number: "Max. 5 Leute".
_CAPITALIZED_WORDS = frozenset(("Bes", "Max", "Sog"))
_ROMAN_NUMERAL = re.compile(r"[IVX]+\Z")
_POINTED_LETTERS = re.compile(r"(?<!\w)(?:[^\W\d_]\. ?)+[^\W\d_]\Z")  # z. B, U.S, J. R. R
# Adjectives without their ending: "örtl. Feuerwehr"; few words end so, such as "Kerl" and "voll".
_CUT_ADJECTIVE = re.compile(r"[a-zäöüß]{2,}[^\W\d_aeiouyäöülr]l\Z")
# Behind an article, a word in small letters is cut off if it is not inflected, and no verb: "die pol. Lage".
_BEHIND_ARTICLE = re.compile(
    r"\b(?:[Dd](?:ie|er|as|em|en|es)|[Ee]ine?[mnrs]?|[Kk]eine?[mnrs]?|[IiAa]m|[Zz]u[mr]|[Vv]om|[Bb]eim)"
    r" (?!(?:ab|auch|auf|bei|doch|gleich|ich|nach|noch|weg|zugleich)\Z)[a-zäöüß]+(?<![aeimnorstu])\Z"
)
_CONSONANTS = re.compile(r"[^\W\d_aeiouyäöü]{2,5}\Z", re.I)


def split_sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a plain paragraph; in doubt, two are one."""
    start = 0
    for end in _POSSIBLE_END.finditer(paragraph):
        following = _NEXT_WORD.match(paragraph, end.end())
        before = paragraph[max(start, end.start() - _MAX_LOOK_BACK) : end.start()]
        if following and _ends_sentence(before, end[0], following["word"]):
            yield paragraph[start : end.end()].strip()
            start = end.end()
    if rest := paragraph[start:].strip():
        yield rest


def _ends_sentence(before: str, mark: str, following: str) -> bool:
    """Return whether a sentence ends with `mark`, given the text before it and the next word."""
    if not following[0].isupper() and not following[0].isdigit():
        return False
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    word = _LAST_WORD.findall(before)[0]
    if word.isdigit():
        return before.strip() != word and _ends_with_number(word, following)  # not a number alone
    letters = _POINTED_LETTERS.search(before)
    abbreviation = letters[0].replace(" ", "") if letters else word
    if abbreviation in _CAPITALIZED_WORDS or abbreviation.lower() == "no":
        begins_sentence = abbreviation in _CAPITALIZED_WORDS and before.strip() == abbreviation
        return not (begins_sentence or following[0].isdigit())
    if _is_introducing(abbreviation):
        return False
    return following in _STARTERS or not (_is_abbreviation(abbreviation) or _BEHIND_ARTICLE.search(before))


def _is_introducing(word: str) -> bool:
    return word in _INTRODUCING or word[:1].lower() + word[1:] in _INTRODUCING or bool(_CUT_ADJECTIVE.match(word))


def _ends_with_number(number: str, following: str) -> bool:
    """Return whether a number with a point ends a sentence, and is no ordinal as in "am 3. Oktober"."""
    if following in _STARTERS or len(number) > 3:
        return True
    return len(number) == 3 and following not in _COUNTED_NOUNS


def _is_abbreviation(word: str) -> bool:
    return (
        len(word) <= 1  # an initial, or nothing but the point
        or "." in word
        or word in _OTHER
        or word.endswith("str")  # Hauptstr.
        or bool(_ROMAN_NUMERAL.match(word))
        or (bool(_CONSONANTS.match(word)) and not word.isupper())  # "SPD." is a word
    )
