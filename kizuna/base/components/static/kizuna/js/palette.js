// Ctrl+K or ⌘K on a page with [data-palette]: a combobox in a dialog that finds customers, people, pages and deeds.
// The server answers with options; the field is never touched, and its keys wait while a conversion goes on.
import { announce } from "kizuna/request";

const QUIET_MS = 150;
const door = document.querySelector("[data-palette]");
const make = (tag, given) => Object.assign(document.createElement(tag), given);
const dialog = make("dialog", { className: "dialog palette card", ariaLabel: door.dataset.label });
const field = make("input", {
  className: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: false, maxLength: 80,
  placeholder: door.dataset.placeholder, ariaLabel: door.dataset.label, ariaAutoComplete: "list", ariaExpanded: "true",
});
const list = make("div", { className: "palette__list", id: "palette-list", role: "listbox", ariaLabel: door.dataset.label });
const empty = make("p", { className: "palette__empty small muted", textContent: door.dataset.empty, hidden: true });
field.setAttribute("aria-controls", list.id);
dialog.append(field, list, empty);
document.body.append(dialog);

let options = [];
let chosen = 0;
let shown; // the words that the list answers
let timer;
let running;

function choose(place) {
  chosen = options.length ? (place + options.length) % options.length : 0;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  if (options[chosen]) field.setAttribute("aria-activedescendant", options[chosen].id);
  else field.removeAttribute("aria-activedescendant");
  options[chosen]?.scrollIntoView({ block: "nearest" });
}

const address = () => `${door.href}?${new URLSearchParams({ q: field.value.trim(), at: location.pathname })}`;

async function ask() {
  const words = field.value.trim();
  running?.abort();
  running = new AbortController();
  const answer = await fetch(address(), { signal: running.signal, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || words !== field.value.trim()) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  shown = words;
  list.replaceChildren(...found.body.children);
  options = [...list.querySelectorAll("[role=option]")];
  empty.hidden = options.length > 0;
  choose(0);
  announce(options.length ? door.dataset.found.replace("{n}", options.length) : door.dataset.empty);
}

const later = ({ isComposing }) => {
  clearTimeout(timer);
  if (!isComposing) timer = setTimeout(ask, QUIET_MS);
};
field.addEventListener("input", later);
field.addEventListener("compositionend", () => later({}));
field.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(chosen + step);
  else if (event.key === "Enter") shown === field.value.trim() && options[chosen] ? options[chosen].click() : location.assign(address());
  else return;
  event.preventDefault();
});
list.addEventListener("click", ({ target }) => target.closest("a") && dialog.close());
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

function open(event) {
  event.preventDefault();
  if (dialog.open) return dialog.close();
  dialog.showModal();
  field.select();
  ask();
}
door.addEventListener("click", (event) => event.ctrlKey || event.metaKey || event.shiftKey || open(event));
document.addEventListener("keydown", (event) => {
  const isOurs = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
  if (isOurs && !event.isComposing && !event.defaultPrevented) open(event);
});
