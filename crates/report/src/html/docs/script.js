(() => {
  "use strict";
  const box = document.getElementById("q");
  const hits = document.getElementById("hits");
  const up = document.body.dataset.up;
  const texts = INDEX.map(([name, , about]) => [name.toLowerCase(), about.toLowerCase()]);
  const search = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    hits.replaceChildren();
    if (!words.length) return;
    const rank = ([name, about]) => {
      if (words.every((word) => name.includes(word))) return name.split(".").length + name.length / 1000;
      return words.every((word) => name.includes(word) || about.includes(word)) ? 9 : 0;
    };
    const found = texts.map((text, i) => [rank(text), i]).filter(([rank]) => rank > 0).sort(([a], [b]) => a - b);
    const list = document.createElement("ul");
    for (const [, i] of found.slice(0, 30)) {
      const line = list.appendChild(document.createElement("li"));
      const link = line.appendChild(document.createElement("a"));
      [link.textContent, link.href] = [INDEX[i][0], up + INDEX[i][1]];
      line.appendChild(document.createElement("small")).textContent = INDEX[i][2];
    }
    const count = document.createElement("small");
    count.textContent = `${found.length} found`;
    hits.append(count, list);
  };
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; search(); }
    const first = hits.querySelector("a");
    if (event.key === "Enter" && first) first.click();
  });
  hits.addEventListener("click", (event) => { if (event.target.closest("a")) { box.value = ""; setTimeout(search); } });
  box.hidden = false;
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      box.focus();
    }
  });
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
})();
