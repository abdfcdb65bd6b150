"""How a field follows a link: the parent record and the arguments in, records out. Knows loaders, not GraphQL."""
