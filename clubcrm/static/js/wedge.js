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
  let place = null;
  let held = 0;

  document.addEventListener("keydown", (event) => {
    if (!event.isTrusted) return; // a key that was held, below
    clearTimeout(held);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pause = event.timeStamp - last;
    last = event.timeStamp;
    if (event.key === "Enter") { if (isCard(event.timeStamp)) read(event); keys = ""; return; }
    if (event.key.length !== 1) { if (event.key !== "Shift") keys = ""; return; }
    if (pause > PAUSE || !keys || event.target !== place) begin(event);
    keys += event.key;
    if (keys.length === 1 && !box && /^\w$/.test(event.key)) hold(event);
    // From the second fast key on it is a reader: no shortcut of the page may answer to it.
    if (keys.length > 1 && !box && pause < FASTEST_PERSON) event.stopImmediatePropagation();
  }, true);

  function begin(event) {
    keys = "";
    began = event.timeStamp;
    place = event.target;
    box = event.target.matches("input, textarea") ? event.target : null;
    before = box ? box.value : "";
  }

  // A first key outside of fields may begin a card: the page's shortcuts hear it once none follows at
  // once, so that no card closes a task because its number begins with a D.
  function hold(event) {
    if (event.target.matches("select")) return;
    event.stopImmediatePropagation();
    const again = new KeyboardEvent("keydown", { key: event.key, code: event.code, shiftKey: event.shiftKey, repeat: event.repeat, bubbles: true, cancelable: true });
    const { target } = event;
    held = setTimeout(() => target.dispatchEvent(again), FASTEST_PERSON);
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
