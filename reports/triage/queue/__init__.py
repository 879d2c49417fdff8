"""A desk's queue: pages, counts, claims, the next report, saved views and the supervisor's
board."""
