"""What a program leaves open about its model, and the settings that answer it."""
