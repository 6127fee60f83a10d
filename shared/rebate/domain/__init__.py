"""The business itself: pure, standard library only."""
