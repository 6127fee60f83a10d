"""Events out, from the stream of the journal."""
