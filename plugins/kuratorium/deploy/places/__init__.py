"""The kinds of targets, each behind the same few functions: a folder, rsync, a branch of git, a bucket."""
