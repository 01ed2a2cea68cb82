// Light or dark as the reader chose in the footer. Runs before the page is painted, hence no module.
{
  const KEY = "kuratorium.scheme";
  const root = document.documentElement;

  const readScheme = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // storage may be switched off
    }
  };

  const showScheme = (scheme) => {
    if (scheme) root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    for (const colour of document.querySelectorAll("meta[name=theme-color]")) {
      colour.dataset.media ??= colour.media;
      if (!scheme) colour.media = colour.dataset.media;
      else colour.media = colour.dataset.media.includes(scheme) ? "all" : "not all";
    }
  };

  showScheme(readScheme());
  // Another window, or the page around this frame.
  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) showScheme(readScheme());
  });

  addEventListener("DOMContentLoaded", () => {
    showScheme(readScheme());
    const form = document.querySelector("form.scheme");
    if (!form) return;
    for (const choice of form.elements.scheme) choice.checked = choice.value === readScheme();
    form.hidden = false;
    form.addEventListener("change", () => {
      const scheme = form.elements.scheme.value;
      try {
        if (scheme) localStorage.setItem(KEY, scheme);
        else localStorage.removeItem(KEY);
      } catch {
        // Then the choice holds for this page only.
      }
      showScheme(scheme);
    });
  });
}
