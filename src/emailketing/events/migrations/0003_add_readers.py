"""Each reader has rows of its own; what the rules have read, and when, is carried over."""

import django.db.models.deletion
from django.db import migrations, models

CARRY_OVER = """
    INSERT INTO events_reading (event_id, reader_id, read_at)
    SELECT id, 'rules', read_at FROM events_event
"""
TAKE_BACK = """
    UPDATE events_event SET read_at = (
        SELECT r.read_at FROM events_reading r
        WHERE r.event_id = events_event.id AND r.reader_id = 'rules'
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_widen_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventReader',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='name')),
                ('after', models.BigIntegerField(default=0, verbose_name='reads what comes after')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'reader of events',
                'verbose_name_plural': 'readers of events',
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('pk', models.CompositePrimaryKey('event_id', 'reader_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='events.event')),
                ('reader', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='events.eventreader')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='looked at')),
            ],
            options={
                'verbose_name': 'reading',
                'verbose_name_plural': 'readings',
            },
        ),
        migrations.RunSQL(
            "INSERT INTO events_eventreader (name, after, since) VALUES ('rules', 0, CURRENT_TIMESTAMP)",
            "DELETE FROM events_eventreader",
        ),
        migrations.RunSQL(CARRY_OVER, TAKE_BACK),
        migrations.AddIndex(
            model_name='reading',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['reader', 'event'], name='reading_unread'),
        ),
    ]
