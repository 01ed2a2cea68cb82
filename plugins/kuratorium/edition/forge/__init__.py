"""The forge that keeps the edition's repository, as the policy names it."""
