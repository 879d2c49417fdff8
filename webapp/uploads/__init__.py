"""File uploads, shared by the report's form and the mailbox: whole, or in parts (tus)."""
