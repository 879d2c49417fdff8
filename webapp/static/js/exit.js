/* The exit. Blanks the page at once, takes the other tabs along, then leaves.
   Works on old phones (ES5); without it the link itself does the same, with one round trip. */
(function (w, d) {
  'use strict';
  var TARGET = '@EXIT_URL@', KEY = 'g', GUARD = 120000, presses = 0, last = 0, alone = false, bus;

  function attempt(step) { try { return step(); } catch (e) { return null; } }

  function blank() {
    var i, gone = d.querySelectorAll('link[rel~="icon"],link[rel="manifest"],audio,video');
    d.title = '\u200e';
    for (i = 0; i < gone.length; i++) {
      if (gone[i].pause) { gone[i].pause(); }
      gone[i].parentNode.removeChild(gone[i]);
    }
    while (d.body && d.body.firstChild) { d.body.removeChild(d.body.firstChild); }
    d.documentElement.style.display = d.body ? '' : 'none';
  }

  function wipe() {
    attempt(function () { w.localStorage.clear(); w.sessionStorage.clear(); });
    attempt(function () { w.sessionStorage.setItem(KEY, String(+new Date())); });
    attempt(function () { w.speechSynthesis.cancel(); });
    attempt(function () {
      w.caches.keys().then(function (names) { names.forEach(function (n) { w.caches['delete'](n); }); });
    });
    attempt(function () {
      w.navigator.serviceWorker.getRegistrations().then(function (all) {
        all.forEach(function (one) { one.unregister(); });
      });
    });
  }

  function leave(told) {
    blank();
    wipe();
    if (!told) {
      attempt(function () { bus.postMessage(1); });
      attempt(function () {
        w.fetch('/x', { method: 'POST', keepalive: true, credentials: 'same-origin' });
      });
    }
    w.setTimeout(function () { w.location.replace(TARGET); }, 20);
  }

  function check() {
    var since = +attempt(function () { return w.sessionStorage.getItem(KEY); });
    if (since && +new Date() - since < GUARD) { leave(true); }
  }

  function follow(event) {
    var node = event.target;
    while (node && node.nodeType === 1) {
      if (node.hasAttribute('data-exit')) { event.preventDefault(); leave(); return; }
      node = node.parentNode;
    }
  }

  bus = attempt(function () { return new w.BroadcastChannel(KEY); });
  if (bus) { bus.onmessage = function () { leave(true); }; }
  d.addEventListener('click', follow, true);
  d.addEventListener('auxclick', follow, true);

  /* Shift three times: a press counts when nothing else was pressed with it. */
  d.addEventListener('keydown', function (event) {
    if (event.repeat) { return; }
    alone = event.key === 'Shift' && !event.isComposing;
    if (!alone) { presses = 0; }
  }, true);
  d.addEventListener('keyup', function (event) {
    var now = +new Date();
    if (event.key !== 'Shift' || !alone) { return; }
    alone = false;
    presses = now - last > 5000 ? 1 : presses + 1;
    last = now;
    if (presses > 2) { leave(); }
  }, true);

  w.addEventListener('pageshow', check);
  d.addEventListener('DOMContentLoaded', check);
  check();
}(window, document));
