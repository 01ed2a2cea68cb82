"""Where the finished site goes: the targets that policy.yaml names, and how a host sends each file."""
