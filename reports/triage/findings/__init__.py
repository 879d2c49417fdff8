"""What staff find out about a report: corrections, assessment, identifiers; sealed to the desk."""
