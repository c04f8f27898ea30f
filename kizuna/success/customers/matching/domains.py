"""Mail domains as a key: what belongs to one firm, never a provider that gives addresses to everybody."""

import re
import unicodedata
from functools import lru_cache

# Providers of free mail, of access with mail, and of mail by telephone in Japan; anybody may have an address there.
FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com yahoo.co.jp yahoo.com yahoo.ne.jp ymail.ne.jp ymail.com hotmail.com hotmail.co.jp outlook.com outlook.jp
    live.jp live.com msn.com icloud.com me.com mac.com aol.com aol.jp protonmail.com proton.me pm.me gmx.com gmx.net zoho.com mail.com
    mail.ru yandex.com yandex.ru qq.com 163.com 126.com naver.com daum.net hanmail.net excite.co.jp goo.jp goo.ne.jp mail.goo.ne.jp
    infoseek.jp inter7.jp rakuten.jp docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp vodafone.ne.jp disney.ne.jp y-mobile.ne.jp
    ymobile.ne.jp ymobile1.ne.jp willcom.com uqmobile.jp rakumail.jp nifty.com nifty.ne.jp biglobe.ne.jp mesh.ne.jp ocn.ne.jp plala.or.jp
    so-net.ne.jp so-net.jp dion.ne.jp auone-net.jp odn.ne.jp asahi-net.or.jp jcom.home.ne.jp jcom.zaq.ne.jp zaq.ne.jp eonet.ne.jp
    hi-ho.ne.jp wakwak.com tiki.ne.jp dti.ne.jp iij4u.or.jp bekkoame.ne.jp sannet.ne.jp ybb.ne.jp bbtec.net commufa.jp ctc-g.co.jp
    nifmail.jp mail.bg fastmail.com tutanota.com hey.com duck.com example.com example.jp example.net example.org
    """.split()
)
# Ends of names that nobody can register (RFC 2606, RFC 6762).
RESERVED = frozenset("example test invalid localhost local".split())
# Second levels under which names are given out; the registrable domain has one label more.
_SHARED_SECOND = frozenset("co or ne ac ad go gr ed lg com org net edu gov".split())
_PREFECTURES = frozenset(
    """
    hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba tokyo kanagawa niigata toyama ishikawa
    fukui yamanashi nagano gifu shizuoka aichi mie shiga kyoto osaka hyogo nara wakayama tottori shimane okayama hiroshima yamaguchi
    tokushima kagawa ehime kochi fukuoka saga nagasaki kumamoto oita miyazaki kagoshima okinawa
    """.split()
)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def domain_of(text: str) -> str:
    """Return the domain of an address, a web address or a bare domain in lower case, "" when there is none."""
    normal = unicodedata.normalize("NFKC", text).strip().lower()
    normal = normal.rpartition("@")[2] if "@" in normal else re.sub(r"^[a-z]+://", "", normal)
    host = re.split(r"[/:?#\s>]", normal, maxsplit=1)[0].strip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return ""
    return host if _DOMAIN.fullmatch(host) else ""


def registrable(domain: str) -> str:
    """Return the part of a domain that somebody registered: mail.aonami.co.jp → aonami.co.jp."""
    labels = domain.split(".")
    if len(labels) < 3:
        return domain
    is_deep = labels[-1] == "jp" and len(labels) > 3 and labels[-2] in _PREFECTURES
    depth = 4 if is_deep else 3 if labels[-2] in _SHARED_SECOND and len(labels[-1]) == 2 else 2
    return ".".join(labels[-depth:])


@lru_cache(maxsize=65_536)
def key_of(text: str) -> str:
    """Return the domain by which a firm may be known, "" for free mail and for no domain at all."""
    domain = domain_of(text)
    if not domain or is_free_mail(domain):
        return ""
    return registrable(domain)


def is_free_mail(domain: str) -> bool:
    """Tell whether anybody may have an address at `domain`."""
    labels = domain.split(".")
    if labels[-1] in RESERVED:
        return True
    return any(".".join(labels[start:]) in FREE_MAIL for start in range(len(labels) - 1))


def label_of(domain: str) -> str:
    """Return the name part of a registrable domain: aonami.co.jp and aonami.com agree in it."""
    return domain.split(".")[0]
