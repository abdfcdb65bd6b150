"""Documents that are made to do harm: what each is sent with, and the codes that it is refused with."""

from __future__ import annotations

from typing import Any

ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"
PERSON = 'person(id: "1")'
LEAVES = "name description isDeprecated deprecationReason __typename"
READING = (
    "{ __schema { types { name fields { " + LEAVES + " type { ...t } args { name description defaultValue type { ...t } } } } } } "
    "fragment t on __Type { name kind description fields { " + LEAVES + " type { name kind description } args { name } } }"
)
"""The schema, and for each field of it all fields of its type."""


def doubling(fragments: int, inner: str = "... on Person {{ ...f{0} ...f{0} }}") -> str:
    """Fragments that each spread the next one twice."""
    chain = " ".join(f"fragment f{at} on Person {{ {inner.format(at + 1)} }}" for at in range(fragments))
    return f'{{ person(id: "1") {{ ...f0 }} }} {chain} fragment f{fragments} on Person {{ id }}'


def many(count: int, text: str) -> str:
    """So many of these, each with its number."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


REFUSED = f"{{ people(first: 100) {{ nodes {{ {many(40, 'a#: checkIns(first: 0) { totalCount }')} }} }} }}"
"""An argument that is refused for each of many people, forty times."""

HOSTILE: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "24 fragments that double": (doubling(24), {}, {"MAX_FIELDS_LIMIT"}),
    "24 fragments that double below fields": (
        doubling(24, "a: projects {{ people {{ ...f{0} }} }} b: projects {{ people {{ ...f{0} }} }}"),
        {},
        {"MAX_FIELDS_LIMIT", "MAX_DEPTH_LIMIT", "MAX_ALIASES_LIMIT"},
    ),
    "10,000 aliases": (f"{{ {many(10_000, 'a#: __typename')} }}", {}, {"MAX_TOKENS_LIMIT"}),
    "1,900 aliases": (f"{{ {PERSON} {{ {many(1_900, 'a#: name')} }} }}", {}, {"MAX_ALIASES_LIMIT"}),
    "an alias of 129 letters": (f"{{ people(first: 1) {{ nodes {{ {'a' * 129}: name }} }} }}", {}, {"MAX_ALIAS_LENGTH_LIMIT"}),
    "200,000 blanks": (f"{{ __typename }}{' ' * 200_000}", {}, {"MAX_CHARACTERS_LIMIT"}),
    "600,000 names of types": (f"{{ people(first: 100) {{ nodes {{ projects {{ people {{ {many(48, 'a#: __typename')} }} }} }} }} }}", {}, {"QUERY_TOO_EXPENSIVE"}),
    "40,000 fields that no input has": (
        "query ($of: CheckInFilter) { checkIns(first: 1, filter: $of) { totalCount } }",
        {"of": {f"department{at}": 1 for at in range(40_000)}},
        {"BAD_USER_INPUT"},
    ),
    "51 root fields": (f"{{ {many(51, '__typename')} }}", {}, {"MAX_ROOT_FIELDS_LIMIT"}),
    "51 directives": (f"{{ __typename {many(51, '@skip(if: false)')} }}", {}, {"MAX_DIRECTIVES_LIMIT"}),
    "fields of the types of fields": (READING, {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "40 times the schema": (f"{{ {many(40, 'a#: __schema { ...s }')} }} fragment s on __Schema {{ types {{ name fields {{ {LEAVES} }} }} }}", {}, {"MAX_INTROSPECTION_LIMIT"}),
    "40 times the fields of types": (f"{{ __schema {{ types {{ {many(40, 'a#: fields { ...f }')} }} }} }} fragment f on __Field {{ {LEAVES} }}", {}, {"MAX_INTROSPECTION_LIMIT"}),
    "2,001 fields": (f"{{ {PERSON} {{ {many(2_000, 'name')} }} }}", {}, {"MAX_FIELDS_LIMIT"}),
    "21 levels": (f"{{ {PERSON} {{ {'projects { people { ' * 9}  projects {{ id }} {'} } ' * 9} }} }}", {}, {"MAX_DEPTH_LIMIT"}),
    "900 lists of one name": (f"{{ {PERSON} {{ {many(900, 'currentProjects { id }')} }} }}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "5,000 levels": ("{ a" * 5_000 + "}" * 5_000, {}, {"GRAPHQL_PARSE_FAILED"}),
    "5,000 lists in lists": (f"{{ _entities(representations: {'[' * 5_000}{']' * 5_000}) {{ __typename }} }}", {}, {"GRAPHQL_PARSE_FAILED"}),
    "5,000 objects in objects": (
        f"{{ _entities(representations: [{'{a:' * 5_000}1{'}' * 5_000}]) {{ __typename }} }}",
        {},
        {"GRAPHQL_PARSE_FAILED"},
    ),
    "a list of 9,900": (f"{{ people(first: [{'1 ' * 9_900}]) {{ totalCount }} }}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "1,100 fragments in a row": (
        "{ ...f0 } " + " ".join(f"fragment f{at} on Query {{ ...f{at + 1} }}" for at in range(1_100)) + " fragment f1100 on Query { __typename }",
        {},
        {"GRAPHQL_VALIDATION_FAILED"},
    ),
    "900 fragments in a circle": (
        f"{{ {many(900, '...f#')} }} " + " ".join(f"fragment f{at} on Query {{ ...f{(at + 1) % 900} }}" for at in range(900)),
        {},
        {"GRAPHQL_VALIDATION_FAILED"},
    ),
    "10,000 fragments": (f"{{ {many(10_000, '...f#')} }} {many(10_000, 'fragment f# on Query { __typename }')}", {}, {"MAX_CHARACTERS_LIMIT"}),
    "10,000 variables": (f"query ({many(10_000, '$v#: Int')}) {{ __typename }}", {}, {"MAX_TOKENS_LIMIT"}),
    "2,400 variables for nothing": (f"query ({many(2_400, '$v#: Int')}) {{ __typename }}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "1,600 operations": (f"{many(1_600, 'query q# { __typename }')}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "11,000 comments": ("#\n" * 11_000 + "{ __typename }", {}, {"MAX_TOKENS_LIMIT"}),
    "100,000 empty representations": (ENTITIES, {"of": [{}] * 100_000}, {"BAD_USER_INPUT"}),
    "100,000 null representations": (ENTITIES, {"of": [None] * 100_000}, {"BAD_USER_INPUT"}),
    "20,000 representations": (ENTITIES, {"of": [{"__typename": "Person", "id": str(at)} for at in range(20_000)]}, {"BAD_USER_INPUT"}),
    "50 times 20,000 representations": (
        f"query ($of: [_Any!]!) {{ {many(50, 'a#: _entities(representations: $of) { __typename }')} }}",
        {"of": [{}] * 20_000},
        {"BAD_USER_INPUT"},
    ),
    "50 times the same 21 representations": (
        f"query ($of: [_Any!]!) {{ {many(50, 'a#: _entities(representations: $of) { __typename }')} }}",
        {"of": [{"__typename": "Person", "id": "1"}] * 21},
        {"BAD_USER_INPUT"},
    ),
    "300,000 representations for nothing": (
        "query ($of: [_Any!]!) { _entities(representations: $of) @skip(if: true) { __typename } }",
        {"of": [{}] * 300_000},
        {"BAD_USER_INPUT"},
    ),
    "1,001 representations, written out": (f"{{ _entities(representations: [{'{} ' * 1_001}]) {{ __typename }} }}", {}, {"BAD_USER_INPUT"}),
    "30 times 34 representations": (f"{{ {many(30, 'a#: _entities(representations: [' + '{a: #} ' * 34 + ']) { __typename }')} }}", {}, {"BAD_USER_INPUT"}),
}  # fmt: skip
