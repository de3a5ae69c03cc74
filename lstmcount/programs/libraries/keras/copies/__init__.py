"""Configs and copies of layers and models."""
