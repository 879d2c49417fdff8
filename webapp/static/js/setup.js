/* The one-time link's token stands behind the #, which no browser sends. Put it into the form and
   take it out of the address, so that it stays in no history. */
(function () {
  'use strict';
  const token = location.hash.slice(1);
  const form = document.getElementById('link-form');
  if (!token || !form) { return; }
  history.replaceState(null, '', location.pathname);
  form.elements.namedItem('link').value = token;
  form.requestSubmit();
}());
