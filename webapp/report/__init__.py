"""The report: one question a page, a review, and the receipt code."""
