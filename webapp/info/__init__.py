"""The information face: the chooser, the doors, what to do, and the chapters."""
