/* Keys for the desk: j and k move through the queue and the pages of a file, Enter opens, n opens what is next, c takes a
   report on, r and u act on an opened one, ? shows them all. Everything works without. */
(function () {
  'use strict';

  function typing(node) {
    return node.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, dialog');
  }

  function step(by) {
    const rows = Array.from(document.querySelectorAll('[data-row]'));
    if (!rows.length) { press(by > 0 ? 'j' : 'k'); return; }
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by));
    rows[next].focus();
  }

  function press(key) {
    const target = document.querySelector('[data-key="' + key + '"]');
    if (target) { target.click(); }
  }

  function take() {
    const row = document.activeElement.closest('tr');
    const button = row && row.querySelector('[data-take]');
    if (button) { button.click(); } else { press('c'); }
  }

  const acts = {
    j() { step(1); },
    k() { step(-1); },
    c() { take(); },
    n() { press('n'); },
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
