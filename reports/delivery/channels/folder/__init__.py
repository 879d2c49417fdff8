"""Delivery to a folder of this machine, for trying Wayside without a mail server."""
