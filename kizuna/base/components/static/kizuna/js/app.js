// Loads each behaviour when the page first holds something that needs it, on arrival and after every htmx swap.
const BEHAVIOURS = [
  ["k-theme", "kizuna/switch"],
  ["k-time", "kizuna/time"],
  ["k-elapsed", "kizuna/elapsed"],
  ["k-menu", "kizuna/menu"],
  ["k-toast", "kizuna/toast"],
  ["k-editor", "kizuna/editor"],
  ["k-suggest", "kizuna/suggest"],
  ["k-reactions", "kizuna/reactions"],
  ["k-passkey", "kizuna/passkey"],
  ["[data-copy], [data-share]", "kizuna/share"],
  ["[data-brand]", "kizuna/brand"],
  ["body[data-counts-url]", "kizuna/counts"],
  ["#shortcuts", "kizuna/shortcuts"],
  ["[data-palette]", "kizuna/palette"],
  ["#announcer", "kizuna/swaps"],
];
const loaded = new Set();

function load() {
  for (const [selector, module] of BEHAVIOURS) {
    if (loaded.has(module) || !document.querySelector(selector)) continue;
    loaded.add(module);
    import(module);
  }
}

// A text that was just sent must be forgotten before an editor looks for drafts.
if (sessionStorage.getItem("sent-drafts")) (await import("kizuna/sent")).settleSentDrafts();
load();
document.addEventListener("htmx:after:swap", load);
