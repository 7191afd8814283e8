/* For forms with data-club-form, on our pages and on any other site: remembers the first and the
   last visit that advertising brought, measures the time, and sends "quiet" forms without leaving
   the page. Without this script the same forms are sent by the browser alone. */
(() => {
  "use strict";
  const MARKS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "fbclid", "yclid"];
  const KEEP_DAYS = 90;
  const shown = Date.now();

  const remember = (name, value) => { try { localStorage.setItem(name, JSON.stringify({ at: Date.now(), value })); } catch { /* a private window keeps nothing */ } };
  const recall = (name) => {
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "null");
      return kept && Date.now() - kept.at < KEEP_DAYS * 86400000 ? kept.value : null;
    } catch { return null; }
  };

  const touch = () => {
    const asked = new URLSearchParams(location.search);
    const found = {};
    MARKS.forEach((mark) => { if (asked.get(mark)) found[mark] = asked.get(mark).slice(0, 300); });
    if (document.referrer && !document.referrer.startsWith(location.origin)) found.referrer = document.referrer.slice(0, 500);
    const told = Object.keys(found).length > 0;
    found.landing_url = location.href.slice(0, 500);
    return { found, told };
  };

  const fill = (form, name, value) => {
    let input = form.querySelector(`input[type="hidden"][name="${name}"]`);
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      form.append(input);
    }
    input.value = value;
  };

  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  };

  const say = (form, words) => {
    let line = form.querySelector("[data-club-says]");
    if (!line) {
      line = document.createElement("p");
      line.dataset.clubSays = "";
      line.setAttribute("role", "alert");
      form.append(line);
    }
    line.textContent = words;
  };

  const sendQuietly = async (form) => {
    const button = form.querySelector("[type=submit]");
    if (button) button.disabled = true;
    try {
      const answer = await fetch(`${form.action}?form=${encodeURIComponent(form.elements.form.value)}`, {
        method: "POST", credentials: "omit", headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (answer.ok) {
        const done = document.createElement("p");
        done.setAttribute("role", "status");
        done.textContent = form.dataset.thanks || "OK";
        form.replaceWith(done);
        return;
      }
      const told = await answer.json().catch(() => ({}));
      const wrong = (told.errors || []).map((one) => one.message).join(" ");
      say(form, wrong || form.dataset.sorry || told.title || "");
      fill(form, "_key", key());
    } catch {
      say(form, form.dataset.sorry || "");
    }
    if (button) button.disabled = false;
  };

  const prepare = (form) => {
    const { found, told } = touch();
    if (told || !recall("club-last-touch")) remember("club-last-touch", found);
    if (!recall("club-first-touch")) remember("club-first-touch", found);
    const last = told ? found : { ...(recall("club-last-touch") || {}), landing_url: found.landing_url };
    Object.entries(last).forEach(([name, value]) => fill(form, name, value));
    Object.entries(recall("club-first-touch") || {}).forEach(([name, value]) => fill(form, `first_${name}`, value));
    if (!form.querySelector('[name="_key"]')) fill(form, "_key", key());
    form.addEventListener("submit", (event) => {
      fill(form, "_seconds", ((Date.now() - shown) / 1000).toFixed(1));
      if (form.dataset.clubForm === "quiet" && window.fetch) {
        event.preventDefault();
        sendQuietly(form);
      }
    });
  };

  const start = () => {
    document.querySelectorAll("form[data-club-form]").forEach(prepare);
    document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      if (navigator.clipboard) navigator.clipboard.writeText(field.value);
    }));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
