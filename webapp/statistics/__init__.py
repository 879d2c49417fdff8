"""Anonymous statistics: the desk's page of a year, and the public page."""
