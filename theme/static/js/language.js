// The language of posts that the reader chose in the footer: kept after that click, and then marked there; a post that
// is translated into it offers the translation first. No module: browsers load none from disk.
{
  const KEY = "kuratorium.language";
  const links = document.querySelectorAll("[data-language]");

  const readLanguage = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // storage may be switched off
    }
  };

  const showLanguage = (language) => {
    for (const link of links) {
      if (language && link.dataset.language === language) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const link of document.querySelectorAll(".versions a")) {
      const item = link.closest("li");
      item.classList.toggle("chosen", link.hreflang === language);
      if (link.hreflang === language) item.parentElement.prepend(item);
    }
  };

  for (const link of links) {
    link.addEventListener("click", () => {
      try {
        if (link.dataset.language) localStorage.setItem(KEY, link.dataset.language);
        else localStorage.removeItem(KEY);
      } catch {
        // Then the link leads to the list, and nothing is remembered.
      }
      showLanguage(link.dataset.language);
    });
  }
  showLanguage(readLanguage());
}
