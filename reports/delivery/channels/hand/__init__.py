"""By hand: staff call or carry it, with the call sheet before them."""
