// @-mentions: asks the server, which knows readings, while the name is typed or converted; the popup never takes the
// focus from the textarea, and its keys wait until the conversion is over.
const QUIET_MS = 150;
const TYPED = /(?:^|[\s（(「])@([^\s@]{0,30})$/u;

export function offerMentions(editor) {
  const { area } = editor;
  const list = document.createElement("ul");
  list.className = "mentions";
  list.id = `${area.id}-mentions`;
  list.role = "listbox";
  list.hidden = true;
  list.ariaLabel = editor.dataset.mentionLabel;
  editor.querySelector(".editor__area").append(list);
  let people = [];
  let chosen = 0;
  let timer;

  const typed = () => TYPED.exec(area.value.slice(0, area.selectionStart));
  const close = () => {
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };

  function draw() {
    list.replaceChildren(...people.map(({ name, handle }, place) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `${list.id}-${place}`;
      item.ariaSelected = String(place === chosen);
      item.append(name, Object.assign(document.createElement("small"), { textContent: `@${handle}` }));
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(place);
      });
      return item;
    }));
    list.hidden = !people.length;
    area.setAttribute("aria-controls", list.id);
    area.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    if (list.hidden) close();
  }

  async function ask() {
    const match = typed();
    if (!match) return close();
    const url = new URL(editor.dataset.mentionUrl, location.href);
    url.searchParams.set("q", match[1]);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || typed()?.[1] !== match[1]) return;
    people = (await answer.json()).slice(0, 8);
    chosen = 0;
    draw();
  }

  function take(place) {
    const match = typed();
    close();
    if (!match) return;
    area.setSelectionRange(area.selectionStart - match[1].length, area.selectionStart);
    editor.insert(`${people[place].handle} `);
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) chosen = (chosen + step + people.length) % people.length;
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (step) draw();
  }, { capture: true });
}
