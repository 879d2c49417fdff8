/* Keys for the desk: j and k move through the queue, Enter opens, c, r and u act on a report,
   ? shows them all. Everything works without. */
(function () {
  'use strict';

  function typing(node) {
    return node.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, dialog');
  }

  function step(by) {
    const rows = Array.from(document.querySelectorAll('[data-row]'));
    if (!rows.length) { return; }
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by));
    rows[next].focus();
  }

  function press(key) {
    const target = document.querySelector('[data-key="' + key + '"]');
    if (target) { target.click(); }
  }

  const acts = {
    j() { step(1); },
    k() { step(-1); },
    c() { press('c'); },
    u() { press('u'); },
    r() {
      const route = document.getElementById('route');
      if (route) { route.focus(); route.scrollIntoView(); }
    },
    '?'() {
      const keys = document.getElementById('keys');
      if (keys && keys.showModal) { keys.showModal(); }
    },
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}());
