"""S/MIME: mail encrypted to the certificate of a contact point."""
