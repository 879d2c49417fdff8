"""The directory of contact points, by country."""
