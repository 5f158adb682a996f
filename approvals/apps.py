from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from approvals import models

        for model in (models.ApprovalPolicy, models.PolicyRule, models.PolicyStep, models.Budget):
            auditlog.register(model)
