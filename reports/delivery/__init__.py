"""From a decision to a contact point: confirmed addresses, packets, the outbox and its channels."""
