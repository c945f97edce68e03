// Find: Control K (or /) opens the box, arrows walk through what was found, Enter goes there. Without script the
// link leads to a page that does the same.
(() => {
  const box = document.getElementById("find");
  if (!box) return;
  const input = box.querySelector("input");
  const options = () => [...box.querySelectorAll("[role=option]")];
  const open = event => { event.preventDefault(); if (!box.open) box.showModal(); input.select(); };
  const choose = option => {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  document.querySelectorAll("[data-find]").forEach(link => link.addEventListener("click", open));
  document.addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) open(event);
  });
  input.addEventListener("keydown", event => {
    const all = options(), here = all.findIndex(one => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (all.length) choose(all[(here + step + all.length) % all.length]);
    } else if (event.key === "Enter" && all.length) {
      event.preventDefault();
      location.href = all[Math.max(here, 0)].href;
    }
  });
  box.addEventListener("htmx:afterSwap", () => choose(options()[0]));
  box.addEventListener("click", event => { if (event.target === box) box.close(); });
})();
