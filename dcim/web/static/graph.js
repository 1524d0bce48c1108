// Drawings of the graph: one stop of Tab for all boxes, arrow keys along the lines, zoom and drag.
(() => {
  const LEAST = 0.1, MOST = 3, STEP = 1.25, READABLE = 0.8;

  function setUp(graph) {
    const frame = graph.querySelector(".drawing"), svg = frame.querySelector("svg");
    const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
    const parts = [...svg.querySelectorAll(".part")];
    const lines = [...svg.querySelectorAll("path.need")];
    if (!parts.length) return;
    let scale = 1;

    function zoom(wanted) {
      const middle = [
        (frame.scrollLeft + frame.clientWidth / 2) / scale,
        (frame.scrollTop + frame.clientHeight / 2) / scale,
      ];
      scale = Math.min(Math.max(wanted, LEAST), MOST);
      svg.setAttribute("width", width * scale);
      svg.setAttribute("height", height * scale);
      frame.scrollLeft = middle[0] * scale - frame.clientWidth / 2;
      frame.scrollTop = middle[1] * scale - frame.clientHeight / 2;
    }
    const fitting = () => Math.min(1, (frame.clientWidth - 18) / width);
    const zooms = {
      in: () => zoom(scale * STEP),
      out: () => zoom(scale / STEP),
      fit: () => zoom(fitting()),
      full: () => zoom(1),
    };

    const boxOf = (part) => part.querySelector("rect:last-of-type").getBBox();
    const middleOf = (part) => { const box = boxOf(part); return box.x + box.width / 2; };
    const near = (part, others) => {
      const at = middleOf(part);
      return others.sort((one, other) => Math.abs(middleOf(one) - at) - Math.abs(middleOf(other) - at))[0];
    };
    const ends = (part, from, to) => lines
      .filter((line) => line.dataset[from] === part.id)
      .map((line) => document.getElementById(line.dataset[to]));
    const beside = (part, step) => {
      const row = parts.filter((one) => boxOf(one).y === boxOf(part).y);
      return row[row.indexOf(part) + step];
    };
    const walks = {
      ArrowDown: (part) => near(part, ends(part, "from", "to")),
      ArrowUp: (part) => near(part, ends(part, "to", "from")),
      ArrowLeft: (part) => beside(part, -1),
      ArrowRight: (part) => beside(part, 1),
      Home: () => parts[0],
      End: () => parts[parts.length - 1],
    };

    function choose(part) {
      for (const one of parts) one.setAttribute("tabindex", one === part ? "0" : "-1");
    }
    function light(part) {
      for (const line of lines) {
        const isNext = part && (line.dataset.from === part.id || line.dataset.to === part.id);
        line.classList.toggle("lit", Boolean(isNext));
      }
    }

    svg.addEventListener("focusin", (event) => {
      const part = event.target.closest(".part");
      if (part) { choose(part); light(part); }
    });
    svg.addEventListener("focusout", () => light(null));
    svg.addEventListener("pointerover", (event) => light(event.target.closest(".part")));
    frame.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const part = event.target.closest(".part");
      const keys = { "+": "in", "=": "in", "-": "out", "0": "fit" };
      if (keys[event.key]) {
        zooms[keys[event.key]]();
        if (part) part.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else if (part && walks[event.key]) {
        const next = walks[event.key](part);
        if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
      } else return;
      event.preventDefault();
    });

    let held = null;
    frame.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType === "mouse" && !event.target.closest(".part")) {
        held = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
        frame.setPointerCapture(event.pointerId);
      }
    });
    frame.addEventListener("pointermove", (event) => {
      if (!held) return;
      frame.scrollLeft = held.x - event.clientX;
      frame.scrollTop = held.y - event.clientY;
    });
    frame.addEventListener("pointerup", () => { held = null; });

    const tools = graph.querySelector(".tools");
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom]");
      if (button) zooms[button.dataset.zoom]();
    });
    const first = svg.querySelector(".middle") || svg.querySelector(".failed") || parts[0];
    choose(first);
    // A drawing opens as a whole where that can be read, else with its first box in sight.
    zoom(Math.max(fitting(), READABLE));
    frame.scrollLeft = middleOf(first) * scale - frame.clientWidth / 2;
    frame.scrollTop = first.classList.contains("middle") ? boxOf(first).y * scale - frame.clientHeight / 2 : 0;
  }

  for (const graph of document.querySelectorAll("[data-drawing]")) setUp(graph);
})();
