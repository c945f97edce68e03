// Charts by hand: a drawing that names its specification becomes the interactive chart, once Vega's bundle is there.
// Without script, without the bundle, or where anything fails, the drawing stays as it is.
(() => {
  const BUNDLE = "/static/made/vega.js";
  const QUIET = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true } };

  const themed = text => Object.entries(window.oarlockColours ?? {})
    .reduce((said, [colour, name]) => said.replaceAll(`"${colour}"`, `"var(${name}, ${colour})"`), text);

  const embed = async place => {
    const answer = await fetch(place.dataset.spec);
    if (!answer.ok) return;
    await import(BUNDLE);
    const spec = JSON.parse(themed(await answer.text()));
    const drawn = place.querySelector("svg");
    const stage = document.createElement("div");
    const sentence = drawn?.getAttribute("aria-label") ?? spec.description ?? "";
    stage.hidden = true;
    place.append(stage);
    try {
      await window.vegaEmbed(stage, { ...spec, config: { ...spec.config, aria: false } }, QUIET);
      const made = stage.querySelector("svg");
      made?.classList.add("drawn");
      made?.setAttribute("aria-hidden", "true"); // the sentence is said once, by the stage
      stage.setAttribute("role", "img");
      stage.setAttribute("aria-label", sentence);
      drawn?.remove();
      stage.hidden = false;
    } catch {
      stage.remove();
    }
  };

  const all = root => root.querySelectorAll("[data-spec]:not([data-begun])").forEach(place => {
    place.dataset.begun = "";
    embed(place).catch(() => {});
  });
  all(document);
  document.addEventListener("htmx:afterSwap", event => all(event.target));
})();
