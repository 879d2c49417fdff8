"""What deployers print and hand out: a poster and a pocket card, one PDF a language.

Nothing on the outside says what it is about: the poster speaks of questions and help, the card is
blank paper when it is folded. No picture, no logo, no name of an office.
"""
