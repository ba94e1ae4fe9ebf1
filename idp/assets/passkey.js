// The only script of ours: asks the browser for a passkey, or for a signature of one, and sends what it brings as a field of the form.
// Everything else on the page works without it.
"use strict";
(() => {
  const field = document.querySelector("input[data-options]");
  if (!field) return;
  const form = field.form;
  const say = (id) => {
    for (const note of document.querySelectorAll("[data-passkey-note]")) note.hidden = note.id !== id;
    const shown = document.getElementById(id);
    if (shown) shown.focus();
  };
  if (!window.PublicKeyCredential || !navigator.credentials) {
    say("passkey-unsupported");
    return;
  }
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const options = JSON.parse(field.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list || []) {
      one.id = bytes(one.id);
      if (!one.transports) delete one.transports;
    }
  }
  const brought = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    if (field.dataset.act === "create") {
      response.attestationObject = text(made.response.attestationObject);
      if (made.response.getTransports) response.transports = made.response.getTransports();
    } else {
      response.authenticatorData = text(made.response.authenticatorData);
      response.signature = text(made.response.signature);
      response.userHandle = made.response.userHandle ? text(made.response.userHandle) : null;
    }
    const id = text(made.rawId);
    return JSON.stringify({ id, rawId: id, type: made.type, response, clientExtensionResults: {} });
  };
  form.addEventListener("submit", async (event) => {
    const name = form.elements.namedItem("name");
    const other = event.submitter && event.submitter.id !== "submit";
    if (other || field.value || (name && !name.value.trim())) return;
    event.preventDefault();
    try {
      const made = await navigator.credentials[field.dataset.act]({ publicKey: options });
      field.value = brought(made);
      // The button is called submit, so the form's own method is not to be had by that name.
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      say("passkey-failed");
    }
  });
})();
