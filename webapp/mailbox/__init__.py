"""The mailbox: a receipt code opens the thread of one report for a short visit."""
