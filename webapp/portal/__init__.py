"""The liaison's portal: what a contact point's own people see, and nothing else of the desk."""
