/* The offline copy: nothing is kept before its button is pressed, and every page can delete it. */
(function () {
  var d = document, workers = navigator.serviceWorker;
  var drop = d.getElementById('drop'), offer = d.getElementById('offer');
  function tell(word) {
    var told = d.getElementById('told');
    if (told) { told.textContent = told.getAttribute('data-' + word); }
  }
  function forget() {
    return caches['delete']('c').then(function () {
      return workers.getRegistrations();
    }).then(function (all) {
      return Promise.all(all.map(function (one) { return one.unregister(); }));
    }).then(function () { drop.hidden = true; });
  }
  function failed() { return forget().then(function () { tell('failed'); offer.hidden = false; }); }
  function done() {
    var link = d.createElement('link');
    link.rel = 'manifest';
    link.href = offer.getAttribute('data-manifest');
    d.head.appendChild(link);
    drop.hidden = false;
    tell('done');
  }
  function save() {
    offer.hidden = true;
    tell('busy');
    forget().then(function () {
      return workers.register(offer.getAttribute('data-worker'), {updateViaCache: 'none'});
    }).then(function (registration) {
      var worker = registration.installing || registration.waiting || registration.active;
      function look() {
        if (worker.state === 'activated') { done(); }
        if (worker.state === 'redundant') { failed(); }
      }
      worker.addEventListener('statechange', look);
      look();
    })['catch'](failed);
  }
  if (!drop || !workers || !self.caches || !workers.getRegistrations) { return; }
  workers.getRegistrations().then(function (all) {
    drop.hidden = !all.length;
    if (offer) { offer.hidden = !drop.hidden; }
    if (offer && !drop.hidden) { done(); }
  })['catch'](function () { return 0; });
  drop.querySelector('button').addEventListener('click', function () {
    forget().then(function () {
      tell('gone');
      if (offer) { offer.hidden = false; }
    });
  });
  if (offer) {
    d.getElementById('unable').hidden = true;
    offer.addEventListener('click', save);
  }
}());
