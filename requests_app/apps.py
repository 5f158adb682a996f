from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Requests"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from requests_app import models

        for model in (
            models.Category,
            models.Vendor,
            models.CatalogueItem,
            models.UsualList,
            models.UsualLine,
            models.Equipment,
            models.ItSystem,
        ):
            auditlog.register(model)
