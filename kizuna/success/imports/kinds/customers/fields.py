"""What a row of customers may say, and which things it names."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kizuna.base.tables.headers import folded_header
from kizuna.core.members.models.member import normalised_email
from kizuna.success.customers.matching.names import parsed
from kizuna.success.customers.matching.numbers import corporate_number_of
from kizuna.success.customers.models import AccountAttribute
from kizuna.success.imports.accounts import AccountWords
from kizuna.success.imports.records import ImportField, listed

ATTRIBUTE = "attribute:"
ACCOUNT_ID_WORDS = listed(
    "顧客コード|顧客ID|顧客番号|会社コード|取引先コード|取引先ID|得意先コード|お客様番号|企業ID|企業コード|外部ID"
    "|customer id|customer code|account id|account code|company id|external id|id"
)
ACCOUNT_NAME_WORDS = listed(
    "会社名|顧客名|取引先名|得意先名|企業名|法人名|社名|お客様名|会社|取引先|企業|顧客"
    "|company name|account name|customer name|organization name|company|account|customer|organization"
)
NUMBER_WORDS = ("法人番号", "corporate number", "houjin bangou")
DOMAIN_WORDS = ("ドメイン", "URL", "Webサイト", "ホームページ", "サイトURL", "domain", "domains", "website", "web site")


def choices_of(**words: str) -> dict[str, str]:
    """Return folded words with the value each stands for: value="word|word"."""
    return {folded_header(word): value for value, listed in words.items() for word in (value, *listed.split("|"))}


KINDS = choices_of(
    firm="法人|企業|会社|company|business", person="個人|individual|consumer", household="世帯|家庭|family"
)
FITS = choices_of(yes="はい|有|○|◯|合う|適合", no="いいえ|無|×|合わない|不適合", unknown="不明|未定|－|-")
OWN = (
    ImportField("external_id", _("Your own number of the customer"), ACCOUNT_ID_WORDS),
    ImportField("name", _("Name of the customer"), ACCOUNT_NAME_WORDS),
    ImportField(
        "kana",
        _("Reading of the customer's name"),
        listed(
            "会社名カナ|会社名フリガナ|会社名（カナ）|顧客名カナ|顧客名フリガナ|企業名カナ|社名カナ|フリガナ|カナ|company name kana|reading"
        ),
    ),
    ImportField("corporate_number", _("Corporate number"), NUMBER_WORDS),
    ImportField(
        "kind",
        _("Kind of customer"),
        listed("顧客区分|区分|種別|法人個人区分|customer type|account type|type"),
        "choice",
        choices=KINDS,
    ),
    ImportField("industry", _("Industry"), listed("業種|業界|industry")),
    ImportField("region", _("Region"), listed("地域|都道府県|所在地|region|prefecture")),
    ImportField(
        "phone",
        _("Telephone of the customer"),
        listed("代表電話|電話番号|電話|TEL|会社電話|phone|telephone|company phone"),
    ),
    ImportField(
        "employee_count",
        _("Number of employees"),
        listed("従業員数|社員数|employees|employee count|number of employees"),
        "whole",
    ),
    ImportField("fit", _("Does the customer fit?"), listed("適合|フィット|fit"), "choice", choices=FITS),
    ImportField("fit_reason", _("Why it fits or not"), listed("適合理由|フィット理由|fit reason")),
    ImportField("community_touch", _("Community touch"), listed("コミュニティタッチ|community touch"), "yes_no"),
    ImportField(
        "owner",
        pgettext_lazy("customers", "Account owner (e-mail or name)"),
        listed(
            "CS担当|当社担当|担当CS|担当者メール|弊社担当|owner|account owner|csm|owner email|customer success manager"
        ),
    ),
    ImportField("domains", _("Domains"), DOMAIN_WORDS, "several"),
    ImportField("aliases", _("Other names"), listed("別名|旧社名|別表記|aliases|other names|former name"), "several"),
)
PEOPLE = (
    ImportField(
        "contact_name",
        _("Name of the person"),
        listed("担当者名|担当者|氏名|ご担当者様|ご担当者|先方担当者|お名前|姓名|contact name|full name|contact|person"),
    ),
    ImportField(
        "contact_kana",
        _("Reading of the person's name"),
        listed("担当者カナ|担当者名カナ|担当者フリガナ|氏名カナ|氏名フリガナ|contact kana"),
    ),
    ImportField(
        "contact_email",
        _("E-mail of the person"),
        listed("メールアドレス|メール|担当者メールアドレス|Eメール|email|e-mail|mail|email address|contact email"),
    ),
    ImportField(
        "contact_phone",
        _("Telephone of the person"),
        listed("担当者電話|担当者電話番号|携帯電話|携帯|直通|mobile|contact phone|direct phone"),
    ),
    ImportField(
        "contact_external_id",
        _("Your own number of the person"),
        listed("担当者コード|担当者ID|ユーザーID|コンタクトID|contact id|user id|person id"),
    ),
    ImportField("department", _("Department"), listed("部署|部署名|所属|所属部署|部門|department|division")),
    ImportField("title", pgettext_lazy("job", "Title"), listed("役職|役職名|肩書|職位|title|job title|position")),
)
ACCOUNT_FIELDS = tuple(field.name for field in OWN if field.name not in ("owner", "domains", "aliases"))
CONTACT_FIELDS = {
    "contact_name": "name",
    "contact_kana": "kana",
    "contact_email": "email",
    "contact_phone": "phone",
    "contact_external_id": "external_id",
}
POST = ("department", "title")
READS = {"text": "line", "choice": "line", "date": "date", "number": "number", "yes_no": "yes_no"}


def fields() -> list[ImportField]:
    """Return the fields, the manager's own included."""
    own = AccountAttribute.objects.filter(is_archived=False).order_by("position", "pk")
    return [*OWN, *PEOPLE, *(_attribute(item) for item in own)]


def keys(*, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a row says of the customer, the person and their post."""
    account = account_key(values)
    if account:
        # The key says it already, or another spelling may.
        said = {name: value for name, value in values.items() if not _is_of_person(name) and name != "external_id"}
        if "name" in said:
            said["name"] = parsed(str(said["name"])).core
        is_only_named = set(said) <= {"name"} and "external_id" in values
        yield account, "" if is_only_named or not said else _plain(said)
    contact = contact_key(values, account)
    if contact:
        said = {name: value for name, value in values.items() if name in CONTACT_FIELDS and value}
        yield contact, _plain(said)
        yield post_key(contact, account), _plain({name: values[name] for name in POST if values.get(name)})


def account_key(values: dict[str, Any]) -> str:
    """Return the key of the customer that a row names, "" when it names none."""
    if values.get("external_id"):
        return f"a:id:{values['external_id']}"
    if number := corporate_number_of(str(values.get("corporate_number") or "")):
        return f"a:no:{number}"
    name = parsed(str(values.get("name") or ""))
    return f"a:nm:{name.core}:{name.form}:{name.side}:{name.branch}" if name.core else ""


def contact_key(values: dict[str, Any], account: str) -> str:
    """Return the key of the person that a row names, "" when it names none."""
    if values.get("contact_external_id"):
        return f"c:id:{values['contact_external_id']}"
    if key := normalised_email(str(values.get("contact_email") or "")):
        return f"c:em:{key}"
    return f"c:nm:{account}:{values['contact_name']}" if values.get("contact_name") else ""


def post_key(contact: str, account: str) -> str:
    """Return the key of a person's place at a customer."""
    return f"p:{contact}:{account}"


def words_of(values: dict[str, Any]) -> AccountWords:
    """Return what a row says of which customer it means; a person's address tells of its domain."""
    email = str(values.get("contact_email") or "")
    return AccountWords(
        external_id=str(values.get("external_id") or ""),
        name=str(values.get("name") or ""),
        kana=str(values.get("kana") or ""),
        corporate_number=str(values.get("corporate_number") or ""),
        domains=tuple([*(values.get("domains") or ()), *([email] if email and values.get("name") else [])]),
        phone=str(values.get("phone") or ""),
    )


def is_account(values: dict[str, Any]) -> bool:
    """Tell whether a row names a customer."""
    return bool(account_key(values))


def _attribute(item: AccountAttribute) -> ImportField:
    label = item.label.get((get_language() or "ja")[:2]) or item.label.get("ja") or item.slug
    words = tuple(dict.fromkeys(text for text in (item.slug, *item.label.values()) if text))
    return ImportField(f"{ATTRIBUTE}{item.slug}", label, words, READS[item.kind])


def _is_of_person(name: str) -> bool:
    return name in CONTACT_FIELDS or name in POST


def _plain(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, default=_iso)


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
