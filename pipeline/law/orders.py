"""Orders by which statutes are promulgated: 国务院令第412号, 交通运输部令2016年第35号, 九届主席令第十五号.

In: an order as printed. Out: :class:`Order`, one value for all the ways to print it. Refuses: a document number that is
no order (国发〔2015〕27号), which is None.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipeline.law.statute_titles import STATE
from pipeline.text.numerals import NUMERAL, number

_BRACKETS = str.maketrans("[]【】﹝﹞()", "〔〕〔〕〔〕〔〕")
_YEAR = r"(?:〔?(?P<year{0}>(?:19|20)\d\d)〕?年?)?"
_NUMBER = rf"第?(?P<number{{0}}>\d+|{NUMERAL}+)号"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        # 国务院令第412号, 令2017年第8号, 国务院令〔2004〕第412号, 省政府2011年令第3号
        rf"(?P<issuer>[^\d〔〕]*?){_YEAR.format('')}(?P<kind>令|公告)〔?{_YEAR.format('2')}{_NUMBER.format('')}〕?",
        # 国务院第412号令, 国务院412号令
        rf"(?P<issuer>[^\d〔〕]*?){_YEAR.format('')}{_NUMBER.format('')}(?P<kind>令|公告)",
    )
)
_SESSION = re.compile(rf"^第?{NUMERAL}+届(?:全国人民代表大会(?:常务委员会|第{NUMERAL}+次会议主席团)?)?(?=主席|全国|$)")
_PREFIXES = re.compile(rf"^(?:{STATE}|依据|根据|原|由|经)+")
PRESIDENT = "主席"  # counts his orders anew with each congress: the number alone names none


class Order(NamedTuple):
    """An order: who issued it (without 中华人民共和国, as printed otherwise), the year in its number, its number.

    year: 0 where the number carries none. kind: 令 or 公告.
    """

    issuer: str
    kind: str
    year: int
    number: int


@lru_cache(maxsize=16384)
def parse_order(text: str) -> Order | None:
    """The order that a text prints, or None. An order without an issuer (令第5号) has the issuer ""."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_BRACKETS)
    for form in _FORMS:
        match = form.fullmatch(plain)
        if match is None:
            continue
        value = number(match["number"])
        if value is None:
            return None
        years = [match[name] for name in ("year", "year2") if name in form.groupindex and match[name]]
        issuer = _SESSION.sub("", _PREFIXES.sub("", match["issuer"]))
        return Order(issuer, match["kind"], int(years[0]) if years else 0, value)
    return None


def same_order(cited: Order, known: Order) -> bool:
    """Whether the two can be one order: an issuer or a year that one of them leaves out does not part them."""
    if (cited.number, cited.kind) != (known.number, known.kind):
        return False
    if cited.year and known.year and cited.year != known.year:
        return False
    return not cited.issuer or not known.issuer or cited.issuer == known.issuer
