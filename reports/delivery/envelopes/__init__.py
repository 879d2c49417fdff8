"""Envelopes: a packet encrypted as an OpenPGP or S/MIME mail, and the mail headers."""
