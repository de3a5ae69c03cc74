"""Tables and records that several commands share."""
