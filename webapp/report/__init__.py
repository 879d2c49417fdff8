"""The report form: one question per page, a review, and the receipt code."""
