"""The neutral public page where a recipient answers with the code in a packet."""
