from django.db import migrations

from portal.audit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_deciding"), ("audit", "0002_triggers")]

    operations = [append_only("approvals_decision")]
