"""What members, shops and operators ask of wallets: one verb a file, over one core (Rule 3)."""
