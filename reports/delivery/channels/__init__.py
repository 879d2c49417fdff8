"""The ways of handing a packet over that need no mail: the portal, and by hand."""
