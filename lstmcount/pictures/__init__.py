"""Pictures of a summary, and how they look."""
