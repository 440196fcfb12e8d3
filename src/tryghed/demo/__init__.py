"""A synthetic city: its people, what is true of them, and files as a survey institute would send them."""
