// Keeps the counters of the chrome fresh: when the page is looked at again, and every 60 s while it is looked at.
const EVERY_MS = 60000;
let asked = Date.now();

function show(counts) {
  for (const control of document.querySelectorAll("[data-count]")) {
    const number = counts[control.dataset.count];
    if (number === undefined) continue;
    control.querySelector(".pip")?.remove();
    const { label, unread } = control.dataset;
    if (label) control.setAttribute("aria-label", number ? unread.replace("{n}", number) : label);
    if (!number) continue;
    const pip = document.createElement("span");
    pip.className = "pip";
    pip.textContent = number < 1000 ? number : "999+";
    control.append(pip);
  }
}

async function refresh() {
  if (document.hidden || Date.now() - asked < EVERY_MS) return;
  asked = Date.now();
  const answer = await fetch(document.body.dataset.countsUrl, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) show(await answer.json());
}

addEventListener("focus", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, EVERY_MS / 4);
