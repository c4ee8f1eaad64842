"""Which page of the manual explains which page of the console: by the name of its address."""

# beginnings of names; the longest that fits decides
TOPIC_OF = {
    "console:setup": "first-steps",
    "console:dashboard": "dashboard",
    "console:help": "first-steps",
    "admin:index": "dashboard",
    "console:search": "search",
    "console:document": "documents",
    "console:why": "why-not",
    "console:rule": "rules",
    "console:rule_try": "trying-a-rule",
    "console:rule_send_me": "trying-a-rule",
    "console:rule_simulation": "trying-a-rule",
    "console:rule_pack": "processes",
    "console:event": "events",
    "admin:events_": "events",
    "console:audit": "audit",
    "console:message": "messages",
    "console:undelivered": "messages",
    "admin:outbox_": "messages",
    "console:inbox": "test-inbox",
    "console:contact": "contacts",
    "admin:contacts_contact": "contacts",
    "console:contacts_": "without-an-address",
    "admin:contacts_role": "duties",
    "admin:contacts_suppression": "do-not-write",
    "console:suppress": "do-not-write",
    "console:template": "templates",
    "console:revision": "templates",
    "console:brand": "brand",
    "console:source": "sources",
    "console:safe_mode": "safe-mode",
    "console:sender": "senders",
    "admin:accounts_user": "users",
    "admin:auth_user_password_change": "users",
    "admin:accounts_auditentry": "changes-made-here",
    "console:company": "company",
    "console:public_address": "company",
    "console:report": "reports",
    "console:run": "reports",
    "console:runs": "schedules",
    "console:run_": "schedules",
    "console:schedule": "schedules",
    "console:listing": "listings",
    "console:free_days": "free-days",
    "console:go_": "company",
    "console:stop_": "company",
    "console:resume_": "company",
    "console:configuration": "configuration",
    "admin:password_change": "account",
}


def topic_of(view_name: str) -> str:
    """Return the topic of an address (`resolver_match.view_name`); "" when nobody named one."""
    fitting = (beginning for beginning in TOPIC_OF if view_name.startswith(beginning))
    return TOPIC_OF.get(max(fitting, key=len, default=""), "")
