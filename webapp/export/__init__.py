"""The information pages as files: what a plain web server needs to serve them as this one does."""
