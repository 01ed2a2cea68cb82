"""Rules of `kuratorium check` on how texts are written: typography, and what screen readers need."""
