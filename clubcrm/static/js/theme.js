// Runs before the first paint: light or dark by the system unless the person chose.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const apply = () => root.setAttribute("data-bs-theme", chosen() || (system.matches ? "dark" : "light"));
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const wish = button.dataset.themeChoice;
    try { wish === "system" ? localStorage.removeItem("theme") : localStorage.setItem("theme", wish); } catch { /* private window: the choice lasts for this page */ root.setAttribute("data-bs-theme", wish); return; }
    apply();
    button.closest("details")?.removeAttribute("open");
  });
})();
