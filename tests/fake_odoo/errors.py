"""Errors as Odoo reports them: the name in `error.data.name` is what a client decides by."""


class OdooException(Exception):
    """Base of the refusals whose name is not a Python builtin."""

    odoo_name = "odoo.exceptions.UserError"


class UserError(OdooException):
    pass


class ValidationError(OdooException):
    odoo_name = "odoo.exceptions.ValidationError"

    def __init__(self, message: str, field: str | None = None):
        super().__init__(message)
        self.field = field


class AccessError(OdooException):
    odoo_name = "odoo.exceptions.AccessError"


class AccessDenied(OdooException):
    odoo_name = "odoo.exceptions.AccessDenied"

    def __init__(self) -> None:
        super().__init__("Access Denied")


class MissingError(OdooException):
    odoo_name = "odoo.exceptions.MissingError"

    def __init__(self, model: str, ids: list[int], uid: int):
        record = f"{model}({', '.join(map(str, ids))}{',' if len(ids) == 1 else ''})"
        super().__init__(f"Record does not exist or has been deleted.\n(Record: {record}, User: {uid})")


class UnknownDatabase(OdooException):
    odoo_name = "psycopg2.OperationalError"

    def __init__(self, db: str):
        where = 'connection to server at "127.0.0.1", port 5433 failed'
        super().__init__(f'{where}: FATAL:  database "{db}" does not exist\n')


class NotAnInteger(OdooException):
    odoo_name = "psycopg2.errors.InvalidTextRepresentation"

    def __init__(self, value: object):
        super().__init__(f'invalid input syntax for type integer: "{value}"\nLINE 1: ...\n')


class IntegerOutOfRange(OdooException):
    odoo_name = "psycopg2.errors.NumericValueOutOfRange"

    def __init__(self, value: object):
        super().__init__(f'value "{value}" is out of range for type integer\nLINE 1: ...\n')


class SerializationFailure(OdooException):
    """Somebody else wrote the same row in a transaction that was open at the same time."""

    odoo_name = "psycopg2.errors.SerializationFailure"

    def __init__(self) -> None:
        super().__init__("could not serialize access due to concurrent update\n")


def error_data(exception: Exception, trace: str) -> dict:
    """The `data` member of a JSON-RPC error."""
    kind = type(exception)
    name = getattr(exception, "odoo_name", f"{kind.__module__}.{kind.__name__}")
    message = str(exception.args[0]) if exception.args else ""
    return {
        "name": name,
        "message": message,
        "arguments": list(exception.args) or [message],
        "context": {},
        "debug": trace,
    }
