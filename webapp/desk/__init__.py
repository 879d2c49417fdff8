"""What the pages of the desk share: words for codes, and asking for the password again."""
