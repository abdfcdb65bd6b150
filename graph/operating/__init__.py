"""What operators need: metrics, traces, logs, health, limits on what is done at once, and an orderly end."""
