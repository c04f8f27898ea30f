"""Spellings that people do not tell apart: old kanji, lookalikes, marks, kana of either kind."""

import re
import unicodedata
from functools import lru_cache

from kizuna.base.text.japanese import hiragana

# Old and variant kanji → the everyday one. Names keep them, registers and lists do not.
_PAIRS = """
靑青 淸清 鄕郷 敎教 淚涙 步歩 每毎 錄録 祿禄 緖緒 靜静 絲糸 佛仏 黃黄 內内 吳呉 吞呑 圓円 硏研
髙高 﨑崎 嵜崎 碕崎 齋斎 齊斎 斉斎 濱浜 濵浜 邊辺 邉辺 澤沢 廣広 國国 學学 榮栄 櫻桜 瀧滝 眞真 圓円 壽寿 嶋島 嶌島 龍竜 體体
會会 戀恋 應応 與与 辨弁 瓣弁 辯弁 鐵鉄 變変 號号 實実 寫写 禮礼 處処 聲声 賣売 讀読 續続 發発 圖図 醫医 驛駅 濟済 繪絵 惠恵
豐豊 藏蔵 萬万 條条 淺浅 舊旧 關関 團団 獨独 轉転 經経 鷗鴎 儘尽 舘館 冨富 德徳 黑黒 增増 橫横 瀨瀬 槇槙 曾曽 籠篭 桧檜 藪薮
礪砺 遙遥 淵渕 渊渕 祇祗 亞亜 惡悪 壓圧 爲為 營営 衞衛 鹽塩 假仮 價価 畫画 懷懐 擴拡 覺覚 樂楽 勸勧 卷巻 寬寛 觀観 歸帰 氣気
龜亀 僞偽 戲戯 擧挙 峽峡 狹狭 曉暁 區区 驅駆 勳勲 薰薫 徑径 溪渓 揭掲 鷄鶏 藝芸 擊撃 缺欠 縣県 儉倹 劍剣 險険 圈圏 檢検 顯顕
驗験 嚴厳 效効 恆恒 鑛鉱 齒歯 兒児 濕湿 釋釈 收収 從従 澁渋 獸獣 縱縦 肅粛 敍叙 將将 稱称 燒焼 證証 乘乗 淨浄 剩剰 疊畳 繩縄
壤壌 孃嬢 讓譲 釀醸 觸触 囑嘱 愼慎 盡尽 粹粋 醉酔 穗穂 隨随 髓髄 樞枢 數数 靜静 攝摂 竊窃 專専 戰戦 纖繊 踐践 錢銭 潛潜 雙双
壯壮 莊荘 裝装 插挿 爭争 總総 聰聡 臟臓 屬属 墮堕 對対 帶帯 滯滞 臺台 擇択 單単 擔担 膽胆 彈弾 斷断 癡痴 遲遅 晝昼 蟲虫 鑄鋳
廳庁 徵徴 聽聴 敕勅 鎭鎮 遞逓 點点 傳伝 燈灯 當当 黨党 稻稲 鬪闘 貳弐 惱悩 腦脳 霸覇 拜拝 廢廃 麥麦 蠻蛮 祕秘 甁瓶 拂払 佛仏
竝並 辭辞 寶宝 襃褒 豫予 餘余 譽誉 搖揺 樣様 謠謡 來来 賴頼 亂乱 覽覧 畧略 兩両 獵猟 綠緑 壘塁 勵励 靈霊 齡齢 爐炉 勞労 樓楼
灣湾 卽即 巢巣 彌弥 聯連 峯峰 嶽岳 埜野 穐秋 喆哲 槗橋 桺柳 栁柳 鍜鍛 枩松 舩船 餠餅 麴麹 蔣蒋 頰頬 鈎鉤 𣘺橋 翆翠 圡土 仝同
鴬鶯 蛎蠣 蝿蠅 竈竃 梼檮 壷壺 砿鉱 𠮷吉
"""
_VARIANTS = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
# Kanji and signs that look like a katakana: read as one only between katakana.
_LOOKALIKES = str.maketrans("二口力夕工卜八三千一－—―–‐−-", "ニロカタエトハミチーーーーーーーー")
_AMONG_KATAKANA = re.compile(r"(?<=[ァ-ヺー])[二口力夕工卜八三千一－—―–‐−-](?=[ァ-ヺー]|$|[\s(])")
_DASH_AFTER_KATAKANA = re.compile(r"(?<=[ァ-ヺー])[－—―–‐−-]")
_BEFORE_KATAKANA = re.compile(r"(?<![\u3400-\u9fffァ-ヺ])[二口力夕工卜八](?=[ァ-ヺ][ァ-ヺー])")
_KA_BETWEEN_KANJI = re.compile(r"(?<=[\u3400-\u9fff])[ヶケヵがガ](?=[\u3400-\u9fff])")
_NO_BETWEEN_KANJI = re.compile(r"(?<=[\u3400-\u9fff])[ノ之乃](?=[\u3400-\u9fff])")
_AND = re.compile(r"(?<=[a-z0-9])\s*(?:\band\b|&)\s*(?=[a-z0-9])")
_JAPANESE_AND = re.compile(r"\s*&\s*(?=[ぁ-ヺ\u3400-\u9fff])|(?<=[ぁ-ヺ\u3400-\u9fff])\s*&\s*")
_UNCOUNTED = re.compile(r"(?:[^\w&]|_)+")
_MARKS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200b-\u200f\u2060\ufeff\u00ad]")
_SMALL = {
    ord(small): large for small, large in zip("ぁぃぅぇぉゃゅょゎっゕゖ", "あいうえおやゆよわつかけ", strict=True)
}
_OLD_KANA = str.maketrans("ゐゑヰヱ", "いえイエ")
_FIRST = re.compile(r"第([1-9])")
_KANJI_DIGITS = "〇一二三四五六七八九"


def without_marks(text: str) -> str:
    """Return the text without variation selectors and characters of no width."""
    return _MARKS.sub("", text)


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """Return the form in which two spellings of one name are equal: case, kana, old kanji, lookalikes, spaces, signs."""
    normal = unicodedata.normalize("NFKC", without_marks(text)).casefold().translate(_VARIANTS).translate(_OLD_KANA)
    normal = _DASH_AFTER_KATAKANA.sub("ー", normal)
    normal = _AMONG_KATAKANA.sub(lambda match: match.group().translate(_LOOKALIKES), normal)
    normal = _BEFORE_KATAKANA.sub(lambda match: match.group().translate(_LOOKALIKES), normal)
    normal = _KA_BETWEEN_KANJI.sub("ヶ", normal)
    normal = _NO_BETWEEN_KANJI.sub("の", normal)
    normal = _FIRST.sub(lambda match: "第" + _KANJI_DIGITS[int(match.group(1))], normal)
    if "&" in normal or "and" in normal:
        normal = _JAPANESE_AND.sub("アンド", _AND.sub("&", normal))
    return _without_long_vowels(hiragana(_UNCOUNTED.sub("", normal)).translate(_SMALL))


def _without_long_vowels(kana: str) -> str:
    """Drop the mark of a long vowel at the end (サーバー = サーバ) and its doubles."""
    return re.sub(r"ー+$", "", re.sub(r"ー+", "ー", kana)) or kana
