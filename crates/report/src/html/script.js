"use strict";
(() => {
  const box = document.getElementById("q");
  const found = document.getElementById("found");
  const models = [...document.querySelectorAll("details.model")];
  const was = models.map((model) => model.open);
  let lines = null;
  // The texts are read once, when first needed: a page of thousands of lines opens without the wait.
  const read = () => models.map((model) => ({
    model,
    name: model.querySelector("summary").textContent.toLowerCase(),
    rows: [...model.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLowerCase()]),
  }));
  const search = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    lines ??= read();
    let hits = 0;
    lines.forEach(({ model, name, rows }, i) => {
      let shown = 0;
      for (const [row, text] of rows) {
        const hit = words.every((word) => text.includes(word) || name.includes(word));
        row.hidden = !hit;
        if (hit) shown += 1;
      }
      const hit = shown > 0 || words.every((word) => name.includes(word));
      model.hidden = !hit;
      model.open = words.length ? shown > 0 && hits < 200 : was[i];
      hits += shown;
    });
    found.textContent = words.length ? `${hits} found` : "";
    if (words.length) document.getElementById("all").scrollIntoView({ block: "start" });
  };
  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  box.hidden = false;
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => document.querySelectorAll("details.standing, details.card, #flow details, #keys details").forEach((part) => { part.open = true; }));
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      box.focus();
    }
  });
  reveal();
})();
