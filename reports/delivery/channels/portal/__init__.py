"""The portal channel: a packet is stored here, sealed to the liaisons of a contact point."""
