"""Columns find their fields by the words people use; what is only alike is a suggestion."""

from kizuna.base.tables import Field, match_headers

FIELDS = [
    Field("external_id", ("顧客ID", "顧客コード", "取引先コード", "customer id", "account id"), is_needed=True),
    Field("name", ("会社名", "顧客名", "企業名", "社名", "company", "account name"), is_needed=True),
    Field("kana", ("フリガナ", "会社名カナ", "kana")),
    Field("starts_on", ("契約開始日", "開始日", "start date")),
    Field("amount", ("金額", "契約金額", "amount")),
]


def test_japanese_and_english_headers_match_whatever_their_dress():
    headers = ["【必須】顧客ＩＤ", "会社名（正式）", "ﾌﾘｶﾞﾅ", "契約 開始日", "契約金額(円)", "メモ"]
    match = match_headers(headers, FIELDS)
    assert match.columns == {"external_id": 0, "name": 1, "kana": 2, "starts_on": 3, "amount": 4}
    assert (match.doubtful, match.unknown, match.missing) == (set(), [5], [])
    english = match_headers(["Customer_ID", "COMPANY", "start-date"], FIELDS)
    assert english.columns == {"external_id": 0, "name": 1, "starts_on": 2}


def test_a_likeness_is_a_suggestion_and_two_are_none():
    match = match_headers(["顧客ID", "お客様会社名です", "税込金額", "税抜金額"], FIELDS)
    assert match.columns == {"external_id": 0, "name": 1}
    assert match.doubtful == {"name"}
    assert match.unknown == [2, 3]


def test_what_a_person_chose_stands_before_everything():
    match = match_headers(["顧客ID", "社名", "会社名"], FIELDS, chosen={"name": 1})
    assert match.columns == {"external_id": 0, "name": 1}
    assert match.unknown == [2]


def test_needed_fields_without_a_column_are_missing_and_ignored_columns_are_not_unknown():
    match = match_headers(["取り込めなかった理由", "会社名"], FIELDS, ignored=["取り込めなかった理由"])
    assert (match.missing, match.unknown) == (["external_id"], [])


def test_a_column_serves_one_field_only():
    match = match_headers(["会社名", "会社名"], FIELDS)
    assert match.columns == {"name": 0}
    assert match.unknown == [1]
