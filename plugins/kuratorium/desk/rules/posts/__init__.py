"""Rules of `kuratorium check` on what posts say in their front matter and in their words."""
