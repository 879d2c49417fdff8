/* The receipt's code stands behind the #, which no browser sends. Put it into the form and take it
   out of the address; nothing is sent until a person presses the button. */
(function () {
  'use strict';
  const code = location.hash.slice(1);
  const form = document.getElementById('receipt-form');
  if (!code || !form) { return; }
  history.replaceState(null, '', location.pathname);
  form.elements.namedItem('code').value = code;
}());
