// <k-menu> around <details>: closes on Escape, on a click elsewhere and when the focus leaves; arrows move in it.
class Menu extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.elsewhere = (event) => this.contains(event.target) || this.close();
    document.addEventListener("click", this.elsewhere);
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !this.contains(relatedTarget) && this.close());
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.elsewhere);
  }

  close() {
    this.details.open = false;
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229 || !this.details.open) return;
    if (event.key === "Escape") {
      this.close();
      this.details.querySelector("summary").focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.details.querySelectorAll(".menu__list a, .menu__list button")];
    const next = items.indexOf(document.activeElement) + step;
    items[(next + items.length) % items.length]?.focus();
  }
}

customElements.define("k-menu", Menu);
