from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0020_governing")]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="files",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="SHA-256 of each file that was attached when it was sent: a part of what is decided about",
            ),
        ),
    ]
