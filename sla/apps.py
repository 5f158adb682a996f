from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = "Service hours and target times"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from sla import models

        for model in (models.BusinessCalendar, models.Holiday, models.SlaTarget, models.ApprovalTarget):
            auditlog.register(model)
