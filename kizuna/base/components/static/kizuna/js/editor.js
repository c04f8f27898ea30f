// <k-editor> around a textarea: toolbar, preview, Ctrl/⌘+Enter. Without it the textarea works as it is.
// Keys are ignored while a conversion runs: Safari ends it before the confirming keydown, hence the 229.
import { keepDrafts } from "kizuna/drafts";
import { offerMentions } from "kizuna/mention";
import { post } from "kizuna/request";
import { acceptFiles } from "kizuna/upload";

const MARKS = {
  bold: ["**", "**"],
  italic: ["*", "*"],
  code: ["`", "`"],
  link: ["[", "](https://)"],
  quote: ["> "],
  list: ["- "],
  numbers: ["1. "],
};

export const isComposing = (event) => event.isComposing || event.keyCode === 229;

class Editor extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector("textarea");
    this.bar = this.querySelector("[role=toolbar]");
    this.preview = this.querySelector(".editor__preview");
    this.bar.hidden = false;
    this.bar.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    this.bar.addEventListener("keydown", (event) => this.walk(event));
    this.area.addEventListener("keydown", (event) => this.key(event));
    if (this.dataset.mentionUrl) offerMentions(this);
    if (this.dataset.uploadUrl) acceptFiles(this);
    if (this.dataset.context) keepDrafts(this);
    if (!this.hasAttribute("data-begin")) return; // whoever answers a post writes on below the quotation
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  key(event) {
    if (isComposing(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.area.form?.requestSubmit(this.querySelector("button[data-submit]") ?? undefined);
    }
  }

  press(button) {
    if (!button) return;
    if (button.dataset.mark === "mention") this.insert("@");
    else if (button.dataset.mark) this.mark(...MARKS[button.dataset.mark]);
    else if (button.dataset.view) this.show(button.dataset.view);
  }

  mark(before, after) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    if (after !== undefined) {
      this.insert(before + value.slice(from, to) + after);
      this.area.setSelectionRange(from + before.length, to + before.length);
      return;
    }
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(start, to).split("\n");
    this.area.setSelectionRange(start, to);
    this.insert(lines.map((line) => before + line).join("\n"));
  }

  // execCommand keeps the browser's undo; it is the only way in a textarea.
  insert(text) {
    this.area.focus();
    if (document.execCommand("insertText", false, text)) return;
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async show(view) {
    const previewing = view === "preview";
    for (const button of this.bar.querySelectorAll("[data-view]"))
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    this.area.hidden = previewing;
    this.preview.hidden = !previewing;
    if (!previewing) return this.area.focus();
    this.preview.ariaBusy = "true";
    try {
      this.preview.innerHTML = await (await post(this.dataset.previewUrl, { body: this.area.value })).text();
    } catch {
      this.preview.textContent = this.dataset.previewFailed;
    }
    this.preview.ariaBusy = null;
  }

  // Arrow keys move inside the toolbar; Tab leaves it.
  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...this.bar.querySelectorAll("button")];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  // What went wrong (`stays`) is not displaced by what is said in passing.
  say(text, { action, act, stays = false, passing = false } = {}) {
    const note = this.querySelector(".editor__note");
    if (passing && note.dataset.stays) return;
    note.textContent = text;
    note.dataset.stays = stays || "";
    if (!action) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "textbtn";
    button.textContent = action;
    button.addEventListener("click", act);
    note.append(" ", button);
  }
}

customElements.define("k-editor", Editor);
