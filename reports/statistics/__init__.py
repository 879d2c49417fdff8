"""Anonymous statistics: what is kept of a closed report, counted, suppressed and published.

When a report is closed, its coded facts are stored apart from it, sealed to the desk, without its
id and with only the year. So the counts of a year outlive the reports, and a stolen database
reveals none of them.
"""
