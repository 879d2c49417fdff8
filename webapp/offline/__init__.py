"""The offline copy: the pages of one language, stored on the device at the reader's request."""
