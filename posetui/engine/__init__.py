"""The live side: inference process, newest-frame slots, supervision, statistics."""
