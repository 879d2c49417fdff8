"""`languages`: what each language has, counted from the catalogues themselves.

Small on purpose: one command.
"""

from __future__ import annotations

import json
from typing import Any

import click

from webapp import catalogues, i18n


@click.command("languages")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def languages(as_json: bool) -> None:
    """Per language: native name, direction, share translated per catalogue, reviewed or not."""
    texts = {domain: catalogues.read_source_texts(domain) for domain in catalogues.DOMAINS}
    rows: list[dict[str, Any]] = [
        {
            "tag": language.tag,
            "name": language.name,
            "direction": language.direction,
            "reviewed": language.reviewed,
            "translated": {
                domain: round(i18n.measure_coverage(language, texts[domain], domain), 4)
                for domain in texts
            },
        }
        for language in i18n.load_languages().values()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        shares = ", ".join(f"{domain} {part:.0%}" for domain, part in row["translated"].items())
        seen = "reviewed" if row["reviewed"] else "not reviewed"
        click.echo(f"{row['tag']}\t{row['name']}\t{row['direction']}\t{seen}\t{shares}")
