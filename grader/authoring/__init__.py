"""For authors: is a problem sound, a new one, its handout and its worked key."""
