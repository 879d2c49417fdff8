"""Whether a page holds what is on it, however wide its letters are."""

from __future__ import annotations

from tests.support.fonts import MONO

LARGE = "html { font-size: 200% }"
WIDE = f'* {{ font-family: "{MONO}" !important }}'
"""Every letter as broad as the broadest."""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
"""What is folded away is a part of the page too."""
STICKS_OUT = """[...document.body.querySelectorAll('*')].filter(e => {
  if (e.closest('.unseen, .aside, .skip, thead, input, script')) return false;
  if (e.parentElement.closest('.scroll')) return false;
  const box = e.getBoundingClientRect();
  if (!box.width) return false;
  if (box.left < -1 || box.right > innerWidth + 1) return true;
  return !e.matches('.scroll') && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
}).map(e => e.outerHTML.slice(0, 200))"""
"""What leaves the screen to the side, and what holds more than fits in it. Tables of figures have a
box of their own that scrolls; what is for ears only has no place."""
