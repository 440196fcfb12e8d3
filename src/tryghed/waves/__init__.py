"""Waves side by side: the draft of a new one, what differs between two, and the codebook of all."""
