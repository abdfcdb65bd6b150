"""Documents that are made to do harm: what each is sent with, and the codes that it is refused with."""

from __future__ import annotations

from typing import Any

ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }"
PERSON = 'person(id: "1")'


def doubling(fragments: int, inner: str = "... on Person {{ ...f{0} ...f{0} }}") -> str:
    """Fragments that each spread the next one twice."""
    chain = " ".join(f"fragment f{at} on Person {{ {inner.format(at + 1)} }}" for at in range(fragments))
    return f'{{ person(id: "1") {{ ...f0 }} }} {chain} fragment f{fragments} on Person {{ id }}'


def many(count: int, text: str) -> str:
    """So many of these, each with its number."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


HOSTILE: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "24 fragments that double": (doubling(24), {}, {"MAX_FIELDS_LIMIT"}),
    "24 fragments that double below fields": (
        doubling(24, "a: projects {{ people {{ ...f{0} }} }} b: projects {{ people {{ ...f{0} }} }}"),
        {},
        {"MAX_FIELDS_LIMIT", "MAX_DEPTH_LIMIT", "MAX_ALIASES_LIMIT"},
    ),
    "10,000 aliases": (f"{{ {many(10_000, 'a#: __typename')} }}", {}, {"MAX_TOKENS_LIMIT"}),
    "1,900 aliases": (f"{{ {PERSON} {{ {many(1_900, 'a#: name')} }} }}", {}, {"MAX_ALIASES_LIMIT"}),
    "51 root fields": (f"{{ {many(51, '__typename')} }}", {}, {"MAX_ROOT_FIELDS_LIMIT"}),
    "51 directives": (f"{{ __typename {many(51, '@skip(if: false)')} }}", {}, {"MAX_DIRECTIVES_LIMIT"}),
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
    "10,000 fragments": (f"{{ {many(10_000, '...f#')} }} {many(10_000, 'fragment f# on Query { __typename }')}", {}, {"MAX_TOKENS_LIMIT"}),
    "10,000 variables": (f"query ({many(10_000, '$v#: Int')}) {{ __typename }}", {}, {"MAX_TOKENS_LIMIT"}),
    "2,400 variables for nothing": (f"query ({many(2_400, '$v#: Int')}) {{ __typename }}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "1,600 operations": (f"{many(1_600, 'query q# { __typename }')}", {}, {"GRAPHQL_VALIDATION_FAILED"}),
    "11,000 comments": ("#\n" * 11_000 + "{ __typename }", {}, {"MAX_TOKENS_LIMIT"}),
    "100,000 empty representations": (ENTITIES, {"of": [{}] * 100_000}, {"BAD_USER_INPUT"}),
    "100,000 null representations": (ENTITIES, {"of": [None] * 100_000}, {"BAD_USER_INPUT"}),
    "20,000 representations": (ENTITIES, {"of": [{"__typename": "Person", "id": str(at)} for at in range(20_000)]}, {"BAD_USER_INPUT"}),
    "1,001 representations, written out": (f"{{ _entities(representations: [{'{} ' * 1_001}]) {{ __typename }} }}", {}, {"BAD_USER_INPUT"}),
    "30 times 34 representations": (f"{{ {many(30, 'a#: _entities(representations: [' + '{a: #} ' * 34 + ']) { __typename }')} }}", {}, {"BAD_USER_INPUT"}),
}  # fmt: skip
