"""Queries executed by code that is made for them, with graphql-core behind it for everything unusual."""
