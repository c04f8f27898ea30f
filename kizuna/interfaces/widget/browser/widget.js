// The widget: one button and one panel in a shadow root. No framework, no cookie, no markup is parsed:
// texts come as plain values and trees, and every node is made by name.
(() => {
  "use strict";
  const own = document.currentScript || document.querySelector('script[data-community][src*="/w/1.js"]');
  const waiting = Array.isArray(window.kizuna) ? window.kizuna : [];
  if (!own || (window.kizuna && window.kizuna.version)) return;
  const host = new URL(own.src).origin;
  const lang = (own.dataset.lang || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  const KEY = "kizuna:" + host;
  const ICONS = {
    help: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20M9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3M12 17h.01",
    x: "M18 6 6 18M6 6l12 12",
    back: "m15 18-6-6 6-6",
    mail: "m22 7-9 5.7a2 2 0 0 1-2 0L2 7M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2",
    article: "M12 7v14M3 18a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h5a4 4 0 0 1 4 4 4 4 0 0 1 4-4h5a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-6a3 3 0 0 0-3 3 3 3 0 0 0-3-3z",
    topic: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20M9 12l2 2 4-4",
    pencil: "M21.2 6.8a1 1 0 0 0-4-4L3.8 16.2a2 2 0 0 0-.5.8L2 21.4a.5.5 0 0 0 .6.6L7 20.7a2 2 0 0 0 .8-.5z",
    alert: "m21.7 18-8-14a2 2 0 0 0-3.5 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3M12 9v4M12 17h.01",
  };
  // Neither shown nor sent, whatever the page hands over; the server looks closer.
  const SECRET = /pass(word|wd)?$|パスワード|暗証|secret|token|authoriz|cookie|session|api.?key|card|cvv|カード番号/i;
  let source = null, token = "", until = 0, proving = null;
  let me = null, t = {}, facts = {}, stack = [], noted = "", query = "", found = null, timer = 0, search = 0;
  let draft = load(), word = "", similar = null, asking = null, adding = {};

  // Storage of the page around may be closed (private windows): then what was typed lives as long as the page.
  function load() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  }
  function keep() {
    try {
      if (draft.title || draft.body || draft.email || draft.name) localStorage.setItem(KEY, JSON.stringify(draft));
      else localStorage.removeItem(KEY);
    } catch { /* kept in memory */ }
  }
  function once() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  }

  async function post(name, said) {
    const headers = { "Content-Type": "application/json" };
    if (token && name !== "token") headers.Authorization = "Bearer " + token;
    const answer = await fetch(`${host}/w/1/${name}`, {
      method: "POST", mode: "cors", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", headers,
      body: JSON.stringify({ ...said, lang }),
    });
    const value = await answer.json().catch(() => ({}));
    if (answer.ok) return value;
    throw Object.assign(new Error(value.detail || ""), { status: answer.status, errors: value.errors || [] });
  }
  function prove() {
    proving = proving || (async () => {
      token = "";
      try {
        const jwt = source && (await source());
        if (jwt) {
          const answer = await post("token", { jwt });
          token = answer.token;
          until = Date.now() + ((answer.seconds || 0) - 60) * 1000;
        }
      } catch { /* goes on as a visitor */ }
      proving = null;
    })();
    return proving;
  }
  async function call(name, said) {
    if (proving || (token && Date.now() > until)) await prove();
    try {
      return await post(name, said);
    } catch (error) {
      if (error.status !== 401 || !source) throw error;
      await prove();
      if (!token && name !== "hello") greet();
      return post(name, said);
    }
  }

  function h(tag, given, ...inside) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given || {})) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...inside.flat().filter((one) => one || one === 0));
    return node;
  }
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }
  // The server lists tags and addresses; what this list does not know stays text.
  const TAGS = /^(p|br|ul|ol|li|h[2-6]|blockquote|pre|code|strong|em|b|i|del|hr|table|thead|tbody|tr|th|td|a|kbd)$/;
  function grow(nodes) {
    return nodes.map((node) => {
      if (typeof node === "string") return node;
      const [tag, given, inside] = node;
      if (!TAGS.test(tag)) return "";
      const link = tag === "a" && /^(https?:|mailto:|tel:)/.test(given.href);
      const scrolls = tag === "pre" || tag === "table";
      return h(tag, link ? { href: given.href, target: "_blank", rel: "noopener noreferrer" } : scrolls ? { tabindex: 0 } : {}, grow(inside));
    });
  }
  function fill(text, values) {
    return text.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
  }
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const button = (label, act, look, sign) => h("button", { type: "button", class: "b " + (look || ""), click: act }, sign && icon(sign), label);

  const box = document.createElement("kizuna-widget");
  const shadow = box.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(), brand = new CSSStyleSheet();
  sheet.replaceSync("$STYLE");
  shadow.adoptedStyleSheets = [sheet, brand];
  const root = h("div", { class: "r", lang: lang || null });
  const pip = h("span", { class: "pip", "aria-hidden": "true", hidden: true }), news = h("span", { class: "v" });
  const launch = h("button", { type: "button", class: "launch", "aria-expanded": "false", "aria-haspopup": "dialog", click: () => open() });
  const head = h("h2", { tabindex: -1, id: "h" });
  const back = h("button", { type: "button", click: goBack }, icon("back"));
  const close = h("button", { type: "button", click: shut }, icon("x"));
  const main = h("div", { class: "body", tabindex: 0, role: "region", "aria-labelledby": "h" });
  const foot = h("div", { class: "foot" });
  const panel = h("div", { class: "p", role: "dialog", "aria-labelledby": "h", hidden: true, keydown: keys },
    h("div", { class: "head" }, back, head, close), main, foot);
  root.append(launch, panel);
  shadow.append(root);

  function theme() {
    const asked = own.dataset.theme;
    let dark = matchMedia("(prefers-color-scheme: dark)").matches && /dark/.test(getComputedStyle(document.documentElement).colorScheme);
    for (const part of [document.body, document.documentElement]) {
      const [r, g, b, a = 1] = (getComputedStyle(part).backgroundColor.match(/^rgba?\((.*)\)/)?.[1] || "0,0,0,0").split(/[ ,/]+/).map(Number);
      if (a > 0.5) { dark = r * 0.3 + g * 0.59 + b * 0.11 < 128; break; }
    }
    root.dataset.theme = asked || (dark ? "dark" : "light");
  }
  function keys(event) {
    event.stopPropagation();
    if (composing(event)) return;
    if (event.key === "Escape") { event.preventDefault(); shut(); }
    // On a phone the panel is all there is: Tab stays in it.
    if (event.key === "Tab" && panel.getAttribute("aria-modal")) {
      const all = [...panel.querySelectorAll("a[href],button,input,textarea,summary,[tabindex='0']")].filter((one) => one.offsetParent);
      const edge = event.shiftKey ? all[0] : all[all.length - 1];
      if (shadow.activeElement === edge || (event.shiftKey && shadow.activeElement === head)) {
        event.preventDefault();
        (event.shiftKey ? all[all.length - 1] : all[0]).focus();
      }
    }
  }
  function open(view) {
    if (!me) return;
    theme();
    panel.hidden = false;
    launch.hidden = matchMedia("(min-width: 481px)").matches;
    launch.setAttribute("aria-expanded", "true");
    if (matchMedia("(max-width: 480px)").matches) panel.setAttribute("aria-modal", "true");
    else panel.removeAttribute("aria-modal");
    if (view || !stack.length) { stack = []; go(view || (draft.failed ? form : home)); } else head.focus();
  }
  function shut() {
    panel.hidden = true;
    launch.hidden = false;
    launch.setAttribute("aria-expanded", "false");
    if (stack[stack.length - 1]?.[0] === sent) stack = [];
    launch.focus();
  }
  function go(view, data) {
    stack.push([view, data]);
    view(data);
  }
  function goBack() {
    if (stack.length > 1) stack.pop();
    const [view, data] = stack[stack.length - 1];
    view(data);
  }
  function draw(title, inside, below, focus) {
    head.textContent = title;
    back.hidden = stack.length < 2;
    main.replaceChildren(...inside.flat().filter(Boolean));
    foot.replaceChildren(...(below || []).filter(Boolean));
    main.scrollTop = 0;
    (focus || head).focus();
  }
  function trouble(error, where) {
    const text = error.message || t.failed;
    where.replaceChildren(h("div", { class: "note warn", role: "alert" }, icon("alert"), h("div", null, text)));
  }

  // 2. Search
  function home() {
    const field = h("input", { type: "search", id: "q", placeholder: t.q, "aria-label": t.q, value: query, autocomplete: "off", maxlength: 300 });
    const said = h("p", { class: "small", role: "status" }), list = h("ul", { class: "l" });
    const show = () => {
      said.textContent = found ? found.said : "";
      list.replaceChildren(...(found ? found.items.map((item) => h("li", null, answer(item))) : []));
    };
    const look = async (typed) => {
      query = field.value.trim();
      const mine = ++search;
      if (!query) { found = null; return show(); }
      said.textContent = t.searching;
      if (typed) noted = query;
      try {
        const answered = await call("search", { q: query, typed });
        if (mine === search) { found = answered; show(); }
      } catch (error) {
        if (mine === search) said.textContent = error.message || t.failed;
      }
    };
    field.addEventListener("input", (event) => {
      clearTimeout(timer);
      if (!composing(event)) timer = setTimeout(look, 350, false);
    });
    field.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(look, 350, false); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !composing(event)) { clearTimeout(timer); look(true); }
    });
    show();
    const unread = me.unread[0];
    draw(t.title, [
      unread && h("div", { class: "note" }, icon("mail"), h("div", null, h("b", null, t.news), h("br"), unread.title),
        button(t.read, () => go(talk, unread.id))),
      me.greeting && h("p", null, me.greeting),
      h("div", { class: "f" }, field), said, list,
    ], [
      button(t.ask, () => { note(); if (!draft.title && query) { draft.title = query; keep(); } go(form); }, "", "pencil"),
      me.who && button(t.mine, () => go(mine), "", "mail"),
      h("span", null, me.hours),
    ], matchMedia("(pointer: coarse)").matches ? head : field);
  }
  // What was looked for is noted when somebody goes on from it, not at every letter.
  function note() {
    if (query && query !== noted) { noted = query; call("search", { q: query, typed: true }).catch(() => {}); }
  }
  function answer(item, before) {
    return h("button", { type: "button", class: "ans", click: () => { note(); go(read, { ...item, before }); } },
      icon(item.type === "article" ? "article" : "topic"),
      h("span", null, h("b", null, item.title.map(([text, hit]) => (hit ? h("mark", null, text) : text))), h("small", null, item.note)));
  }

  // 3. Read
  async function read(item) {
    draw(t.help, [h("p", { class: "small", role: "status" }, t.searching)]);
    let text;
    try { text = await call("read", { type: item.type, id: item.id }); } catch (error) { return trouble(error, main); }
    const said = h("div", { role: "status" });
    const vote = async (solved) => {
      try {
        const answered = await call("vote", { type: item.type, id: item.id, solved });
        if (solved && item.before && word) await call("solve", { word }).then(forget);
        said.textContent = answered.said;
        ask.replaceChildren(said, ...(solved ? [button(t.done, shut)] : [button(t.form, () => (item.before ? goBack() : go(form)), "b1")]));
        ask.querySelector("button").focus();
      } catch (error) { trouble(error, said); }
    };
    const ask = h("div", { class: "box", role: "group", "aria-label": t.solved }, h("b", null, t.solved),
      h("div", { class: "row" }, button(t.yes, () => vote(true), "b1"), button(t.no, () => vote(false))), said);
    draw(t.help, [
      h("h3", null, text.title), h("p", { class: "small" }, text.note),
      text.parts.map((part) => [
        part.head && h("p", { class: "small" }, h("b", null, part.head)),
        part.note && h("p", null, h("b", null, part.note)),
        h("div", { class: "prose" }, grow(part.body)),
      ]).flat(), ask,
    ], [h("a", { href: text.url, target: "_blank", rel: "noopener" }, text.open)]);
  }

  // 4. Ask, and 6. without a connection
  function along() {
    const kept = new Map(Object.entries(facts).map(([name, value]) => [name, String(value)]));
    // Of several copies the first to come is the widget; what any of them says counts.
    for (const one of document.querySelectorAll("script[data-community]")) {
      if (!one.src.startsWith(host + "/w/")) continue;
      for (const [name, value] of Object.entries(one.dataset)) {
        if (/^context./.test(name)) kept.set(name[7].toLowerCase() + name.slice(8), value);
      }
    }
    if (!kept.has("screen") && document.title) kept.set("screen", document.title);
    if (!kept.has("url")) kept.set("url", location.origin + location.pathname);
    return [...kept].filter(([name, value]) => value && !SECRET.test(name)).slice(0, 12).map(([name, value]) => [name.slice(0, 40), value.slice(0, 200)]);
  }
  function form() {
    const sentAlong = along(), where = h("div"), hint = h("div", { role: "status" });
    const put = (name, value) => {
      draft[name] = value;
      // Other words are another sending: those that went out before may have arrived.
      if (draft.failed) draft.once = "";
      keep();
    };
    const field = (name, label, given, more) => {
      const input = h(name === "body" ? "textarea" : "input", { id: "f-" + name, name, ...given, input: () => { put(name, input.value); clear(input); offer(); } });
      input.value = draft[name] || "";
      return h("div", { class: "f" }, h("label", { for: "f-" + name }, label), input, more && h("span", { class: "small", id: "n-" + name }, more));
    };
    const urgent = (value, label) => h("label", { class: "opt" },
      h("input", { type: "radio", name: "u", checked: !!draft.urgent === value, change: () => put("urgent", value) }), label);
    const offer = () => {
      clearTimeout(timer);
      if (!asking && !word && (draft.title || "").length > 3) timer = setTimeout(look, 1200);
    };
    const look = () => {
      if (word) return similar;
      asking = asking || call("ask", { title: draft.title || "", body: draft.body || "" }).then((answered) => {
        word = answered.word;
        similar = answered.items;
      }, () => { similar = []; }).then(() => {
        asking = null;
        show();
        return similar;
      });
      return asking;
    };
    const show = () => {
      if (!similar?.length) return hint.replaceChildren();
      hint.replaceChildren(h("div", { class: "box", role: "group", "aria-label": t.solved }, h("b", null, t.solved),
        h("ul", { class: "l" }, similar.map((item) => h("li", null, answer(item, true)))),
        h("div", { class: "row" },
          button(t.yes, async () => {
            await call("solve", { word }).catch(() => {});
            forget();
            stack = [];
            go(home);
          }), button(t.other, () => { similar = []; show(); push.focus(); }))));
    };
    const clear = (input) => {
      input.parentNode.querySelector(".err")?.remove();
      input.removeAttribute("aria-invalid");
      if (input.name === "email") input.setAttribute("aria-describedby", "n-email");
      else input.removeAttribute("aria-describedby");
    };
    const complain = (errors) => {
      let first = null;
      for (const { field: name, detail } of errors) {
        const input = main.querySelector("#f-" + CSS.escape(name));
        if (!input) continue;
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", "e-" + name);
        input.after(h("span", { class: "err", id: "e-" + name }, detail));
        first = first || input;
      }
      first?.focus();
      return first;
    };
    let busy = false;
    const push = button(draft.failed ? t.again : t.send, async () => {
      if (busy) return;
      clearTimeout(timer);
      main.querySelectorAll("[aria-invalid]").forEach(clear);
      const missing = [];
      if (!(draft.body || "").trim()) missing.push({ field: "body", detail: t.needBody });
      if (!me.who && !(draft.email || "").trim()) missing.push({ field: "email", detail: t.needMail });
      if (missing.length) return complain(missing);
      busy = true;
      push.setAttribute("aria-disabled", "true");
      push.textContent = t.sending;
      try {
        if (!draft.failed && !word && (await look())?.length) {
          hint.querySelector("button").focus();
          hint.scrollIntoView({ block: "nearest" });
          return;
        }
        draft.once = draft.once || once();
        keep();
        const answered = await call("send", {
          title: draft.title || "", body: draft.body, email: me.who ? "" : draft.email, name: me.who ? "" : draft.name || "",
          urgent: !!draft.urgent, once: draft.once, word, facts: sentAlong,
        });
        forget();
        stack = [];
        go(sent, answered);
      } catch (error) {
        if (!error.status || error.status >= 500) {
          draft.failed = true;
          keep();
          form();
          main.querySelector("[role=alert]")?.scrollIntoView();
        } else if (!complain(error.errors)) trouble(error, where);
      } finally {
        busy = false;
        push.removeAttribute("aria-disabled");
        push.textContent = draft.failed ? t.again : t.send;
      }
    }, "b1");
    draw(t.form, [
      draft.failed && h("div", { class: "note warn", role: "alert" }, icon("alert"), h("div", null, h("b", null, t.offline), " ", t.offlineWhy)),
      field("title", t.subject, { maxlength: 200, autocomplete: "off" }),
      field("body", t.body, { maxlength: 10000, required: true, rows: 4 }),
      hint,
      !me.who && field("email", t.email, { type: "email", autocomplete: "email", maxlength: 254, required: true, "aria-describedby": "n-email" }, t.emailNote),
      !me.who && field("name", t.person, { autocomplete: "name", maxlength: 80 }),
      me.urgent && h("fieldset", null, h("legend", null, t.urgency), h("div", { class: "row" }, urgent(true, t.now), urgent(false, t.normal))),
      h("details", null, h("summary", null, fill(t.along, { n: sentAlong.length })),
        h("ul", { class: "chips" }, sentAlong.map(([name, value]) => h("li", null, fill(t.fact, { label: me.labels[name] || name, value }))))),
      draft.failed && me.phone && h("p", { class: "small" }, fill(t.phone, { phone: me.phone })),
      me.privacy && h("p", { class: "small" }, me.privacy), where,
    ], [push, h("span", null, me.hours), h("span", null, draft.failed ? t.twice : me.who ? t.keptMember : t.keptVisitor)]);
    show();
  }
  function forget() {
    draft = draft.email || draft.name ? { email: draft.email, name: draft.name } : {};
    word = "";
    similar = null;
    keep();
  }

  // 5. Sent
  function sent(data) {
    const said = h("div", { role: "status" });
    draw(t.sent, [
      h("div", { class: "big" }, h("h3", null, t.received), h("p", null, fill(t.number, { number: "#" + data.number })),
        data.until && h("p", null, h("b", null, fill(t.until, { moment: data.until }))), data.why && h("p", { class: "small" }, data.why)),
      h("ol", { class: "steps" }, data.steps.map(([what, when]) => h("li", null, what, h("br"), h("small", null, when)))),
      h("p", { class: "note" }, h("span", null, t.community, " ", h("a", { href: data.community, target: "_blank", rel: "noopener" }, t.communityLink))), said,
    ], [h("div", { class: "row" }, button(t.add, () => go(more, { inquiry: data.number, word: data.add })), button(t.done, shut))]);
  }
  function more(to) {
    const where = h("div"), name = "add" + to.inquiry;
    const kept = (adding[name] = adding[name] || { once: once(), body: "" });
    const input = h("textarea", { id: "f-add", rows: 5, maxlength: 10000, input: () => { kept.body = input.value; } });
    input.value = kept.body;
    let busy = false;
    draw(t.add, [h("div", { class: "f" }, h("label", { for: "f-add" }, t.body), input), where], [
      button(t.addSend, async () => {
        if (busy || !input.value.trim()) return input.focus();
        busy = true;
        try {
          await call("add", { ...to, body: input.value, once: kept.once });
          delete adding[name];
          goBack();
          main.append(h("p", { class: "note", role: "status" }, t.added));
        } catch (error) {
          trouble(error.status ? error : new Error(t.offline + " " + t.offlineWhy), where);
        }
        busy = false;
      }, "b1"),
    ], input);
  }

  // What a proven person asked, and the answers
  async function mine() {
    draw(t.mine, [h("p", { role: "status" }, t.searching)]);
    try {
      const { items } = await call("mine");
      draw(t.mine, [items.length ? h("ul", { class: "l" }, items.map((item) => h("li", null,
        h("button", { type: "button", class: "ans", click: () => go(talk, item.id) }, icon("mail"),
          h("span", null, h("b", null, item.title), h("small", null, item.note, item.unread ? " " + fill(t.newsCount, { n: item.unread }) : "")))))) : h("p", null, t.none)]);
    } catch (error) { trouble(error, main); }
  }
  async function talk(id) {
    draw(t.mine, [h("p", { role: "status" }, t.searching)]);
    try {
      const data = await call("conversation", { inquiry: id });
      draw(data.title, [h("p", { class: "small" }, `#${data.number} ${data.state}`),
        data.entries.map((one) => h("div", { class: "msg" + (one.out ? " us" : "") }, h("small", null, `${one.out ? one.name || t.us : t.you} ${one.at}`), one.body,
          one.files.map((file) => h("p", null, h("a", { href: file.url, target: "_blank", rel: "noopener" }, file.name)))))],
      [button(t.add, () => go(more, { inquiry: id }))]);
      main.scrollTop = main.scrollHeight;
      greet();
    } catch (error) { trouble(error, main); }
  }

  // 1. The button
  async function greet() {
    let answered;
    try { answered = await call("hello"); } catch (error) {
      // A page without a connection tries again when there is one; a page that may not hold the widget never shows it.
      if (!error.status) addEventListener("online", greet, { once: true });
      return;
    }
    me = answered;
    t = me.words;
    brand.replaceSync(`:host{--h:${+me.hue};--c:${+me.chroma}}`);
    const count = me.unread.reduce((sum, one) => sum + one.count, 0);
    pip.hidden = !count;
    pip.textContent = count;
    news.textContent = count ? " " + fill(t.newsCount, { n: count }) : "";
    launch.replaceChildren(icon("help"), t.help, pip, news);
    close.setAttribute("aria-label", t.close);
    back.setAttribute("aria-label", t.back);
    theme();
    if (!box.isConnected) (document.body || document.documentElement).append(box);
  }
  setInterval(() => { if (token && !document.hidden) greet(); }, 180000);

  const api = {
    version: 1,
    async identify(given) {
      source = typeof given === "function" ? given : null;
      if (!source) { draft = {}; keep(); }
      stack = [];
      if (!panel.hidden) shut();
      await prove();
      await greet();
    },
    context(given) { facts = { ...facts, ...given }; },
    open: () => open(),
    close: shut,
    push([name, ...given]) { if (name !== "push" && typeof api[name] === "function") return api[name](...given); },
  };
  window.kizuna = api;
  waiting.forEach(api.push);
  const start = () => { if (!me && !proving) greet(); };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
