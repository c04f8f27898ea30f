"""The second example of docs/tables.md: tables of another company, with the columns of RavenStack, by the commands given there."""

import re
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kizuna.interfaces.cli.main import main
from kizuna.success.customers.models import Account, Cancellation, Contract
from kizuna.success.inbox.models import Inquiry
from kizuna.success.usage.models import UsageDayCount

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).resolve().parents[4] / "docs/tables.md"
# Rows of our own making; the headers, the byte order mark, the order of days and the capital letters are those of the data set.
TABLES = {
    "ravenstack_accounts.csv": """account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats,is_trial,churn_flag
A-000001,Company_0,EdTech,US,16-10-2024,partner,Basic,9,FALSE,FALSE
A-000002,Company_1,FinTech,IN,17-08-2023,other,Pro,18,FALSE,TRUE
A-000003,Company_10,DevTools,UK,27-08-2024,organic,Enterprise,1,TRUE,FALSE
""",
    "ravenstack_subscriptions.csv": """subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,arr_amount,is_trial,upgrade_flag,downgrade_flag,churn_flag,billing_frequency,auto_renew_flag
S-000001,A-000001,23-12-2023,,Basic,9,171,2052,FALSE,FALSE,FALSE,FALSE,monthly,TRUE
S-000002,A-000001,05-01-2024,,Pro,2,98,1176,FALSE,TRUE,FALSE,FALSE,annual,FALSE
S-000003,A-000002,11-06-2023,13-04-2024,Pro,18,882,10584,FALSE,FALSE,FALSE,TRUE,monthly,TRUE
S-000004,A-000003,25-11-2024,,Enterprise,1,0,0,TRUE,FALSE,FALSE,FALSE,annual,FALSE
""",  # noqa: E501
    "ravenstack_feature_usage.csv": """usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count,is_beta_feature
U-000001,S-000001,27-12-2023,feature_20,9,5004,0,FALSE
U-000002,S-000002,27-12-2023,feature_20,4,369,0,FALSE
U-000003,S-000001,28-12-2023,feature_5,0,0,0,TRUE
U-000004,S-000001,27-12-2023,feature_20,8,12,0,FALSE
U-000004,S-000003,07-11-2023,feature_3,7,1458,1,FALSE
""",  # noqa: E501
    "ravenstack_churn_events.csv": """churn_event_id,account_id,churn_date,reason_code,refund_amount_usd,preceding_upgrade_flag,preceding_downgrade_flag,is_reactivation,feedback_text
C-000001,A-000002,13-04-2024,pricing,4.03,FALSE,FALSE,FALSE,switched to competitor
C-000002,A-000001,27-10-2024,support,0,TRUE,FALSE,FALSE,
""",  # noqa: E501
    "ravenstack_supports_ticket.csv": """ticket_id,account_id,submitted_at,closed_at,resolution_time_hours,priority,first_response_time_minutes,satisfaction_score,escalation_flag
T-000001,A-000001,27-07-2023,27-07-2023 03:00,3,high,74,,FALSE
T-000002,A-000003,17-10-2024,18-10-2024 19:00,43,urgent,93,4,TRUE
""",  # noqa: E501
}  # fmt: skip


@pytest.fixture
def commands(aoi, monkeypatch, tmp_path) -> list[list[str]]:
    """Return the commands of the document that bring tables, with files of the same names."""
    monkeypatch.setattr("kizuna.interfaces.cli.main._community", lambda command, options: nullcontext())
    for name, table in TABLES.items():
        (tmp_path / name).write_text(table, encoding="utf-8-sig")
    found = re.findall(r"^kizuna (import \w+ ravenstack_.*)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return [[str(tmp_path / word) if word in TABLES else word for word in line.split()] for line in found]


def test_the_commands_of_the_document_bring_all_five_tables(commands, capsys):
    assert [main(command) for command in commands] == [0, 0, 0, 3, 0]
    assert list(Account.objects.order_by("external_id").values_list("name", "region", "monthly_amount", "state")) == [
        ("Company_0", "US", 26_900, "active"),
        ("Company_1", "IN", 0, "ended"),
        ("Company_10", "UK", 0, "active"),
    ]
    assert set(Contract.objects.values_list("currency", flat=True)) == {"USD"}
    left = Cancellation.objects.order_by("external_id").values_list(
        "account__external_id", "cancelled_on", "reason", "told"
    )
    assert list(left) == [
        ("A-000002", date(2024, 4, 13), "pricing", "switched to competitor"),
        ("A-000001", date(2024, 10, 27), "support", ""),
    ]
    assert Contract.objects.get(external_id="S-000003").ended_on == date(2024, 4, 13)
    counts = UsageDayCount.objects.order_by("pk").values_list("group__external_id", "day", "name__name", "count")
    assert list(counts) == [
        ("A-000001", date(2023, 12, 27), "feature_20", 9),
        ("A-000001", date(2023, 12, 27), "feature_20", 4),
        ("A-000002", date(2023, 11, 7), "feature_3", 7),
    ]
    first, second = Inquiry.objects.order_by("external_id")
    assert (first.title, first.priority, first.state) == ("T-000001", "high", "closed")
    assert (first.received_at, first.closed_at) == (
        datetime(2023, 7, 26, 15, tzinfo=UTC),
        datetime(2023, 7, 26, 18, tzinfo=UTC),
    )
    assert second.account.external_id == "A-000003"
    said = capsys.readouterr().out
    assert "Rows to mend and import again" in said
    assert [main(command) for command in commands] == [0, 0, 0, 3, 0]
    assert "     4         0         0           4         0" in capsys.readouterr().out
