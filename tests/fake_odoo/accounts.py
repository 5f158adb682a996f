"""Who may sign in: passwords and API keys are kept beside the user, in clear, for they guard nothing."""

from tests.fake_odoo.errors import AccessDenied
from tests.fake_odoo.store import Store


class Accounts:
    def __init__(self, store: Store):
        self._store = store

    def uid(self, login: str, password: str) -> int | None:
        """The id of the active account, None for a wrong login or password."""
        for user in self._store.rows["res.users"].values():
            if user["login"] == login and user["active"] and password in self._secrets(user):
                return user["id"]
        return None

    def check(self, uid: int, password: str) -> None:
        """Raises AccessDenied."""
        user = self._store.rows["res.users"].get(uid)
        if not user or not user["active"] or password not in self._secrets(user):
            raise AccessDenied

    @staticmethod
    def _secrets(user: dict) -> set[str]:
        return {user["password"], user["api_key"]} - {"", None}
