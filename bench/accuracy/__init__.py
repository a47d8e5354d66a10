"""What the accuracy benchmark is made of: the sets, those who are measured, and the measures."""
