// Readers that type like a keyboard: a burst of keys and Enter is a card, wherever the cursor stands.
(() => {
  const form = document.getElementById("scan-form");
  const field = document.getElementById("scan");
  if (!form) return;
  const FASTEST_PERSON = 40; // milliseconds between keys; readers need less than half of it
  const SHORTEST_CARD = 4;
  let keys = "";
  let last = 0;
  let box = null;
  let before = "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const fast = event.timeStamp - last < FASTEST_PERSON;
    last = event.timeStamp;
    if (event.key === "Enter" && fast && keys.length >= SHORTEST_CARD) { read(event); return; }
    if (event.key.length !== 1) { if (event.key !== "Shift") keys = ""; return; }
    if (!fast || !keys) {
      keys = "";
      box = event.target.matches("input, textarea") ? event.target : null;
      before = box ? box.value : "";
    }
    keys += event.key;
    // From the second fast key on it is a reader: no shortcut of the page may answer to it.
    if (keys.length > 1 && !box) event.stopImmediatePropagation();
  }, true);

  function read(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (box && box !== field) box.value = before;
    field.value = keys;
    keys = "";
    form.requestSubmit();
  }
})();
