"""The queue of a desk: its pages and counts, who has a report in hand, and what waits too long."""
