"""How easy a text is to read: sentences, words, syllables, and the reading ease of Flesch.

Flesch's formula (1948): 206.835 - 1.015 words a sentence - 84.6 syllables a word; 60 to 70 is plain
English, 80 and more is easy. Syllables are counted as groups of vowels, without a silent last e.
"""

from __future__ import annotations

import html
import re

import readability

SENTENCE = re.compile(r"(?<=[.?!:])[”)]?\s+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
VOWELS = re.compile(r"[aeiouy]+")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon ends one, because what follows it is read as the next."""
    return [part for part in SENTENCE.split(text.strip()) if WORD.search(part)]


def syllables(word: str) -> int:
    """The syllables of an English word, at least one."""
    word = word.lower()
    if word.endswith("e") and not word.endswith("le"):
        word = word[:-1]
    return max(1, len(VOWELS.findall(word)))


def ease(texts: list[str]) -> float:
    """The reading ease of some paragraphs together."""
    parts = [sentence for text in texts for sentence in sentences(text)]
    words = [word for part in parts for word in WORD.findall(part)]
    beats = sum(map(syllables, words))
    return 206.835 - 1.015 * len(words) / len(parts) - 84.6 * beats / len(words)


def grade(texts: list[str]) -> float:
    """The school year (Flesch-Kincaid) that can read some paragraphs, as a library measures it.

    It wants a sentence a line, and its words apart.
    """
    lines = [WORD.findall(part) for text in texts for part in sentences(text)]
    measured = readability.getmeasures("\n".join(" ".join([*line, "."]) for line in lines), "en")
    return float(measured["readability grades"]["Kincaid"])


def plain(markup: str) -> str:
    """A piece of a page without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()
