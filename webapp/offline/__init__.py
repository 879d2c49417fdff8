"""The offline copy: the pages of one language, kept on the device because the reader asked."""
