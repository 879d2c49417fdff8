/* Sends a form again when the line drops, for as long as the page is open, and says so. Nothing is
   kept on the device: what is sent stands in the page alone. What was taken is sent once more as an
   ordinary form, so that the page that follows is the browser's own and a reload keeps it. */
(function () {
  var d = document, said = d.getElementById('again'), form = said && said.parentNode, timer, taken;
  var wait = 0;
  function later(button) {
    wait = Math.min(wait * 2 || 2, 60);
    if (said.hidden) { said.textContent = said.getAttribute('data-wait'); said.hidden = false; }
    timer = setTimeout(function () { attempt(button); }, wait * 1000);
  }
  function body(button) {
    var pairs = [], fields = new FormData(form);
    fields.append(button.name, button.value);
    fields.forEach(function (value, name) {
      pairs.push(encodeURIComponent(name) + '=' + encodeURIComponent(value));
    });
    return pairs.join('&');
  }
  function go(button) {
    var mark = d.createElement('input');
    mark.type = 'hidden';
    mark.name = 'n';
    mark.value = 1;
    form.appendChild(mark);
    taken = 1;
    button.click();
  }
  function attempt(button) {
    var type = {'Content-Type': 'application/x-www-form-urlencoded'};
    var how = {method: 'POST', body: body(button), headers: type};
    fetch(form.getAttribute('action'), how).then(function (answer) {
      if (answer.status < 500) { go(button); } else { later(button); }
    })['catch'](function () { later(button); });
  }
  if (!said || !self.fetch || !self.FormData || !FormData.prototype.forEach) { return; }
  form.addEventListener('submit', function (event) {
    var button = event.submitter || d.activeElement;
    clearTimeout(timer);
    if (taken || !button || button.name !== 'b' || button.value !== 'send') { return; }
    event.preventDefault();
    attempt(button);
  });
}());
