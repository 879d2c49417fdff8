"""The address of the set-up page, as the command line prints it.

Small on purpose: the commands and the desk write the same address.
"""

from __future__ import annotations

from webapp.site.app_services import get_services


def build_setup_link(token: str) -> str:
    """Where an invited member sets up. The token is a fragment: browsers never send it."""
    return f"{get_services().config.desk_origin}/desk/setup#{token}"
