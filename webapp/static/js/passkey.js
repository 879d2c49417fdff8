/* Passkeys: the browser's authenticator answers the token of the page, and the answer travels in
   the form. Without script, or where the browser knows no passkeys, the code from the app does. */
(function () {
  'use strict';
  const form = document.getElementById('passkey-form');
  const button = document.getElementById('passkey-button');
  const trouble = document.getElementById('passkey-trouble');
  if (!form || !button || !window.PublicKeyCredential) { return; }

  function bytes(text) { return new TextEncoder().encode(text); }

  function text(buffer) {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(letters.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }

  function told(made) {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    ['attestationObject', 'authenticatorData', 'signature'].forEach((name) => {
      if (made.response[name]) { response[name] = text(made.response[name]); }
    });
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  }

  function value(name) { return form.elements.namedItem(name).value; }

  function create() {
    return navigator.credentials.create({
      publicKey: {
        challenge: bytes(value('asked')),
        rp: { id: form.dataset.host, name: 'Desk' },
        user: {
          id: bytes(form.dataset.person),
          name: form.dataset.name,
          displayName: form.dataset.name,
        },
        pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
      },
    });
  }

  function get() {
    return navigator.credentials.get({
      publicKey: { challenge: bytes(value('asked')), userVerification: 'preferred' },
    });
  }

  function ready() {
    const needed = Array.from(form.querySelectorAll('input[required]'));
    return needed.every((input) => input.name === 'code' || input.reportValidity());
  }

  button.hidden = false;
  const none = document.getElementById('passkey-none');
  if (none) { none.hidden = true; }
  button.addEventListener('click', () => {
    trouble.hidden = true;
    if (!ready()) { return; }
    (form.dataset.passkey === 'create' ? create() : get()).then((made) => {
      form.elements.namedItem('passkey').value = told(made);
      form.submit();
    }).catch(() => { trouble.hidden = false; });
  });
}());
