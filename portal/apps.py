from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The last app: when it is ready, all others are, and the facts can be wired."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        from portal import checks, flow  # noqa: F401

        flow.connect()
