"""Who may see what: who a caller is, which scopes they have, what each field needs, and the record of what was shown."""
