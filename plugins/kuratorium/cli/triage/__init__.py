"""The commands of the triage, and the full-screen desk."""
