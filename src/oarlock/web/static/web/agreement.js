// The editor's line numbers, and the marks of lines with findings. The text itself needs no script.
(() => {
  const text = document.getElementById("f-text");
  const gutter = document.querySelector(".gutter");
  if (!text || !gutter) return;
  const marks = () => {
    const found = new Map();
    document.querySelectorAll("#findings [data-line]").forEach(item => {
      if (found.get(item.dataset.line) !== "error") found.set(item.dataset.line, item.dataset.level);
    });
    return found;
  };
  const number = () => {
    const found = marks();
    const lines = text.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, at) => {
      const line = document.createElement("span");
      line.textContent = at + 1;
      if (found.has(String(at + 1))) line.dataset.level = found.get(String(at + 1));
      return line;
    }));
    gutter.scrollTop = text.scrollTop;
  };
  const goTo = line => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    text.scrollTop = (line - 4) * (text.scrollHeight / lines.length);
  };
  document.addEventListener("click", event => {
    const item = event.target.closest("#findings [data-line] a");
    if (!item) return;
    event.preventDefault();
    goTo(Number(item.closest("[data-line]").dataset.line));
  });
  text.addEventListener("input", number);
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  document.addEventListener("htmx:afterSwap", number);
  number();
})();
