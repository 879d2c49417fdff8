"""What every part of the site stands on: database, pages, headers, limits.

It imports no blueprint folder.
"""
