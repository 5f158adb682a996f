import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0016_repairs")]

    operations = [
        migrations.AddField(
            model_name="move",
            name="handed_back_at",
            field=models.DateTimeField(
                blank=True, help_text="not ready for too long: the porter went on to something else", null=True
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="place_at",
            field=models.DateTimeField(
                blank=True, help_text="its place in the queue, where that is no longer its due time", null=True
            ),
        ),
        migrations.AddField(
            model_name="move",
            name="cleaning",
            field=models.OneToOneField(
                blank=True,
                help_text="asked for by the portal because of the precautions",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cleans_after",
                to="requests_app.servicerequest",
            ),
        ),
    ]
