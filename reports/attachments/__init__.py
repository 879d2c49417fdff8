"""Files that reporters send: taken beside a form, cleaned, sealed, sent, read, erased."""
