"""The mailbox pages: a receipt code opens the thread of one report for a short visit."""
