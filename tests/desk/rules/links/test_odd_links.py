from __future__ import annotations

import pytest

from kuratorium.desk import check
from tests.editions import TinyEdition


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("[a](https://a.example:99999/)", '"https://a.example:99999/" is no address'),
        ("[a](https://)", '"https://" is no address'),
        ("[a](https://a.example/ “Titel”)", 'the address "https://a.example/ “Titel”" contains a blank'),
        ("[](https://a.example/)", "this link has no text, so that nobody sees it"),
        ("[a]()", "this link has no address"),
        ("[a](<>)", "this link has no address"),
        ("![Mast](< > 'Titel')", "this link has no address"),
        ('<a href="">Mast</a>', "this link has no address"),
        ("<a class='x' href lang='de'>Mast</a>", "this link has no address"),
        ("<a>Mast</a>", "this link has no address"),
        ("[a](<https://a.example:99999/>)", '"https://a.example:99999/" is no address'),
        ("[`mast`](https://a.example/)", ""),
        ("<span id='x'>Mast</span>", ""),
        ('<a class="href" href="https://a.example/">Mast</a>', ""),
        ("[a]({tag}Masten)", "links with {tag} lead nowhere"),
        ("[a]({index})", "links with {index} lead nowhere"),
        ("[a](https://a.example|Amt)", '"https://a.example|Amt" is no address'),
        ("[a](https://https://a.example/)", '"https://https://a.example/" is no address'),
        ("[a](https:a.example)", '"https:a.example" is no address'),
        ("[a](HTTP:/a.example/)", '"HTTP:/a.example/" is no address'),
        ("[a](http://./)", '"http://./" is no address'),
        ("[a](mailto:)", '"mailto:" is no mail address'),
        ("[a](mailto:amt@)", '"mailto:amt@" is no mail address'),
        ("[a](MAILTO://amt@a.example)", '"MAILTO://amt@a.example" is no mail address'),
        ("[a](tel:)", '"tel:" is no telephone number'),
        ("[a](mailto:amt@a.example,rat%40a.example?subject=A)", ""),
        ("[a](mailto:?subject=Gelesen)", ""),
        ("[a](tel:+49-30-115)", ""),
        ("[a](https://a.example/eins|zwei?c={d})", ""),
        ('[a](https://a.example/ "Titel")', ""),
        ("[a](<https://a.example/a b>)", ""),
        ("`[a]()`", ""),
    ],
)
def test_a_link_that_cannot_work_is_a_warning(tiny: TinyEdition, link: str, message: str) -> None:
    """A browser cannot open it, or nobody sees it; the warning has its line."""
    tiny.essay("verweist", body=f"Erstens.\n\nSiehe {link}.")
    result = check.run_checks(tiny.root)
    expected = [("content/essays/verweist.md", 11, message)] if message else []
    assert [(problem.file, problem.line, problem.message) for problem in result.warnings] == expected


def test_a_definition_without_an_address_is_a_warning(tiny: TinyEdition) -> None:
    """The link with its name would lead to the page itself; the warning has the line of the definition."""
    tiny.essay("verweist", body="Siehe [dort][1].\n\n[1]: <>")
    (warning,) = check.run_checks(tiny.root).warnings
    assert (warning.line, warning.message) == (11, "this link has no address")
