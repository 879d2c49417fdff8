"""`contact-set`: the confirmed address and key of a contact point on this instance."""

from __future__ import annotations

from pathlib import Path

import click

from reports.delivery import contact_change, contact_settings
from reports.delivery.channels.channel import ContactDetails
from reports.errors import AddressRefused, KeyRefused, NotFounded
from reports.routing.country import NoSuchContact
from webapp.site import clock
from webapp.site.app_services import get_services
from webapp.site.country_edition import get_countries
from webapp.site.db import get_vault, transaction


@click.command("contact-set")
@click.argument("contact_id", metavar="ID")
@click.option("--email", required=True, help="The confirmed address, such as desk@example.org.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The OpenPGP public key or, with --smime, the S/MIME certificate, as they gave it.",
)
@click.option("--smime", is_flag=True, help="The key is an S/MIME certificate, or its chain.")
def contact_set(contact_id: str, email: str, key_file: Path, *, smime: bool) -> None:
    """Let reports be sent to the contact point ID, encrypted.

    Confirm both by a second way first: call the office and compare the fingerprint. In production
    this proposes them: two administrators sign at the desk before anything is sent there.
    """
    now = clock.now()
    earnest = get_services().config.domain.production
    keep = contact_change.propose_unsigned if earnest else contact_settings.confirm
    try:
        get_countries().find_contact(contact_id)
        with transaction() as session:
            key = key_file.read_bytes()
            details = (
                ContactDetails("smime", email, smime=key)
                if smime
                else ContactDetails("openpgp", email, key)
            )
            row = keep(session, get_vault(), contact_id, details, now)
            holder = contact_settings.describe_key(row)
            near = contact_change.find_near_expiry(row, now.date())
    except NoSuchContact as unknown:
        raise click.BadParameter(
            "no country file has this contact point", param_hint="ID"
        ) from unknown
    except AddressRefused as refusal:
        raise click.BadParameter(str(refusal), param_hint="--email") from refusal
    except KeyRefused as refusal:
        raise click.BadParameter(refusal.reason, param_hint="--key") from refusal
    except OSError as problem:
        raise click.ClickException(f"{problem.filename}: {problem.strerror}") from problem
    except NotFounded as missing:
        raise click.ClickException(str(missing)) from missing
    click.echo(f"The key says that it belongs to {holder}.")
    click.echo(f"{contact_id}: {row.email}, key {group_fingerprint(row.fingerprint)}")
    if near:
        click.echo(f"The key ends on {near}. Ask the office for a newer one.")
    if earnest:
        click.echo(
            "Proposed. Nothing is sent there yet: two administrators compare the key with the "
            "office and sign it at the desk, under Contact points."
        )


def group_fingerprint(fingerprint: str) -> str:
    """A fingerprint in groups of four, as it is read out on the phone."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
