from django.db import migrations

from portal.audit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_governing"), ("audit", "0002_triggers")]

    operations = [append_only("approvals_budgetentry")]
