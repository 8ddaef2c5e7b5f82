// Progressive help only: every page works without it. "/" search, j k move, t colours, actor buttons light up mentions.
"use strict";
const root = document.documentElement;
const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const setTheme = (theme) => { root.dataset.theme = theme; try { localStorage.setItem("theme", theme); } catch { /* private window */ } };
if (stored()) root.dataset.theme = stored();
const toggle = () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(dark ? "light" : "dark");
};
document.getElementById("theme")?.addEventListener("click", toggle);

for (const button of document.querySelectorAll("[data-find]")) {
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const other of document.querySelectorAll("[data-find]")) other.setAttribute("aria-pressed", String(on && other === button));
    let first = null;
    for (const mark of document.querySelectorAll("mark.actor[data-actor]")) {
      const mine = on && mark.dataset.actor === button.dataset.find;
      mark.classList.toggle("lit", mine);
      if (mine) first ??= mark;
    }
    first?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });
}

const rows = [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("a[href]")).filter(Boolean);
const move = (step) => {
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))]?.focus();
};
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
  if (typing && event.key === "Escape") typing.blur();  // so that the keys work again
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const search = document.getElementById("q");
  if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "t") toggle();
});
