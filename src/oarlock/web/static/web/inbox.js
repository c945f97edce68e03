// The inbox by keys. A key presses what carries it (data-key), opens a form (data-open) or, after R, a reason (data-reason).
// Nothing here does what a click or a form would not: without script the page works by links and forms.
(() => {
  const typing = node => node.closest?.("input:not([type=hidden]), textarea, select, [contenteditable]");
  const lines = () => [...document.querySelectorAll("#list [data-line]")];
  const mark = link => {
    for (const one of lines()) one.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  };
  const step = by => {
    const all = lines(), here = all.findIndex(one => one.hasAttribute("aria-current"));
    const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    if (!next || next === all[here]) return;
    next.scrollIntoView({ block: "nearest" });
    next.click();
  };
  const press = selector => { const found = document.querySelector(selector); if (found) found.click(); return Boolean(found); };
  const unfold = key => {
    const summary = document.querySelector(`[data-open="${key}"]`);
    if (!summary) return false;
    const details = summary.closest("details");
    details.open = true;
    details.querySelector("select, input:not([type=hidden])")?.focus();
    return true;
  };
  const rejecting = on => {
    const fieldset = document.querySelector("[data-reject]");
    if (fieldset) fieldset.dataset.reject = on ? "now" : "";
    return Boolean(fieldset);
  };
  const waits = () => document.querySelector("[data-reject=now]");
  const keys = {
    j: () => step(1), k: () => step(-1),
    a: () => press("[data-key=a]"), o: () => press("[data-key=o]"),
    r: () => rejecting(true), p: () => unfold("p"), b: () => unfold("b"),
    t: () => document.querySelector("[data-focus=t]")?.focus(),
    "?": () => document.getElementById("all-keys")?.showModal(),
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { rejecting(false); if (typing(event.target)) event.target.blur(); return; }
    if (typing(event.target) || event.repeat && !"jk".includes(event.key)) return;
    if (waits() && /^[1-9]$/.test(event.key)) { event.preventDefault(); press(`[data-reason="${event.key}"]`); return; }
    const does = keys[event.key.toLowerCase()];
    if (!does) return;
    event.preventDefault();
    if (event.key.toLowerCase() !== "r") rejecting(false);
    does();
  });
  document.addEventListener("click", event => {
    const line = event.target.closest?.("#list [data-line]");
    if (line) mark(line);
  });
  // A form is sent once: who presses twice has answered once.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(form => delete form.dataset.sent));
})();
