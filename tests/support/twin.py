"""Duplicating a tab, as a person does from the menu of the tab.

A browser takes the order from its own menu or from an extension, and from nobody else: hence an
extension of two files that does nothing until it is told.
"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

MANIFEST = {
    "manifest_version": 3,
    "name": "Twin",
    "version": "1",
    "background": {"service_worker": "idle.js"},
}
DUPLICATE = """async () => {
  const [tab] = await chrome.tabs.query({active: true});
  await chrome.tabs.duplicate(tab.id);
}"""
PATIENCE = 60_000
"""Milliseconds that the extension and the new tab may take to appear."""


def write_extension(folder: Path) -> Path:
    """The extension that `duplicate` calls: for `launch(extension=...)`."""
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "idle.js").write_text("")
    return folder


def duplicate(context: BrowserContext) -> Page:
    """Duplicate the tab in front, with its list of visited pages; the new tab."""
    workers = context.service_workers
    worker = workers[0] if workers else context.wait_for_event("serviceworker", timeout=PATIENCE)
    with context.expect_page(timeout=PATIENCE) as opened:
        worker.evaluate(DUPLICATE)
    return opened.value
