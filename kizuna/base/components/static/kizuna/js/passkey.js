// A passkey: the browser asks for a finger, a face or a PIN and its answer is sent by the form inside the element.
// Browsers know passkeys only for names, never for an address in numbers: there the element says so, or stays hidden.
// <k-passkey data-url="…"> fetches the question when it is needed; <k-passkey data-options="id"> finds it in the page.
const IN_NUMBERS = /^[\d.]+$|^\[/;

class Passkey extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.button = this.form?.querySelector("button");
    const makes = "create" in this.dataset;
    const parse = makes ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (IN_NUMBERS.test(location.hostname)) return this.explain();
    if (!this.button || !window.PublicKeyCredential?.[parse]) return;
    this.hidden = false;
    this.form.addEventListener("submit", (event) => {
      if (this.form.elements.credential.value) return;
      event.preventDefault();
      this.ask(parse, makes);
    });
    if (this.dataset.url) this.offer(parse);
  }

  disconnectedCallback() {
    this.waiting?.abort();
  }

  // The address field offers passkeys among its suggestions; the question is fetched once somebody is there.
  async offer(parse) {
    const field = document.querySelector("input[autocomplete~=webauthn]");
    if (!field || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const start = () => this.ask(parse, false, "conditional");
    field.addEventListener("focus", start, { once: true });
    if (document.activeElement === field) start();
  }

  async ask(parse, makes, mediation) {
    this.waiting?.abort();
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    try {
      const publicKey = PublicKeyCredential[parse](await this.question());
      const credential = makes
        ? await navigator.credentials.create({ publicKey, signal })
        : await navigator.credentials.get({ publicKey, signal, mediation });
      if (!credential) return;
      this.form.elements.credential.value = JSON.stringify(credential);
      this.form.requestSubmit();
    } catch (error) {
      if (error.name !== "AbortError" && mediation !== "conditional") this.tell();
    }
  }

  async question() {
    if (this.dataset.options) {
      const kept = JSON.parse(document.getElementById(this.dataset.options).textContent);
      return (kept.creation_options ?? kept.request_options).publicKey;
    }
    const answer = await fetch(this.dataset.url, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json()).request_options.publicKey;
  }

  explain() {
    const note = this.querySelector("[data-in-numbers]");
    if (!note) return;
    this.hidden = note.hidden = false;
    this.form.hidden = true;
  }

  tell() {
    const note = this.querySelector("[role=alert]");
    if (note) note.hidden = false;
  }
}

customElements.define("k-passkey", Passkey);
