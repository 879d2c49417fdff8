"""What administrators do: the people of the desks, and the contact points of this instance."""
