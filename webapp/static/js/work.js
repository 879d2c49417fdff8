/* Looks for the number of reports/intake/proof_of_work.py while the person reads. Without it nothing is lost. */
(function () {
  var d = document, box = d.querySelector('input[name=w]'), token = d.querySelector('input[name=t]');
  function bytes(text) { return new TextEncoder().encode(text); }
  function look(key, number) {
    var how = {name: 'PBKDF2', hash: 'SHA-256', salt: bytes('' + number), iterations: 1000};
    return crypto.subtle.deriveBits(how, key, 256).then(function (found) {
      if (new Uint8Array(found)[0]) { return look(key, number + 1); }
      box.value = number;
    });
  }
  if (!box || box.value || !token || !self.TextEncoder || !(self.crypto || 0).subtle) { return; }
  crypto.subtle.importKey('raw', bytes(token.value), 'PBKDF2', false, ['deriveBits'])
    .then(function (key) { return look(key, 0); })['catch'](function () { box.value = ''; });
}());
