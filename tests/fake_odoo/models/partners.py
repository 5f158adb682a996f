"""People and companies: accounts that may sign in."""

from tests.fake_odoo.models.base import AnyModel
from tests.fake_odoo.orm import KINDS


class User(AnyModel):
    on_model = AnyModel.on_model | {"context_get", "has_group"}

    def context_get(self) -> dict:
        return {
            "lang": self.env.user.get("lang") or "en_US",
            "tz": self.env.user.get("tz") or False,
            "uid": self.env.uid,
        }

    def has_group(self, *args: str) -> bool:
        return any(group in args[-1] for group in self.env.groups)


KINDS["res.users"] = User
