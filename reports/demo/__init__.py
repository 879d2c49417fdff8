"""Made-up reports for trying an instance: their words and files, and what a desk did with them."""
