/* Reads a page aloud with a voice that lives on the device. A voice from elsewhere would tell its
   maker what is read: then nothing is offered. Hidden pages are silent, and so is a page left. */
(function () {
  var d = document, voices = self.speechSynthesis, box = d.querySelector('[data-aloud]');
  var button, blocks, at = -1;
  if (!box || !voices || !self.SpeechSynthesisUtterance) { return; }
  button = box.querySelector('button');
  function voice(tag) {
    var own = tag.toLowerCase().split('-')[0];
    return voices.getVoices().filter(function (one) {
      return one.localService === true && one.lang.toLowerCase().split(/[-_]/)[0] === own;
    })[0];
  }
  function offer() { if (voice(d.documentElement.lang)) { box.hidden = false; } }
  function show() { button.textContent = box.getAttribute(at < 0 ? 'data-start' : 'data-stop'); }
  function stop() { at = -1; voices.cancel(); show(); }
  function next() {
    var block = blocks[at], words, with_;
    if (at < 0) { return; }
    // The exit empties the body: whatever was to be said is not said any more.
    if (!block || !d.contains(box)) { return stop(); }
    at += 1;
    with_ = voice(block.closest('[lang]').lang);
    if (!with_ || block.closest('[data-aloud], form, aside, nav, details:not([open])')) { return next(); }
    words = new SpeechSynthesisUtterance(block.textContent);
    words.voice = with_;
    words.lang = with_.lang;
    words.onend = next;
    words.onerror = stop;
    voices.speak(words);
  }
  button.addEventListener('click', function () {
    if (at >= 0) { return stop(); }
    blocks = d.querySelectorAll('main h1, main h2, main h3, main p, main li, main td');
    at = 0;
    show();
    voices.cancel();
    next();
  });
  d.addEventListener('visibilitychange', function () {
    if (d.hidden && at >= 0) { stop(); }
  });
  addEventListener('pagehide', stop);
  offer();
  if (voices.addEventListener) { voices.addEventListener('voiceschanged', offer); }
}());
