"""Rules of `kuratorium check` on files as they are written; those on posts as records are in desk/check."""
