"""The pages of the site, planned: each with its declared inputs."""
