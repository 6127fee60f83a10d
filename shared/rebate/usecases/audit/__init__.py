"""The parts of an audit: what each table must come to, given the journal and the tickets."""
