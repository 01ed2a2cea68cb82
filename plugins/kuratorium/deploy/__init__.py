"""The finished site goes out: what changed is sent to a target of policy.yaml, and the hub is told."""
