"""Pictures of models, in several formats."""
