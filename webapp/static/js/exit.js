(function () {
  var d = document, to = '@EXIT_URLS@'.split(','), bus;
  function safe(step) { try { return step(); } catch (e) { return 0; } }
  function each(list, step) { for (var i = list.length; i--;) { step(list[i]); } }
  function on(name, step) { d.addEventListener(name, step, true); }
  function blank() {
    d.title = '\u200e';
    each(d.querySelectorAll('audio,video'), function (one) { one.pause(); });
    each(d.querySelectorAll('link[rel~=icon],link[rel=manifest]'), function (link) {
      link.parentNode.removeChild(link);
    });
    if (d.body) { d.body.textContent = ''; } else { stop(); }
  }
  function leave(told) {
    blank();
    if (!told) {
      safe(function () { bus.postMessage(1); });
      safe(function () { fetch('/x', {method: 'POST', keepalive: true}); });
    }
    setTimeout(function () { location.replace(to[new Date().getUTCDate() % to.length]); }, 20);
    safe(function () { localStorage.clear(); sessionStorage.clear(); });
    safe(function () { sessionStorage.g = +new Date(); });
    safe(function () { speechSynthesis.cancel(); });
    safe(function () {
      caches.keys().then(function (names) { each(names, function (n) { caches['delete'](n); }); });
    });
    safe(function () {
      navigator.serviceWorker.getRegistrations().then(function (all) {
        each(all, function (one) { one.unregister(); });
      });
    });
  }
  function check() {
    if (new Date() - safe(function () { return +sessionStorage.g; }) < 12e4) { leave(1); }
  }
  function follow(event) {
    for (var n = event.target; n; n = n.parentNode) {
      if (n.hasAttribute && n.hasAttribute('data-exit')) { event.preventDefault(); leave(); }
    }
  }
  on('click', follow);
  on('auxclick', follow);
  on('DOMContentLoaded', check);
  addEventListener('pageshow', check);
  bus = safe(function () { return new BroadcastChannel('g'); });
  if (bus) { bus.onmessage = leave; }
  check();
}());
