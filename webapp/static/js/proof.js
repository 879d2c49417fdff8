/* A passkey in place of the password, where the desk asks for it again. The answer waits in the form
   for the button that the person needs; without script, or without passkeys, the password does. */
(function () {
  'use strict';
  if (!window.PublicKeyCredential) { return; }

  function text(buffer) {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(letters.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }

  function told(made) {
    const response = {};
    ['clientDataJSON', 'authenticatorData', 'signature'].forEach((name) => {
      response[name] = text(made.response[name]);
    });
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  }

  function get(asked) {
    const challenge = new TextEncoder().encode(asked);
    return navigator.credentials.get({ publicKey: { challenge, userVerification: 'required' } });
  }

  document.querySelectorAll('[data-proof]').forEach((place) => {
    const button = place.querySelector('button');
    const done = place.querySelector('[role=status]');
    const trouble = place.querySelector('[role=alert]');
    const form = button.form;
    place.hidden = false;
    button.addEventListener('click', () => {
      trouble.hidden = true;
      get(form.elements.namedItem('proof_asked').value).then((made) => {
        form.elements.namedItem('proof').value = told(made);
        form.elements.namedItem('password').required = false;
        button.hidden = true;
        done.hidden = false;
      }).catch(() => { trouble.hidden = false; });
    });
  });
}());
