"""Forty-five languages, of which nobody has written a word: their texts are made up.

Two of them stand for the longest there are. In UTF-8 a Bengali or Burmese letter takes three bytes,
and Burmese needs more letters than English for the same sentence (measured on translated programs:
a quarter more; Bengali a twentieth).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from gettext import NullTranslations
from string import ascii_lowercase
from typing import Any, Final
from unittest.mock import patch

import flask_babel

from webapp import i18n
from webapp.i18n import Catalogue, Language, get_language, load_languages

WIDEST: Final = {"bn": ("bn", "বাংলা", 1.05), "my": ("my", "မြန်မာ", 1.25)}
"""By tag: locale, name, and how many letters a text has for each English one."""
NAMES: Final = """
Shqip|አማርኛ|Հայերեն|Azərbaycanca|Български|简体中文|Hrvatski|Čeština|Dansk|Eesti|فارسی|Suomi
ქართული|Ελληνικά|Hausa|עברית|हिन्दी|Magyar|Bahasa Indonesia|Italiano|Kurdî|Latviešu|Lietuvių|नेपाली
پښتو|Polski|Português (Brasil)|Português (Portugal)|ਪੰਜਾਬੀ|Română|Русский|Српски|Slovenčina
Soomaali|Español|Tagalog|ไทย|ትግርኛ
"""
WORDS: Final = {
    "bn": """
সকল মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে তাদের বিবেক বুদ্ধি আছে সুতরাং একে
অপরের প্রতি ভ্রাতৃত্বসুলভ মনোভাব আচরণ করা উচিত আপনি যদি বিপদে থাকেন তাহলে এখনই ফোন করুন পুলিশ
সাহায্য দরকার কাজ টাকা কাগজপত্র মালিক হুমকি দেয় ঘর থেকে বের হতে পারেন না ডাক্তার হাসপাতাল উকিল
বিনামূল্যে প্রশ্নের উত্তর জানি বার্তা পাঠান আমরা পড়ি গোপন সংকেত লিখে রাখুন নিরাপদ জায়গায়
""",
    "my": """
လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း အခွင့်အရေးများဖြင့် မွေးဖွားလာသူများ ဖြစ်သည်
ထိုသူတို့၌ ပိုင်းခြား ဝေဖန်တတ်သော ဉာဏ်နှင့် ကျင့်ဝတ်သိတတ်သော စိတ်တို့ရှိကြ၍ အချင်းချင်း မေတ္တာထား
ဆက်ဆံ ကျင့်သုံးသင့်၏ သင် အန္တရာယ် ရှိပါက ယခု ဖုန်းဆက်ပါ ရဲ အကူအညီ လိုအပ်သည် အလုပ် ငွေ
စာရွက်စာတမ်း အလုပ်ရှင် ခြိမ်းခြောက်သည် အိမ်မှ ထွက်ခွင့်မရှိ ဆရာဝန် ဆေးရုံ ရှေ့နေ အခမဲ့ မေးခွန်း အဖြေ
""",
}
_ID: Final = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_PLACEHOLDER: Final = re.compile(r"(%\(\w+\)s)")


class MadeUp(NullTranslations):
    """A catalogue that has every text, as long as the language would need it."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._words, self._length = WORDS[tag].split(), WIDEST[tag][2]

    def ugettext(self, message: str) -> str:
        """As many letters as that language needs; the names of values stay."""
        parts = _PLACEHOLDER.split(message)
        return "".join(part if at % 2 else self._write(part) for at, part in enumerate(parts))

    gettext = ugettext

    def ungettext(self, one: str, many: str, number: int) -> str:
        """The same, for a number of things."""
        return self.ugettext(one if number == 1 else many)

    ngettext = ungettext

    def _write(self, english: str) -> str:
        if not english.strip() or _ID.fullmatch(english):
            return english
        chance, wanted, text = random.Random(english), len(english) * self._length, ""
        while len(text) < wanted:
            text += chance.choice(self._words) + " "
        before = " " if english[0] == " " else ""
        return before + text[: max(1, round(wanted) - 1)].strip() + english[len(english.rstrip()) :]


def list_tags() -> str:
    """`WAYSIDE_LANGUAGES` with all forty-five: those of the product, and the made-up ones."""
    return ",".join({**load_languages(), **_make_rows()})


def _make_rows() -> dict[str, Language]:
    rows = {tag: (locale, name) for tag, (locale, name, _length) in WIDEST.items()}
    names = NAMES.strip().replace("\n", "|").split("|")
    rows |= {f"q{letter}{letter}": ("en_GB", "") for letter in ascii_lowercase}
    rows |= {f"x{letter}{letter}": ("en_GB", "") for letter in ascii_lowercase}
    made = {}
    for tag, (locale, own) in rows.items():
        if name := own or (names.pop() if names else ""):
            made[tag] = Language(tag, locale, name, "ltr", reviewed=False)
    return made


@contextmanager
def many_languages() -> Iterator[None]:
    """All of them can be chosen and are whole, for an application that is made within."""
    known = load_languages() | _make_rows()
    words = {tag: MadeUp(tag) for tag in WIDEST}

    def look_instead(given: Callable[[Any], NullTranslations]) -> Any:
        def look(domain: Any) -> NullTranslations:
            found = given(domain)
            return words.get(get_language().tag, found) if flask_babel.get_locale() else found

        return look

    with ExitStack() as stack:
        for kind in (flask_babel.Domain, Catalogue):
            look = look_instead(kind.get_translations)
            stack.enter_context(patch.object(kind, "get_translations", look))
        stack.enter_context(patch.object(i18n, "load_languages", lambda: known))
        stack.enter_context(patch.object(i18n, "measure_coverage", lambda *_: 1.0))
        yield
