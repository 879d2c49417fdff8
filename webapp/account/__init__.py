"""Staff accounts: set-up, signing in and out, passwords, second factors, language."""
