"""The envelopes of a mail: OpenPGP or S/MIME around a packet, and the headers outside."""
