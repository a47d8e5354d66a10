"""Truth made by hand: what people say of joints, edit by edit. NumPy, poses and tapes only."""
