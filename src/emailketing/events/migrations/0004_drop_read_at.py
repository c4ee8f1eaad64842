"""What a reader has read stands in its own rows since 0003."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_add_readers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='event',
            name='event_unread',
        ),
        migrations.RemoveField(
            model_name='event',
            name='read_at',
        ),
    ]
