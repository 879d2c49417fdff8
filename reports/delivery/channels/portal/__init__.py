"""The portal: a packet rests here, sealed to the liaisons of a contact point."""
