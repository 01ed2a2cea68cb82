"""What editors do with a post that is written: rename, correct, publish, withdraw, release."""
