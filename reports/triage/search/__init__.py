"""Search among a desk's reports: opened batch by batch in the staff session, and forgotten."""
