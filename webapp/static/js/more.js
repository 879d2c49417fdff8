/* The page of files asks for its own scripts only once somebody chooses a file or records. */
(function () {
  var d = document, box = d.querySelector('[data-more]'), voice = d.querySelector('[data-voice]');
  function load(name, from) {
    var script = d.createElement('script');
    if (from.getAttribute(name)) {
      script.src = from.getAttribute(name);
      from.removeAttribute(name);
      d.body.appendChild(script);
    }
  }
  function button() {
    var made = d.createElement('button');
    made.type = 'button';
    made.className = 'quiet';
    made.id = 'v';
    made.textContent = voice.getAttribute('data-record');
    made.addEventListener('click', function () { load('data-more', box); load('data-voice', voice); });
    voice.appendChild(made);
  }
  if (!box || !self.fetch || !self.Promise) { return; }
  ['click', 'focusin', 'change'].forEach(function (name) {
    box.addEventListener(name, function (event) {
      if (event.target.type === 'file') { load('data-more', box); }
    });
  });
  if (voice && self.MediaRecorder && self.OfflineAudioContext && navigator.mediaDevices) { button(); }
}());
