"""The domain: no Flask, no HTML, no translated text."""
