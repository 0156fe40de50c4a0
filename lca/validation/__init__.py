"""The published record held against the toolkit: cases, rules, scores."""
