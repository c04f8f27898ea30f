// A message that leaves after 8 s, but waits while somebody points at it or has the focus in it.
import { announce } from "kizuna/request";

const STAYS_MS = 8000;

class Toast extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerenter", () => this.wait());
    this.addEventListener("pointerleave", () => this.start());
    this.addEventListener("focusin", () => this.wait());
    this.addEventListener("focusout", () => this.start());
    this.addCloseButton();
    this.start();
  }

  disconnectedCallback() {
    this.wait();
  }

  start() {
    this.wait();
    if (!("sticky" in this.dataset)) this.timer = setTimeout(() => this.remove(), STAYS_MS);
  }

  wait() {
    clearTimeout(this.timer);
  }

  addCloseButton() {
    const label = document.getElementById("toasts")?.dataset.close;
    if (!label || this.querySelector(".toast__close")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast__close";
    button.textContent = "×";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => this.remove());
    this.append(button);
  }
}

if (!customElements.get("k-toast")) customElements.define("k-toast", Toast);

export function toast(text, { sticky = false } = {}) {
  const element = document.createElement("k-toast");
  element.className = "toast";
  if (sticky) element.dataset.sticky = "";
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  document.getElementById("toasts").append(element);
  announce(text);
}

export function failed() {
  toast(document.getElementById("toasts").dataset.failed);
}
