"""Channels: one folder and one class for each way of reaching a contact point.

A channel defines which envelope encrypts a packet, the first state of a delivery, and which
transport carries it, if a worker does. `registry` lists all channels.
"""
