(function () {
  var d = document, root = d.documentElement, presses = 0, last = 0, alone, said;
  function each(names, target, step) {
    names.split(' ').forEach(function (name) { target.addEventListener(name, step, true); });
  }
  // Three presses of Shift leave. The status that says so stands outside the body, which empties.
  function say(count) {
    if (said) { said.textContent = count ? said.getAttribute('data-' + count) : ''; }
  }
  function forget() { presses = 0; alone = false; say(0); }
  each('keydown', d, function (event) {
    if (event.repeat) { return; }
    var other = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (event.key !== 'Shift' || other) { forget(); } else { alone = true; }
  });
  each('input compositionstart mousedown', d, forget);
  // A keyboard on the screen sends Shift too, and only where one writes: there a finger leaves not.
  function writes() {
    var at = d.activeElement && d.activeElement.selectionStart;
    return typeof at === 'number' && matchMedia('(pointer:coarse)').matches;
  }
  each('keyup', d, function (event) {
    if (event.key !== 'Shift' || !alone) { return; }
    if (writes()) { forget(); return; }
    presses = new Date() - last > 5000 ? 1 : presses + 1;
    last = +new Date();
    say(Math.min(presses, 3));
    if (presses > 2) {
      alone = d.querySelector('[data-exit]');
      if (alone) { alone.click(); } else { location.replace('/x'); }
    }
  });
  each('DOMContentLoaded', d, function () {
    said = d.getElementById('said');
    if (said) { root.appendChild(said); }
  });
  // A page that nobody looks at shows nothing; what was typed stays in it.
  function cover() { root.className = 'away'; }
  function uncover() { if (!d.hidden) { root.className = ''; } }
  each('visibilitychange', d, function () { if (d.hidden) { cover(); } else { uncover(); } });
  each('pagehide', window, cover);
  each('blur', window, function (event) {
    var field = d.activeElement;
    var picks = field && (field.tagName === 'SELECT' || field.type === 'file');
    if (event.target === window && !picks) { cover(); }
  });
  each('focus pageshow', window, uncover);
  each('pointerdown touchstart keydown', d, uncover);
}());
