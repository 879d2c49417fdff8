/* Keeps the pages of one language because the reader asked for it: fresh from the network while
   there is one, from the copy otherwise. It answers no form, no reporting page and not the exit;
   when it sees somebody leave it deletes the copy and itself. */
(function () {
  var told = '@TOLD@', NAME = 'c', PATIENCE = 5000, gone = false;

  function keep(address, response) {
    var headers = new Headers(response.headers);
    headers.set('X-Day', new Date().toISOString());
    headers['delete']('Content-Encoding');
    headers['delete']('Content-Length');
    return response.text().then(function (text) {
      return gone || caches.open(NAME).then(function (copy) {
        return copy.put(address, new Response(text, {headers: headers}));
      });
    }).then(function () { return gone && caches['delete'](NAME); });
  }
  function forget() {
    gone = true;
    return caches['delete'](NAME).then(function () { return self.registration.unregister(); });
  }
  function days(response) {
    return (new Date() - new Date(response.headers.get('X-Day'))) / 864e5;
  }
  function expire() {
    return caches.match(told.offer).then(function (one) {
      return one && days(one) > told.days ? forget() : 0;
    });
  }
  function dated(response) {
    var day = new Date(response.headers.get('X-Day'));
    var words = told.words.replace('@', day.toLocaleDateString(told.tag, {dateStyle: 'long'}));
    return response.text().then(function (text) {
      text = text.replace(/<li class="now">.*?<\/li>/g, '').replace(
        '<main id="main">', '<main id="main"><p class="box" role="note">' + words + '</p>');
      return new Response(text, {headers: response.headers});
    });
  }
  function copied(address) {
    return expire().then(function () {
      return caches.match(address);
    }).then(function (one) {
      return one || caches.match(told.offer);
    }).then(function (one) {
      if (!one || gone) { throw new Error(); }
      return dated(one);
    });
  }
  function page(event, address) {
    return new Promise(function (done, fail) {
      fetch(event.request).then(function (response) {
        if (response.status === 200 && address !== told.offer && told.pages.indexOf(address) >= 0) {
          event.waitUntil(keep(address, response.clone()));
        }
        done(response);
      }, function () { copied(address).then(done, fail); });
      setTimeout(function () { copied(address).then(done, function () { return 0; }); }, PATIENCE);
    });
  }
  self.addEventListener('install', function (event) {
    var all = told.files.concat(told.pages).map(function (address) {
      return function () {
        return fetch(address, {cache: 'no-store'}).then(function (response) {
          if (response.status !== 200 || response.redirected) { throw new Error(); }
          return keep(address, response);
        });
      };
    });
    event.waitUntil(all.reduce(function (before, one) {
      return before.then(one);
    }, Promise.resolve()).then(function () { return self.skipWaiting(); }));
  });
  self.addEventListener('activate', function (event) {
    event.waitUntil(self.clients.claim());
  });
  self.addEventListener('fetch', function (event) {
    var request = event.request, at = new URL(request.url), path = at.pathname;
    if (at.origin !== location.origin) { return; }
    if (path === told.exit) { event.waitUntil(forget()); return; }
    if (gone || request.method !== 'GET' || at.search) { return; }
    if (told.files.indexOf(path) >= 0) {
      event.respondWith(caches.match(path).then(function (one) { return one || fetch(request); }));
    } else if (request.mode === 'navigate' && told.never.indexOf(path) < 0) {
      event.waitUntil(expire());
      event.respondWith(page(event, path));
    }
  });
}());
