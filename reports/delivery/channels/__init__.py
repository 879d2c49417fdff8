"""The channels: one folder and one class for each way of reaching a contact point.

A channel says which envelope closes a packet, in which state a delivery begins, and by which
transport it leaves, if a worker carries it at all. `registry` names every channel there is.
"""
