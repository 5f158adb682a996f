from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_serving")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="phone",
            field=models.CharField(
                blank=True,
                help_text="goes with the duty, not with a person: telephone or bleep",
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="calendar",
            field=models.SlugField(
                help_text="always, or the service calendar outside whose hours somebody is on call",
                max_length=30,
            ),
        ),
    ]
