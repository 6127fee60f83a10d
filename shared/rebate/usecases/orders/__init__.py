"""Orders: accepted once, priced, kept, and sent to the queues that they concern."""
