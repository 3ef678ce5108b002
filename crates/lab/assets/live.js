// Keeps a page that is left open up to date: every few seconds the page is fetched again,
// and the parts of it that are marked are swapped. Without this script, reload it.
const EVERY = 5000;

setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const shown of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(shown.id);
    if (fresh && fresh.innerHTML !== shown.innerHTML) shown.innerHTML = fresh.innerHTML;
  }
}, EVERY);
