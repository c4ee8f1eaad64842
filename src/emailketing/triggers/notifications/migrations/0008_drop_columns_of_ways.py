from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0007_carry_ways_over'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='rule',
            name='phone_sender',
        ),
        migrations.RemoveField(
            model_name='rule',
            name='sender',
        ),
        migrations.RemoveField(
            model_name='rule',
            name='sms_template',
        ),
        migrations.RemoveField(
            model_name='rule',
            name='template',
        ),
        migrations.RemoveField(
            model_name='rule',
            name='whatsapp_template',
        ),
    ]
