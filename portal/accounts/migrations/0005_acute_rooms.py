from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_passes'),
    ]

    operations = [
        migrations.AddField(
            model_name='location',
            name='acute',
            field=models.BooleanField(default=False, help_text='theatre, resuscitation, intensive care: repairs and cleaning here go one step up'),
        ),
    ]
