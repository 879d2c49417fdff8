"""OpenPGP: mail encrypted to the key of a contact point."""
