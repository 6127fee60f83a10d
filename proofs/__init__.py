"""What is too long for the test suite: run by `make prove`."""
