"""What clients see: the types, the schema, the ASGI app, settings and the command line."""
