"""Whose turn it is: facts, the rules that make turns of them, and the stored turns."""
