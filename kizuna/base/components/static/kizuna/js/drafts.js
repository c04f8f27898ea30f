// Drafts: kept in this browser after 2 s of quiet and on the server every 10 s and when the page is left; restored with
// a note that can discard them. A sent text is forgotten only when the server led on to a page that is no gate.
import { post } from "kizuna/request";
import { forgetSent, keyOf, noteSent } from "kizuna/sent";

const QUIET_MS = 2000;
const SERVER_MS = 10000;
const BESIDE = ["title", "tags"]; // fields of the same form that belong to the draft

export function keepDrafts(editor) {
  const { area } = editor;
  const { context, draftUrl } = editor.dataset;
  const key = keyOf(context);
  const original = area.defaultValue;
  const fields = BESIDE.map((name) => area.form?.elements[name]).filter(Boolean);
  const beside = () => Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const written = () => JSON.stringify([area.value, beside()]);
  let stored = written();
  let quiet;

  const saved = localStorage.getItem(key) ?? editor.dataset.draft;
  if (saved && !original) {
    area.value = saved;
    stored = written();
    editor.say(editor.dataset.restored, { action: editor.dataset.discard, act: discard });
  }

  function keep() {
    if (area.value === original) localStorage.removeItem(key);
    else localStorage.setItem(key, area.value);
  }

  async function store(options) {
    if (!draftUrl || written() === stored) return;
    stored = written();
    try {
      await post(draftUrl, { context, body: area.value, ...beside() }, options);
      const clock = new Date().toLocaleTimeString("ja", { hour: "numeric", minute: "2-digit" }); // 9:05 in both languages
      editor.say(editor.dataset.saved.replace("{time}", clock), { passing: true });
    } catch {
      stored = null; // this browser has it; the next round tries again
    }
  }

  function discard() {
    area.value = original;
    localStorage.removeItem(key);
    editor.say("");
    store();
    area.focus();
  }

  area.addEventListener("input", () => {
    clearTimeout(quiet);
    quiet = setTimeout(keep, QUIET_MS);
  });
  const round = setInterval(() => (editor.isConnected ? store() : clearInterval(round)), SERVER_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !editor.isConnected) return;
    keep();
    store({ keepalive: true });
  });
  function send() {
    keep();
    stored = written(); // the server forgets the draft of a sent text; leaving the page must not bring it back
    noteSent(context);
  }
  // A form beside it that adds to the draft (data-adds) takes along what stands here: the server may have less.
  const isOurs = (form) => form === area.form || form.dataset.adds === context;
  document.addEventListener("submit", ({ target }) => editor.isConnected && isOurs(target) && send());
  document.addEventListener("formdata", ({ target, formData }) => {
    if (editor.isConnected && target.dataset.adds === context) formData.set("draft", area.value);
  });
  area.form?.addEventListener("kizuna:sent", () => {
    localStorage.removeItem(key);
    forgetSent();
  });
}
