/* Files in parts (tus 1.0), so that a broken line costs one part. The server says every sentence;
   when all files are there, the form is sent as without script, to show them. */
(function () {
  'use strict';
  var d = document, box = d.querySelector('[data-to]'), input = d.getElementById('u');
  var form = input && input.form, bar = d.querySelector('[data-bar]'), busy = false;
  var said = d.querySelector('[data-said]'), PART = 262144, WAITS = [1, 2, 4, 8, 15, 30];
  if (!form) { return; }
  function say(name, more) { said.textContent = (box.getAttribute(name) || name) + ' ' + (more || ''); }
  function wait(tries) {
    var seconds = WAITS[Math.min(tries, WAITS.length - 1)];
    return new Promise(function (go) { setTimeout(go, seconds * 1000); });
  }
  function ask(method, place, more, body) {
    var headers = {'Tus-Resumable': '1.0.0', 'X-T': form.elements.t.value};
    Object.keys(more || {}).forEach(function (name) { headers[name] = more[name]; });
    return fetch(place, {method: method, headers: headers, body: body, redirect: 'error'});
  }
  function stop(answer) {
    return answer.text().then(function (words) {
      var plain = (answer.headers.get('Content-Type') || '').indexOf('text/plain') === 0;
      throw {last: plain && words ? words : ''};
    });
  }
  // Until it works, or the server says that it never will.
  function patiently(file, step, tries) {
    return step().then(function (answer) {
      if (answer.status === 503 || answer.status === 429) { throw {}; }
      return answer;
    })['catch'](function (problem) {
      if ('last' in problem) { throw problem; }
      say('data-again', file.name);
      return wait(tries).then(function () { return patiently(file, step, tries + 1); });
    });
  }
  function name64(name) {
    var bytes = new TextEncoder().encode(name), text = '', at;
    for (at = 0; at < bytes.length; at += 1) { text += String.fromCharCode(bytes[at]); }
    return btoa(text);
  }
  function parts(file, place, at) {
    bar.value = 100 * at / file.size;
    say('data-wait', file.name);
    if (at >= file.size) { return Promise.resolve(); }
    return patiently(file, function () {
      // Some networks let no PATCH through; every one knows POST.
      return ask('POST', place, {
        'X-HTTP-Method-Override': 'PATCH',
        'Upload-Offset': '' + at, 'Content-Type': 'application/offset+octet-stream'
      }, file.slice(at, at + PART));
    }, 0).then(function (answer) {
      var next = +answer.headers.get('Upload-Offset');
      if (answer.status !== 204 && answer.status !== 409) { return stop(answer); }
      return parts(file, place, next);
    });
  }
  function send(file) {
    var keep = d.getElementById('k').checked;
    return patiently(file, function () {
      return ask('POST', box.getAttribute('data-to'), {
        'Upload-Length': '' + file.size,
        'Upload-Metadata': 'filename ' + name64(file.name) + ',original ' + btoa(keep ? '1' : '0')
      });
    }, 0).then(function (answer) {
      return answer.status === 201 ? parts(file, answer.headers.get('Location'), 0) : stop(answer);
    });
  }
  function show() {
    var add = form.querySelector('button[value=add]');
    busy = false;
    if (d.body.contains(form)) { add.click(); }
  }
  function all(files) {
    var wrong = [], plain = false;
    if (busy || !files.length) { return; }
    busy = true;
    bar.hidden = false;
    files.reduce(function (before, file) {
      return before.then(function () { return send(file); })['catch'](function (problem) {
        plain = plain || !problem.last;
        wrong.push(problem.last || box.getAttribute('data-failed') + ' ' + file.name);
      });
    }, Promise.resolve()).then(function () {
      bar.hidden = true;
      // Where something on the way knows no parts, the chosen files stay for the plain form.
      if (!plain) { input.value = ''; }
      if (!wrong.length) { return show(); }
      busy = false;
      said.textContent = wrong.join(' ');
    });
  }
  function chosen() { all(Array.prototype.slice.call(input.files)); }
  input.addEventListener('change', chosen);
  form.addEventListener('submit', function (event) {
    if (busy) { event.preventDefault(); said.scrollIntoView(); }
  });
  d.addEventListener('upload', function (event) { all([event.detail]); });
  chosen();
}());
