"""Rows that are stored beside the domain's own (queue, ticket, node, wallet), by subject."""
