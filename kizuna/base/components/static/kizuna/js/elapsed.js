// <k-elapsed data-since="…"> shows how long a timer has been running, in hours and minutes; the server counts, not this.
class Elapsed extends HTMLElement {
  connectedCallback() {
    this.tick = setInterval(() => this.show(), 15000);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.tick);
  }

  show() {
    const minutes = Math.floor((Date.now() - Date.parse(this.dataset.since)) / 60000);
    if (minutes >= 0) this.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  }
}

customElements.define("k-elapsed", Elapsed);
