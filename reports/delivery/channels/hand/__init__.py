"""The channel "by hand": staff phone or carry the packet, with a call sheet."""
