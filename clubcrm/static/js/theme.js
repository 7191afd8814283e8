// Runs before the first paint: light or dark by the system unless the person chose.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => ({ light: "light", dark: "dark" })[root.dataset.themeKept];
  const chosen = () => { try { return kept() || localStorage.getItem("theme"); } catch { return kept(); } };
  const apply = () => root.setAttribute("data-bs-theme", chosen() || (system.matches ? "dark" : "light"));
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  // The account remembers it too, for the person's other devices.
  function keep(wish) {
    root.dataset.themeKept = wish === "system" ? "auto" : wish;
    const token = document.querySelector('meta[name="csrf-token"]').content;
    fetch("/settings/profile/theme", {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ theme: root.dataset.themeKept }),
    }).catch(() => {});
  }
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const wish = button.dataset.themeChoice;
    keep(wish);
    try { wish === "system" ? localStorage.removeItem("theme") : localStorage.setItem("theme", wish); } catch { /* private window: the choice lasts for this page */ root.setAttribute("data-bs-theme", wish); return; }
    apply();
    button.closest("details")?.removeAttribute("open");
  });
})();
