"""OpenAPI made small: what many operations share stands once, under a name, and is referred to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dcim.vocabulary.choices import Choices

Shape = dict[str, Any]

SCHEMAS: Final = "#/components/schemas/"
# What a filter takes, by the name it is referred to.
VALUES: Final[dict[str, Shape]] = {
    "Texts": {"type": "string"},
    "Integers": {"type": "integer"},
    "Numbers": {"type": "number"},
    "Truths": {"type": "boolean"},
    "Days": {"type": "string", "format": "date"},
    "Instants": {"type": "string", "format": "date-time"},
}
LISTS: Final[dict[str, Shape]] = {
    name: {"type": "array", "items": one} for name, one in VALUES.items()
}
# The headers by which a reader asks for news only, and a writer undoes nobody's change.
TAG: Final[dict[str, Shape]] = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "Entity tags of what is known already; 304 when the object is still one.",
        "schema": {"type": "string"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "Entity tags of what has been seen; 412 when the object is no longer one.",
        "schema": {"type": "string"},
    },
}
# Paths whose parameters name what may not be there.
BY_NAME: Final = frozenset(
    f"/api/plugins/planner/{deed}/"
    for deed in (
        "explain",
        "failure-pairs",
        "graph",
        "impact",
        "maintenance",
        "n-minus-one",
        "n-plus-one",
        "fitting",
        "holdings",
        "ledgers",
        "provisioning-runs",
        "rack-ledgers",
        "order",
        "single-points-of-failure",
        "states",
    )
)
# Paths that are read, and may refuse to be while something stands against it.
MAY_REFUSE: Final = frozenset(
    f"/api/plugins/planner/{deed}"
    for deed in (
        "allocation-requests/{id}/annex.xlsx",
        "allocation-requests/{id}/letter.docx",
        "allocation-requests/{id}/letter.pdf",
        "plans/{id}/changes/",
        "plans/{id}/reclaim/",
        "reports/capacity.pdf",
        "reports/capacity.xlsx",
    )
)
ASIDE: Final = ("description", "readOnly", "default", "title")


def share(result: Shape, **_: Any) -> Shape:
    """`result` with closed lists and the values of filters as components."""
    schemas: Shape = result["components"]["schemas"]
    made: Shape = {}
    names = {tuple(map(str, one)): one.__name__ for one in _vocabularies(Choices)}
    for part in ("paths", "components"):
        result[part] = _shared(result[part], names, made)
    schemas = result["components"]["schemas"]
    for operation in _operations(result["paths"]):
        for parameter in operation.get("parameters", ()):
            for name, shape in LISTS.items():
                if parameter.get("schema") == shape:
                    parameter["schema"] = {"$ref": SCHEMAS + name}
                    made[name] = shape
    if taken := made.keys() & schemas.keys():
        raise ValueError(f"These names are of objects and of closed lists: {sorted(taken)}")
    result["components"]["schemas"] = dict(sorted({**schemas, **made}.items()))
    return result


def tell_refusals(result: Shape, **_: Any) -> Shape:
    """`result` with what any operation may be refused with, where an operation does not say so."""
    responses = result["components"]["responses"]
    for path, deeds in result["paths"].items():
        for method, operation in deeds.items():
            looks_up = "{" in path or path in BY_NAME
            statuses = {"400", "403", *(("404",) if looks_up else ())}
            if method != "get":
                statuses |= {"409", "413"}
            if path in MAY_REFUSE:
                statuses.add("409")
            for status in sorted(statuses - operation["responses"].keys()):
                if f"Status{status}" in responses:
                    ref = {"$ref": f"#/components/responses/Status{status}"}
                    operation["responses"][status] = ref
            if "412" in operation["responses"]:
                _take(operation, "IfMatch")
            elif method == "get" and "412" in deeds.get("patch", {}).get("responses", {}):
                _take(operation, "IfNoneMatch")
                operation["responses"]["304"] = {"description": "It is as it was."}
    result["components"]["parameters"] = TAG
    return result


def _take(operation: Shape, header: str) -> None:
    ref = {"$ref": f"#/components/parameters/{header}"}
    operation["parameters"] = [*operation.get("parameters", ()), ref]


def _vocabularies(kind: type[Choices]) -> list[type[Choices]]:
    """All closed lists; of two with the same values, the first by name comes last and wins."""
    found = [one for direct in kind.__subclasses__() for one in (direct, *_vocabularies(direct))]
    return sorted(found, key=lambda one: one.__name__, reverse=True)


def _operations(paths: Shape) -> Iterator[Shape]:
    for path in paths.values():
        for one in path.values():
            if isinstance(one, dict):
                yield one


def _shared(shape: Any, names: dict[tuple[str, ...], str], made: Shape) -> Any:
    """`shape` with references to the closed lists in it, which are added to `made`."""
    if isinstance(shape, list):
        return [_shared(one, names, made) for one in shape]
    if not isinstance(shape, dict):
        return shape
    values = _values_of(shape)
    name = names.get(tuple(one for one in values if one not in ("", None)))
    if name is None:
        return {key: _shared(one, names, made) for key, one in shape.items()}
    aside = {key: one for key, one in shape.items() if key in ASIDE}
    plain = {key: one for key, one in shape.items() if key not in ASIDE}
    if "properties" in shape:
        name, nullable = f"{name}Shown", plain.pop("nullable", False)
        aside |= {"nullable": True} if nullable else {}
    elif "" in values:
        name = f"{name}OrUnset"
    elif None in values:
        name = f"{name}OrNull"
    made[name] = plain
    ref = {"$ref": SCHEMAS + name}
    return {"allOf": [ref], **aside} if aside else ref


def _values_of(shape: Shape) -> list[Any]:
    """The closed list that the shape is of, as itself or as value and label."""
    values = shape.get("enum")
    if isinstance(values, list) and shape.get("type") == "string":
        return values
    properties = shape.get("properties")
    if isinstance(properties, dict) and properties.keys() == {"value", "label"}:
        found: list[Any] = properties["value"].get("enum", [])
        return found
    return []
