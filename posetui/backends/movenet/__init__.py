"""MoveNet: many people in a picture of any size, or one person followed from frame to frame."""
