/* A voice message: recorded in memory, its pitch changed here, listened to, then added as a file.
   Nothing is stored on the device; leaving the page ends the recording. */
(function () {
  'use strict';
  var d = document, box = d.getElementById('v').parentNode, start = d.getElementById('v');
  var stream, recorder, rate = 16000, LONGEST = 300000, line = d.createElement('p'), shown = [], timer;
  function words(name) { return box.getAttribute('data-' + name); }
  function say(name) { line.textContent = name ? words(name) : ''; }
  function silence() {
    clearTimeout(timer);
    if (stream) { stream.getTracks().forEach(function (track) { track.stop(); }); }
    stream = null;
  }
  function leave() {
    if (recorder && recorder.state !== 'inactive') { recorder.onstop = null; recorder.stop(); }
    silence();
    clear();
  }
  function clear() {
    shown.forEach(function (node) {
      if (node.src) { node.pause(); URL.revokeObjectURL(node.src); }
      node.remove();
    });
    shown = [];
  }
  function show(node) { box.appendChild(node); shown.push(node); return node; }
  function press(row, name, act) {
    var button = d.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = words(name);
    button.addEventListener('click', act);
    row.appendChild(button);
  }
  // Grains of forty milliseconds, laid half over each other, each played higher or lower: the voice
  // changes and the time does not. How much is chosen anew each time and wanders.
  function changed(samples) {
    var grain = Math.round(rate * 0.04), hop = grain / 2, out = new Float32Array(samples.length);
    var random = new Uint32Array(Math.ceil(samples.length / hop) + 2), part, at, n, from, whole, share, ratio;
    crypto.getRandomValues(random);
    ratio = random[0] % 2 ? 0.7 + random[1] % 100 / 1000 : 1.3 + random[1] % 150 / 1000;
    for (part = 0; part * hop < samples.length; part += 1) {
      ratio += (random[part + 1] % 200 - 100) / 20000;
      ratio = ratio < 1 ? Math.min(0.84, Math.max(0.66, ratio)) : Math.min(1.5, Math.max(1.22, ratio));
      for (n = 0; n < grain; n += 1) {
        at = part * hop + n;
        from = part * hop + n * ratio;
        whole = Math.floor(from);
        share = from - whole;
        if (at < out.length && whole + 1 < samples.length) {
          out[at] += (0.5 - 0.5 * Math.cos(2 * Math.PI * n / grain)) *
            (samples[whole] * (1 - share) + samples[whole + 1] * share);
        }
      }
    }
    return out;
  }
  function wav(samples) {
    var view = new DataView(new ArrayBuffer(44 + samples.length * 2)), n, at = 0;
    function text(value) {
      for (var i = 0; i < value.length; i += 1) { view.setUint8(at, value.charCodeAt(i)); at += 1; }
    }
    function number(value, bytes) {
      if (bytes === 4) { view.setUint32(at, value, true); } else { view.setUint16(at, value, true); }
      at += bytes;
    }
    text('RIFF'); number(36 + samples.length * 2, 4); text('WAVEfmt ');
    number(16, 4); number(1, 2); number(1, 2); number(rate, 4); number(rate * 2, 4);
    number(2, 2); number(16, 2); text('data'); number(samples.length * 2, 4);
    for (n = 0; n < samples.length; n += 1) {
      view.setInt16(at, Math.max(-1, Math.min(1, samples[n])) * 32767, true);
      at += 2;
    }
    return new Blob([view.buffer], {type: 'audio/wav'});
  }
  function offer(blob) {
    var player = d.createElement('audio'), row = d.createElement('div');
    row.className = 'actions';
    player.controls = true;
    player.src = URL.createObjectURL(blob);
    player.preload = 'none';
    say('listen');
    show(player);
    show(row);
    press(row, 'use', function () {
      var file = new File([blob], 'voice.wav', {type: 'audio/wav'});
      clear();
      say('');
      d.dispatchEvent(new CustomEvent('upload', {detail: file}));
    });
    press(row, 'drop', function () { clear(); say('hint'); });
  }
  function done(pieces) {
    silence();
    start.textContent = words('record');
    new Blob(pieces).arrayBuffer().then(function (bytes) {
      return new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
    }).then(function (sound) {
      var length = Math.max(1, Math.round(sound.duration * rate));
      var render = new OfflineAudioContext(1, length, rate), source = render.createBufferSource();
      source.buffer = sound;
      source.connect(render.destination);
      source.start();
      return render.startRendering();
    }).then(function (sound) { offer(wav(changed(sound.getChannelData(0)))); })['catch'](function () {
      say('none');
    });
  }
  function record() {
    var pieces = [];
    clear();
    navigator.mediaDevices.getUserMedia({audio: true}).then(function (found) {
      stream = found;
      recorder = new MediaRecorder(stream);
      recorder.ondataavailable = function (event) { pieces.push(event.data); };
      recorder.onstop = function () { done(pieces); };
      recorder.start();
      timer = setTimeout(toggle, LONGEST);
      start.textContent = words('stop');
      say('on');
    })['catch'](function () { silence(); say('none'); });
  }
  function toggle() {
    if (recorder && recorder.state === 'recording') { recorder.stop(); } else { record(); }
  }
  line.setAttribute('role', 'status');
  box.appendChild(line);
  say('hint');
  start.addEventListener('click', toggle);
  addEventListener('pagehide', leave);
  d.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('[data-exit]')) { leave(); }
  }, true);
  toggle();
}());
