// The board: a card is moved by dragging it, by Shift and an arrow, or by its button; forms ask for what a choice needs.
(() => {
  const ASKING = ["lost", "later", "booked", "won"];
  let dragged = null;
  const board = () => document.getElementById("board");
  const columns = () => [...document.querySelectorAll("[data-column]")];
  const cardOf = (node) => node.closest?.("[data-lead]");

  async function move(lead, stage, asked = false) {
    if (!asked && ASKING.includes(stage)) return ask(lead, stage);
    const url = `${board().dataset.url}/${lead}/move${location.search}`;
    await htmx.ajax("POST", url, { target: "#board", swap: "outerHTML", values: { stage } });
    document.querySelector(`#lead-${lead} .lead-name`)?.focus();
  }

  async function ask(lead, stage = "") {
    const dialog = document.getElementById("move-dialog");
    const url = `${board().dataset.url}/${lead}/move?part=1&stage=${stage}`;
    await htmx.ajax("GET", url, { target: "#move-box", swap: "innerHTML" });
    fold(dialog);
    dialog.showModal();
    (dialog.querySelector("[data-part]:not([hidden]) :is(select, input)") || dialog.querySelector("input[name=stage]"))?.focus();
  }

  // Only what the chosen answer asks for is shown; without scripts everything is.
  function fold(root) {
    root.querySelectorAll("form").forEach((form) => {
      if (!form.querySelector("[data-asks]")) return;
      const wanted = form.querySelector("[data-asks]:checked")?.dataset.asks;
      form.querySelectorAll("[data-part]").forEach((part) => { part.hidden = part.dataset.part !== wanted; });
    });
  }

  document.addEventListener("change", (event) => { if (event.target.matches("[data-asks]")) fold(document); });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-move]");
    if (opener && board()) { event.preventDefault(); ask(opener.dataset.move); }
    const undo = event.target.closest("[data-undo]");
    if (undo) move(undo.dataset.undo, undo.dataset.to, true);
    const closer = event.target.closest("#move-dialog a[data-close]");
    if (closer) event.preventDefault();
  });

  document.addEventListener("dragstart", (event) => {
    dragged = cardOf(event.target);
    if (!dragged) return;
    dragged.classList.add("is-moving");
    event.dataTransfer.setData("text/plain", dragged.dataset.lead);
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest("[data-column]");
    columns().forEach((one) => one.classList.toggle("is-over", one === column));
    if (column) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest("[data-column]");
    if (!column) return;
    event.preventDefault();
    if (column.dataset.column !== dragged.dataset.stage) move(dragged.dataset.lead, column.dataset.column);
  });
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-moving");
    columns().forEach((one) => one.classList.remove("is-over"));
    dragged = null;
  });

  document.addEventListener("keydown", (event) => {
    const card = cardOf(event.target);
    if (!card || !board() || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = columns();
    const at = all.findIndex((one) => one.contains(card));
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && event.shiftKey) {
      const to = all[at + step];
      if (to && card.draggable) { event.preventDefault(); move(card.dataset.lead, to.dataset.column); }
    } else if (step) {
      event.preventDefault();
      for (let next = at + step; all[next]; next += step) {
        const found = all[next].querySelector(".lead-name");
        if (found) { found.focus(); break; }
      }
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const beside = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
      beside?.querySelector(".lead-name")?.focus();
    } else if (event.key.toLowerCase() === "m" && card.draggable) {
      event.preventDefault();
      ask(card.dataset.lead);
    }
  });

  fold(document);
})();
