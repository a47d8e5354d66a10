"""Image sets with labelled people, prepared for evaluation: checked, made smaller, converted, split."""
