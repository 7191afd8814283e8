// My day by keyboard: j and k move along, d is done, t tomorrow, n not now, c the remark, Enter opens; u takes back.
(() => {
  const rows = () => [...document.querySelectorAll("[data-task]")];
  let place = -1;

  function go(step) {
    const all = rows();
    if (!all.length) return;
    place = Math.min(all.length - 1, Math.max(0, place + step));
    all.forEach((row, number) => row.classList.toggle("is-current", number === place));
    all[place].focus();
    all[place].scrollIntoView({ block: "nearest" });
  }

  addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-task]");
    if (row) place = rows().indexOf(row);
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); go(key === "j" ? 1 : -1); return; }
    const row = rows()[place];
    const button = (key === "u" ? document : row)?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.matches("input")) button.focus(); else button.click();
  });
})();
