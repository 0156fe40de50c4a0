"""Hostile input: what each reader must bear, the texts it starts from, and how they are changed."""
