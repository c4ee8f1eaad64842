from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("links", "0002_add_signed_links")]

    operations = [
        migrations.AddIndex(
            model_name="signedlink",
            index=models.Index(fields=["expires_at"], name="signed_link_expires"),
        ),
    ]
