from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0002_append_only")]

    operations = [
        migrations.AlterField(
            model_name="slatarget",
            name="service",
            field=models.SlugField(
                help_text="what is promised: one of those that are shipped, or the code of a type"
            ),
        ),
    ]
