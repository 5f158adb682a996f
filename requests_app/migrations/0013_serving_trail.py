from django.db import migrations

from portal.audit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0012_serving"), ("audit", "0002_triggers")]

    operations = [
        append_only("requests_app_teampass"),
        append_only("requests_app_workrecord"),
        append_only("requests_app_receiptdifference"),
        append_only("requests_app_comment"),
    ]
