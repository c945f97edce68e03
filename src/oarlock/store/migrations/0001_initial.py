import django.db.models.deletion
import oarlock.store.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month", models.CharField(db_index=True, max_length=7)),
                ("figure", models.CharField(max_length=200)),
                ("frozen", models.CharField(max_length=40)),
                ("today", models.CharField(max_length=40)),
                ("cause", models.TextField()),
                ("noticed_at", oarlock.store.fields.InstantField()),
            ],
            options={
                "db_table": "adjustments",
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("name", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("account_id", models.CharField(db_index=True, max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "aliases",
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("at", oarlock.store.fields.InstantField(db_index=True)),
                ("answer", models.TextField()),
            ],
            options={
                "db_table": "arrivals",
            },
        ),
        migrations.CreateModel(
            name="Away",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("user", models.CharField(db_index=True, max_length=200)),
                ("begins", oarlock.store.fields.InstantField()),
                ("ends", oarlock.store.fields.InstantField()),
                ("origin", models.CharField(max_length=12)),
                ("why", models.CharField(blank=True, default="", max_length=200)),
                ("made_at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "aways",
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("campaign_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("name", models.TextField(null=True)),
                ("channel", models.TextField(null=True)),
                ("owner_id", models.CharField(max_length=200, null=True)),
                ("started_at", oarlock.store.fields.InstantField(null=True)),
                ("ended_at", oarlock.store.fields.InstantField(null=True)),
                ("properties", models.TextField(default="{}")),
            ],
            options={
                "db_table": "campaigns",
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("sealed", models.TextField()),
                ("shown", models.CharField(max_length=200)),
                ("made_at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
                ("closed_at", oarlock.store.fields.InstantField(null=True)),
            ],
            options={
                "db_table": "channels",
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.CharField(max_length=64)),
                ("at", oarlock.store.fields.InstantField()),
                ("told", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "checkpoints",
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("month", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("closed_at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
                ("version", models.IntegerField()),
                ("as_known", oarlock.store.fields.InstantField()),
                ("body", models.BinaryField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "closings",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("person_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "erasures",
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("user", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("address", models.TextField()),
                ("read_at", oarlock.store.fields.InstantField(null=True)),
                ("words", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "feeds",
            },
        ),
        migrations.CreateModel(
            name="Load",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("begun_at", oarlock.store.fields.InstantField()),
                ("finished_at", oarlock.store.fields.InstantField(null=True)),
                ("lake_mark", models.CharField(blank=True, default="", max_length=80)),
                ("rows", models.TextField(default="{}")),
            ],
            options={
                "db_table": "loads",
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("asked", models.TextField()),
                ("versions", models.CharField(max_length=80)),
                ("as_known", oarlock.store.fields.InstantField()),
                ("made_at", oarlock.store.fields.InstantField(db_index=True)),
                ("seconds", models.FloatField()),
                ("body", models.TextField()),
                ("rows", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={
                "db_table": "measurements",
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("handoff_id", models.CharField(db_index=True, max_length=200)),
                ("person_id", models.CharField(db_index=True, max_length=200)),
                ("kind", models.CharField(max_length=12)),
                ("at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
                ("words", models.TextField()),
            ],
            options={
                "db_table": "remarks",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("user_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("name", models.TextField(null=True)),
                ("email", models.TextField(null=True)),
                ("role", models.TextField(null=True)),
                ("team", models.TextField(null=True)),
                ("manager_id", models.CharField(max_length=200, null=True)),
                ("region", models.TextField(null=True)),
                ("active", models.BooleanField(null=True)),
                ("properties", models.TextField(default="{}")),
            ],
            options={
                "db_table": "users",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("in_force_from", oarlock.store.fields.InstantField(unique=True)),
                ("hash", models.CharField(max_length=80)),
                ("envelope", models.BinaryField()),
                ("envelope_hash", models.CharField(max_length=64)),
                ("source", models.BinaryField()),
                ("adopted_at", oarlock.store.fields.InstantField()),
                ("proposal", models.CharField(blank=True, default="", max_length=36)),
            ],
            options={
                "db_table": "agreement_versions",
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("began_at", oarlock.store.fields.InstantField()),
                ("seen_at", oarlock.store.fields.InstantField(db_index=True)),
            ],
            options={
                "db_table": "workers",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("roles", models.CharField(default="viewer", max_length=100)),
                ("team", models.CharField(default="joint", max_length=12)),
                ("person", models.CharField(blank=True, default="", max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("joined_at", oarlock.store.fields.InstantField()),
            ],
            options={
                "db_table": "members",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person", ""), _negated=True),
                        fields=("person",),
                        name="one_member_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("account_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("name", models.TextField(null=True)),
                ("domain", models.TextField(null=True)),
                ("industry", models.TextField(null=True)),
                ("employees", models.FloatField(null=True)),
                ("annual_revenue", models.FloatField(null=True)),
                ("country", models.TextField(null=True)),
                ("owner_id", models.CharField(max_length=200, null=True)),
                ("parent_id", models.CharField(max_length=200, null=True)),
                ("properties", models.TextField(default="{}")),
            ],
            options={
                "db_table": "accounts",
                "indexes": [
                    models.Index(fields=["name", "account_id"], name="accounts_by_name"),
                    models.Index(fields=["owner_id", "name", "account_id"], name="accounts_of_an_owner"),
                    models.Index(fields=["industry", "name", "account_id"], name="accounts_of_an_industry"),
                    models.Index(fields=["country", "name", "account_id"], name="accounts_of_a_country"),
                    models.Index(fields=["parent_id"], name="accounts_of_a_parent"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("activity_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField()),
                ("recorded_at", oarlock.store.fields.InstantField()),
                ("person_id", models.CharField(max_length=200, null=True)),
                ("opportunity_id", models.CharField(max_length=200, null=True)),
                ("user_id", models.CharField(max_length=200, null=True)),
                ("kind", models.TextField()),
                ("direction", models.TextField(null=True)),
                ("outcome", models.TextField(null=True)),
                ("minutes", models.FloatField(null=True)),
                ("load", models.BigIntegerField()),
            ],
            options={
                "db_table": "activities",
                "indexes": [
                    models.Index(fields=["person_id", "at"], name="activities_of_a_person"),
                    models.Index(fields=["opportunity_id", "at"], name="activities_of_a_deal"),
                    models.Index(fields=["load"], name="activities_of_a_load"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLine",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField(db_index=True)),
                ("actor", models.CharField(db_index=True, max_length=60)),
                ("verb", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=200)),
                ("detail", models.TextField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_lines",
                "indexes": [
                    models.Index(fields=["subject_kind", "subject", "number"], name="audit_subject"),
                    models.Index(fields=["verb", "number"], name="audit_verb"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignCost",
            fields=[
                ("cost_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("campaign_id", models.CharField(max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
                ("recorded_at", oarlock.store.fields.InstantField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("currency", models.CharField(max_length=10, null=True)),
                ("load", models.BigIntegerField()),
            ],
            options={
                "db_table": "campaign_costs",
                "indexes": [models.Index(fields=["load"], name="costs_of_a_load")],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("change_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField()),
                ("recorded_at", oarlock.store.fields.InstantField()),
                ("entity", models.CharField(max_length=20)),
                ("entity_id", models.CharField(max_length=200)),
                ("field", models.CharField(max_length=200)),
                ("value", models.TextField(null=True)),
                ("by", models.TextField(null=True)),
                ("origin", models.TextField(null=True)),
                ("load", models.BigIntegerField()),
            ],
            options={
                "db_table": "changes",
                "indexes": [
                    models.Index(fields=["entity_id", "at"], name="changes_of_a_record"),
                    models.Index(fields=["load"], name="changes_of_a_load"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=60)),
                ("at", oarlock.store.fields.InstantField(db_index=True)),
                ("body", models.TextField()),
                ("code", models.CharField(max_length=60)),
                ("reason", models.TextField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("answered_at", oarlock.store.fields.InstantField(null=True)),
                ("by", models.CharField(blank=True, default="", max_length=60)),
                ("arrival", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "db_table": "dead_letters",
                "indexes": [models.Index(fields=["state", "at"], name="letters_by_state")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("decision_id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("handoff_id", models.CharField(db_index=True, max_length=200)),
                ("person_id", models.CharField(db_index=True, max_length=200)),
                ("at", oarlock.store.fields.InstantField(db_index=True)),
                ("agreement", models.IntegerField()),
                ("owner", models.CharField(max_length=200, null=True)),
                ("pool", models.CharField(max_length=100, null=True)),
                ("because", models.CharField(max_length=30)),
                ("skipped", models.TextField(blank=True, default="")),
                ("body", models.TextField()),
            ],
            options={
                "db_table": "decisions",
                "indexes": [
                    models.Index(fields=["owner", "at"], name="decisions_for_somebody"),
                    models.Index(fields=["pool", "at"], name="decisions_of_a_pool"),
                    models.Index(fields=["because", "at"], name="decisions_by_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entrance",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("hash", models.CharField(blank=True, default="", max_length=64)),
                ("hint", models.CharField(blank=True, default="", max_length=8)),
                ("secrets", models.CharField(blank=True, default="", max_length=100)),
                ("options", models.TextField(default="{}")),
                ("made_at", oarlock.store.fields.InstantField()),
                ("by", models.CharField(max_length=60)),
                ("used_at", oarlock.store.fields.InstantField(null=True)),
                ("closed_at", oarlock.store.fields.InstantField(null=True)),
            ],
            options={
                "db_table": "entrances",
                "indexes": [models.Index(fields=["hash"], name="entrances_by_hash")],
            },
        ),
        migrations.CreateModel(
            name="Handoff",
            fields=[
                ("handoff_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=100)),
                ("person_id", models.CharField(max_length=200)),
                ("cycle", models.IntegerField()),
                ("agreement", models.IntegerField()),
                ("state", models.CharField(max_length=12)),
                ("owner", models.CharField(max_length=200, null=True)),
                ("pool", models.CharField(max_length=100, null=True)),
                ("queue", models.CharField(max_length=100, null=True)),
                ("holders", models.TextField(default="")),
                ("offered_at", oarlock.store.fields.InstantField()),
                ("held_since", oarlock.store.fields.InstantField(null=True)),
                ("accept_due_at", oarlock.store.fields.InstantField(null=True)),
                ("answered_at", oarlock.store.fields.InstantField(null=True)),
                ("answered_by", models.CharField(max_length=200, null=True)),
                ("first_touch_due_at", oarlock.store.fields.InstantField(null=True)),
                ("first_touch_at", oarlock.store.fields.InstantField(null=True)),
                ("work_due_at", oarlock.store.fields.InstantField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("reason", models.CharField(max_length=100, null=True)),
                ("ended_at", oarlock.store.fields.InstantField(null=True)),
                ("breached", models.CharField(blank=True, default="", max_length=60)),
                ("step", models.IntegerField(default=0)),
                ("due_at", oarlock.store.fields.InstantField(null=True)),
                ("due_what", models.CharField(blank=True, default="", max_length=30)),
                ("decision_id", models.CharField(max_length=36, null=True)),
                ("last_at", oarlock.store.fields.InstantField(null=True)),
                ("last_touch_at", oarlock.store.fields.InstantField(null=True)),
            ],
            options={
                "db_table": "handoffs",
                "indexes": [
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="handoffs_due"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["owner", "offered_at"],
                        name="handoffs_open",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["queue", "offered_at"],
                        name="handoffs_queued",
                    ),
                    models.Index(fields=["person_id", "offered_at"], name="handoffs_of_one"),
                    models.Index(fields=["reason", "ended_at"], name="handoffs_by_reason"),
                    models.Index(fields=["offered_at"], name="handoffs_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("person_id", "key", "cycle"),
                        name="one_open_handoff_a_cycle",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoffEvent",
            fields=[
                ("event_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("handoff_id", models.CharField(max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
                ("recorded_at", oarlock.store.fields.InstantField()),
                ("person_id", models.CharField(max_length=200)),
                ("cycle", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=30)),
                ("by", models.TextField(null=True)),
                ("to", models.TextField(null=True)),
                ("reason", models.TextField(null=True)),
                ("due_at", oarlock.store.fields.InstantField(null=True)),
                ("agreement", models.TextField(null=True)),
                ("load", models.BigIntegerField()),
            ],
            options={
                "db_table": "handoff_events",
                "indexes": [
                    models.Index(fields=["person_id", "at"], name="handoffs_of_a_person"),
                    models.Index(fields=["load"], name="handoffs_of_a_load"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("value", models.CharField(max_length=320)),
                ("person_id", models.CharField(db_index=True, max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
            ],
            options={
                "db_table": "identities",
                "constraints": [models.UniqueConstraint(fields=("kind", "value"), name="one_person_an_identity")],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("one", models.CharField(max_length=200)),
                ("other", models.CharField(max_length=200)),
                ("score", models.FloatField()),
                ("because", models.TextField()),
                ("at", oarlock.store.fields.InstantField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("answered_at", oarlock.store.fields.InstantField(null=True)),
                ("by", models.CharField(blank=True, default="", max_length=60)),
            ],
            options={
                "db_table": "likenesses",
                "indexes": [models.Index(fields=["state", "score"], name="likenesses_by_state")],
                "constraints": [models.UniqueConstraint(fields=("kind", "one", "other"), name="one_likeness_a_pair")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("user", models.CharField(max_length=200)),
                ("channel", models.CharField(max_length=60)),
                ("about", models.CharField(max_length=220)),
                ("subject", models.TextField()),
                ("body", models.TextField()),
                ("made_at", oarlock.store.fields.InstantField(db_index=True)),
                ("due_at", oarlock.store.fields.InstantField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("attempts", models.IntegerField(default=0)),
                ("taken_by", models.CharField(blank=True, default="", max_length=100)),
                ("taken_until", oarlock.store.fields.InstantField(null=True)),
                ("words", models.TextField(blank=True, default="")),
                ("sent_at", oarlock.store.fields.InstantField(null=True)),
            ],
            options={
                "db_table": "notices",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "taken"))),
                        fields=["due_at"],
                        name="notices_waiting",
                    ),
                    models.Index(fields=["user", "made_at"], name="notices_of_somebody"),
                    models.Index(fields=["state", "made_at"], name="notices_by_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opportunity",
            fields=[
                ("opportunity_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("account_id", models.CharField(max_length=200, null=True)),
                ("person_id", models.CharField(max_length=200, null=True)),
                ("name", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("product", models.TextField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.CharField(max_length=10, null=True)),
                ("stage", models.TextField(null=True)),
                ("status", models.CharField(max_length=10)),
                ("owner_id", models.CharField(max_length=200, null=True)),
                ("campaign_id", models.CharField(max_length=200, null=True)),
                ("created_at", oarlock.store.fields.InstantField(null=True)),
                ("expected_close", oarlock.store.fields.InstantField(null=True)),
                ("closed_at", oarlock.store.fields.InstantField(null=True)),
                ("lost_reason", models.TextField(null=True)),
                ("properties", models.TextField(default="{}")),
            ],
            options={
                "db_table": "opportunities",
                "indexes": [
                    models.Index(fields=["account_id"], name="deals_of_an_account"),
                    models.Index(fields=["person_id"], name="deals_of_a_person"),
                    models.Index(fields=["status", "created_at", "opportunity_id"], name="deals_by_status"),
                    models.Index(fields=["owner_id", "created_at", "opportunity_id"], name="deals_of_an_owner"),
                    models.Index(fields=["created_at", "opportunity_id"], name="deals_by_age"),
                    models.Index(fields=["amount", "opportunity_id"], name="deals_by_amount"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpportunityContact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("opportunity_id", models.CharField(max_length=200)),
                ("person_id", models.CharField(max_length=200)),
                ("role", models.TextField(null=True)),
            ],
            options={
                "db_table": "opportunity_contacts",
                "indexes": [models.Index(fields=["person_id"], name="parts_of_a_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("opportunity_id", "person_id"), name="one_part_in_a_deal")
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("person_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("email", models.TextField(null=True)),
                ("name", models.TextField(null=True)),
                ("title", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("company_name", models.TextField(null=True)),
                ("account_id", models.CharField(max_length=200, null=True)),
                ("country", models.TextField(null=True)),
                ("region", models.TextField(null=True)),
                ("language", models.TextField(null=True)),
                ("source", models.TextField(null=True)),
                ("source_detail", models.TextField(null=True)),
                ("campaign_id", models.CharField(max_length=200, null=True)),
                ("landing_page", models.TextField(null=True)),
                ("owner_id", models.CharField(max_length=200, null=True)),
                ("created_at", oarlock.store.fields.InstantField(null=True)),
                ("recorded_stage", models.TextField(null=True)),
                ("consent", models.TextField(null=True)),
                ("properties", models.TextField(default="{}")),
            ],
            options={
                "db_table": "people",
                "indexes": [
                    models.Index(fields=["account_id"], name="people_of_an_account"),
                    models.Index(fields=["owner_id", "created_at", "person_id"], name="people_of_an_owner"),
                    models.Index(fields=["source", "created_at", "person_id"], name="people_of_a_source"),
                    models.Index(fields=["country", "created_at", "person_id"], name="people_of_a_country"),
                    models.Index(fields=["created_at", "person_id"], name="people_by_age"),
                    models.Index(fields=["name", "person_id"], name="people_by_name"),
                    models.Index(fields=["email"], name="people_by_email"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonState",
            fields=[
                ("person_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("cycle", models.IntegerField()),
                ("stage", models.CharField(max_length=100, null=True)),
                ("since", oarlock.store.fields.InstantField(null=True)),
                ("version", models.IntegerField(null=True)),
                ("detour", models.CharField(max_length=100, null=True)),
                ("back_at", oarlock.store.fields.InstantField(null=True)),
                ("merged_into", models.CharField(max_length=200, null=True)),
            ],
            options={
                "db_table": "person_states",
                "indexes": [
                    models.Index(fields=["stage", "since", "person_id"], name="people_in_a_stage"),
                    models.Index(
                        condition=models.Q(("back_at__isnull", False)), fields=["back_at"], name="people_coming_back"
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="people_merged_away",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("reason", models.TextField(blank=True, default="")),
                ("base", models.IntegerField(null=True)),
                ("state", models.CharField(db_index=True, default="open", max_length=12)),
                ("revision", models.IntegerField()),
                ("opened_at", oarlock.store.fields.InstantField()),
                ("closed_at", oarlock.store.fields.InstantField(null=True)),
                ("closed_because", models.TextField(blank=True, default="")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "proposals",
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=12)),
                ("record_id", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "search_words",
                "indexes": [
                    models.Index(fields=["kind", "word", "record_id"], name="records_of_a_word"),
                    models.Index(fields=["record_id"], name="words_of_a_record"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField()),
                ("agent", models.CharField(blank=True, default="", max_length=200)),
                ("address", models.CharField(blank=True, default="", max_length=45)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "sign_ins",
            },
        ),
        migrations.CreateModel(
            name="StageEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.CharField(max_length=200)),
                ("cycle", models.IntegerField()),
                ("stage", models.CharField(max_length=100)),
                ("at", oarlock.store.fields.InstantField()),
                ("version", models.IntegerField()),
                ("because", models.CharField(max_length=30)),
                ("skipped", models.BooleanField()),
            ],
            options={
                "db_table": "stage_entries",
                "indexes": [models.Index(fields=["stage", "at"], name="entries_of_a_stage")],
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "cycle", "stage"), name="one_entry_a_cycle")
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(max_length=8)),
                ("scopes", models.CharField(max_length=200)),
                ("made_at", oarlock.store.fields.InstantField()),
                ("used_at", oarlock.store.fields.InstantField(null=True)),
                ("expires_at", oarlock.store.fields.InstantField(null=True)),
                ("revoked_at", oarlock.store.fields.InstantField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "tokens",
            },
        ),
        migrations.CreateModel(
            name="Touch",
            fields=[
                ("touch_id", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("person_id", models.CharField(max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
                ("recorded_at", oarlock.store.fields.InstantField()),
                ("channel", models.TextField(null=True)),
                ("kind", models.TextField(null=True)),
                ("campaign_id", models.CharField(max_length=200, null=True)),
                ("content", models.TextField(null=True)),
                ("url", models.TextField(null=True)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("load", models.BigIntegerField()),
            ],
            options={
                "db_table": "touches",
                "indexes": [
                    models.Index(fields=["person_id", "at"], name="touches_of_a_person"),
                    models.Index(fields=["load"], name="touches_of_a_load"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pool", models.CharField(max_length=100)),
                ("user", models.CharField(max_length=200)),
                ("credit", models.FloatField(default=0.0)),
                ("since", oarlock.store.fields.InstantField()),
                ("last_at", oarlock.store.fields.InstantField(null=True)),
                ("day", models.IntegerField(default=0)),
                ("given", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "turns",
                "constraints": [models.UniqueConstraint(fields=("pool", "user"), name="one_turn_a_member")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("at", oarlock.store.fields.InstantField()),
                ("names", models.TextField()),
                ("mapping", models.TextField(blank=True, default="")),
                ("state", models.CharField(default="looked-at", max_length=12)),
                ("summary", models.TextField(blank=True, default="")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "uploads",
            },
        ),
        migrations.CreateModel(
            name="WorkOrder",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=200)),
                ("asked", models.TextField()),
                ("state", models.CharField(default="open", max_length=8)),
                ("by", models.CharField(max_length=60)),
                ("made_at", oarlock.store.fields.InstantField()),
                ("due_at", oarlock.store.fields.InstantField()),
                ("taken_by", models.CharField(blank=True, default="", max_length=100)),
                ("taken_until", oarlock.store.fields.InstantField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("share", models.FloatField(null=True)),
                ("words", models.TextField(blank=True, default="")),
                ("result", models.TextField(blank=True, default="")),
                ("finished_at", oarlock.store.fields.InstantField(null=True)),
            ],
            options={
                "db_table": "work_orders",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("open", "taken"))), fields=["due_at"], name="orders_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "taken"))),
                        fields=("kind", "key"),
                        name="one_open_order_a_wish",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("channels", models.CharField(max_length=300)),
                ("when", models.CharField(default="at-once", max_length=8)),
                ("quiet", models.CharField(blank=True, default="", max_length=11)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "choices",
                "constraints": [models.UniqueConstraint(fields=("member", "kind"), name="one_choice_a_kind")],
            },
        ),
        migrations.CreateModel(
            name="Excused",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("excuse", models.CharField(max_length=100)),
                ("begins", oarlock.store.fields.InstantField()),
                ("ends", oarlock.store.fields.InstantField()),
                ("why", models.TextField()),
                ("declared_at", oarlock.store.fields.InstantField()),
                ("answered_at", oarlock.store.fields.InstantField(null=True)),
                ("confirmed", models.BooleanField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "excuses",
                "indexes": [models.Index(fields=["excuse", "begins"], name="excuses_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("term", models.CharField(blank=True, default="", max_length=200)),
                ("text", models.TextField()),
                ("at", oarlock.store.fields.InstantField()),
                ("settled_at", oarlock.store.fields.InstantField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "proposal_comments",
                "indexes": [models.Index(fields=["proposal", "at"], name="comments_of_a_proposal")],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("upon", models.IntegerField()),
                ("source", models.BinaryField()),
                ("hash", models.CharField(max_length=80)),
                ("at", oarlock.store.fields.InstantField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "proposal_revisions",
                "constraints": [models.UniqueConstraint(fields=("proposal", "number"), name="one_text_a_revision")],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("page", models.CharField(max_length=60)),
                ("query", models.TextField()),
                ("shared", models.BooleanField(default=False)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "saved_filters",
                "constraints": [models.UniqueConstraint(fields=("member", "page", "name"), name="one_filter_a_name")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=40)),
                ("first", models.CharField(max_length=200)),
                ("last", models.CharField(max_length=200)),
                ("rows", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "load",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.load"),
                ),
            ],
            options={
                "db_table": "seals",
                "indexes": [models.Index(fields=["table", "load", "first"], name="seals_of_a_table")],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("revision", models.IntegerField()),
                ("signer", models.CharField(max_length=200)),
                ("at", oarlock.store.fields.InstantField()),
                ("method", models.CharField(max_length=20)),
                ("envelope_hash", models.CharField(max_length=64)),
                ("signature", models.TextField()),
                ("voided_at", oarlock.store.fields.InstantField(null=True)),
                ("voided_because", models.TextField(blank=True, default="")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "signatures",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("proposal", "signer"),
                        name="one_signature_a_signer",
                    )
                ],
            },
        ),
    ]
