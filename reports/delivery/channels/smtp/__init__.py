"""Delivery by a mail server."""
