"""Demonstration data: made-up reports with files, and what a desk did with them."""
