"""Referral: composing, four eyes, dispatch, deliveries, recipients' answers and the portal."""
