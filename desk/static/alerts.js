// The live backtest under the query, and a question before a delete. The page works without it.
"use strict";
const query = document.getElementById("query");
const tried = document.getElementById("tried");
let timer = 0, turn = 0;

const line = (tag, ...parts) => { const e = document.createElement(tag); e.append(...parts); return e; };
const show = (found) => {
  const count = line("b", String(found.total));
  const share = line("bdi", `${(found.share * 100).toFixed(1)}%`);
  share.dir = "ltr";
  const list = document.createElement("ul");
  for (const a of found.newest.slice(0, 5)) {
    const link = line("a", a.title || a.id);
    link.href = `/articles/${encodeURIComponent(a.id)}`;
    const item = line("li", link, " ", line("small", a.outlet));
    item.dir = "auto";
    list.append(item);
  }
  const [would, of] = found.days ? [tried.dataset.would, tried.dataset.of] : [tried.dataset.wouldEver, tried.dataset.ofEver];
  tried.replaceChildren(line("p", `${would} `, count, " (", share, ` ${of})`), list);
};
const fail = (answer) => {
  const why = line("bdi", answer.told ?? answer.error ?? "");
  const note = line("p", answer.position === undefined ? "" : `${tried.dataset.bad} ${answer.position + 1}: `, why);
  note.className = "wrong";
  tried.replaceChildren(note);
  if (answer.suggestion) {
    const button = line("button", answer.suggestion);
    button.type = "button"; button.className = "plain"; button.dir = "auto";
    button.addEventListener("click", () => { query.value = answer.suggestion; ask(); });
    note.append(` ${tried.dataset.try}: `, button);
  }
};
const ask = async () => {
  const mine = ++turn, text = query.value.trim();
  if (!text) { tried.replaceChildren(); return; }
  try {
    const response = await fetch(`/api/alerts/try?q=${encodeURIComponent(text)}`);
    const answer = await response.json();
    if (mine !== turn) return;
    if (response.ok) show(answer); else fail(answer);
  } catch { if (mine === turn) tried.replaceChildren(); }
};
query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 350); });
for (const form of document.querySelectorAll("form[data-confirm]"))
  form.addEventListener("submit", (event) => { if (!confirm(`${form.dataset.confirm}?`)) event.preventDefault(); });
