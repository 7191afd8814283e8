// What every page can do: search from anywhere, keys, menus, dialogs, notices.
(() => {
  const typing = (node) => node.closest("input, textarea, select, [contenteditable]");
  const searchBox = () => document.getElementById("search");

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      searchBox()?.select();
      searchBox()?.focus();
    } else if (event.key === "Escape") {
      stepBack(event);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      moveThroughHits(event);
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      if (event.key === "/") { event.preventDefault(); searchBox()?.focus(); }
      if (event.key === "?") { document.getElementById("keys")?.showModal(); }
    }
  });

  function stepBack(event) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    const box = searchBox();
    if (box && event.target.closest(".search")) { box.value = ""; document.getElementById("found").replaceChildren(); box.blur(); }
  }

  function moveThroughHits(event) {
    const area = event.target.closest(".search");
    if (!area) return;
    const stops = [area.querySelector("input"), ...area.querySelectorAll("a.hit")];
    if (stops.length < 2) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  }

  document.addEventListener("submit", (event) => {
    const first = event.target.matches(".search") && document.querySelector("#found a.hit");
    if (first) { event.preventDefault(); location.assign(first.href); }
  });

  // A second click on the same button is no second order.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "true";
    setTimeout(() => delete form.dataset.sent, 4000); // an answer that is a file leaves the page as it is
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.removeAttribute("open"); });
    if (!event.target.closest(".search")) document.getElementById("found")?.replaceChildren();
    const opener = event.target.closest("[data-dialog]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog)?.showModal(); }
    const closer = event.target.closest("[data-close]");
    if (closer) { (closer.closest("dialog") || { close: () => closer.closest(".notice")?.remove() }).close(); }
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.matches("dialog")) event.target.close();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // A strip of tabs wider than the page shows the open one, and where it goes on.
  const strips = [...document.querySelectorAll(".tabs, .board-jump")];
  const markStrip = (strip) => {
    const rest = strip.scrollWidth - strip.clientWidth;
    const isRolling = getComputedStyle(strip).overflowX !== "visible" && rest > 4;
    strip.classList.toggle("goes-on", isRolling && strip.scrollLeft < rest - 4);
    strip.classList.toggle("came-from", isRolling && strip.scrollLeft > 4);
  };
  strips.forEach((strip) => {
    const open = strip.querySelector("[aria-current]");
    if (open) strip.scrollLeft = open.offsetLeft - strip.offsetLeft - (strip.clientWidth - open.offsetWidth) / 2;
    strip.addEventListener("scroll", () => markStrip(strip), { passive: true });
    markStrip(strip);
  });
  addEventListener("resize", () => strips.forEach(markStrip));

  // Good news goes away by itself; an error stays until it is read.
  document.addEventListener("animationend", (event) => { if (event.target.matches(".notice-fades")) event.target.remove(); });
})();

// Parts of pages: the security token goes with each change; what fails is said in words.
addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});
addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const words = page.getElementById("problem-text")?.textContent;
  if (words && !event.detail.elt.closest("[data-quiet-errors]")) notice(words);
});
addEventListener("htmx:sendError", (event) => {
  if (!event.detail.elt.closest("[data-quiet-errors]")) notice(document.getElementById("notices").dataset.lost);
});
function notice(words) {
  const blank = document.getElementById("notice-blank").content.cloneNode(true);
  blank.querySelector("span").textContent = words;
  document.getElementById("notices").replaceChildren(blank);
}
