"""Routing: who can help and who receives a report; pure functions over the country files in
`data/`."""
