"""The channel for encrypted mail: a packet in an envelope, carried by a mail server."""
