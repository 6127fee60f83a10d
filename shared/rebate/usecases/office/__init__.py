"""What operators do and look for: search, notes, the trail of acts, erasing, exports, imports."""
