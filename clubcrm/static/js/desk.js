// The check-in screen: asks for new scans, shows them, keeps an unanswered card until it is answered.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const stage = document.getElementById("desk-stage");
  const feed = document.getElementById("feed");
  const lost = document.getElementById("desk-lost");
  const live = document.getElementById("desk-live");
  const CALM = 850, AWAY = 4000, LONGEST_PAUSE = 8000, MOST_LINES = 60;
  let after = Number(desk.dataset.after);
  let misses = 0;
  let waiting = 0;

  const card = () => stage.querySelector(".scan-card");
  const isPinned = () => card()?.dataset.unanswered === "true" || document.querySelector("#desk-stage dialog[open]");

  async function ask() {
    try {
      const answer = await fetch(`${desk.dataset.news}?after=${after}`, { headers: { "HX-Request": "true" }, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.redirected || answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.status === 200) take(await answer.text());
      found();
    } catch { missed(); }
    const pause = misses ? Math.min(LONGEST_PAUSE, 1000 * 2 ** misses) : document.hidden ? AWAY : CALM;
    setTimeout(ask, pause);
  }

  function found() {
    misses = 0;
    lost.hidden = true;
    live.classList.remove("is-lost");
  }

  function missed() {
    misses += 1;
    if (misses >= 2) { lost.hidden = false; live.classList.add("is-lost"); }
  }

  function take(html) {
    const news = new DOMParser().parseFromString(html, "text/html");
    const lines = [...news.querySelectorAll(".feed-line")];
    const fresh = lines.filter((line) => Number(line.dataset.event) > after);
    after = Math.max(after, Number(news.querySelector("[data-newest]")?.dataset.newest || after));
    feed.prepend(...fresh);
    while (feed.children.length > MOST_LINES) feed.lastElementChild.remove();
    const house = news.getElementById("news-house");
    if (house) document.getElementById("desk-foot").replaceChildren(...house.childNodes);
    const newest = news.querySelector(".scan-card");
    if (newest && Number(newest.dataset.event) !== Number(card()?.dataset.event)) {
      play(newest.dataset.tone);
      if (isPinned()) { waiting += fresh.length; tellWaiting(); } else show(newest);
    }
  }

  function show(fragment) {
    waiting = 0;
    fragment.classList.add("new");
    stage.replaceChildren(fragment);
    window.htmx?.process(stage);
    mark();
  }

  function mark() {
    const shown = card()?.dataset.event;
    for (const line of feed.children) line.classList.toggle("shown", line.dataset.event === shown);
  }

  function tellWaiting() {
    const badge = stage.querySelector("[data-waiting]");
    if (badge) { badge.textContent = waiting; badge.hidden = waiting === 0; }
  }

  async function open(address) {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      show(page.querySelector(".scan-card"));
    } catch { missed(); }
  }

  function next() {
    if (card()) delete card().dataset.unanswered;
    const newest = feed.querySelector("a[data-card]");
    if (newest) open(newest.dataset.card + "?answered=1");
  }

  addEventListener("click", (event) => {
    if (event.target.closest("[data-next]")) next();
    const line = event.target.closest("a[data-card]");
    if (line && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(line.dataset.card); }
    if (event.target.closest("#sound")) toggleSound();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
    const button = stage.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) { event.preventDefault(); button.click(); }
  });
  addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === stage) { waiting = 0; mark(); }
    if (event.target.id === "scan-form" || event.detail.requestConfig?.elt?.id === "scan-form") document.getElementById("scan-form").reset();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "let-in-words") event.target.form.querySelector("[data-other]").checked = true;
  });
  document.addEventListener("change", (event) => {
    const words = event.target.name === "reason" && event.target.form?.querySelector("#let-in-words");
    if (words) words.required = event.target.hasAttribute("data-other");
  });

  // Three short figures that differ in pitch and rhythm, so that nobody has to look up.
  const button = document.getElementById("sound");
  const FIGURES = { go: [[660, 0, 0.09], [990, 0.1, 0.14]], note: [[560, 0, 0.12], [560, 0.18, 0.12]], stop: [[220, 0, 0.22], [175, 0.24, 0.34]] };
  let ears = null;
  let loud = true;
  try { loud = localStorage.getItem("sound") !== "off"; } catch { /* private window: sound is on */ }
  button.setAttribute("aria-pressed", String(loud));

  function toggleSound() {
    loud = !loud;
    button.setAttribute("aria-pressed", String(loud));
    try { localStorage.setItem("sound", loud ? "on" : "off"); } catch { /* lasts for this page */ }
    if (loud) play("go");
  }

  // Browsers allow sound only after a first touch or key on the page.
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { ears ||= new AudioContext(); ears.resume(); }, { once: true });

  function play(tone) {
    desk.dataset.played = tone;
    if (!loud || !ears || ears.state !== "running" || !FIGURES[tone]) return;
    for (const [pitch, begins, lasts] of FIGURES[tone]) {
      const voice = ears.createOscillator();
      const volume = ears.createGain();
      const at = ears.currentTime + begins;
      voice.type = tone === "stop" ? "square" : "sine";
      voice.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(tone === "stop" ? 0.12 : 0.25, at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.001, at + lasts);
      voice.connect(volume).connect(ears.destination);
      voice.start(at);
      voice.stop(at + lasts + 0.02);
    }
  }

  mark();
  setTimeout(ask, CALM);
})();
