"""Queue rebates: shops give part of their revenue back to earlier buyers, in order."""
