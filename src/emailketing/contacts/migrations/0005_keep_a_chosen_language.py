from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_say_where_from")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="is_language_chosen",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="language chosen by the person"
            ),
        ),
    ]
