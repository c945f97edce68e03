// Clocks count working time. The server sends how many seconds of it are left, out of how many, and when the calendar
// is open from then on; the browser counts through those openings and decides nothing. Without script the words stand.
(() => {
  const first = new WeakMap();
  const said = minutes => minutes < 60 ? `${minutes}\u00a0min`
    : `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
  const worked = (hours, from, to) => hours.split(" ").reduce((sum, opening) => {
    const [start, end] = opening.split("-").map(Number);
    return sum + Math.max(0, Math.min(end, to) - Math.max(start, from));
  }, 0);
  const tell = node => {
    if (!first.has(node)) first.set(node, Date.now());
    const at = Number(node.dataset.at), of = Number(node.dataset.of);
    const gone = worked(node.dataset.hours, at, at + (Date.now() - first.get(node)) / 1000);
    const left = Number(node.dataset.left) - gone;
    const words = node.querySelector("span");
    const text = left > 0 ? `${node.dataset.word} ${said(Math.ceil(left / 60))}` : `past due ${said(Math.floor(-left / 60))}`;
    if (words.textContent !== text) words.textContent = text;
    node.dataset.st = left <= 0 ? "past" : left <= of / 4 ? "soon" : "due";
    node.querySelector(".left")?.setAttribute("stroke-dasharray", `${Math.max(0, left / of * 100).toFixed(1)} 100`);
  };
  const tick = () => document.querySelectorAll(".clock[data-hours]").forEach(tell);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", tick);
})();
