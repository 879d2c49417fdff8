"""Full-text search over a desk's reports, which are decrypted batch by batch and not kept."""
