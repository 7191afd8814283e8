// The card of an incoming call. One tab of the browser asks, at the pace of the check-in screen, and
// tells the others; the tab somebody looks at is the one that asks.
(() => {
  const CALM = 850, AWAY = 4000, LEASE = 2600, LONGEST_PAUSE = 8000, KEY = "ring-watch";
  const me = [...crypto.getRandomValues(new Uint32Array(2))].join("-");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("ring") : null;
  let address = "", known = "", misses = 0;
  const box = document.createElement("div");
  box.id = "ringing";

  // Without a shared store or a way to tell, each tab asks for itself.
  function holds(grab) {
    if (!others) return true;
    try {
      const lease = JSON.parse(localStorage.getItem(KEY) || "null");
      const now = Date.now();
      if (!grab && lease && lease.tab !== me && lease.until > now) return false;
      localStorage.setItem(KEY, JSON.stringify({ tab: me, until: now + LEASE }));
    } catch { /* private window */ }
    return true;
  }

  async function ask() {
    try {
      const answer = await fetch(`${address}?known=${encodeURIComponent(known)}`, { headers: { "HX-Request": "true" }, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.redirected || answer.status === 401) { address = ""; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      misses = 0;
      if (answer.status === 200) {
        const news = { html: await answer.text(), mark: answer.headers.get("X-Ring") || "" };
        show(news);
        others?.postMessage(news);
      }
    } catch { misses += 1; }
  }

  function show(news) {
    known = news.mark;
    box.innerHTML = news.html;
  }

  async function watch() {
    if (holds(false)) await ask();
    if (!address) return;
    setTimeout(watch, misses ? Math.min(LONGEST_PAUSE, 1000 * 2 ** misses) : document.hidden ? AWAY : CALM);
  }

  function begin() {
    const marker = document.querySelector("[data-ring]");
    if (!marker || address) return;
    address = marker.dataset.ring;
    document.body.append(box);
    others?.addEventListener("message", (event) => show(event.data));
    document.addEventListener("visibilitychange", () => { if (!document.hidden && address) holds(true); });
    if (!document.hidden) holds(true);
    ask().then(() => { if (address) setTimeout(watch, CALM); });
  }

  addEventListener("htmx:afterSwap", begin);
  begin();
})();
