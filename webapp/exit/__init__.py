"""The quick exit: leave at once, clear the site's storage, and show nothing on the way back."""
