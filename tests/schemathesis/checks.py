"""What every answer is held to, whatever was asked: the form of a GraphQL response (October 2021, section 7), the types of
the schema, errors with the codes of the contract, and no status of 500 and above."""

import graphql
import schemathesis
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)

# What a client can cause. INTERNAL and TIMEOUT are the server's doing, and never expected here.
CODES = {
    "BAD_USER_INPUT",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "QUERY_TOO_COMPLEX",
}


@schemathesis.check
def conforms(ctx, response, case):
    assert response.status_code in (200, 400), f"status {response.status_code}"
    payload = response.json()
    assert isinstance(payload, dict) and payload.keys() <= {"data", "errors"}, f"the keys are {list(payload)}"
    errors = payload.get("errors")
    assert errors is None or (isinstance(errors, list) and errors), "an empty list of errors"
    for error in errors or []:
        check_error(error)
    if "data" not in payload:
        assert errors, "neither data nor errors"
        return
    schema = case.operation.schema.client_schema
    document = graphql.parse(case.body if isinstance(case.body, str) else case.body["query"])
    operation = next(it for it in document.definitions if isinstance(it, graphql.OperationDefinitionNode))
    failed = {tuple(error["path"]) for error in errors or [] if "path" in error}
    if payload["data"] is None:
        assert errors, "no data and no error"
        return
    root = schema.query_type if operation.operation.value == "query" else schema.mutation_type
    check_object(root, operation.selection_set, payload["data"], (), failed)


def check_error(error):
    assert isinstance(error.get("message"), str) and error["message"], f"no message: {error}"
    assert error.get("extensions", {}).get("code") in CODES, f"no code of the contract: {error}"
    assert error.keys() <= {"message", "locations", "path", "extensions"}, f"unknown keys: {error}"
    for place in error.get("locations", []):
        assert place.keys() == {"line", "column"} and min(place.values()) >= 1, f"a wrong place: {error}"
    for step in error.get("path", []):
        assert isinstance(step, (str, int)), f"a wrong path: {error}"


def check_object(of, selection_set, value, path, failed):
    """An object has the fields that were asked for, in their order, and no others."""
    assert isinstance(value, dict), f"no object at {path}"
    keys = [(field.alias or field.name).value for field in selection_set.selections]
    assert list(value) == list(dict.fromkeys(keys)), f"asked for {keys} at {path}, got {list(value)}"
    for field in selection_set.selections:
        key = (field.alias or field.name).value
        if field.name.value == "__typename":
            assert value[key] == of.name, f"{path} is {value[key]}"
            continue
        check_value(of.fields[field.name.value].type, field, value[key], (*path, key), failed)


def check_value(kind, field, value, path, failed):
    if isinstance(kind, GraphQLNonNull):
        assert value is not None, f"null at {path}"
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        assert isinstance(value, list), f"no list at {path}"
        for index, item in enumerate(value):
            check_value(kind.of_type, field, item, (*path, index), failed)
    elif isinstance(kind, GraphQLObjectType):
        check_object(kind, field.selection_set, value, path, failed)
    elif isinstance(kind, GraphQLEnumType):
        assert value in kind.values, f"{value} at {path}"
    elif isinstance(kind, GraphQLScalarType):
        check_scalar(kind.name, value, path)


def check_scalar(name, value, path):
    of = {"Int": int, "Float": (int, float), "Boolean": bool}.get(name, str)
    assert isinstance(value, of), f"{name} at {path} is {value!r}"
    if name == "Int":
        assert not isinstance(value, bool) and -(2**31) <= value < 2**31, f"{value} at {path}"
