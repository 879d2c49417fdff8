"""Counts that name nobody: what a closed report leaves, how it is counted, what may be published.

When a report is closed, its coded facts are kept apart from it, sealed to the desk, without its id
and with the year alone. So the counts of a year survive the erasing of its reports, and a stolen
database shows none of them.
"""
