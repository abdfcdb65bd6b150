"""The two REST APIs as clients: frozen records, pure parsing, one thin transport."""
