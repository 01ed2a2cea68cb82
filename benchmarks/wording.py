"""German-like prose for the corpus: sentences built from lists of words; equal random numbers give equal words."""

from __future__ import annotations

from random import Random

_ACTORS = (
    *("Das Rechenzentrum", "Die Fachabteilung", "Der Personalrat", "Die Vergabestelle", "Das Bürgeramt"),
    *("Die Kämmerei", "Der Dienstleister", "Die Redaktion", "Der Lenkungsausschuss", "Die Stadtwerke-IT"),
    *("Der Landkreis", "Die Projektleitung", "Das Referat", "Die Revision", "Der Betriebsrat"),
    *("Die Kollegin am Schalter", "Der Hersteller", "Die Pressestelle", "Das Lagezentrum", "Die Schulverwaltung"),
    *("Der Haushaltsausschuss", "Die Rufbereitschaft", "Das Klinikum", "Die Genossenschaft", "Der Zweckverband"),
)
_VERBS = (
    *("prüft", "verschiebt", "unterschätzt", "dokumentiert", "bezahlt", "veröffentlicht", "vermisst", "verteidigt"),
    *("kündigt", "übt", "erklärt", "ersetzt", "verwechselt", "kennt", "zählt", "verlängert", "bestellt", "beschreibt"),
    *("liest", "sucht", "behält", "streicht", "übersieht", "bremst", "rettet"),
)
_THINGS = (
    *("die Schnittstelle", "den Rahmenvertrag", "das Altverfahren", "die Rufnummer", "den Notfallplan"),
    *("die Leistungsbeschreibung", "den Quelltext", "das Protokoll", "die Übergabe", "den Fahrplan"),
    *("die Datenbank im Keller", "das Passwort des Vorgängers", "den Statusbericht", "die Lizenzliste"),
    *("das Wartungsfenster", "den Betriebskalender", "die Fehlermeldung", "das Verzeichnis", "den Umzug"),
    *("die Meldekette", "das Budget", "den Pilotbetrieb", "die Barrierefreiheit", "das Archiv", "den zweiten Standort"),
)
_TIMES = (
    *("seit dem Frühjahr", "nach der dritten Sitzung", "vor jedem Quartalsende", "in der Urlaubszeit"),
    *("am Freitagnachmittag", "ohne jede Ankündigung", "mit sichtbarem Unbehagen", "zum zweiten Mal"),
    *("unter vier Augen", "im laufenden Betrieb", "mit drei Leuten", "auf eigene Rechnung", "bis heute"),
    *("in elf Gemeinden", "seit zwanzig Jahren", "gegen den Rat der Berater"),
)
_OPENERS = (
    *("Trotzdem", "Inzwischen", "Am Ende", "Vermutlich", "Deshalb", "Nebenbei", "Im Anhang", "Auf dem Papier"),
    *("Selten", "Zuerst", "Ein Jahr später", "Zum Glück", "Wie so oft", "Dagegen"),
)
_CLAUSES = (
    *("weil niemand den Schalter kennt", "obwohl die Zahlen dagegen sprechen", "damit der Betrieb ruhig schläft"),
    *("wenn der Vertrag es hergibt", "sobald die Vorlage unterschrieben ist", "bevor das Geld verfällt"),
    *("als hätte es nie einen Ausfall gegeben", "weil der Einwand auf Seite neun steht"),
    *("falls jemand danach fragt", "während die Stelle unbesetzt bleibt", "ohne dass es im Vermerk auftaucht"),
    *(
        "nachdem alle Beteiligten in Rente sind",
        "solange die Leitung hält",
        "damit es beim nächsten Mal schneller geht",
    ),
)
_VERDICTS = (
    *("Das genügt.", "Das ist kein Zufall.", "Genau hier lohnt das Lesen.", "Mehr braucht es nicht."),
    *("Da trennen sich unsere Wege.", "Man blättert und staunt.", "Die Rechnung kommt später."),
    *("Wir haben nachgezählt.", "Der Einwand ist alt und richtig.", "Abschreiben erlaubt."),
)
_HEADINGS = ("Was daran neu ist", "Der Einwand", "Was wir anders sehen", "Für die Praxis", "Und jetzt?")


def sentence(dice: Random) -> str:
    """Return one sentence of 4 to 20 words."""
    kind = dice.randrange(8)
    actor, verb, thing = dice.choice(_ACTORS), dice.choice(_VERBS), dice.choice(_THINGS)
    if kind == 0:
        return dice.choice(_VERDICTS)
    if kind == 1:
        return f"Wer {verb} {thing} {dice.choice(_TIMES)}, und wer sieht dabei zu?"
    if kind <= 3:
        return f"{dice.choice(_OPENERS)} {verb} {_within(actor)} {thing}, {dice.choice(_CLAUSES)}."
    if kind <= 5:
        return f"{actor} {verb} {thing} {dice.choice(_TIMES)}."
    other, more = dice.choice(_ACTORS), dice.choice(_THINGS)
    return f"{actor} {verb} {thing}, und {_within(other)} {dice.choice(_VERBS)} {more} {dice.choice(_TIMES)}."


def paragraph(dice: Random, sentences: int) -> str:
    """Return a paragraph; in some of them one word is emphasised."""
    lines = [sentence(dice) for _ in range(sentences)]
    if dice.random() < 0.4:
        words = lines[0].split(" ")
        place = dice.randrange(len(words) - 1)
        if words[place].isalpha():
            words[place] = f"*{words[place]}*"
            lines[0] = " ".join(words)
    return " ".join(lines)


def title(dice: Random) -> str:
    """Return a title."""
    actor, thing = _within(dice.choice(_ACTORS)), dice.choice(_THINGS)
    noun = thing.split(" ", 1)[1]
    return dice.choice(
        (
            f"Wie {actor} {thing} {dice.choice(('verlor', 'fand', 'abschaffte', 'verstand'))}",
            f"{noun[0].upper()}{noun[1:]}, {dice.choice(_TIMES)}",
            f"Warum {actor} {thing} nicht mehr braucht",
            f"{noun[0].upper()}{noun[1:]}: {dice.choice(_CLAUSES)}",
        )
    )


def heading(dice: Random) -> str:
    """Return a heading within a text."""
    return dice.choice(_HEADINGS)


def _within(actor: str) -> str:
    """Return an actor as written within a sentence: with a lower-case article."""
    return actor[0].lower() + actor[1:]
