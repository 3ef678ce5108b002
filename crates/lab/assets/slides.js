// Turns slides. The page begins as one long text, and the first key makes slides of it.
const slides = [...document.querySelectorAll(".slide")];
const root = document.documentElement;
let here = -1;

function show(number) {
  here = Math.min(Math.max(number, 0), slides.length - 1);
  root.classList.add("turning");
  slides.forEach((slide, place) => slide.classList.toggle("here", place === here));
  history.replaceState(null, "", `#slide-${here + 1}`);
  scrollTo(0, 0);
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (["ArrowRight", "PageDown", " "].includes(event.key)) show(here + 1);
  else if (["ArrowLeft", "PageUp"].includes(event.key)) show(here - 1);
  else if (event.key === "n") root.classList.toggle("noted");
  else if (event.key === "Escape") root.classList.remove("turning");
  else return;
  event.preventDefault();
});

const named = slides.findIndex((slide) => `#${slide.id}` === location.hash);
if (named >= 0) show(named);
