"""Print material for deployers: a poster and a pocket card, one PDF for each language.

The outside does not reveal the topic: the poster speaks of questions and help, the folded card is
blank. No picture, no logo, no name of an office.
"""
