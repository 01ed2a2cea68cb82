"""Where a sentence ends, in German and English: a table of abbreviations, and few rules. Linear, no imports of ours.

SoMaJo decides the same of ordinary text, but takes 4 ms for a paragraph, which is longer than a whole note takes to
build, and 4 MB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_POSSIBLE_END = re.compile(r"(?<![.!?…])[.!?…]++[“”»«‘’\")\]]*+(?=\s)")
_NEXT_WORD = re.compile(r"\s*[„»«“”‚‘’\"'(\[]*(?P<word>\w[\w'’-]{0,40})")
_LAST_WORD = re.compile(r"[^\s(„“»«\"'‚‘/-]*\Z")
_MAX_LOOK_BACK = 40  # characters; longer than any abbreviation with its parts

# Before these, a name or a number follows: none ends a sentence.
_INTRODUCING_ABBREVIATIONS = """
Abb Abg Abh Abs Abschn abzgl Adm allg allgem altgr Amb amerik amtl Ang Anm anschl approx arab Ass Assoc Asst Atty
ausschl Az bayer Bd Bde Bearb bearb Begr begr bes betr Bez bez bezügl Bgm Brig bspw Buchst Bürgerm bzgl bzw ca Capt
cf chin Cmdr Col Cpl d.h dän dergl Dipl Doz Dr Drs durchschn e.g ebd ehem einschl engl entspr Eq Erg erg erw est
europ Ev evtl exkl Fa Fam Fig Figs figs finn Fn Fr franz Frhr frz Ft Fußn geb Gebr gegr gek Gem gem Gen gepl gesetzl
gest gez Gf ggf ggfs ggü Gov griech hebr hess hinsichtl hist Hl Hon Hptm Hr Hrn Hrsg hrsg Hzg i.d.R i.e i.S i.V.m
incl Ing Inh inkl insb insbes insg Insp internat isl ital jährl jap Jb jew Jg jmd Kap Kard kath Kgl kgl kommun lat
lfd Lt lt Maj max med Messrs mind Mitgl Mlle Mme Mmes mögl monatl Mr Mrs Ms Mt Nachf näml nat niederl niedersächs
nördl norw Nos notw Nr Nrn o.g Oberstlt öffentl orig österr östl Pfr poln port Pos pp Präs Pres preuß Priv priv Prof
Profs Prok Pvt rd Rep Reps resp Rev Revs rhein Rn röm russ s.o s.u sächs schwed schweiz Sen Sens Sgt Slg sog span
spez Sr St staatl Staatssekr städt stdl stellv Stv stv süddt südl Supt Tab Taf tägl techn Tel tgl thür tschech türk
u.U überarb Übers übers ugs unbek ung ungef Univ unveränd urspr v.a veränd Verf verh versch verst vertr Verw Verz vgl
viz Vizepräs Vol Vols vols vorauss voraussichtl vorh Vorl vorm Vors vs wahrsch westf westl wirtschaftl wiss wöchentl
württ z.B z.T Ziff zit Zs zuzgl zw zzgl
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
        return _ends_with_number(word, following)
    letters = _POINTED_LETTERS.search(before)
    abbreviation = letters[0].replace(" ", "") if letters else word
    if abbreviation in _CAPITALIZED_WORDS or abbreviation.lower() == "no":
        begins_sentence = abbreviation in _CAPITALIZED_WORDS and before.strip() == abbreviation
        return not (begins_sentence or following[0].isdigit())
    if _is_introducing(abbreviation):
        return False
    return not _is_abbreviation(abbreviation) or following in _STARTERS


def _is_introducing(word: str) -> bool:
    return word in _INTRODUCING or word[:1].lower() + word[1:] in _INTRODUCING


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
