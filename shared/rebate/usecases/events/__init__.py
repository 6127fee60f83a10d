"""What the world is told once it is stored."""
