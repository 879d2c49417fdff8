"""Where a recipient says, by the code in a packet, that it came: neutral, and open to all."""
