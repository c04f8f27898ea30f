// <k-suggest data-url data-for>: similar questions while a title is typed. Waits for the end of a Japanese conversion
// or 300 ms of quiet, and never touches the field.
import { announce } from "kizuna/request";

const QUIET_MS = 300;

class Suggest extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.dataset.for);
    if (!this.field) return;
    this.changed = ({ isComposing }) => this.later(isComposing);
    this.field.addEventListener("input", this.changed);
    this.field.addEventListener("compositionend", this.changed);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.field?.removeEventListener("input", this.changed);
    this.field?.removeEventListener("compositionend", this.changed);
  }

  later(isComposing) {
    clearTimeout(this.timer);
    if (!isComposing) this.timer = setTimeout(() => this.ask(this.field.value.trim()), QUIET_MS);
  }

  async ask(words) {
    if (words === this.asked) return;
    this.asked = words;
    this.running?.abort();
    if (words.length < 2) return this.replaceChildren();
    this.running = new AbortController();
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { signal: this.running.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return;
      this.innerHTML = await answer.text();
      announce(this.querySelector("[data-announce]")?.dataset.announce ?? "");
    } catch (error) {
      if (error.name !== "AbortError") this.asked = null; // try again with the next letter
    }
  }
}

customElements.define("k-suggest", Suggest);
