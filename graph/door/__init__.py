"""The front door: what a request must be before anything of it is run, and which document it means."""
