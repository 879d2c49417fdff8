"""Texts that make a careless pattern go back again and again, at any length."""

from __future__ import annotations

from typing import Final

ATTACKS: Final = (
    *(
        "rue abc{* }x.",
        "rue abc{*,}x.",
        "rue abc {*\n}x.",
        "rue abc, {*nr.}",
        "av. {*'-}straat{* }",
    ),
    *("{*rue a }", "{*rue abc   ,,, }", "{*a straat , }", "{*road,,,,}", "{*place -- }"),
    *("{*a}", "{*a.}", "{*a@}", "{*a.b@c.}", "{*a-}", "{*a.b.c.d/}", "{*http://}", "{*www.a }"),
    *("{*1}", "{*1 }", "{*1-}", "{*1/}", "{*(1)}", "{*(}", "{*[1] }", "{*+32}", "{*00 }", "{*12;}"),
    *(
        "{*0470 12 34 56 }",
        "{*٠٤٧٠ ١٢ ٣٤ ٥٦ }",
        "{*1(2)-3.4/5 }",
        "{*1234567 ext }",
        "{*12/12/2020 }",
    ),
    *(
        "{*12/12/2020 }",
        "{*1-ABC-123 }",
        "{*A1 }",
        "{*@abc }",
        "{*e\u0301}",
        "{*\u0301}",
        "{*a and }",
        "{*,}",
    ),
)
"""`{*x}` is x over and over."""


def attack(pattern: str, length: int) -> str:
    """The text of a pattern whose repeated part has this length."""
    before, _, rest = pattern.partition("{*")
    again, _, after = rest.partition("}")
    return before + (again * length)[:length] + after
