from django.db import migrations, models

from emailketing.search.tables import drop, make


def make_tables(_apps, schema_editor):
    make(schema_editor.connection)


def drop_tables(_apps, schema_editor):
    drop(schema_editor.connection)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contacts', '0002_widen_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Changed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.BigIntegerField(db_column='contact_id')),
            ],
            options={
                'verbose_name': 'changed contact',
                'verbose_name_plural': 'changed contacts',
            },
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'messages'), (2, 'events'), (3, 'contacts')], unique=True, verbose_name='kind')),
                ('newest', models.BigIntegerField(default=0)),
                ('oldest', models.BigIntegerField(default=0)),
                ('settled', models.BigIntegerField(default=0)),
                ('waiting', models.BigIntegerField(default=0)),
                ('waiting_since', models.DateTimeField()),
                ('swept_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'mark of the search',
                'verbose_name_plural': 'marks of the search',
            },
        ),
        # a table of FTS5 on SQLite, one with an index of its own on PostgreSQL
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigIntegerField(db_column='rowid', primary_key=True, serialize=False)),
                        ('text', models.TextField(verbose_name='words')),
                    ],
                    options={
                        'verbose_name': 'words of a row',
                        'verbose_name_plural': 'words of rows',
                    },
                ),
            ],
            database_operations=[migrations.RunPython(make_tables, drop_tables)],
        ),
    ]
