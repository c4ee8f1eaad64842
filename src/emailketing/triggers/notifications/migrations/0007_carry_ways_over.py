"""A rule had a column for the words of each channel, and one sender for all phones."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TEXTS = {"email": "template_id", "sms": "sms_template_id", "whatsapp": "whatsapp_template_id"}
BLOCK = 500


def carry_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule_model, way_model = (apps.get_model("notifications", name) for name in ("Rule", "RuleWay"))
    channels = dict(apps.get_model("channels", "Sender").objects.values_list("pk", "channel"))
    ways = []
    for rule in rule_model.objects.order_by("pk"):
        senders = {"email": rule.sender_id}
        if rule.phone_sender_id:
            # what was chosen of a channel that is no phone's was never used: it is said of the SMS
            channel = channels[rule.phone_sender_id]
            senders["sms" if channel == "email" else channel] = rule.phone_sender_id
        for channel in dict.fromkeys((*TEXTS, *senders)):
            template = getattr(rule, TEXTS[channel]) if channel in TEXTS else None
            sender = senders.get(channel)
            if template or sender:
                ways.append(
                    way_model(rule=rule, channel=channel, template_id=template, sender_id=sender)
                )
    way_model.objects.bulk_create(ways, batch_size=BLOCK)


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_add_ways'),
    ]

    operations = [
        migrations.RunPython(carry_over),
    ]
