"""From an opened report to its recipients, what they answer, and what a liaison sees."""
