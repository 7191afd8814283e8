// Readers that type like a keyboard: a burst of keys and Enter is a card. On the desk wherever the
// cursor stands; on other pages unless it stands in a field, which may want the card itself.
(() => {
  const form = document.getElementById("scan-form");
  const field = document.getElementById("scan");
  if (!form) return;
  const onDesk = document.getElementById("desk") !== null;
  const FASTEST_PERSON = 45; // milliseconds per key on the average; readers need half of it
  const PAUSE = 120; // after it a new word begins
  const SHORTEST_CARD = 4;
  let keys = "";
  let began = 0;
  let last = 0;
  let box = null;
  let before = "";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pause = event.timeStamp - last;
    last = event.timeStamp;
    if (event.key === "Enter") { if (isCard(event.timeStamp)) read(event); keys = ""; return; }
    if (event.key.length !== 1) { if (event.key !== "Shift") keys = ""; return; }
    if (pause > PAUSE || !keys) begin(event);
    keys += event.key;
    // From the second fast key on it is a reader: no shortcut of the page may answer to it.
    if (keys.length > 1 && !box && pause < FASTEST_PERSON) event.stopImmediatePropagation();
  }, true);

  function begin(event) {
    keys = "";
    began = event.timeStamp;
    box = event.target.matches("input, textarea") ? event.target : null;
    before = box ? box.value : "";
  }

  function isCard(moment) {
    return (onDesk || !box) && keys.length >= SHORTEST_CARD && (moment - began) / keys.length < FASTEST_PERSON;
  }

  function read(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (box && box !== field) box.value = before;
    field.value = keys;
    form.requestSubmit();
  }
})();
