"""The screen of an annotator: one picture at a time, its people, and keys that put joints right."""
