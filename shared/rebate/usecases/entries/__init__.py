"""What holders do with their entries: exchange and draw."""
