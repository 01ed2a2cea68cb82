"""The triage of the inbox: stories, their rank, and what editors decide on them."""
