"""Settlement: a queue's commands are carried out in order, many to a transaction."""
