"""The information pages: language chooser, doors, advice, and the chapters."""
