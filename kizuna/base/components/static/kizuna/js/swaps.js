// After an htmx swap: say what changed, lead to the first error, empty a sent form; failures become a message.
import { announce } from "kizuna/request";
import { failed } from "kizuna/toast";

document.addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("[data-announce]:not([data-said])");
  if (said) {
    said.dataset.said = "";
    announce(said.dataset.announce);
  }
  const error = document.querySelector("[data-focus]:not([data-focused])");
  if (error) {
    error.dataset.focused = "";
    error.focus();
  }
});

// A refused form that arrived as a whole page leads to its errors, too.
document.querySelector("[data-focus]")?.focus();

document.addEventListener("htmx:after:request", ({ detail, target }) => {
  const form = target.closest?.("form[data-reset]");
  if (form && detail.ctx.response?.raw.ok) {
    form.reset();
    form.dispatchEvent(new Event("kizuna:sent", { bubbles: true }));
  }
});

document.addEventListener("htmx:error", failed);
document.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.response?.raw.status !== 422) failed();
});

// Pressed feedback and no double posts for plain forms; a form that wants to be sent twice says data-again.
document.addEventListener("submit", (event) => {
  const { submitter, target } = event;
  if (event.defaultPrevented || !submitter || "again" in target.dataset) return;
  submitter.ariaBusy = "true";
  setTimeout(() => (submitter.ariaBusy = null), 5000);
});
