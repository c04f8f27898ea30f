// Reactions toggle at once; when the server refuses they go back and a message says so.
import { post } from "kizuna/request";
import { failed } from "kizuna/toast";

class Reactions extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      if (!event.submitter) return;
      event.preventDefault();
      this.toggle(event.submitter, event.target.action);
    });
  }

  async toggle(button, url) {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    this.flip(button);
    try {
      await post(url, { [button.name]: button.value });
    } catch {
      this.flip(button);
      failed();
    }
    button.ariaBusy = null;
  }

  flip(button) {
    const number = button.querySelector(".num");
    const was = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!was));
    if (number) number.textContent = Math.max(0, Number(number.textContent) + (was ? -1 : 1)) || "";
  }
}

customElements.define("k-reactions", Reactions);
