// Keys: / search, j k move, o open, u up, ? help. The help has the switch that turns them off (WCAG 2.1.4).
const OFF = "shortcuts-off";
const help = document.getElementById("shortcuts");
const toggle = help.querySelector("input");

function isTyping({ target }) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function move(step) {
  const items = [...document.querySelectorAll("main [data-item], main .post, main .result, main .need")];
  const here = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[here < 0 ? (step > 0 ? 0 : -1) : here + step];
  // The heading is what an entry is about; the first link may be its author.
  // In the inbox the entry itself is the link.
  (next?.matches("a") ? next : next?.querySelector("h2 a, h3 a") ?? next?.querySelector("a"))?.focus();
}

const KEYS = {
  "/": () => {
    const field = document.querySelector("[data-shortcut='/']");
    field?.checkVisibility() ? field.focus() : location.assign(field?.form.action ?? location.href);
  },
  j: () => move(1),
  k: () => move(-1),
  o: () => document.activeElement.closest("main a")?.click(),
  u: () => document.querySelector(".crumbs a:last-of-type")?.click(),
  "?": () => help.showModal(),
};

// Keys of a page's own: an element with data-key is pressed, or its field gets the focus.
function own(key) {
  const element = document.querySelector(`main [data-key="${CSS.escape(key)}"]`);
  if (!element) return false;
  if (element.matches("summary, a")) element.click();
  const holder = element.matches("summary") ? element.parentElement : element;
  const field = holder.matches("select") ? holder : holder.querySelector("textarea, select, input:not([type=hidden])");
  field?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (localStorage.getItem(OFF) || isTyping(event) || help.open) return;
  if (KEYS[event.key]) KEYS[event.key]();
  else if (!own(event.key)) return;
  event.preventDefault();
});

toggle.checked = !localStorage.getItem(OFF);
toggle.addEventListener("change", () => {
  if (toggle.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});
document.addEventListener("click", ({ target }) => target.closest("[data-shortcuts]") && help.showModal());
