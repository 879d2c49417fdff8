"""Staff, desks and their keys: founding, inviting, signing in, and who may open what."""
