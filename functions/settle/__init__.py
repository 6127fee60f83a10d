"""Settlement of queues, rung by what comes into their inboxes."""
