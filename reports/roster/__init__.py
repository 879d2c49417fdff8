"""The roster: staff, desks and their keys; inviting, signing in, and who may open what."""
