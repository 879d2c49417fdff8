"""The desk itself: the queue, a report, its route and its referral."""
